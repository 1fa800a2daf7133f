"""tags on records."""

import sqlalchemy as sa
from alembic import op

revision = "core_0032"
down_revision = "core_0031"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_tagging",
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("record_id", ID, nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_tagging_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_tagging")),
        sa.UniqueConstraint(
            "company_id", "table_name", "record_id", "tag", name=op.f("uq_core_tagging_company_id_table_name_record_id_tag")
        ),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_tagging_company_id_id")),
    )
    with op.batch_alter_table("core_tagging", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_tagging_company_id_table_name_tag_record_id"),
            ["company_id", "table_name", "tag", "record_id"],
            unique=False,
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_tagging")

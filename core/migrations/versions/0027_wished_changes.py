"""changes of key fields that wait for approval."""

import sqlalchemy as sa
from alembic import op

revision = "core_0027"
down_revision = "core_0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_key_change",
        sa.Column("verb", sa.String(length=60), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "case_id"],
            ["core_approval_case.company_id", "core_approval_case.id"],
            name=op.f("fk_core_key_change_company_id_case_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_key_change_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_key_change")),
        sa.UniqueConstraint("company_id", "case_id", name=op.f("uq_core_key_change_company_id_case_id")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_key_change_company_id_id")),
    )
    with op.batch_alter_table("core_key_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_key_change_company_id_case_id"), ["company_id", "case_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_key_change")

"""field rights."""

import sqlalchemy as sa
from alembic import op

revision = "core_0009"
down_revision = "core_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_field_grant",
        sa.Column("resource", sa.String(length=80), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("field", sa.String(length=63), nullable=False),
        sa.Column("access", sa.String(length=40), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "role_id"], ["core_role.company_id", "core_role.id"], name=op.f("fk_core_field_grant_company_id_role_id")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_field_grant_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_field_grant")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_field_grant_company_id_id")),
        sa.UniqueConstraint(
            "company_id",
            "role_id",
            "table_name",
            "field",
            name=op.f("uq_core_field_grant_company_id_role_id_table_name_field"),
        ),
    )
    with op.batch_alter_table("core_field_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_field_grant_company_id_role_id"), ["company_id", "role_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_field_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_field_grant_company_id_role_id"))
    op.drop_table("core_field_grant")

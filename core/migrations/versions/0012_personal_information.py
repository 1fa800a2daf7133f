"""personal information."""

import sqlalchemy as sa
from alembic import op

revision = "core_0012"
down_revision = "core_0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_aside_value",
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_aside_value_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_aside_value")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_aside_value_company_id_id")),
        sa.UniqueConstraint("token", name=op.f("uq_core_aside_value_token")),
    )
    with op.batch_alter_table("core_aside_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_aside_value_table_name_record_id"), ["table_name", "record_id"], unique=False)

    op.create_table(
        "core_legal_hold",
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "placed_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_legal_hold_company_id_placed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "released_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_legal_hold_company_id_released_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_legal_hold_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_legal_hold")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_legal_hold_company_id_id")),
    )
    with op.batch_alter_table("core_legal_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_legal_hold_company_id_placed_by_id"), ["company_id", "placed_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_legal_hold_company_id_released_by_id"), ["company_id", "released_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_legal_hold_company_id_table_name_record_id"), ["company_id", "table_name", "record_id"], unique=False
        )

    op.create_table(
        "core_erasure",
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("values", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("trail_values", sa.Integer(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("done_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "done_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_erasure_company_id_done_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_erasure_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_erasure")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_erasure_company_id_id")),
    )
    with op.batch_alter_table("core_erasure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_erasure_company_id_done_by_id"), ["company_id", "done_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_erasure_company_id_done_at"), ["company_id", "done_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    for table in ("core_erasure", "core_legal_hold", "core_aside_value"):
        op.drop_table(table)

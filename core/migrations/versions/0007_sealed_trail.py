"""Sealed blocks of the trail, alarms, checks; reason and approver of a change; what the auditor searches by."""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
SOUGHT = (("employee_id", "at"), ("action", "at"), ("table_name", "at"), ("subject", "at"))


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_audit_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column("approved_by", sa.String(length=200), nullable=True))
        for columns in SOUGHT:
            batch_op.create_index(op.f(f"ix_core_audit_row_company_id_{'_'.join(columns)}"), ["company_id", *columns], unique=False)
    _blocks()
    _table(
        "core_audit_alarm",
        ("ended_at",),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("chain", IDENTITY, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    _table(
        "core_audit_check",
        ("chain", "began_at"),
        sa.Column("chain", IDENTITY, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("blocks", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
    )


def _blocks() -> None:
    _table(
        "core_audit_block",
        ("last_id",),
        sa.Column("chain", IDENTITY, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("after_id", IDENTITY, nullable=False),
        sa.Column("first_id", IDENTITY, nullable=False),
        sa.Column("last_id", IDENTITY, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_core_audit_block_chain_number")),
    )


def _table(name: str, index: tuple[str, ...], *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        *columns,
        sa.Column("id", IDENTITY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_{'_'.join(index)}"), name, list(index), unique=False)


def downgrade() -> None:
    """Take the change back."""
    for name in ("core_audit_check", "core_audit_alarm", "core_audit_block"):
        op.drop_table(name)
    with op.batch_alter_table("core_audit_row", schema=None) as batch_op:
        for columns in SOUGHT:
            batch_op.drop_index(op.f(f"ix_core_audit_row_company_id_{'_'.join(columns)}"))
        batch_op.drop_column("approved_by")
        batch_op.drop_column("reason")

"""wrong passwords in a row, of accounts, known browsers and addresses."""

import sqlalchemy as sa
from alembic import op

revision = "core_0026"
down_revision = "core_0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_sign_in_count",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_sign_in_count")),
        sa.UniqueConstraint("key", name=op.f("uq_core_sign_in_count_key")),
    )
    with op.batch_alter_table("core_sign_in_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_sign_in_count_last_at"), ["last_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_sign_in_count")

"""second factors of accounts and their recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "core_0031"
down_revision = "core_0030"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_second_factor",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("secret", sa.LargeBinary(length=120), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", ID, nullable=False),
        sa.Column("fresh", sa.LargeBinary(length=120), nullable=True),
        sa.Column("fresh_at", sa.DateTime(timezone=True), nullable=True),
        *_every_table(),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_core_second_factor_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_second_factor")),
        sa.UniqueConstraint("user_id", name=op.f("uq_core_second_factor_user_id")),
    )
    op.create_table(
        "core_recovery_code",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_every_table(),
        sa.ForeignKeyConstraint(["user_id"], ["ab_user.id"], name=op.f("fk_core_recovery_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_recovery_code")),
        sa.UniqueConstraint("user_id", "digest", name=op.f("uq_core_recovery_code_user_id_digest")),
    )
    with op.batch_alter_table("core_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("factor_round", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("factor_asked_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("factor_due", sa.Boolean(), server_default=sa.false(), nullable=False))


def _every_table() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_account", schema=None) as batch_op:
        for name in ("factor_due", "factor_asked_on", "factor_round", "second_factor"):
            batch_op.drop_column(name)
    op.drop_table("core_recovery_code")
    op.drop_table("core_second_factor")

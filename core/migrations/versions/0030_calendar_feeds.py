"""calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "core_0030"
down_revision = "core_0029"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("epoch", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_core_export_request_token"), ["token"], unique=False)
    op.create_table(
        "core_feed_day",
        sa.Column("request_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fetches", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("employee_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_feed_day_company_id")),
        sa.ForeignKeyConstraint(
            ["company_id", "employee_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_feed_day_company_id_employee_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_feed_day")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_feed_day_company_id_id")),
        sa.UniqueConstraint("company_id", "request_id", "day", name=op.f("uq_core_feed_day_company_id_request_id_day")),
    )
    with op.batch_alter_table("core_feed_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_feed_day_company_id_employee_id"), ["company_id", "employee_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_feed_day")
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_export_request_token"))
        batch_op.drop_column("epoch")
        batch_op.drop_column("token")

"""sources and losses: lists of opportunities are filtered by both."""

from alembic import op

revision = "sales_0002"
down_revision = "sales_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("sales_opportunity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_opportunity_company_id_source_id"), ["company_id", "source", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_opportunity_company_id_lost_reason_id"), ["company_id", "lost_reason", "id"], unique=False
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sales_opportunity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_opportunity_company_id_lost_reason_id"))
        batch_op.drop_index(batch_op.f("ix_sales_opportunity_company_id_source_id"))

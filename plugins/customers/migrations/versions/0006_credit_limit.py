"""credit limit of a customer."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0006"
down_revision = "customers_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("customers_customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("credit_limit", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("customers_customer", schema=None) as batch_op:
        batch_op.drop_column("credit_limit")

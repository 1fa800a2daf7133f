"""what goods cost: for the gross profit of what is sold."""

import sqlalchemy as sa
from alembic import op

revision = "catalog_0002"
down_revision = "catalog_0001"
branch_labels = None
depends_on = "core_0023"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("catalog_product", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cost_price", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("catalog_product", schema=None) as batch_op:
        batch_op.drop_column("cost_price")

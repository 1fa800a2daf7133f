"""what a change of many records has touched."""

import sqlalchemy as sa
from alembic import op

revision = "core_0025"
down_revision = "core_0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_bulk_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("touched", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_bulk_item", schema=None) as batch_op:
        batch_op.drop_column("touched")

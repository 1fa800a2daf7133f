"""how wide a person likes the columns of a list."""

import sqlalchemy as sa
from alembic import op

revision = "core_0023"
down_revision = "core_0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_list_habit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("widths", sa.String(length=2000), server_default="", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_list_habit", schema=None) as batch_op:
        batch_op.drop_column("widths")

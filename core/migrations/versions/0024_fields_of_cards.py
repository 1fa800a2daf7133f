"""which fields a person wants on the cards of a board."""

import sqlalchemy as sa
from alembic import op

revision = "core_0024"
down_revision = "core_0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_list_habit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cards", sa.String(length=2000), server_default="", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_list_habit", schema=None) as batch_op:
        batch_op.drop_column("cards")

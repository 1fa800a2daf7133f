"""The mark that a company gets with every setting, so that what is remembered of them is known to be old."""

import sqlalchemy as sa
from alembic import op

revision = "core_0008"
down_revision = "core_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_company", schema=None) as batch_op:
        batch_op.add_column(sa.Column("settings_mark", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_company", schema=None) as batch_op:
        batch_op.drop_column("settings_mark")

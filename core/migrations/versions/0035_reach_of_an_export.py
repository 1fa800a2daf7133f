"""what its maker could reach when the file of an export was made."""

import sqlalchemy as sa
from alembic import op

revision = "core_0035"
down_revision = "core_0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reach", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.drop_column("reach")

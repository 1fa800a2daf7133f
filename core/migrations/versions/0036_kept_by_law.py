"""what a law keeps of somebody who is erased, in the certificate."""

import sqlalchemy as sa
from alembic import op

revision = "core_0036"
down_revision = "core_0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_erasure", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("kept_until", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_erasure", schema=None) as batch_op:
        batch_op.drop_column("kept_until")
        batch_op.drop_column("kept")

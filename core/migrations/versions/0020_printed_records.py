"""the one record that an export printed."""

import sqlalchemy as sa
from alembic import op

revision = "core_0020"
down_revision = "core_0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.add_column("core_export_request", sa.Column("record_id", ID, nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.drop_column("record_id")

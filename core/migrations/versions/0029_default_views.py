"""default views of departments and roles."""

import sqlalchemy as sa
from alembic import op

revision = "core_0029"
down_revision = "core_0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("core_list_view", schema=None) as batch_op:
        batch_op.add_column(sa.Column("usual_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("core_list_view", schema=None) as batch_op:
        batch_op.drop_column("usual_since")

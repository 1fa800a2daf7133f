"""ids of deleted records are never given again: SQLite's tables are marked by the upgrade itself (``core.operations.lasting_ids``)."""

revision = "core_0033"
down_revision = "core_0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change: a database that there is already is marked as this revision is written down."""


def downgrade() -> None:
    """A counter that only goes up does no harm."""

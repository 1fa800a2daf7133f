"""the right to print one record: for roles that may export or change it; what a company takes away later stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "core_0022"
down_revision = "core_0021"
branch_labels = None
depends_on = None

GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT given.company_id, given.role_id, given.resource, 'print', given.scope, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
    "FROM core_grant AS given WHERE given.verb = :verb AND given.resource NOT LIKE 'core.%' "
    "AND NOT EXISTS (SELECT 1 FROM core_grant AS has WHERE has.role_id = given.role_id AND has.resource = given.resource "
    "AND has.verb = 'print')"
)
FROM = ("export", "update")
"""Whoever exports went on printing as far until now, so that right goes first."""


def upgrade() -> None:
    """Make the change."""
    for verb in FROM:
        op.get_bind().execute(GIVE, {"verb": verb})


def downgrade() -> None:
    """Take the change back."""
    op.get_bind().execute(sa.text("DELETE FROM core_grant WHERE verb = 'print' AND resource NOT LIKE 'core.%'"))

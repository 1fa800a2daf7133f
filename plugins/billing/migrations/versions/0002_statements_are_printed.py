"""the right to print statements of account: for roles that read them, who printed them until now; what is taken away later stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "billing_0002"
down_revision = "billing_0001"
branch_labels = None
depends_on = "core_0022"

GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT given.company_id, given.role_id, given.resource, 'print', given.scope, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
    "FROM core_grant AS given WHERE given.verb = 'read' AND given.resource = 'billing.statement' "
    "AND NOT EXISTS (SELECT 1 FROM core_grant AS has WHERE has.role_id = given.role_id AND has.resource = given.resource "
    "AND has.verb = 'print')"
)
TAKE = sa.text(
    "DELETE FROM core_grant WHERE verb = 'print' AND resource = 'billing.statement' "
    "AND role_id NOT IN (SELECT role_id FROM core_grant WHERE verb = 'export' AND resource = 'billing.statement')"
)


def upgrade() -> None:
    """Make the change."""
    op.get_bind().execute(GIVE)


def downgrade() -> None:
    """Take the change back."""
    op.get_bind().execute(TAKE)

"""the directory of customers: for roles of the regulation that read customers; staff who read none get their role by hand."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0005"
down_revision = "customers_0004"
branch_labels = None
depends_on = None

GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT given.company_id, given.role_id, 'customers.directory', 'look_up', 'company', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
    "FROM core_grant AS given JOIN core_role ON core_role.id = given.role_id "
    "WHERE given.verb = 'read' AND given.resource = 'customers.customer' "
    "AND core_role.preset IS NOT NULL AND core_role.preset <> 'authorised_person'"
)
TAKE = sa.text("DELETE FROM core_grant WHERE resource = 'customers.directory'")


def upgrade() -> None:
    """Make the change. “All staff” stays as it is: an administrator may have that role, who must see no business records."""
    op.get_bind().execute(GIVE)


def downgrade() -> None:
    """Take the change back."""
    op.get_bind().execute(TAKE)

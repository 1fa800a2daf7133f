"""companies that exist already give their administrators the rights that are new; what they take away later stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "core_0006"
down_revision = "core_0005"
branch_labels = None
depends_on = None

NEW = {
    "system_administrator": [
        (resource, verb, "company") for resource in ("core.parameter", "core.code_list", "core.calendar") for verb in ("read", "update")
    ],
    "security_administrator": [("core.employee", "hand_over", "company")],
    "department_head": [("core.employee", "hand_over", "subtree")],
}
GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT company_id, id, :resource, :verb, :scope, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM core_role WHERE preset = :preset"
)
TAKE = sa.text("DELETE FROM core_grant WHERE resource = :resource AND verb = :verb")


def upgrade() -> None:
    """Make the change."""
    for preset, rights in NEW.items():
        for resource, verb, scope in rights:
            op.get_bind().execute(GIVE, {"preset": preset, "resource": resource, "verb": verb, "scope": scope})


def downgrade() -> None:
    """Take the change back."""
    for rights in NEW.values():
        for resource, verb, _ in rights:
            op.get_bind().execute(TAKE, {"resource": resource, "verb": verb})

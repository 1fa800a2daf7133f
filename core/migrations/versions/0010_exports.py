"""exports: the requests, and the rights of the roles that exist already; what a company takes away later stays taken."""

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None

OWN = {
    "company_leader": ("read", "approve"),
    "leader_in_charge": ("read", "approve"),
    "audit_administrator": ("read",),
    "security_administrator": ("watch",),
}
GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT company_id, id, 'core.exports', :verb, 'company', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM core_role WHERE preset = :preset"
)
EXPORT = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT given.company_id, given.role_id, given.resource, 'export', given.scope, 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP "
    "FROM core_grant AS given JOIN core_role AS role ON role.id = given.role_id "
    "WHERE role.preset IN ('company_leader', 'department_head') AND given.verb = 'read' AND given.resource NOT LIKE 'core.%' "
    "AND NOT EXISTS (SELECT 1 FROM core_grant AS has WHERE has.role_id = given.role_id AND has.resource = given.resource "
    "AND has.verb = 'export')"
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_export_request",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("resource", sa.String(length=80), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("terms", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opinion", sa.String(length=500), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "asked_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_export_request_company_id_asked_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "decided_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_export_request_company_id_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_export_request_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_export_request")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_export_request_company_id_id")),
    )
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_export_request_company_id_asked_by_id"), ["company_id", "asked_by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_export_request_company_id_asked_by_id_created_at"),
            ["company_id", "asked_by_id", "created_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_core_export_request_company_id_decided_by_id"), ["company_id", "decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_export_request_company_id_state_id"), ["company_id", "state", "id"], unique=False)

    for preset, verbs in OWN.items():
        for verb in verbs:
            op.get_bind().execute(GIVE, {"preset": preset, "verb": verb})
    op.get_bind().execute(EXPORT)


def downgrade() -> None:
    """Take the change back."""
    op.get_bind().execute(sa.text("DELETE FROM core_grant WHERE resource = 'core.exports' OR verb = 'export'"))
    with op.batch_alter_table("core_export_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_export_request_company_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_core_export_request_company_id_decided_by_id"))
        batch_op.drop_index(batch_op.f("ix_core_export_request_company_id_asked_by_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_core_export_request_company_id_asked_by_id"))

    op.drop_table("core_export_request")

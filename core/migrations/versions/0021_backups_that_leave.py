"""wishes for backups that leave; companies that exist already give the rights on them."""

import sqlalchemy as sa
from alembic import op

revision = "core_0021"
down_revision = "core_0020"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NEW = {"system_administrator": ["read", "ask"], "audit_administrator": ["read"]}
"""What companies that exist already give their roles; what they take away later stays taken."""
GIVE = sa.text(
    "INSERT INTO core_grant (company_id, role_id, resource, verb, scope, version, created_at, updated_at) "
    "SELECT company_id, id, 'core.backup', :verb, 'company', 1, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP FROM core_role WHERE preset = :preset"
)


def upgrade() -> None:
    """Make the change."""
    for preset, verbs in NEW.items():
        for verb in verbs:
            op.get_bind().execute(GIVE, {"preset": preset, "verb": verb})
    op.create_table(
        "core_backup_wish",
        sa.Column("folder", sa.String(length=500), nullable=False),
        sa.Column("keys", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("opinion", sa.String(length=500), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "asked_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_backup_wish_company_id_asked_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_backup_wish_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_backup_wish")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_backup_wish_company_id_id")),
    )
    with op.batch_alter_table("core_backup_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_backup_wish_company_id_asked_by_id"), ["company_id", "asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_backup_wish_company_id_state_id"), ["company_id", "state", "id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.execute("DELETE FROM core_grant WHERE resource = 'core.backup'")
    op.drop_table("core_backup_wish")

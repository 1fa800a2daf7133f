"""keys of forms that were sent, so that none makes two records."""

import sqlalchemy as sa
from alembic import op

revision = "core_0019"
down_revision = "core_0018"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "core_sent_form",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("table_name", sa.String(length=63), nullable=False),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("employee_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "employee_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_core_sent_form_company_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_core_sent_form_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_sent_form")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_core_sent_form_company_id_id")),
        sa.UniqueConstraint(
            "company_id", "employee_id", "key", "table_name", name=op.f("uq_core_sent_form_company_id_employee_id_key_table_name")
        ),
    )
    with op.batch_alter_table("core_sent_form", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_sent_form_company_id_employee_id"), ["company_id", "employee_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_sent_form_company_id_created_at"), ["company_id", "created_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("core_sent_form")

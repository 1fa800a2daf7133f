"""personal minimum gross profit, and why the prices of an opportunity are too low."""

import sqlalchemy as sa
from alembic import op

revision = "sales_0006"
down_revision = "sales_0005"
branch_labels = None
depends_on = ["catalog_0002", "core_0024", "customers_0003"]


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "sales_profit_minimum",
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("least_profit_rate", sa.BigInteger(), nullable=True),
        sa.Column("least_profit", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("employee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "department_id"],
            ["core_department.company_id", "core_department.id"],
            name=op.f("fk_sales_profit_minimum_company_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "employee_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_sales_profit_minimum_company_id_employee_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "owner_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_sales_profit_minimum_company_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_sales_profit_minimum_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_profit_minimum")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_sales_profit_minimum_company_id_id")),
    )
    with op.batch_alter_table("sales_profit_minimum", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sales_profit_minimum_company_id_department_id_owner_id_id"),
            ["company_id", "department_id", "owner_id", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_sales_profit_minimum_company_id_employee_id"), ["company_id", "employee_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_profit_minimum_company_id_employee_id_starts_on"), ["company_id", "employee_id", "starts_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sales_profit_minimum_company_id_ends_on_id"), ["company_id", "ends_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_profit_minimum_company_id_owner_id"), ["company_id", "owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_profit_minimum_company_id_starts_on_id"), ["company_id", "starts_on", "id"], unique=False
        )

    with op.batch_alter_table("sales_opportunity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("price_doubt", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sales_opportunity", schema=None) as batch_op:
        batch_op.drop_column("price_doubt")

    with op.batch_alter_table("sales_profit_minimum", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_starts_on_id"))
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_ends_on_id"))
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_employee_id_starts_on"))
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_employee_id"))
        batch_op.drop_index(batch_op.f("ix_sales_profit_minimum_company_id_department_id_owner_id_id"))

    op.drop_table("sales_profit_minimum")

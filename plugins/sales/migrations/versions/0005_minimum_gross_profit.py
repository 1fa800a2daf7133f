"""minimum gross profit: what a project asks for, the project of quotations and orders, and why finance decides about a price."""

import sqlalchemy as sa
from alembic import op

revision = "sales_0005"
down_revision = "sales_0004"
branch_labels = None
depends_on = ["catalog_0002", "core_0023", "customers_0003"]


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("price_doubt", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_sales_order_company_id_project_id"), ["company_id", "project_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_sales_order_company_id_project_id"), "sales_project", ["company_id", "project_id"], ["company_id", "id"]
        )

    with op.batch_alter_table("sales_project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("least_profit_rate", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("least_profit", sa.BigInteger(), nullable=True))

    with op.batch_alter_table("sales_quotation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("price_doubt", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_project_id"), ["company_id", "project_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_sales_quotation_company_id_project_id"), "sales_project", ["company_id", "project_id"], ["company_id", "id"]
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sales_quotation", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sales_quotation_company_id_project_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_project_id"))
        batch_op.drop_column("project_id")
        batch_op.drop_column("price_doubt")

    with op.batch_alter_table("sales_project", schema=None) as batch_op:
        batch_op.drop_column("least_profit")
        batch_op.drop_column("least_profit_rate")

    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sales_order_company_id_project_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_sales_order_company_id_project_id"))
        batch_op.drop_column("project_id")
        batch_op.drop_column("price_doubt")

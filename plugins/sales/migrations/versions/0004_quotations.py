"""quotations: offers to customers with their editions, and the quotation that an order rests on."""

import sqlalchemy as sa
from alembic import op

revision = "sales_0004"
down_revision = "sales_0003"
branch_labels = None
depends_on = ["catalog_0001", "core_0023", "customers_0003"]


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "sales_quotation",
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("state_reason", sa.String(length=500), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("quoted_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_passed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_way", sa.String(length=60), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("declined_reason", sa.String(length=60), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("price_passed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("former_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "contact_id"],
            ["customers_contact.company_id", "customers_contact.id"],
            name=op.f("fk_sales_quotation_company_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "customer_id"],
            ["customers_customer.company_id", "customers_customer.id"],
            name=op.f("fk_sales_quotation_company_id_customer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "department_id"],
            ["core_department.company_id", "core_department.id"],
            name=op.f("fk_sales_quotation_company_id_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "former_id"],
            ["sales_quotation.company_id", "sales_quotation.id"],
            name=op.f("fk_sales_quotation_company_id_former_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "opportunity_id"],
            ["sales_opportunity.company_id", "sales_opportunity.id"],
            name=op.f("fk_sales_quotation_company_id_opportunity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "owner_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_sales_quotation_company_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "price_passed_by_id"],
            ["core_employee.company_id", "core_employee.id"],
            name=op.f("fk_sales_quotation_company_id_price_passed_by_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_sales_quotation_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_quotation")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_sales_quotation_company_id_id")),
        sa.UniqueConstraint("company_id", "number", "edition", name=op.f("uq_sales_quotation_company_id_number_edition")),
    )
    with op.batch_alter_table("sales_quotation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_amount_id"), ["company_id", "amount", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_answered_on_id"), ["company_id", "answered_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_contact_id"), ["company_id", "contact_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_customer_id"), ["company_id", "customer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_quotation_company_id_declined_reason_id"), ["company_id", "declined_reason", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_sales_quotation_company_id_department_id_owner_id_id"),
            ["company_id", "department_id", "owner_id", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_former_id"), ["company_id", "former_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_number_id"), ["company_id", "number", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_opportunity_id"), ["company_id", "opportunity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_owner_id"), ["company_id", "owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_quotation_company_id_price_passed_by_id"), ["company_id", "price_passed_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_quoted_on_id"), ["company_id", "quoted_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_sent_on_id"), ["company_id", "sent_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_state_id"), ["company_id", "state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_title_id"), ["company_id", "title", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_company_id_valid_until_id"), ["company_id", "valid_until", "id"], unique=False)

    op.create_table(
        "sales_quotation_line",
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=True),
        sa.Column("list_price", sa.BigInteger(), nullable=True),
        sa.Column("lowest_discount", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("company_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "product_id"],
            ["catalog_product.company_id", "catalog_product.id"],
            name=op.f("fk_sales_quotation_line_company_id_product_id"),
        ),
        sa.ForeignKeyConstraint(
            ["company_id", "quotation_id"],
            ["sales_quotation.company_id", "sales_quotation.id"],
            name=op.f("fk_sales_quotation_line_company_id_quotation_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["core_company.id"], name=op.f("fk_sales_quotation_line_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_quotation_line")),
        sa.UniqueConstraint("company_id", "id", name=op.f("uq_sales_quotation_line_company_id_id")),
    )
    with op.batch_alter_table("sales_quotation_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sales_quotation_line_company_id_product_id"), ["company_id", "product_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sales_quotation_line_company_id_quotation_id"), ["company_id", "quotation_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_sales_quotation_line_company_id_quotation_id_position"), ["company_id", "quotation_id", "position"], unique=False
        )

    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quotation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.create_index(batch_op.f("ix_sales_order_company_id_quotation_id"), ["company_id", "quotation_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_sales_order_company_id_quotation_id"), "sales_quotation", ["company_id", "quotation_id"], ["company_id", "id"]
        )


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sales_order_company_id_quotation_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_sales_order_company_id_quotation_id"))
        batch_op.drop_column("quotation_id")

    with op.batch_alter_table("sales_quotation_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_quotation_line_company_id_quotation_id_position"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_line_company_id_quotation_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_line_company_id_product_id"))

    op.drop_table("sales_quotation_line")
    with op.batch_alter_table("sales_quotation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_valid_until_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_title_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_state_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_sent_on_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_quoted_on_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_price_passed_by_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_owner_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_number_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_former_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_department_id_owner_id_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_declined_reason_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_customer_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_contact_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_answered_on_id"))
        batch_op.drop_index(batch_op.f("ix_sales_quotation_company_id_amount_id"))

    op.drop_table("sales_quotation")

"""The sales order (R-098)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import AboutPerson, OwnedRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg
from plugins.customers.public import CUSTOMER_TABLE
from plugins.sales.models.line import ProductLine
from plugins.sales.rules.orders import OrderKind, OrderState


class Order(OwnedRecord):
    """What a customer has ordered. ``amount`` (yuan) is the sum of the lines; ``number`` is given when it is first submitted and stays.

    ``contract_number`` is that of the contract it rests on (R-330), ``contract_id`` what the keeper of contracts called it: no key, because
    contracts may be kept elsewhere.
    """

    __tablename__ = "sales_order"
    __resource__ = "sales.order"
    __about_person__ = AboutPerson("customer", frozenset({"address"}))
    __label__: ClassVar[Message] = msg("Sales order")
    __table_args__ = (UniqueConstraint("company_id", "number"), Index(None, "company_id", "contract_number"))

    title: Mapped[str] = fields.text(
        msg("Order title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What is ordered, in a few words; colleagues search by it."),
    )
    number: Mapped[str | None] = fields.text(msg("Order number"), length=40, editable=False, searchable=True, sortable=True)
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Must be the customer of the contract, quotation and project that are chosen."),
    )
    contract_number: Mapped[str | None] = fields.text(
        msg("Contract number"),
        length=40,
        searchable=True,
        history=True,
        help=msg("The number of the signed contract that the order is based on; checked on submitting."),
    )
    contract_id: Mapped[int | None] = mapped_column(Identity)
    opportunity = reference("sales_opportunity", msg("Opportunity"), filterable=True)
    project = reference(
        "sales_project",
        msg("Project"),
        filterable=True,
        history=True,
        help=msg("The minimum margin of the project then holds for this order."),
    )
    quotation = reference("sales_quotation", msg("Quotation"), filterable=True)
    kind: Mapped[OrderKind] = fields.choice(
        msg("Order kind"),
        OrderKind,
        default=OrderKind.STOCK,
        required=True,
        filterable=True,
        history=True,
        help=msg("Goods made to order are reviewed before the order comes into force."),
    )
    state: Mapped[OrderState] = fields.state(msg("State"), OrderState, OrderState.DRAFT)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    amount: Mapped[Decimal] = fields.money(
        msg("Order amount"), default=Decimal("0.00"), required=True, editable=False, sortable=True, history=True
    )
    confirmation: Mapped[str | None] = fields.code(
        msg("Confirmation method"),
        "sales.confirmation",
        history=True,
        help=msg("How the customer confirmed the order; required before you submit it."),
    )
    basis: Mapped[str | None] = fields.code(msg("Source document"), "sales.order_basis")
    logistics: Mapped[str | None] = fields.code(msg("Logistics method"), "sales.logistics")
    needed_on: Mapped[date | None] = fields.day(
        msg("Requested delivery date"), sortable=True, filterable=True, help=msg("The day by which the customer wants the goods.")
    )
    address: Mapped[str | None] = fields.text(
        msg("Delivery address"), length=250, help=msg("Where these goods are to be delivered, with the name of whoever receives them.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=5_000)
    submitted_at: Mapped[datetime | None] = fields.moment(msg("Submitted at"), editable=False)
    price_doubt: Mapped[Message | str | None] = fields.sentence(msg("Reason for price approval"))
    price_passed_by = reference("core_employee", msg("Price approved by"), editable=False)
    price_passed_at: Mapped[datetime | None] = fields.moment(msg("Price approved at"), editable=False)
    reviewed_by = reference("core_employee", msg("Reviewed by"), editable=False)
    reviewed_at: Mapped[datetime | None] = fields.moment(msg("Reviewed at"), editable=False)
    effective_on: Mapped[date | None] = fields.day(msg("In force since"), editable=False, sortable=True, filterable=True)
    closed_on: Mapped[date | None] = fields.day(msg("Closed on"), editable=False)
    close_reason: Mapped[str | None] = fields.code(msg("Close reason"), "sales.order_close_reason", editable=False)


class OrderLine(ProductLine):
    """What was ordered."""

    __tablename__ = "sales_order_line"
    __parent__ = "order"
    __label__: ClassVar[Message] = msg("Order line")
    __table_args__ = (Index(None, "company_id", "order_id", "position"),)

    order = reference("sales_order", msg("Sales order"), required=True, editable=False)

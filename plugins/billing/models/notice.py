"""The invoice notice (R-108): the salesperson asks the clerk for an invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import AboutPerson, ChildRecord, OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.billing.permissions import INVOICERS
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import InvoiceKind, NoticeState, TaxRate
from plugins.contracts.public import CONTRACT_TABLE, PART_TABLE
from plugins.customers.public import CUSTOMER_TABLE


class InvoiceNotice(OwnedRecord):
    """What is to be invoiced of a contract, to whom and how. All amounts in yuan.

    ``amount`` is the sum of the lines, tax included; ``issued`` what was invoiced of it; ``number`` is given on the first sending. The
    owner is who asks for it. The buyer's data are copies, so that a later change of the title changes no notice.
    """

    __tablename__ = "billing_notice"
    __resource__ = "billing.notice"
    __about_person__ = AboutPerson(
        "customer", frozenset({"buyer", "buyer_tax_number", "buyer_bank", "buyer_account", "buyer_address", "buyer_phone"})
    )
    __label__: ClassVar[Message] = msg("Invoice notice")
    __table_args__ = (UniqueConstraint("company_id", "number"),)

    title: Mapped[str] = fields.text(
        msg("Subject"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What the clerk reads first: what is to be invoiced."),
    )
    number: Mapped[str | None] = fields.text(msg("Notice number"), length=40, editable=False, searchable=True, sortable=True)
    contract = reference(CONTRACT_TABLE, msg("Contract"), required=True, filterable=True)
    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, editable=False, filterable=True)
    order_number: Mapped[str | None] = fields.text(
        msg("Order or project"),
        length=80,
        help=msg("Number of the order or project that the goods belong to, so that the clerk can look it up."),
    )
    kind: Mapped[InvoiceKind] = fields.choice(
        msg("Kind of invoice"),
        InvoiceKind,
        default=InvoiceKind.E_SPECIAL,
        required=True,
        filterable=True,
        history=True,
        help=msg("Only special invoices let the buyer deduct the tax; they need complete title data."),
    )
    tax_rate: Mapped[TaxRate] = fields.choice(
        msg("Tax rate"),
        TaxRate,
        default=TaxRate.R13,
        required=True,
        history=True,
        help=msg("Applies to all lines of the notice; prices include it."),
    )
    invoice_title = reference("billing_title", msg("Buyer's title data"), help=msg("Leave it empty for the customer's default."))
    buyer: Mapped[str | None] = fields.text(msg("Buyer"), length=120, editable=False)
    buyer_tax_number: Mapped[str | None] = fields.text(msg("Tax number of the buyer"), length=20, editable=False)
    buyer_bank: Mapped[str | None] = fields.text(msg("Bank"), length=120, editable=False)
    buyer_account: Mapped[str | None] = fields.text(
        msg("Bank account"), length=40, editable=False, masked=True, mask="bank_account", open_to=INVOICERS
    )
    buyer_address: Mapped[str | None] = fields.text(msg("Address"), length=200, editable=False)
    buyer_phone: Mapped[str | None] = fields.phone(msg("Telephone"), editable=False, open_to=INVOICERS)
    amount: Mapped[Decimal] = fields.money(msg("Amount with tax"), default=ZERO, required=True, editable=False, sortable=True, history=True)
    net: Mapped[Decimal] = fields.money(msg("Amount without tax"), default=ZERO, required=True, editable=False)
    tax: Mapped[Decimal] = fields.money(msg("Tax"), default=ZERO, required=True, editable=False)
    issued: Mapped[Decimal] = fields.money(msg("Issued amount"), default=ZERO, required=True, editable=False)
    state: Mapped[NoticeState] = fields.state(msg("State"), NoticeState, NoticeState.DRAFT)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    sent_on: Mapped[date | None] = fields.day(msg("Sent on"), editable=False, sortable=True, filterable=True)
    due_on: Mapped[date | None] = fields.day(msg("To be issued by"), editable=False, sortable=True, filterable=True)
    done_on: Mapped[date | None] = fields.day(msg("Issued on"), editable=False)
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)


class NoticeLine(ChildRecord):
    """What is invoiced, with its price (tax included) and, where it is one, the part of the payment schedule.

    ``claimed`` is how much of the contract this line takes up while its notice is sent; 0 in a draft or after a withdrawal.
    """

    __tablename__ = "billing_notice_line"
    __parent__ = "notice"
    __label__: ClassVar[Message] = msg("Line of an invoice notice")
    __table_args__ = (Index(None, "company_id", "notice_id", "position"),)

    notice = reference("billing_notice", msg("Invoice notice"), required=True, editable=False)
    position: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = fields.text(msg("Goods or service"), length=160, required=True)
    part_number: Mapped[int | None] = fields.integer(msg("Part of the schedule"))
    part = reference(PART_TABLE, msg("Part of the payment schedule"), editable=False)
    unit: Mapped[str | None] = fields.text(msg("Unit"), length=20)
    quantity: Mapped[Decimal] = fields.quantity(msg("Quantity"), required=True)
    price: Mapped[Decimal] = fields.money(msg("Price with tax"), required=True)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)
    claimed: Mapped[Decimal] = fields.money(msg("Claimed amount"), default=ZERO, required=True, editable=False)

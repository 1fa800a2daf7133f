"""The invoice (R-109), and which notices it serves."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import AboutPerson, ChildRecord, OwnedRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import InvoiceKind, InvoiceState, TaxRate
from plugins.contracts.public import CONTRACT_TABLE
from plugins.customers.public import CUSTOMER_TABLE


class Invoice(OwnedRecord):
    """An invoice under its number of the tax platform. Amounts in yuan, below 0 on a red-letter one.

    The owner is the salesperson who asked for it and feeds its state back (R-229). ``notice`` and ``contract`` are the first ones that it
    serves; ``sources`` tell all. ``red_of`` leads from a red-letter invoice to the one that it reverses.
    """

    __tablename__ = "billing_invoice"
    __resource__ = "billing.invoice"
    __about_person__ = AboutPerson("customer", frozenset({"buyer"}))
    __label__: ClassVar[Message] = msg("Invoice")
    __table_args__ = (UniqueConstraint("company_id", "tax_number"),)

    title: Mapped[str] = fields.text(
        msg("Subject"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What is invoiced, as the customer reads it in the list of invoices."),
    )
    notice = reference("billing_notice", msg("Invoice notice"), required=True, filterable=True)
    further: Mapped[str | None] = fields.text(
        msg("Further notices"), length=300, help=msg("Numbers of further notices of the same buyer on the same invoice.")
    )
    amount: Mapped[Decimal] = fields.money(
        msg("Amount with tax"), sortable=True, history=True, help=msg("Leave it empty for everything that is left of the notices.")
    )
    tax_number: Mapped[str] = fields.text(
        msg("Invoice number"),
        length=40,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("As the tax platform gave it."),
    )
    issued_on: Mapped[date] = fields.day(
        msg("Date of issue"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("As printed on the invoice, not in the future; the period for feedback starts on this day."),
    )
    contract = reference(CONTRACT_TABLE, msg("Contract"), required=True, editable=False, filterable=True)
    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, editable=False, filterable=True)
    buyer: Mapped[str | None] = fields.text(msg("Buyer"), length=120, editable=False, searchable=True)
    kind: Mapped[InvoiceKind] = fields.choice(
        msg("Kind of invoice"), InvoiceKind, default=InvoiceKind.E_SPECIAL, required=True, editable=False, filterable=True
    )
    tax_rate: Mapped[TaxRate] = fields.choice(msg("Tax rate"), TaxRate, default=TaxRate.R13, required=True, editable=False)
    net: Mapped[Decimal] = fields.money(msg("Amount without tax"), default=ZERO, required=True, editable=False)
    tax: Mapped[Decimal] = fields.money(msg("Tax"), default=ZERO, required=True, editable=False)
    state: Mapped[InvoiceState] = fields.state(msg("State"), InvoiceState, InvoiceState.ISSUED)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    printed_on: Mapped[date | None] = fields.day(msg("Printed on"), editable=False)
    delivered_on: Mapped[date | None] = fields.day(msg("Mailed or sent on"), editable=False, sortable=True, filterable=True)
    tracking_number: Mapped[str | None] = fields.text(msg("Tracking number"), length=60, editable=False, searchable=True)
    feedback_due_on: Mapped[date | None] = fields.day(msg("Feedback due"), editable=False, sortable=True, filterable=True)
    fed_back_on: Mapped[date | None] = fields.day(msg("Feedback given on"), editable=False)
    booked_in_on: Mapped[date | None] = fields.day(msg("Booked in on"), editable=False)
    reminded_on: Mapped[date | None] = fields.day(msg("Last reminder"), editable=False)
    red_of = reference("billing_invoice", msg("Reverses the invoice"), editable=False)
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)


class InvoiceSource(ChildRecord):
    """How much of an invoice serves one notice, and its contract; below 0 on a red-letter invoice."""

    __tablename__ = "billing_invoice_source"
    __parent__ = "invoice"
    __label__: ClassVar[Message] = msg("Source of an invoice")

    invoice = reference("billing_invoice", msg("Invoice"), required=True, editable=False)
    notice = reference("billing_notice", msg("Invoice notice"), required=True, editable=False)
    contract = reference(CONTRACT_TABLE, msg("Contract"), required=True, editable=False)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)

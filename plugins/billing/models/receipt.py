"""The receipt (R-110): money that came in, and what of it was given back."""

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
from plugins.billing.rules.states import Delivery, PaymentWay, ReceiptState
from plugins.customers.public import CUSTOMER_TABLE


class Receipt(OwnedRecord):
    """Money that came in. ``rest`` = ``amount`` - ``allocated`` - ``refunded``, never below 0 (yuan).

    Without a customer it is unidentified and belongs to whoever entered it; claimed, it belongs to the owner of the customer.
    """

    __tablename__ = "billing_receipt"
    __resource__ = "billing.receipt"
    __about_person__ = AboutPerson("customer", frozenset({"payer"}))
    __business_key__ = ("bank_reference",)
    __label__: ClassVar[Message] = msg("Receipt")
    __table_args__ = (UniqueConstraint("company_id", "number"),)

    payer: Mapped[str] = fields.text(
        msg("Payer"),
        length=120,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("As in the bank statement; it may be another company than the customer."),
    )
    number: Mapped[str | None] = fields.text(msg("Receipt number"), length=40, editable=False, searchable=True, sortable=True)
    amount: Mapped[Decimal] = fields.money(
        msg("Received amount"),
        required=True,
        sortable=True,
        history=True,
        help=msg("In yuan, as credited to the account; fixed as soon as any of it is allocated."),
    )
    received_on: Mapped[date] = fields.day(
        msg("Received on"),
        required=True,
        sortable=True,
        filterable=True,
        history=True,
        help=msg("The day on the bank statement, not the day of entry."),
    )
    customer = reference(
        CUSTOMER_TABLE, msg("Customer"), filterable=True, history=True, help=msg("Leave it empty while nobody knows whose money it is.")
    )
    way: Mapped[PaymentWay] = fields.choice(msg("Payment method"), PaymentWay, default=PaymentWay.TRANSFER, required=True, filterable=True)
    account: Mapped[str | None] = fields.text(
        msg("Received in account"), length=120, help=msg("Which of our accounts the money came into.")
    )
    bank_reference: Mapped[str | None] = fields.text(
        msg("Bank reference"),
        length=80,
        searchable=True,
        help=msg("Serial number of the bank; the same number is not entered twice by an import."),
    )
    project: Mapped[str | None] = fields.text(msg("Project"), length=120)
    handler = reference(
        "core_employee", msg("Handled by"), history=True, help=msg("Who follows up the receipt. Leave it empty for yourself.")
    )
    delivery: Mapped[Delivery] = fields.choice(
        msg("State of delivery"),
        Delivery,
        default=Delivery.UNKNOWN,
        required=True,
        filterable=True,
        history=True,
        help=msg("Whether the goods that it pays for have left; money without delivery is an advance."),
    )
    state: Mapped[ReceiptState] = fields.state(msg("State"), ReceiptState, ReceiptState.UNCLAIMED)
    allocated: Mapped[Decimal] = fields.money(msg("Allocated"), default=ZERO, required=True, editable=False, history=True)
    refunded: Mapped[Decimal] = fields.money(msg("Refunded"), default=ZERO, required=True, editable=False, history=True)
    rest: Mapped[Decimal] = fields.money(msg("Open balance"), default=ZERO, required=True, editable=False, sortable=True)
    claimed_on: Mapped[date | None] = fields.day(msg("Claimed on"), editable=False)
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)

    @property
    def is_in_use(self) -> bool:
        """Whether money of it was allocated or paid back, so that amount, day and customer stay."""
        return bool(self.allocated or self.refunded)


class Refund(ChildRecord):
    """Money of a receipt that was paid back."""

    __tablename__ = "billing_refund"
    __parent__ = "receipt"
    __label__: ClassVar[Message] = msg("Refund")

    receipt = reference("billing_receipt", msg("Receipt"), required=True, editable=False)
    amount: Mapped[Decimal] = fields.money(msg("Amount"), required=True, editable=False)
    refunded_on: Mapped[date] = fields.day(msg("Refunded on"), required=True, editable=False)
    reason: Mapped[str] = fields.text(msg("Reason"), length=500, required=True, editable=False)

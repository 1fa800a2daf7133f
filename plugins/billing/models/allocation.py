"""The allocation (R-335): how much of a receipt pays a contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.billing.rules.states import AllocationState
from plugins.contracts.public import CONTRACT_TABLE, PART_TABLE


class Allocation(ChildRecord):
    """``amount`` yuan of a receipt for a contract, perhaps for one part of its payment schedule or one invoice.

    Seen as far as the contract is seen. It is never changed, only reversed, which frees both sides.
    """

    __tablename__ = "billing_allocation"
    __resource__ = "billing.allocation"
    __parent__ = "contract"
    __label__: ClassVar[Message] = msg("Allocation")

    title: Mapped[str] = fields.text(
        msg("Payment for"),
        length=120,
        required=True,
        searchable=True,
        help=msg("Appears on the customer's statement, such as second payment for the compressor station."),
    )
    receipt = reference("billing_receipt", msg("Receipt"), required=True, filterable=True)
    contract = reference(CONTRACT_TABLE, msg("Contract"), required=True, filterable=True)
    amount: Mapped[Decimal] = fields.money(
        msg("Amount"),
        required=True,
        sortable=True,
        help=msg("In yuan; not more than what is left of the receipt and open on the contract."),
    )
    part_number: Mapped[int | None] = fields.integer(msg("Part of the schedule"), help=msg("Number of the part, if it pays just one."))
    part = reference(PART_TABLE, msg("Part of the payment schedule"), editable=False)
    invoice = reference("billing_invoice", msg("Invoice"), filterable=True)
    allocated_on: Mapped[date] = fields.day(msg("Allocated on"), editable=False, sortable=True, filterable=True)
    state: Mapped[AllocationState] = fields.state(msg("State"), AllocationState, AllocationState.ACTIVE)
    reversed_on: Mapped[date | None] = fields.day(msg("Reversed on"), editable=False)
    reason: Mapped[str | None] = fields.text(msg("Reason"), length=500, editable=False)

"""A part of the payment schedule (回款计划)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.contracts.rules import PartState, ReleasedBy


class ScheduledPayment(ChildRecord):
    """What the customer pays when: a part of the contract's amount (yuan) with its due date, from the day it is invoiceable on (R-227)."""

    __tablename__ = "contracts_scheduled_payment"
    __resource__ = "contracts.scheduled_payment"
    __parent__ = "contract"
    __told_with__ = "contract"
    __label__: ClassVar[Message] = msg("Scheduled payment")
    __table_args__ = (Index(None, "company_id", "contract_id", "position"),)

    contract = reference("contracts_contract", msg("Contract"), required=True, filterable=True)
    position: Mapped[int] = fields.integer(msg("No."), required=True, editable=False)
    title: Mapped[str] = fields.text(
        msg("Payment"),
        length=80,
        required=True,
        searchable=True,
        history=True,
        help=msg("As in the contract, such as down payment or retention money."),
    )
    amount: Mapped[Decimal] = fields.money(
        msg("Amount"),
        required=True,
        sortable=True,
        history=True,
        help=msg("In yuan; all parts together make the amount of the contract."),
    )
    due_on: Mapped[date] = fields.day(
        msg("Due on"),
        required=True,
        sortable=True,
        filterable=True,
        history=True,
        help=msg("When the customer has to pay; the ageing of what is open starts on this day."),
    )
    released_by: Mapped[ReleasedBy] = fields.choice(
        msg("Becomes invoiceable"),
        ReleasedBy,
        default=ReleasedBy.HAND,
        required=True,
        help=msg("What makes the part ready for an invoice notice."),
    )
    state: Mapped[PartState] = fields.state(msg("State"), PartState, PartState.WAITING)
    invoiceable_on: Mapped[date | None] = fields.day(msg("Invoiceable since"), editable=False)
    supplement = reference("contracts_supplement", msg("Supplement"), editable=False)
    milestone: Mapped[str | None] = fields.text(msg("Reached milestone"), length=160, editable=False)

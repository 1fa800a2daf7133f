"""The oral contract (口头合同)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg
from plugins.contracts.rules import OralState
from plugins.customers.public import CUSTOMER_TABLE


class OralContract(OwnedRecord):
    """What was agreed with a customer by word of mouth, entered at once and confirmed in writing later (R-226, R-337)."""

    __tablename__ = "contracts_oral_contract"
    __resource__ = "contracts.oral_contract"
    __label__: ClassVar[Message] = msg("Oral contract")
    __table_args__ = (Index(None, "company_id", "request_id"),)

    subject: Mapped[str] = fields.text(
        msg("Agreed service"),
        length=200,
        required=True,
        searchable=True,
        history=True,
        help=msg("What was promised, so that the written contract can be compared with it."),
    )
    customer = reference(CUSTOMER_TABLE, msg("Customer"), required=True, filterable=True)
    amount: Mapped[Decimal] = fields.money(
        msg("Agreed amount"), required=True, sortable=True, history=True, help=msg("In yuan, as it was agreed by word of mouth.")
    )
    agreed_on: Mapped[date] = fields.day(
        msg("Agreed on"),
        required=True,
        sortable=True,
        filterable=True,
        help=msg("The day of the agreement; an entry made later than the regulation allows is marked as late."),
    )
    agreed_by = reference(
        "core_employee", msg("Agreed by"), required=True, filterable=True, help=msg("The colleague who made the agreement.")
    )
    state: Mapped[OralState] = fields.state(msg("State"), OralState, OralState.OPEN)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    late: Mapped[bool] = fields.flag(msg("Entered late"), editable=False)
    contract = reference("contracts_contract", msg("Written contract"), editable=False, filterable=True)
    confirmed_at: Mapped[datetime | None] = fields.moment(msg("Confirmed in writing at"), editable=False)
    origin: Mapped[Message | str | None] = fields.sentence(msg("Came from"), length=200)
    request_id: Mapped[int | None] = mapped_column(Identity)
    """The service request it came from: no reference, because service may be off or not installed."""
    reminded_on: Mapped[date | None] = mapped_column()
    """When its owner was reminded that it stands nowhere in writing."""

"""The contract (R-104)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database import fields
from core.database.records import OwnedRecord
from core.database.references import reference
from core.database.types import Identity
from core.kernel.words import Message, msg
from plugins.contracts.rules import ContractState
from plugins.customers.public import CUSTOMER_TABLE


class Contract(OwnedRecord):
    """What was agreed with a customer. ``number`` is empty until the signing and then stays.

    ``amount`` (yuan) is the sum of the lines until a supplement changes it.
    """

    __tablename__ = "contracts_contract"
    __resource__ = "contracts.contract"
    __label__: ClassVar[Message] = msg("Contract")
    __table_args__ = (UniqueConstraint("company_id", "number"), Index(None, "company_id", "opportunity_id"))

    title: Mapped[str] = fields.text(
        msg("Contract title"),
        length=160,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("What is agreed, in a few words; printed at the top of the contract."),
    )
    number: Mapped[str | None] = fields.text(msg("Contract number"), length=40, editable=False, searchable=True, sortable=True)
    customer = reference(
        CUSTOMER_TABLE,
        msg("Customer"),
        required=True,
        filterable=True,
        history=True,
        help=msg("Must be approved and complete before the contract can be signed."),
    )
    state: Mapped[ContractState] = fields.state(msg("State"), ContractState, ContractState.DRAFT)
    state_reason: Mapped[str | None] = fields.text(msg("Reason for the state"), length=500, editable=False)
    amount: Mapped[Decimal] = fields.money(
        msg("Contract amount"), default=Decimal("0.00"), required=True, editable=False, sortable=True, history=True
    )
    signed_on: Mapped[date | None] = fields.day(msg("Signed on"), editable=False, sortable=True, filterable=True)
    signer = reference("core_employee", msg("Signer"), editable=False, filterable=True)
    handler = reference(
        "core_employee",
        msg("Handler"),
        history=True,
        help=msg("Who carries the contract out beside its owner and sees it for that; both are told of what becomes due."),
    )
    starts_on: Mapped[date | None] = fields.day(
        msg("Starts on"), history=True, help=msg("First day of the term as written in the contract.")
    )
    ends_on: Mapped[date | None] = fields.day(
        msg("Ends on"),
        sortable=True,
        filterable=True,
        history=True,
        help=msg("Last day of the term: owner and handler are reminded before it, and after it the contract is expired."),
    )
    ended_on: Mapped[date | None] = fields.day(msg("Ended on"), editable=False)
    main_terms: Mapped[str | None] = fields.long_text(
        msg("Main terms"), length=10_000, help=msg("What colleagues must know without opening the text: delivery, warranty, penalties.")
    )
    text_handed_by = reference("core_employee", msg("Text handed over by"), editable=False)
    text_handed_at: Mapped[datetime | None] = fields.moment(msg("Text handed over at"), editable=False)
    registered_by = reference("core_employee", msg("Entered by"), editable=False)
    registered_at: Mapped[datetime | None] = fields.moment(msg("Entered at"), editable=False)
    origin: Mapped[Message | str | None] = fields.sentence(msg("Came from"), length=200)
    opportunity_id: Mapped[int | None] = mapped_column(Identity)
    """The won opportunity it was drafted from: no reference, because sales may be off or not installed."""
    reminded_on: Mapped[date | None] = mapped_column()
    """When its owner was reminded that it ends soon."""

"""The supplement of a signed contract (补充协议)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.contracts.rules import SupplementState


class Supplement(ChildRecord):
    """What was agreed later: another amount (yuan), another end, another payment schedule; what held before stays beside it."""

    __tablename__ = "contracts_supplement"
    __resource__ = "contracts.supplement"
    __parent__ = "contract"
    __label__: ClassVar[Message] = msg("Supplement")
    __table_args__ = (UniqueConstraint("company_id", "number"),)

    contract = reference("contracts_contract", msg("Contract"), required=True, filterable=True)
    title: Mapped[str] = fields.text(
        msg("Supplement title"),
        length=160,
        required=True,
        searchable=True,
        history=True,
        help=msg("What it is about, in a few words; printed at the top of the supplement."),
    )
    number: Mapped[str | None] = fields.text(msg("Supplement number"), length=50, editable=False, searchable=True)
    state: Mapped[SupplementState] = fields.state(msg("State"), SupplementState, SupplementState.DRAFT)
    content: Mapped[str | None] = fields.long_text(
        msg("What is changed"), length=10_000, help=msg("The wording that replaces what the contract says.")
    )
    amount: Mapped[Decimal | None] = fields.money(msg("New contract amount"), help=msg("Leave empty to keep the amount."), history=True)
    ends_on: Mapped[date | None] = fields.day(msg("New end date"), help=msg("Leave empty to keep the end date."), history=True)
    amount_before: Mapped[Decimal | None] = fields.money(msg("Amount before"), editable=False)
    ends_on_before: Mapped[date | None] = fields.day(msg("End before"), editable=False)
    signed_on: Mapped[date | None] = fields.day(msg("Signed on"), editable=False, sortable=True, filterable=True)
    signer = reference("core_employee", msg("Signer"), editable=False)

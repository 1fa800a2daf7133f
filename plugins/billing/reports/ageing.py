"""Ageing of receivables: what is open of the payment schedules, by how long it has been due (R-234, R-392)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.kernel.choices import Choice
from core.kernel.words import Message, msg
from core.organisation.parameters import parameter
from plugins.billing.models import Allocation
from plugins.billing.rules.ageing import Band, Due, band_of, open_parts, read_bands
from plugins.billing.rules.money import ZERO
from plugins.billing.rules.states import AllocationState
from plugins.contracts.public import DuePart, due_parts
from plugins.customers.public import customer_names


class By(Choice):
    """What the rows of the analysis are."""

    CUSTOMER = "customer", msg("By customer")
    CONTRACT = "contract", msg("By contract")
    OWNER = "owner", msg("By salesperson")

    @property
    def head(self) -> Message:
        """What stands above the names."""
        return {By.CUSTOMER: msg("Customer"), By.CONTRACT: msg("Contract"), By.OWNER: msg("Salesperson")}[self]


@dataclass(frozen=True)
class OpenPart:
    """A part of a schedule with what is open of it (yuan), how many days it has been due, and the band of that."""

    due: DuePart
    customer: str
    open: Decimal
    days: int
    band: Band

    def key(self, by: By) -> int:
        """Id of the row that it belongs to."""
        return {By.CUSTOMER: self.due.customer_id, By.CONTRACT: self.due.part.contract_id, By.OWNER: self.due.owner_id}[by]

    def name(self, by: By) -> str:
        """How that row is called."""
        return {By.CUSTOMER: self.customer, By.CONTRACT: f"{self.due.number} {self.due.title}", By.OWNER: self.due.owner}[by]


@dataclass(frozen=True)
class Row:
    """What is open of one customer, contract or salesperson, by the key of the band (yuan)."""

    key: int
    name: str
    amounts: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """All bands together."""
        return sum(self.amounts.values(), ZERO)


@dataclass(frozen=True)
class Ageing:
    """The analysis: bands from not due over what still waits to oldest, rows from the largest sum down."""

    by: By
    bands: Sequence[Band]
    rows: Sequence[Row]

    def of_band(self, key: str) -> Decimal:
        """Sum of a column."""
        return sum((row.amounts.get(key, ZERO) for row in self.rows), ZERO)

    @property
    def total(self) -> Decimal:
        """Everything that is open."""
        return sum((row.total for row in self.rows), ZERO)


def ageing(session: Session, by: By, day: date) -> Ageing:
    """The analysis on ``day`` of what the person who acts may see."""
    amounts: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    names: dict[int, str] = {}
    for part in open_on(session, day):
        key = part.key(by)
        names[key] = part.name(by)
        amounts[key][part.band.key] += part.open
    rows = [Row(key, names[key], dict(found)) for key, found in amounts.items()]
    return Ageing(by, bands_in_force(session), sorted(rows, key=lambda row: (-row.total, row.key)))


def open_on(session: Session, day: date) -> list[OpenPart]:
    """Every part of which something is open, oldest first."""
    due = due_parts(session)
    left = _left(due, _allocated(session))
    names = customer_names(session, {one.customer_id for one in due if one.part.id in left})
    bands = bands_in_force(session)
    return [_open_part(one, names.get(one.customer_id, "–"), left[one.part.id], bands, day) for one in due if one.part.id in left]


def _open_part(due: DuePart, customer: str, left: Decimal, bands: Sequence[Band], day: date) -> OpenPart:
    days = due.part.days_late(day)
    return OpenPart(due, customer, left, days, band_of(bands, days, waits=due.part.waits(day)))


def bands_in_force(session: Session) -> list[Band]:
    """The bands as the company has set them; raises :class:`BadInput` when they are no bands."""
    return read_bands(parameter(session, "billing.ageing_bands"))


def _allocated(session: Session) -> Mapping[tuple[int, int | None], Decimal]:
    """What was received by (contract, part); the part is None where the money names none."""
    asked = select(Allocation.contract_id, Allocation.part_id, func.sum(Allocation.amount)).where(
        Allocation.state == AllocationState.ACTIVE
    )
    rows = session.execute(asked.group_by(Allocation.contract_id, Allocation.part_id)).all()
    return {(contract_id, part_id): amount for contract_id, part_id, amount in rows}


def _left(due: Sequence[DuePart], allocated: Mapping[tuple[int, int | None], Decimal]) -> dict[int, Decimal]:
    """What is open of each part. Money for a part that a supplement has replaced counts like money that names no part."""
    by_contract: dict[int, list[DuePart]] = defaultdict(list)
    for one in due:
        by_contract[one.part.contract_id].append(one)
    received: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for (contract_id, _), amount in allocated.items():
        received[contract_id] += amount
    left: dict[int, Decimal] = {}
    for contract_id, parts in by_contract.items():
        named = {one.part.id: allocated.get((contract_id, one.part.id), ZERO) for one in parts}
        loose = received[contract_id] - sum(named.values(), ZERO)
        left |= open_parts([Due(one.part.id, one.part.due_on, one.part.amount, named[one.part.id]) for one in parts], loose)
    return left

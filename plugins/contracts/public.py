"""What a plugin that requires contracts may import, and what its hooks carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, case, func, literal, select
from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.kernel.words import Message
from core.organisation.models import Employee
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.rules import ASKED_FOR, COUNTED, PAYABLE, ContractState, PartState

CONTRACT_TABLE = "contracts_contract"
"""For ``reference(CONTRACT_TABLE, …)``."""
CONTRACT_RESOURCE = "contracts.contract"
PART_TABLE = "contracts_scheduled_payment"
"""For ``reference(PART_TABLE, …)``: a part of the payment schedule."""
PART_RESOURCE = "contracts.scheduled_payment"


@dataclass(frozen=True)
class SignedContract:
    """A contract at the moment of its signing; ``amount`` in yuan."""

    id: int
    number: str
    title: str
    customer_id: int
    amount: Decimal
    signed_on: date
    signer_id: int


@dataclass(frozen=True)
class EndingContract:
    """A contract that is about to end before its time; ``number`` is empty if it was never signed."""

    id: int
    number: str
    how: Literal["void", "terminate"]


@dataclass(frozen=True)
class ContractSummary:
    """What others need to know of a contract; ``amount`` in yuan.

    ``open``: invoices and receipts may still be booked against it, that is, it is signed and neither terminated nor void.
    """

    id: int
    number: str
    title: str
    customer_id: int
    owner_id: int
    amount: Decimal
    state: ContractState
    open: bool
    signed_on: date | None = None


@dataclass(frozen=True)
class ScheduledPart:
    """A part of the payment schedule that holds; ``amount`` in yuan; invoiceable only while its contract is open."""

    id: int
    contract_id: int
    position: int
    title: str
    amount: Decimal
    due_on: date
    state: PartState
    invoiceable: bool

    def days_late(self, day: date) -> int:
        """For how many days its customer is late on ``day``; none while it is not due, or not invoiceable although its day has passed."""
        days = (day - self.due_on).days
        return days if self.invoiceable else min(days, 0)

    def waits(self, day: date) -> bool:
        """Whether its day has passed before ``day`` while the customer may still not be asked for it."""
        return day > self.due_on and not self.invoiceable


@dataclass(frozen=True)
class DuePart:
    """A part of a payment schedule with what one needs to know of its contract."""

    part: ScheduledPart
    number: str
    title: str
    customer_id: int
    owner_id: int
    owner: str


@dataclass(frozen=True)
class FoundContract:
    """The contract with a number, for documents that name it; ``open``: in force, so that something can be ordered on it.

    ``amount`` in yuan.
    """

    id: int
    number: str
    customer_id: int
    open: bool
    amount: Decimal
    signed_on: date | None = None


@dataclass(frozen=True)
class ReceivedMoney:
    """What was paid on contracts: ``rows`` of contract_id, part_id and amount (yuan).

    The part is none where the money is meant for no part of the schedule in particular.
    """

    rows: Select[Any]


@dataclass(frozen=True)
class AgreedPrice:
    """What a customer agreed to pay for a product, for whoever quotes it; ``price`` in yuan per unit, after any discount."""

    code: str | None
    name: str
    unit: str | None
    quantity: Decimal
    price: Decimal
    discount: None
    day: date
    document: str
    kind: Message
    url: str


def contract_summary(session: Session, contract_id: int) -> ContractSummary:
    """The contract as it stands; raises :class:`NotFound` when the person who acts may not see it."""
    contract: Contract = get_for(session, Contract, "read", contract_id)
    return ContractSummary(
        id=contract.id,
        number=contract.number or "",
        title=contract.title,
        customer_id=contract.customer_id,
        owner_id=contract.owner_id,
        amount=contract.amount,
        state=contract.state,
        open=may_be_booked_on(contract),
        signed_on=contract.signed_on,
    )


def may_be_booked_on(contract: Contract) -> bool:
    """Whether invoices and receipts may be booked against a contract that is at hand, as ``open`` of its summary says."""
    return contract.state in PAYABLE


def lock_contract(session: Session, contract_id: int) -> ContractSummary:
    """Like :func:`contract_summary`; until the end of the use case nobody else books on the contract or ends it."""
    session.execute(select(Contract.id).where(Contract.id == contract_id).with_for_update())
    return contract_summary(session, contract_id)


def contract_value(contract_id: int) -> Select[Any]:
    """A question for a page: what a contract obliges to pay, which is 0 where no money may be booked on it; nothing where nobody knows."""
    owed = case((Contract.state.in_(PAYABLE), Contract.amount), (Contract.amount.is_not(None), literal(0)))
    return select(owed).where(Contract.id == contract_id)


def open_contracts(session: Session, limit: int) -> Sequence[ContractSummary]:
    """Contracts that money may be booked on and that the person who acts may see, oldest first, at most ``limit``."""
    wanted = select(Contract.id).where(Contract.state.in_(PAYABLE)).order_by(Contract.id).limit(limit)
    return [contract_summary(session, contract_id) for contract_id in session.scalars(wanted).all()]


def due_parts(session: Session) -> Sequence[DuePart]:
    """The parts of every schedule that still binds its customer, as far as the person who acts may see the contract."""
    wanted = (
        select(ScheduledPayment, Contract, Employee.name)
        .join(Contract, Contract.id == ScheduledPayment.contract_id)
        .join(Employee, Employee.id == Contract.owner_id)
        .where(ScheduledPayment.state.in_(COUNTED), Contract.state.in_(PAYABLE))
        .order_by(ScheduledPayment.due_on, ScheduledPayment.id)
    )
    return [
        DuePart(_part(part, contract.state), contract.number or "", contract.title, contract.customer_id, contract.owner_id, owner)
        for part, contract, owner in session.execute(wanted).all()
    ]


def schedule_of(session: Session, contract_id: int) -> Sequence[ScheduledPart]:
    """The payment schedule of a contract as it holds now, in its order; empty for what the person who acts may not see."""
    wanted = _parts().where(ScheduledPayment.contract_id == contract_id).order_by(ScheduledPayment.position, ScheduledPayment.id)
    return [_part(part, state) for part, state in session.execute(wanted).all()]


def part_summary(session: Session, part_id: int) -> ScheduledPart:
    """One part of a payment schedule; raises :class:`NotFound` when the person who acts may not see it.

    A part that a supplement has replaced is found as well, and is not invoiceable.
    """
    part: ScheduledPayment = get_for(session, ScheduledPayment, "read", part_id)
    contract: Contract = get_for(session, Contract, "read", part.contract_id)
    return _part(part, contract.state)


def release_part(session: Session, part_id: int) -> ScheduledPart:
    """Say that a part can be invoiced now, with the right to do so; for demo data. Raises as ``release_payment`` does."""
    from plugins.contracts.operations.releasing import release_payment  # the verbs themselves import this room

    release_payment(session, part_id, None)
    return part_summary(session, part_id)


def invoiceable_amount(session: Session, contract_id: int) -> Decimal:
    """What may be invoiced of a contract in all (yuan): its invoiceable parts, nothing once it is terminated or void."""
    total = select(func.sum(ScheduledPayment.amount)).join(Contract, Contract.id == ScheduledPayment.contract_id)
    wanted = total.where(
        ScheduledPayment.contract_id == contract_id, ScheduledPayment.state == PartState.INVOICEABLE, Contract.state.in_(PAYABLE)
    )
    return session.scalar(wanted) or Decimal("0.00")


def _parts() -> Select[ScheduledPayment, ContractState]:
    statement = select(ScheduledPayment, Contract.state).join(Contract, Contract.id == ScheduledPayment.contract_id)
    return statement.where(ScheduledPayment.state.in_(COUNTED))


def _part(part: ScheduledPayment, contract_state: ContractState) -> ScheduledPart:
    invoiceable = part.state in ASKED_FOR["state"] and contract_state in ASKED_FOR["contract.state"]
    return ScheduledPart(part.id, part.contract_id, part.position, part.title, part.amount, part.due_on, part.state, invoiceable)

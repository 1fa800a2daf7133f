"""A part of the payment schedule becomes invoiceable: by decision, on its date, or on a milestone of the project (R-227, R-329)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access.guard import as_system, get_for, open_for_writing
from core.audit.trail import name_action
from core.kernel.clock import today
from core.kernel.words import msg
from core.work.notices import notify
from plugins.contracts.errors import ContractEnded, MilestoneLeadsNowhere
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.operations.scheduling import counted_parts
from plugins.contracts.permissions import RELEASE
from plugins.contracts.rules import PART_CYCLE, PAYABLE, PartState, ReleasedBy


def release_payment(session: Session, record_id: int, version: int | None) -> ScheduledPayment:
    """Say that a part can be invoiced now; raises :class:`ContractEnded` unless its contract is signed and holds."""
    part: ScheduledPayment = get_for(session, ScheduledPayment, RELEASE, record_id, version)
    contract: Contract = get_for(session, Contract, "read", part.contract_id)
    if contract.state not in PAYABLE:
        raise ContractEnded(contract.state.label)
    _release(session, part, contract)
    return part


def release_due_payments(session: Session, by: date, limit: int = 500) -> int:
    """Make invoiceable what becomes so on its date and is due ``by`` a day; return how many parts, at most ``limit``."""
    with as_system(session, "parts of the payment schedule became due"):
        due = _of_running_contracts().where(
            ScheduledPayment.released_by == ReleasedBy.DATE, ScheduledPayment.state == PartState.WAITING, ScheduledPayment.due_on <= by
        )
        found = session.execute(due.order_by(ScheduledPayment.id).limit(limit)).all()
        for part, contract in found:
            _release(session, part, contract)
    return len(found)


def reach_milestone(session: Session, *, name: str, number: str, part: str) -> ScheduledPayment | None:
    """A project has reached the milestone ``name``, which makes ``part`` (title or number) of the contract ``number`` invoiceable.

    Nothing happens to a part that is invoiceable already. Raises :class:`MilestoneLeadsNowhere` when contract or part are not there, and
    :class:`ContractEnded` when the contract is not in force.
    """
    with as_system(session, "a milestone was reached"):
        contract = session.scalars(select(Contract).where(Contract.number == number)).one_or_none()
        if contract is not None and contract.state not in PAYABLE:
            raise ContractEnded(contract.state.label)
        wanted = _named(session, contract, part) if contract is not None else None
        if contract is None or wanted is None:
            raise MilestoneLeadsNowhere(number, part)
        if wanted.state == PartState.WAITING:
            open_for_writing(session, wanted)
            wanted.milestone = name
            _release(session, wanted, contract)
    return wanted


def _named(session: Session, contract: Contract, part: str) -> ScheduledPayment | None:
    parts = counted_parts(session, contract.id)
    return next((one for one in parts if one.title == part or str(one.position) == part), None)


def _release(session: Session, part: ScheduledPayment, contract: Contract) -> None:
    open_for_writing(session, part)
    name_action(session, part, "release")
    part.state, part.invoiceable_on = PART_CYCLE.move(part.state, "release"), today()
    session.flush()
    said = msg("Payment “%(part)s” of the contract %(number)s can be invoiced now.", part=part.title, number=contract.number)
    for employee in {contract.owner_id, contract.handler_id} - {None}:
        notify(session, employee, said, f"/scheduled-payments/{part.id}")


def _of_running_contracts() -> Select[ScheduledPayment, Contract]:
    joined = select(ScheduledPayment, Contract).join(Contract, Contract.id == ScheduledPayment.contract_id)
    return joined.where(Contract.state.in_(PAYABLE))

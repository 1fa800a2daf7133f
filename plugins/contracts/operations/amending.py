"""Supplements: what is agreed after the signing, with the values that held before kept beside the new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.access.people import active_employee
from core.audit.trail import name_action
from core.database.changes import apply_changes, make_record
from core.kernel.acting import actor
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.contracts.errors import NothingAmended, NotInForce, ScheduleDiffers, SupplementFixed
from plugins.contracts.models import Contract, ScheduledPayment, Supplement
from plugins.contracts.operations.scheduling import check_part, counted_parts
from plugins.contracts.permissions import SIGN
from plugins.contracts.rules import (
    LIFECYCLE,
    OPEN,
    PART_CYCLE,
    RUNNING,
    SUPPLEMENT_CYCLE,
    PartState,
    ReleasedBy,
    SupplementState,
    supplement_number,
)


def draft_supplement(session: Session, values: Mapping[str, Any]) -> Supplement:
    """Draft a supplement to the contract ``values["contract"]``; raises :class:`NotInForce` for one that has ended."""
    authorise(Supplement, "create")
    supplement: Supplement = make_record(Supplement, values)
    contract: Contract = get_for(session, Contract, "read", supplement.contract_id)
    if contract.state not in (*OPEN, *RUNNING):
        raise NotInForce(contract.state.label)
    _check(supplement, contract)
    session.add(supplement)
    session.flush()
    return supplement


def change_supplement(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Supplement:
    """Change a supplement before it is signed; it stays with its contract."""
    supplement = _draft(session, "update", record_id, version)
    if changes.get("contract", supplement.contract_id) != supplement.contract_id:
        raise BadInput(fields={"contract": msg("A supplement stays with its contract. Please draft one for the other contract.")})
    contract: Contract = get_for(session, Contract, "read", supplement.contract_id)
    with session.no_autoflush:
        apply_changes(supplement, changes)
        _check(supplement, contract)
    session.flush()
    return supplement


def plan_payment(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    title: str,
    amount: Decimal,
    due_on: date,
    released_by: ReleasedBy = ReleasedBy.HAND,
) -> Supplement:
    """Add a part to the schedule that the supplement puts in place of what is not invoiceable yet; it counts from the signing on."""
    supplement = _draft(session, "update", record_id, version)
    values = {"contract": supplement.contract_id, "title": title, "amount": amount, "due_on": due_on, "released_by": released_by}
    part: ScheduledPayment = make_record(ScheduledPayment, values)
    check_part(part)
    part.supplement_id, part.state, part.position = supplement.id, PartState.PLANNED, len(_planned(session, supplement)) + 1
    session.add(part)
    open_for_writing(session, part)
    supplement.updated_at = now()
    session.flush()
    return supplement


def drop_supplement(session: Session, record_id: int, version: int | None) -> Supplement:
    """Give up a supplement that nobody signed."""
    supplement: Supplement = get_for(session, Supplement, "update", record_id, version)
    name_action(session, supplement, "drop")
    supplement.state = SUPPLEMENT_CYCLE.move(supplement.state, "drop")
    for part in _planned(session, supplement):
        open_for_writing(session, part)
        session.delete(part)
    session.flush()
    return supplement


def sign_supplement(
    session: Session, record_id: int, version: int | None, *, on: date | None = None, signer: int | None = None
) -> Supplement:
    """Sign a supplement ``on`` a day (today) by ``signer`` (who acts): amount, end and schedule of its contract change in one step.

    Parts that are invoiceable stay; parts that are not are replaced by the planned ones. Raises :class:`NothingAmended` when it changes
    nothing, :class:`ScheduleDiffers` unless the new schedule adds up to the new amount, :class:`NotInForce` for an ended contract.
    """
    supplement: Supplement = get_for(session, Supplement, SIGN, record_id, version)
    supplement.state = SUPPLEMENT_CYCLE.move(supplement.state, "sign")
    supplement.signer_id = active_employee(session, signer or actor().employee_id, "signer").id
    contract = _locked(session, supplement.contract_id)
    if contract.state not in RUNNING:
        raise NotInForce(contract.state.label)
    _check(supplement, contract)
    supplement.signed_on = _day_of_signing(contract, supplement, on or today())
    supplement.amount_before, supplement.ends_on_before = contract.amount, contract.ends_on
    supplement.number = supplement_number(str(contract.number), _signed_before(session, contract) + 1)
    _amend(session, contract, supplement)
    return supplement


def _amend(session: Session, contract: Contract, supplement: Supplement) -> None:
    planned = _planned(session, supplement)
    if supplement.amount is None and supplement.ends_on is None and not planned:
        raise NothingAmended
    open_for_writing(session, contract)
    name_action(session, contract, "amend")
    contract.state = LIFECYCLE.move(contract.state, "amend")
    contract.amount = supplement.amount if supplement.amount is not None else contract.amount
    contract.ends_on = supplement.ends_on or contract.ends_on
    contract.reminded_on = None
    if planned:
        _replace(session, counted_parts(session, contract.id), planned)
    session.flush()
    total = sum((part.amount for part in counted_parts(session, contract.id)), Decimal("0.00"))
    if total != contract.amount:
        raise ScheduleDiffers(total, contract.amount)


def _replace(session: Session, present: Sequence[ScheduledPayment], planned: Sequence[ScheduledPayment]) -> None:
    """What is invoiceable keeps its place, the new parts follow; what was not is kept as replaced."""
    last = max((part.position for part in present), default=0)
    for part in (*present, *planned):
        open_for_writing(session, part)
    for part in present:
        if part.state == PartState.WAITING:
            part.state = PART_CYCLE.move(part.state, "replace")
    for position, part in enumerate(planned, last + 1):
        part.state, part.position = PART_CYCLE.move(part.state, "agree"), position


def _draft(session: Session, verb: str, record_id: int, version: int | None) -> Supplement:
    supplement: Supplement = get_for(session, Supplement, verb, record_id, version)
    if supplement.state != SupplementState.DRAFT:
        raise SupplementFixed(supplement.state.label)
    return supplement


def _planned(session: Session, supplement: Supplement) -> Sequence[ScheduledPayment]:
    wanted = select(ScheduledPayment).where(ScheduledPayment.supplement_id == supplement.id, ScheduledPayment.state == PartState.PLANNED)
    return session.scalars(wanted.order_by(ScheduledPayment.position, ScheduledPayment.id)).all()


def _locked(session: Session, contract_id: int) -> Contract:
    """The contract, locked: of two supplements signed at once the later one counts on."""
    get_for(session, Contract, "read", contract_id)
    wanted = select(Contract).where(Contract.id == contract_id).with_for_update()
    return session.scalars(wanted, execution_options={"populate_existing": True}).one()


def _signed_before(session: Session, contract: Contract) -> int:
    signed = select(func.count(Supplement.id)).where(Supplement.contract_id == contract.id, Supplement.number.is_not(None))
    return int(session.scalar(signed) or 0)


def _check(supplement: Supplement, contract: Contract) -> None:
    wrong: dict[str, Message] = {}
    if supplement.amount is not None and supplement.amount <= 0:
        wrong["amount"] = msg("The amount must be above 0. Please check it.")
    if supplement.ends_on is not None and contract.starts_on is not None and supplement.ends_on < contract.starts_on:
        wrong["ends_on"] = msg("The contract ends before it starts. Please check both days.")
    if wrong:
        raise BadInput(fields=wrong)


def _day_of_signing(contract: Contract, supplement: Supplement, on: date) -> date:
    if on > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    if contract.signed_on is not None and on < contract.signed_on:
        raise BadInput(fields={"on": msg("A supplement is signed no earlier than its contract. Please choose a later day.")})
    if supplement.ends_on is not None and supplement.ends_on < on:
        raise BadInput(fields={"on": msg("The contract would have ended before its signing. Please check the days.")})
    return on

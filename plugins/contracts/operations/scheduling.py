"""The payment schedule of a contract that is not signed yet: planned by shares or part by part (R-227)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, open_for_writing
from core.database.changes import apply_changes, make_record
from core.kernel.clock import now, today
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.parameters import parameter
from plugins.contracts.errors import HasRecords, NothingToSign, NotOpen, ScheduleDiffers, ScheduleFixed
from plugins.contracts.models import Contract, ScheduledPayment
from plugins.contracts.rules import COUNTED, MOST_PARTS, OPEN, WHOLE, shares_of, split, titles_of


def add_payment(session: Session, values: Mapping[str, Any]) -> ScheduledPayment:
    """Add a part to the schedule of the contract ``values["contract"]``; raises :class:`ScheduleFixed` once that is signed."""
    authorise(ScheduledPayment, "create")
    part: ScheduledPayment = make_record(ScheduledPayment, values)
    contract: Contract = get_for(session, Contract, "read", part.contract_id)
    check_part(part)
    if contract.state not in OPEN:
        raise ScheduleFixed
    present = counted_parts(session, contract.id)
    if len(present) >= MOST_PARTS:
        raise BadInput(
            fields={"contract": msg("A payment schedule has at most %(limit)s parts. Please join some of them.", limit=MOST_PARTS)}
        )
    part.position = max((one.position for one in present), default=0) + 1
    session.add(part)
    session.flush()
    return part


def change_payment(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> ScheduledPayment:
    """Change a part before the contract is signed; it stays with its contract."""
    part = _open_part(session, "update", record_id, version)
    if changes.get("contract", part.contract_id) != part.contract_id:
        raise BadInput(fields={"contract": msg("A payment stays with its contract. Please add a new one to the other contract.")})
    with session.no_autoflush:
        apply_changes(part, changes)
        check_part(part)
    session.flush()
    return part


def remove_payment(session: Session, record_id: int, version: int | None) -> None:
    """Take a part out of the schedule before the contract is signed."""
    session.delete(_open_part(session, "delete", record_id, version))
    flush_or_refuse(session)


def plan_payments(
    session: Session, record_id: int, version: int | None, *, shares: str, first_on: date | None = None, every_days: int | None = None
) -> Contract:
    """Make the schedule of a contract anew by ``shares`` in percent: the first part due on a day (today), the others ``every_days`` later.

    ``every_days`` is the parameter ``contracts.payment_days`` unless given.

    Raises :class:`NotOpen` for a signed contract, :class:`NothingToSign` for one without amount, :class:`BadInput` for wrong shares.
    """
    contract: Contract = get_for(session, Contract, "update", record_id, version)
    authorise(ScheduledPayment, "create")
    if contract.state not in OPEN:
        raise NotOpen(contract.state.label)
    if contract.amount <= 0:
        raise NothingToSign
    step = parameter(session, "contracts.payment_days") if every_days is None else every_days
    if not 0 <= step <= 3660:
        raise BadInput(fields={"every_days": msg("Please give a number of days from 0 to 3660.")})
    wanted = shares_of(shares)
    amounts = split(contract.amount, wanted)
    days = [(first_on or today()) + timedelta(days=step * number) for number in range(len(amounts))]
    set_schedule(session, contract, list(zip(titles_of(wanted), amounts, days, strict=True)))
    return contract


def set_schedule(session: Session, contract: Contract, parts: Sequence[tuple[str, Decimal, date]]) -> None:
    """Replace the schedule of a contract by ``parts``: title, amount in yuan, due day. For verbs that have loaded it for writing."""
    for former in counted_parts(session, contract.id):
        open_for_writing(session, former)
        session.delete(former)
    flush_or_refuse(session)
    for position, (title, amount, due_on) in enumerate(parts, 1):
        values = {"contract": contract.id, "title": title, "amount": amount, "due_on": due_on}
        part: ScheduledPayment = make_record(ScheduledPayment, values)
        part.position = position
        check_part(part)
        session.add(part)
        open_for_writing(session, part)
    contract.updated_at = now()  # whoever has the contract open must not overwrite this plan unseen
    session.flush()


def flush_or_refuse(session: Session) -> None:
    """Delete what was marked; raise :class:`HasRecords` when something that this plugin knows nothing of refers to it."""
    try:
        session.flush()
    except IntegrityError as error:
        raise HasRecords from error


def settle_schedule(session: Session, contract: Contract, signed_on: date) -> None:
    """At the signing the parts add up to the amount; a contract without a schedule is paid in one part.

    Raises :class:`ScheduleDiffers`.
    """
    planned = [part.amount for part in counted_parts(session, contract.id)]
    if not planned:
        days = timedelta(days=parameter(session, "contracts.payment_days"))
        set_schedule(session, contract, [(titles_of([WHOLE])[0], contract.amount, signed_on + days)])
    elif sum(planned) != contract.amount:
        raise ScheduleDiffers(sum(planned, Decimal("0.00")), contract.amount)


def counted_parts(session: Session, contract_id: int) -> Sequence[ScheduledPayment]:
    """The schedule that holds, in its order."""
    wanted = select(ScheduledPayment).where(ScheduledPayment.contract_id == contract_id, ScheduledPayment.state.in_(COUNTED))
    return session.scalars(wanted.order_by(ScheduledPayment.position, ScheduledPayment.id)).all()


def check_part(part: ScheduledPayment) -> None:
    """Raise :class:`BadInput` for an amount of nothing or less."""
    if part.amount <= 0:
        raise BadInput(fields={"amount": msg("The amount must be above 0. Please check it.")})


def _open_part(session: Session, verb: str, record_id: int, version: int | None) -> ScheduledPayment:
    part: ScheduledPayment = get_for(session, ScheduledPayment, verb, record_id, version)
    contract: Contract = get_for(session, Contract, "read", part.contract_id)
    if contract.state not in OPEN:
        raise ScheduleFixed
    return part

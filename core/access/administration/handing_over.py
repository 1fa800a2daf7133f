"""Everything of a leaver goes to a successor in one reviewed step, and can be taken back for some days (R-165, R-341).

Generic over every class whose records have an owner, those of modules that are off included. No record changes its state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.administration.moving import Moving, count_owned, give_back, give_back_led, move_led, move_owned
from core.access.administration.reach import employee_for, present_employee
from core.access.guard import as_system, get_for, open_for_writing
from core.access.telling import tell_employee
from core.audit.reasons import give_reason
from core.audit.trail import MARK, mark_rows, record_event
from core.extension.installed import owned_classes
from core.kernel.acting import company_id, employee_id
from core.kernel.clock import local, now, today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import Message, counted, in_sentences, msg
from core.organisation.models import Handover, HandoverPart
from core.organisation.parameters import parameter

VERB = "hand_over"


def what_moves(session: Session, giver_id: int) -> tuple[Moving, ...]:
    """What a handover from the employee would move, by kind; kinds without records are left out."""
    employee_for(session, VERB, giver_id)
    with as_system(session, "what a handover moves"):
        return count_owned(session, owned_classes(), giver_id)


def hand_over_everything(session: Session, giver_id: int, version: int | None, *, taker: int | None, reason: str | None = None) -> Handover:
    """Give every record that ``giver_id`` owns to ``taker``, who is told, and let the taker lead the giver's people; the records come to
    the taker's department.

    Raises :class:`BadInput` for a taker who does not work here or out of reach, :class:`Conflict` when there is nothing to move.
    """
    giver = employee_for(session, VERB, giver_id, version)
    successor = present_employee(session, VERB, taker, "taker")
    if successor.id == giver.id:
        raise BadInput(fields={"taker": msg("Please choose somebody else.")})
    handover = Handover(company_id=company_id(), giver_id=giver.id, taker_id=successor.id, done_by_id=employee_id(), records=0)
    handover.reason = (reason or "").strip()[:200] or None
    session.add(handover)
    open_for_writing(session, handover)
    session.flush()
    if handover.reason:
        give_reason(session, handover.reason)
    mark_rows(session, _key(handover, VERB))
    with as_system(session, "handover of everything that somebody owns"):
        counts = {model: move_owned(session, model, handover, successor) for model in owned_classes()}
        led = move_led(session, handover)
    if not any(counts.values()) and not led:
        raise Conflict(msg("%(name)s owns nothing that could be handed over.", name=giver.name))
    open_for_writing(session, handover)
    handover.records = sum(counts.values())
    session.flush()
    told = {model.__tablename__: count for model, count in counts.items() if count}
    told_of = {"handover": handover.id, "giver": giver.id, "taker": successor.id, "led": led, "records": told}
    record_event(session, "hand_over_all", giver.name, **told_of, **{MARK: _key(handover, VERB)})
    _tell(session, (successor.id,), in_sentences(_taken_over(giver.name, handover.records, led)))
    return handover


def undo_handover(session: Session, handover_id: int, version: int | None = None) -> int:
    """Give back what moved and still belongs to the taker, into the departments it came from; return how many records. Both are told.

    Raises :class:`Conflict` when it was undone already or lies too many days back (``core.handover_undo_days``).
    """
    handover = _handover(session, handover_id, version)
    if reason := why_not_undone(session, handover):
        raise Conflict(reason)
    mark_rows(session, _key(handover, "undo"))
    with as_system(session, "undoing a handover"):
        parts = session.scalars(select(HandoverPart).where(HandoverPart.handover_id == handover.id)).all()
        classes = {model.__tablename__: model for model in owned_classes()}
        back = sum(give_back(session, classes[part.table_name], part, handover) for part in parts if part.table_name in classes)
        give_back_led(session, parts, handover)
    open_for_writing(session, handover)
    handover.undone_at = now()
    session.flush()
    record_event(session, "undo_hand_over", str(handover.giver), handover=handover.id, records=back, **{MARK: _key(handover, "undo")})
    said = counted(
        "The handover from %(giver)s to %(taker)s was undone; %(count)s record has gone back.",
        "The handover from %(giver)s to %(taker)s was undone; %(count)s records have gone back.",
        back,
        giver=handover.giver.name,
        taker=handover.taker.name,
    )
    _tell(session, (handover.giver_id, handover.taker_id), said)
    return back


def why_not_undone(session: Session, handover: Handover) -> Message | None:
    """Why the handover stands; None while it can be undone."""
    if handover.undone_at is not None:
        return msg("This handover has been undone already.")
    days = parameter(session, "core.handover_undo_days")
    if local(handover.created_at).date() + timedelta(days=days) < today():
        return msg("The time for undoing this handover (in days: %(days)s) has passed.", days=days)
    return None


def _taken_over(name: str, records: int, led: int) -> Iterator[Message]:
    """What the successor is told."""
    if records:
        yield counted(
            "You have taken over %(count)s record of %(name)s.", "You have taken over %(count)s records of %(name)s.", records, name=name
        )
    if led:
        yield msg("Whoever reported to %(name)s reports to you from now on.", name=name)


def _tell(session: Session, people: Iterable[int], said: Message) -> None:
    for person in people:
        if person != employee_id():
            tell_employee(session, person, said)


def _key(handover: Handover, step: str) -> str:
    """What every row of the trail that belongs to the step names, the one that tells of the whole as well."""
    return f"{step}:{handover.id}"


def _handover(session: Session, handover_id: int, version: int | None) -> Handover:
    handover: Handover = get_for(session, Handover, VERB, handover_id, version)
    employee_for(session, VERB, handover.giver_id)
    employee_for(session, VERB, handover.taker_id)
    return handover

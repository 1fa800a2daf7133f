"""An opportunity while it is worked on: created, changed, thrown away, given to another (R-197, R-198)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access.guard import authorise, get_for, handing_over
from core.access.people import employee_within
from core.access.taken_back import TAKEN_BACK, Done
from core.audit.trail import record_event
from core.database.answers import needed_reason
from core.database.changes import apply_changes, make_record
from core.database.lines import Lines, delete_with_lines, lines_of, parted
from core.kernel.clock import local, now, today
from core.kernel.errors import BadInput
from core.kernel.words import Message, msg
from plugins.customers.public import belongs_to, customer_summary
from plugins.sales.errors import InUse, NotOpen
from plugins.sales.models import Opportunity, OpportunityLine
from plugins.sales.operations.asking import tell
from plugins.sales.operations.lines import write_lines
from plugins.sales.operations.pipelines import first_stage
from plugins.sales.operations.pricing import note_doubt
from plugins.sales.rules.lines import total
from plugins.sales.rules.opportunities import OpportunityState, is_chance


def create_opportunity(session: Session, values: Mapping[str, Any], *, moment: datetime | None = None) -> Opportunity:
    """Create an opportunity in the first stage of the standard pipeline; it belongs to whoever creates it.

    ``values["lines"]`` may hold its lines as :func:`write_lines` takes them: then they make its amount. ``moment`` is the clock, by
    default now. Raises :class:`BadInput`, and :class:`NotFound` for a customer that one may not see.
    """
    authorise(Opportunity, "create")
    at = moment or now()
    own, lines = parted(values)
    opportunity: Opportunity = make_record(Opportunity, own)
    stage = first_stage(session)
    opportunity.stage_id, opportunity.staged_on, opportunity.opened_on, opportunity.touched_at = (
        stage.id,
        local(at).date(),
        local(at).date(),
        at,
    )
    if opportunity.chance is None:
        opportunity.chance = stage.chance
    with session.no_autoflush:
        _check(session, opportunity)
        name_customer(session, opportunity)
    session.add(opportunity)
    session.flush()
    set_lines(session, opportunity, lines)
    return opportunity


def change_opportunity(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Opportunity:
    """Change the given fields, and the lines when ``changes["lines"]`` is given; raises :class:`NotOpen` for a closed one."""
    opportunity = open_opportunity(session, "update", record_id, version)
    own, lines = parted(changes)
    with session.no_autoflush:
        changed = apply_changes(opportunity, own)
        _check(session, opportunity)
        if "customer" in changed:
            name_customer(session, opportunity)
    if changed or lines is not None:
        touch(opportunity)
    set_lines(session, opportunity, lines)
    session.flush()
    return opportunity


def delete_opportunity(session: Session, record_id: int, version: int | None) -> None:
    """Throw away an opportunity in progress that nothing was made from, entered by mistake."""
    opportunity = open_opportunity(session, "delete", record_id, version)
    try:
        delete_with_lines(session, OpportunityLine, opportunity)
    except IntegrityError as error:
        raise InUse from error


def hand_over_opportunity(
    session: Session, record_id: int, version: int | None, *, owner: int | None = None, reason: str | None = None
) -> Opportunity:
    """Give the opportunity to another employee (``owner``, an employee's id), who need not see its customer.

    Raises :class:`BadInput` without a new owner or a reason, or for one outside the departments that one decides for.
    """
    opportunity = open_opportunity(session, "hand_over", record_id, version)
    if owner is None or owner == opportunity.owner_id:
        raise BadInput(fields={"owner": msg("Please choose the colleague who takes the opportunity over.")})
    why = needed_reason(reason)
    employee = employee_within(session, owner, Opportunity.__resource__, "hand_over", "owner")
    previous = opportunity.owner_id
    with handing_over(session):
        opportunity.owner_id, opportunity.department_id = employee.id, employee.department_id
    note_doubt(session, opportunity)  # another person may have another minimum
    record_event(session, "hand_over", str(opportunity), opportunity=record_id, previous=previous, owner=employee.id, reason=why)
    said = msg("The opportunity %(title)s was handed over to you: %(reason)s", title=opportunity.title, reason=why)
    tell(session, [employee.id], said, f"/opportunities/{opportunity.id}")
    return opportunity


def hand_opportunity_back(session: Session, record_id: int, done: Done) -> Opportunity:
    """Take back that many were handed over: it goes to the owner whom it had. Raises :class:`Conflict` when it has gone on since."""
    opportunity = open_opportunity(session, "hand_over", record_id, None)
    before = done.demand(session, opportunity, "owner_id")["owner_id"][0]
    return hand_over_opportunity(session, record_id, None, owner=before, reason=str(TAKEN_BACK))


def open_opportunity(session: Session, verb: str, record_id: int, version: int | None) -> Opportunity:
    """An opportunity in progress, loaded in order to do ``verb`` with it."""
    opportunity: Opportunity = get_for(session, Opportunity, verb, record_id, version)
    if opportunity.state is not OpportunityState.OPEN:
        raise NotOpen(opportunity.state.label)
    return opportunity


def touch(opportunity: Opportunity, moment: datetime | None = None) -> None:
    """Somebody did something about it (now, unless a moment is given): it neither stands still any more nor has to be warned of."""
    opportunity.touched_at, opportunity.warned = moment or now(), None


def set_lines(session: Session, opportunity: Opportunity, lines: Lines | None) -> None:
    """Write the lines, None leaves them; where there are any, they make the amount, and their prices are looked at (R-348)."""
    stored = lines_of(session, OpportunityLine, opportunity.id)
    if lines is None:
        opportunity.amount = total(line.amount for line in stored) if stored else opportunity.amount
    elif lines or stored:
        opportunity.amount = write_lines(session, OpportunityLine, opportunity, lines, today())
    note_doubt(session, opportunity)
    session.flush()


def name_customer(session: Session, opportunity: Opportunity) -> None:
    """Keep the name of the customer with the opportunity (C-01)."""
    opportunity.customer_name = customer_summary(session, opportunity.customer_id).name if opportunity.customer_id is not None else None


def _check(session: Session, opportunity: Opportunity) -> None:
    wrong: dict[str, Message] = {}
    opportunity.amount = opportunity.amount or Decimal("0.00")
    if not is_chance(opportunity.chance):
        wrong["chance"] = msg("The probability is a percentage from 0 to 100. Please check it.")
    if opportunity.amount < 0:
        wrong["amount"] = msg("The amount must not be below 0. Please check it.")
    if opportunity.contact_id is not None and not belongs_to(session, opportunity.contact_id, opportunity.customer_id):
        wrong["contact"] = msg("This contact belongs to another customer. Please choose one of this customer.")
    if wrong:
        raise BadInput(fields=wrong)

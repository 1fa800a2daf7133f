"""How an opportunity moves and ends: advanced, won, lost, reopened, archived (R-198, R-200, R-375)."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from core.access.guard import get_for
from core.access.taken_back import Done
from core.audit.trail import name_action
from core.database.answers import clean_reason
from core.database.lines import lines_of
from core.extension.calling import hooks
from core.kernel.clock import SHANGHAI, local, now, today
from core.kernel.errors import BadInput, Conflict
from core.kernel.words import msg
from plugins.sales.errors import Archived, NotClosed, NothingToWin
from plugins.sales.models import Competitor, Opportunity, OpportunityLine, Stage
from plugins.sales.operations.asking import needed_code, tell
from plugins.sales.operations.opportunities import open_opportunity, touch
from plugins.sales.operations.pricing import note_doubt
from plugins.sales.public import DealLine, WonDeal
from plugins.sales.queries.people import heads
from plugins.sales.rules.lines import net_price
from plugins.sales.rules.opportunities import CERTAIN, CLOSED, LIFECYCLE


def advance_opportunity(
    session: Session, record_id: int, version: int | None, *, stage: int | None = None, moment: datetime | None = None
) -> Opportunity:
    """Move the opportunity to another stage (its id) of the same pipeline, forwards or back; its chance becomes that of the stage.

    ``moment`` is the clock, by default now. Raises :class:`BadInput` for the stage it is in, and for one of another pipeline or not in use.
    """
    opportunity = open_opportunity(session, "update", record_id, version)
    name_action(session, opportunity, "advance")
    target = session.get(Stage, stage) if stage is not None else None
    if target is None or not target.active or target.pipeline_id != _pipeline_of(session, opportunity):
        raise BadInput(fields={"stage": msg("Please choose a stage of this opportunity's pipeline.")})
    if target.id == opportunity.stage_id:
        raise BadInput(fields={"stage": msg("The opportunity is in this stage already. Please choose another.")})
    opportunity.stage_id, opportunity.staged_on, opportunity.chance = target.id, local(moment or now()).date(), target.chance
    touch(opportunity, moment)
    session.flush()
    return opportunity


def win_opportunity(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    reason: str | None = None,
    competitor: int | None = None,
    on: date | None = None,
    note: str | None = None,
) -> Opportunity:
    """Close the opportunity as won ``on`` a day (today) for a reason of the list ``sales.won_reason``; hearers draft what follows.

    ``competitor`` (its id) is who wanted the business as well, where that is known.

    The head is told, and with it if prices are too low (R-348).
    Raises :class:`IllegalTransition` for one that is closed already, :class:`NothingToWin` without customer or amount,
    :class:`BadInput` without a reason or for a day to come.
    """
    opportunity = _closed(session, record_id, version, "win", on, note)
    opportunity.won_reason = needed_code(session, "sales.won_reason", reason)
    opportunity.competitor_id = _rival(session, competitor)
    if opportunity.customer_id is None or opportunity.amount <= 0:
        raise NothingToWin
    opportunity.chance = CERTAIN
    note_doubt(session, opportunity)
    session.flush()
    hooks().crm_sales_opportunity_won(session=session, deal=_deal(session, opportunity))
    others = [head for head in heads(session, opportunity.department_id) if head != opportunity.owner_id]
    said = msg("The opportunity %(title)s was won.", title=opportunity.title)
    if opportunity.price_doubt is not None:
        said = msg("%(first)s %(second)s", first=said, second=opportunity.price_doubt)
    tell(session, others, said, f"/opportunities/{opportunity.id}")
    return opportunity


def lose_opportunity(
    session: Session,
    record_id: int,
    version: int | None,
    *,
    reason: str | None = None,
    competitor: int | None = None,
    on: date | None = None,
    note: str | None = None,
) -> Opportunity:
    """Close the opportunity as lost for a reason of the list ``sales.lost_reason``, perhaps to a competitor (its id).

    Raises as :func:`win_opportunity`.
    """
    opportunity = _closed(session, record_id, version, "lose", on, note)
    opportunity.lost_reason = needed_code(session, "sales.lost_reason", reason)
    opportunity.competitor_id, opportunity.chance = _rival(session, competitor), 0
    session.flush()
    return opportunity


def reopen_opportunity(session: Session, record_id: int, version: int | None) -> Opportunity:
    """Work again on what was lost; what is won or in the archive stays so."""
    opportunity: Opportunity = get_for(session, Opportunity, "reopen", record_id, version)
    name_action(session, opportunity, "reopen")
    if opportunity.archived_at is not None:
        raise Archived
    opportunity.state = LIFECYCLE.move(opportunity.state, "reopen")
    opportunity.closed_on = opportunity.lost_reason = opportunity.close_note = opportunity.competitor_id = None
    stage = session.get(Stage, opportunity.stage_id)
    opportunity.chance = stage.chance if stage is not None else None
    touch(opportunity)
    session.flush()
    said = msg("The opportunity %(title)s was reopened.", title=opportunity.title)
    tell(session, [opportunity.owner_id], said, f"/opportunities/{opportunity.id}")
    return opportunity


def archive_opportunity(session: Session, record_id: int, version: int | None) -> Opportunity:
    """Put a closed opportunity into the archive (R-200); raises :class:`NotClosed` otherwise."""
    opportunity: Opportunity = get_for(session, Opportunity, "update", record_id, version)
    name_action(session, opportunity, "archive")
    if opportunity.state not in CLOSED or opportunity.archived_at is not None:
        raise NotClosed
    opportunity.archived_at = now()
    session.flush()
    return opportunity


def take_out_of_archive(session: Session, record_id: int, done: Done) -> Opportunity:
    """Take back that many were archived. Raises :class:`Conflict` for one that was changed since."""
    opportunity: Opportunity = get_for(session, Opportunity, "update", record_id)
    name_action(session, opportunity, "unarchive")
    done.demand(session, opportunity, "archived_at")
    opportunity.archived_at = None
    session.flush()
    return opportunity


def take_back_stage(session: Session, record_id: int, done: Done) -> Opportunity:
    """Move the opportunity back to the stage that it was in before many were moved, with the chance and the day that it had there.

    Raises :class:`Conflict` when it was moved or closed since, or when that stage is in use no more.
    """
    opportunity = open_opportunity(session, "update", record_id, None)
    name_action(session, opportunity, "advance")
    changes = done.demand(session, opportunity, "stage_id", "chance")
    stage = session.get(Stage, changes["stage_id"][0])
    if stage is None or not stage.active:
        raise Conflict(msg("The stage that it was in before is not in use any more."))
    opportunity.stage_id = stage.id
    if "staged_on" in changes:
        opportunity.staged_on = date.fromisoformat(changes["staged_on"][0])
    if "chance" in changes:
        opportunity.chance = changes["chance"][0]
    session.flush()
    return opportunity


def _closed(session: Session, record_id: int, version: int | None, verb: str, on: date | None, note: str | None) -> Opportunity:
    opportunity: Opportunity = get_for(session, Opportunity, "close", record_id, version)
    name_action(session, opportunity, verb)
    opportunity.state = LIFECYCLE.move(opportunity.state, verb)
    opportunity.close_note = clean_reason(note, "note")
    opportunity.closed_on = _day(opportunity, on or today())
    touch(opportunity, moment_of(opportunity.closed_on))
    opportunity.next_step = opportunity.next_on = None
    return opportunity


def _rival(session: Session, competitor: int | None) -> int | None:
    if competitor is not None and session.get(Competitor, competitor) is None:
        raise BadInput(fields={"competitor": msg("This competitor does not exist. Please choose another.")})
    return competitor


def moment_of(day: date) -> datetime:
    """When something was done on ``day``: now if that is today, else its noon, for days know no hour."""
    return now() if day == today() else datetime.combine(day, time(12), SHANGHAI)


def _day(opportunity: Opportunity, on: date) -> date:
    if on > today():
        raise BadInput(fields={"on": msg("This day is in the future. Please choose today or an earlier day.")})
    if on < opportunity.opened_on:
        raise BadInput(fields={"on": msg("The opportunity was opened later than that. Please check the day.")})
    return on


def _pipeline_of(session: Session, opportunity: Opportunity) -> int | None:
    stage = session.get(Stage, opportunity.stage_id) if opportunity.stage_id is not None else None
    return stage.pipeline_id if stage is not None else None


def _deal(session: Session, opportunity: Opportunity) -> WonDeal:
    assert opportunity.customer_id is not None
    assert opportunity.closed_on is not None
    lines = tuple(
        DealLine(line.code, str(line.name), line.unit, line.quantity, net_price(line.price, line.discount))
        for line in lines_of(session, OpportunityLine, opportunity.id)
    )
    return WonDeal(
        opportunity.id,
        opportunity.title,
        opportunity.customer_id,
        opportunity.owner_id,
        opportunity.department_id,
        opportunity.amount,
        opportunity.closed_on,
        lines,
    )

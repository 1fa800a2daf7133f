"""The pipeline as a bar of steps over one opportunity, and as a board of all of them (R-198)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from core.audit.history import days_of
from core.database.covering import OPEN, access_to
from core.kernel.acting import acting
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.formats import day
from core.web.nouns import Board, BoardColumn, Place, StageBar, Step
from core.web.record_steps import day_reached, days_told, stays_had
from plugins.sales.models import Opportunity, Stage
from plugins.sales.queries.pipelines import every_stage, stages_of
from plugins.sales.rules.opportunities import OpportunityState


def steps(session: Session, opportunity: Opportunity) -> Sequence[Step]:
    """The stages of its pipeline, those in use and its own; of a closed opportunity those that it passed, then how it ended."""
    present = opportunity.stage
    if present is None:
        return ()
    stages = list(session.scalars(stages_of(present.pipeline_id)))
    if present not in stages:
        stages = sorted((*stages, present), key=lambda stage: (stage.position, stage.id))
    at, state, days = stages.index(present), opportunity.state, _days(session, opportunity)
    if state is not OpportunityState.OPEN:
        passed = stages if state is OpportunityState.WON else stages[: at + 1]
        over = [Step("", str(stage), Place.DONE, days_told(days.get(stage.id))) for stage in passed]
        return [*over, Step("", state.label, Place.NOW, _closed(opportunity), tone=state.tone)]
    places = [Place.DONE if number < at else Place.NOW if number == at else Place.LATER for number in range(len(stages))]
    return [
        Step(str(stage.id), str(stage), place, _note(opportunity, stage, place, days), _tone(stage) if place is Place.NOW else "")
        for stage, place in zip(stages, places, strict=True)
    ]


def _days(session: Session, opportunity: Opportunity) -> Mapping[int, int]:
    """Days spent in each stage by its id, until today or the day of closing, as far as one may know since when it is in a stage."""
    if access_to(acting(), Opportunity, "staged_on") not in OPEN:
        return {}
    return days_of(stays_had(session, opportunity, "stage_id"), opportunity.closed_on or today())


def _note(opportunity: Opportunity, stage: Stage, place: Place, days: Mapping[int, int]) -> Message | str:
    """The days spent in a stage before; of its present one how long it has been there and its chance; of those to come the chance.

    Each as far as one may know it.
    """
    if place is Place.DONE:
        return days_told(days.get(stage.id))
    likely = _likely(stage)
    if place is Place.LATER or opportunity.staged_on is None or access_to(acting(), Opportunity, "staged_on") not in OPEN:
        return likely
    number = (today() - opportunity.staged_on).days + 1
    return msg("day %(day)s, %(chance)s%% likely", day=number, chance=stage.chance) if likely else day_reached(opportunity.staged_on)


def _closed(opportunity: Opportunity) -> str:
    return day(opportunity.closed_on, today()) if opportunity.closed_on and access_to(acting(), Opportunity, "closed_on") in OPEN else ""


def _likely(stage: Stage) -> Message | str:
    return msg("%(chance)s%% likely", chance=stage.chance) if access_to(acting(), Stage, "chance") in OPEN else ""


def _tone(stage: Stage) -> str:
    return stage.tone.tone if access_to(acting(), Stage, "tone") in OPEN else ""


def columns(session: Session) -> Sequence[BoardColumn]:
    """The stages of all pipelines that are in use, the standard one first; a card stays within its pipeline."""
    found = session.scalars(every_stage())
    return [BoardColumn(one.id, str(one), _likely(one), one.pipeline_id, _tone(one)) for one in found]


BAR = StageBar("advance", "stage", steps)
BOARD = Board("stage", "advance", columns, view="open", amount="amount", named="customer", on="expected_on")

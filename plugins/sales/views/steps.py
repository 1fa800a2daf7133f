"""The pipeline as a bar of steps over one opportunity, and as a board of all of them (R-198)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.database.covering import OPEN, access_to
from core.kernel.acting import acting
from core.kernel.clock import today
from core.kernel.words import Message, msg
from core.web.nouns import Board, BoardColumn, Place, StageBar, Step
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
    at, state = stages.index(present), opportunity.state
    if state is not OpportunityState.OPEN:
        passed = stages if state is OpportunityState.WON else stages[: at + 1]
        return [*(Step("", str(stage), Place.DONE) for stage in passed), Step("", state.label, Place.NOW, tone=state.tone)]
    places = [Place.DONE if number < at else Place.NOW if number == at else Place.LATER for number in range(len(stages))]
    return [
        Step(str(stage.id), str(stage), place, _note(opportunity, stage), stage.tone.tone if place is Place.NOW else "")
        for stage, place in zip(stages, places, strict=True)
    ]


def _note(opportunity: Opportunity, stage: Stage) -> Message | str:
    """How long it has been in its stage; of the others the chance that goes with them. Each as far as one may know it."""
    likely = _likely(stage)
    if not likely or stage.id != opportunity.stage_id or opportunity.staged_on is None:
        return likely
    if access_to(acting(), Opportunity, "staged_on") not in OPEN:
        return likely
    return msg("day %(day)s, %(chance)s%% likely", day=(today() - opportunity.staged_on).days + 1, chance=stage.chance)


def _likely(stage: Stage) -> Message | str:
    return msg("%(chance)s%% likely", chance=stage.chance) if access_to(acting(), Stage, "chance") in OPEN else ""


def columns(session: Session) -> Sequence[BoardColumn]:
    """The stages of all pipelines that are in use, the standard one first; a card stays within its pipeline."""
    found = session.scalars(every_stage())
    return [BoardColumn(one.id, str(one), _likely(one), one.pipeline_id, one.tone.tone) for one in found]


BAR = StageBar("advance", "stage", steps)
BOARD = Board("stage", "advance", columns, view="open", amount="amount", named="customer", on="expected_on")

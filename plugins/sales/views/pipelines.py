"""Pipelines, stages and competitors on screen: the words that a company sells with."""

from __future__ import annotations

from core.kernel.words import msg
from core.web.nouns import Group, Noun, Shown
from core.web.pages import CardPlace, ColumnKind
from core.web.views import RecordView
from plugins.sales import operations
from plugins.sales.models import Competitor, Pipeline, Stage

PIPELINES = Noun(
    plugin="sales",
    model=Pipeline,
    path="pipelines",
    title=msg("Pipeline"),
    plural=msg("Pipelines"),
    icon="layout-kanban",
    columns=(Shown("name", ColumnKind.NAME, CardPlace.NAME), Shown("standard", place=CardPlace.LAST)),
    groups=(Group(msg("Pipeline"), ("name", "english", "standard", "note")),),
    told={"name": str},
    order="name",
    create=operations.create_pipeline,
    change=operations.change_pipeline,
    delete=operations.delete_pipeline,
    create_label=msg("New pipeline"),
    children=("stages",),
    empty=msg("Sales processes are listed here, each with its stages. The first opportunity starts the standard one."),
)

STAGES = Noun(
    plugin="sales",
    model=Stage,
    path="stages",
    title=msg("Stage"),
    plural=msg("Stages"),
    icon="list-details",
    columns=(
        Shown("name", ColumnKind.NAME, CardPlace.NAME),
        Shown("pipeline", place=CardPlace.OWNER),
        Shown("position"),
        Shown("chance", place=CardPlace.SUM),
        Shown("tone", place=CardPlace.STATE),
        Shown("active"),
    ),
    groups=(Group(msg("Stage"), ("pipeline", "name", "english", "position", "chance", "tone", "active")),),
    order="position",
    filters=("pipeline",),
    told={"name": str},
    facts=("pipeline", "position"),
    create=operations.add_stage,
    change=operations.change_stage,
    delete=operations.delete_stage,
    create_label=msg("New stage"),
    empty=msg("The steps of a pipeline are listed here, each with the probability of an opportunity at that step."),
)

COMPETITORS = Noun(
    plugin="sales",
    model=Competitor,
    path="competitors",
    alike=("name",),
    title=msg("Competitor"),
    plural=msg("Competitors"),
    icon="scale",
    columns=(Shown("name", ColumnKind.NAME, CardPlace.NAME),),
    groups=(Group(msg("Competitor"), ("name", "note")),),
    order="name",
    create=operations.add_competitor,
    change=operations.change_competitor,
    delete=operations.delete_competitor,
    create_label=msg("New competitor"),
    empty=msg("Companies to which opportunities are lost are listed here."),
)


class PipelinesView(RecordView):
    """List, page and form of pipelines."""

    noun = PIPELINES


class StagesView(RecordView):
    """List, page and form of stages."""

    noun = STAGES


class CompetitorsView(RecordView):
    """List, page and form of competitors."""

    noun = COMPETITORS

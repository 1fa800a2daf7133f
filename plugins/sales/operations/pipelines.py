"""Pipelines and stages: each company shapes its own (R-198)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import as_system, authorise, get_for, open_for_writing
from core.database.changes import apply_changes, make_record
from core.kernel.acting import company_id
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.organisation.models import Company
from plugins.sales.models import Pipeline, Stage
from plugins.sales.operations.storing import remove, store
from plugins.sales.queries.pipelines import stages_of, standard_pipeline
from plugins.sales.rules.opportunities import PIPELINE, PIPELINE_ENGLISH, STAGES, is_chance


def create_pipeline(session: Session, values: Mapping[str, Any]) -> Pipeline:
    """Begin a pipeline; raises :class:`NameTaken`. The first one becomes the standard one."""
    authorise(Pipeline, "create")
    pipeline: Pipeline = make_record(Pipeline, values)
    if standard_pipeline(session) is None:
        pipeline.standard = True
    store(session, pipeline)
    _only_standard(session, pipeline)
    return pipeline


def change_pipeline(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Pipeline:
    """Change the given fields; a pipeline that becomes the standard one takes that from the other."""
    pipeline: Pipeline = get_for(session, Pipeline, "update", record_id, version)
    with session.no_autoflush:
        apply_changes(pipeline, changes)
        store(session, pipeline)
    _only_standard(session, pipeline)
    return pipeline


def delete_pipeline(session: Session, record_id: int, version: int | None) -> None:
    """Delete a pipeline without opportunities, with its stages; raises :class:`InUse` otherwise."""
    pipeline: Pipeline = get_for(session, Pipeline, "delete", record_id, version)
    stages = session.scalars(select(Stage).where(Stage.pipeline_id == pipeline.id)).all()
    for stage in stages:
        open_for_writing(session, stage)
    remove(session, *stages, pipeline)


def add_stage(session: Session, values: Mapping[str, Any]) -> Stage:
    """Add a stage to a pipeline; raises :class:`BadInput` for a chance outside 0 to 100, :class:`NameTaken`."""
    authorise(Stage, "create")
    stage: Stage = make_record(Stage, values)
    _check(stage)
    store(session, stage)
    return stage


def change_stage(session: Session, record_id: int, version: int | None, changes: Mapping[str, Any]) -> Stage:
    """Change the given fields; opportunities keep the chance they were given. Raises as :func:`add_stage`."""
    stage: Stage = get_for(session, Stage, "update", record_id, version)
    if changes.get("pipeline", stage.pipeline_id) != stage.pipeline_id:
        raise BadInput(fields={"pipeline": msg("A stage stays in its pipeline. Please add a new one to the other pipeline.")})
    with session.no_autoflush:
        apply_changes(stage, changes)
        _check(stage)
        store(session, stage)
    return stage


def delete_stage(session: Session, record_id: int, version: int | None) -> None:
    """Delete a stage that no opportunity was ever in; raises :class:`InUse` otherwise."""
    remove(session, get_for(session, Stage, "delete", record_id, version))


def first_stage(session: Session) -> Stage:
    """Where an opportunity begins for which nobody names a stage; a company without a pipeline is given one.

    Raises :class:`BadInput` when the standard pipeline has no stage in use.
    """
    pipeline = standard_pipeline(session) or _begin(session)
    stage: Stage | None = session.scalars(stages_of(pipeline.id).limit(1)).first()
    if stage is None:
        raise BadInput(msg("The pipeline “%(name)s” has no stage in use. Please ask your sales management to add one.", name=pipeline.name))
    return stage


def _begin(session: Session) -> Pipeline:
    """The first pipeline of a company. Its row is locked, so that of two who come first only one makes it."""
    with as_system(session, "a company begins with a pipeline"):
        session.scalar(select(Company.id).where(Company.id == company_id()).with_for_update())
        if (known := standard_pipeline(session)) is not None:
            return known
        pipeline = create_pipeline(session, {"name": PIPELINE, "english": PIPELINE_ENGLISH, "standard": True})
        for position, (name, chance, tone, english) in enumerate(STAGES, 1):
            told = {"name": name, "english": english, "position": position, "chance": chance, "tone": tone}
            add_stage(session, {"pipeline": pipeline.id, **told})
    return pipeline


def _check(stage: Stage) -> None:
    if not is_chance(stage.chance):
        raise BadInput(fields={"chance": msg("The probability is a percentage from 0 to 100. Please check it.")})


def _only_standard(session: Session, pipeline: Pipeline) -> None:
    """One standard pipeline at a time."""
    if pipeline.standard:
        for other in session.scalars(select(Pipeline).where(Pipeline.standard, Pipeline.id != pipeline.id)):
            open_for_writing(session, other)
            other.standard = False
        session.flush()

"""Files of stages: how a company sells, in its own words, before its opportunities come (R-198)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access.guard import authorise
from core.database.fields import Field
from core.extension.exchange import CREATED, UNCHANGED, UPDATED, ConvertedRow, ImportTarget, Outcome, rejected
from core.kernel.errors import BadInput
from core.kernel.words import msg
from core.work.import_fields import written_fields
from plugins.sales.models import Pipeline, Stage
from plugins.sales.operations.pipelines import add_stage, change_stage, create_pipeline


def write_stages(session: Session, rows: Sequence[ConvertedRow]) -> list[Outcome]:
    """Add or change the stages of ``rows``: ``pipeline`` (its name, begun when there is none), ``name``, ``position``, ``chance``."""
    authorise(Stage, "create")
    pipelines = {pipeline.name: pipeline.id for pipeline in session.scalars(select(Pipeline))}
    return [_write(session, dict(row.values), pipelines) for row in rows]


def _write(session: Session, values: dict[str, Any], pipelines: dict[str, int]) -> Outcome:
    name = str(values.pop("pipeline", "") or "")
    if not name:
        return rejected(msg("This row names no pipeline. Please add its name."), "pipeline")
    try:
        if name not in pipelines:
            pipelines[name] = create_pipeline(session, {"name": name}).id
        return _store(session, {**values, "pipeline": pipelines[name]})
    except BadInput as error:
        field, reason = next(iter(error.fields.items()), ("", error.message))
        return rejected(reason, field)


def _store(session: Session, values: dict[str, Any]) -> Outcome:
    known = session.scalar(select(Stage).where(Stage.pipeline_id == values["pipeline"], Stage.name == values["name"]))
    if known is None:
        add_stage(session, values)
        return CREATED
    before = known.version
    return UNCHANGED if change_stage(session, known.id, None, values).version == before else UPDATED


def _fields() -> Sequence[Field]:
    return (Field("text", msg("Pipeline"), "pipeline", max_length=60), *written_fields(Stage))


TARGET = ImportTarget("sales.stage", write_stages, _fields, (("pipeline", "name"),), {"name": ("阶段", "stage")})

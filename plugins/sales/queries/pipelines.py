"""Questions about pipelines and stages."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from plugins.sales.models import Pipeline, Stage


def standard_pipeline(session: Session) -> Pipeline | None:
    """The pipeline that takes what names no stage: the standard one, else the first."""
    found: Pipeline | None = session.scalars(select(Pipeline).order_by(Pipeline.standard.desc(), Pipeline.id).limit(1)).first()
    return found


def every_stage() -> Select[Stage]:
    """Stages in use of all pipelines, the standard one first."""
    order = (Pipeline.standard.desc(), Pipeline.id, Stage.position, Stage.id)
    return select(Stage).join(Pipeline, Pipeline.id == Stage.pipeline_id).where(Stage.active).order_by(*order)


def stages_of(pipeline_id: int) -> Select[Stage]:
    """Stages in use, in their order."""
    return select(Stage).where(Stage.pipeline_id == pipeline_id, Stage.active).order_by(Stage.position, Stage.id)

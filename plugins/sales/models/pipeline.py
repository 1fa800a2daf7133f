"""Pipelines and their stages: how a company sells, in its own words (R-198)."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from core.database import fields
from core.database.records import ChildRecord, CompanyRecord
from core.database.references import reference
from core.kernel.words import Message, msg
from plugins.sales.rules.opportunities import Tone


class Pipeline(CompanyRecord):
    """A way of selling. The one that is ``standard`` takes opportunities for which nobody names a stage."""

    __tablename__ = "sales_pipeline"
    __resource__ = "sales.pipeline"
    __english__ = "english"
    __label__: ClassVar[Message] = msg("Pipeline")
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    name: Mapped[str] = fields.text(
        msg("Pipeline"),
        length=80,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("Shown above the board of opportunities; it must be unique in the company."),
    )
    english: Mapped[str | None] = fields.text(
        msg("English name"), length=80, help=msg("Shown to colleagues who work in English. Leave it empty to show the Chinese name.")
    )
    standard: Mapped[bool] = fields.flag(
        msg("Standard pipeline"), default=False, history=True, help=msg("New opportunities begin in its first stage; there is just one.")
    )
    note: Mapped[str | None] = fields.long_text(msg("Note"), length=2_000)


class Stage(ChildRecord):
    """A step of a pipeline, with the chance (per cent) that an opportunity has there."""

    __tablename__ = "sales_stage"
    __resource__ = "sales.stage"
    __parent__ = "pipeline"
    __english__ = "english"
    __label__: ClassVar[Message] = msg("Stage")
    __table_args__ = (UniqueConstraint("company_id", "pipeline_id", "name"),)

    pipeline = reference("sales_pipeline", msg("Pipeline"), required=True, filterable=True)
    name: Mapped[str] = fields.text(
        msg("Stage"),
        length=60,
        required=True,
        searchable=True,
        sortable=True,
        history=True,
        help=msg("A column of the board; what is written in the past keeps the old name in its history."),
    )
    english: Mapped[str | None] = fields.text(
        msg("English name"), length=60, help=msg("Shown to colleagues who work in English. Leave it empty to show the Chinese name.")
    )
    position: Mapped[int] = fields.integer(
        msg("Sequence"),
        required=True,
        sortable=True,
        history=True,
        help=msg("Stages stand on the board in this order, the smallest number first."),
    )
    chance: Mapped[int] = fields.integer(
        msg("Probability"),
        required=True,
        unit=msg("%"),
        history=True,
        help=msg("From 0 to 100: the probability that an opportunity gets when it moves into this stage; forecasts are weighted by it."),
    )
    tone: Mapped[Tone] = fields.choice(msg("Colour"), Tone, default=Tone.RUN, required=True)
    active: Mapped[bool] = fields.flag(
        msg("In use"), default=True, help=msg("Switch this off to stop offering the stage; opportunities already in it stay there.")
    )

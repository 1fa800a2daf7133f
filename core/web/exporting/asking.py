"""The dialog above a list: what leaves, in which columns and format, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import g, url_for
from sqlalchemy.orm import Session

from core.exports.operations import open_fields
from core.exports.settings import SMALL
from core.exports.sources import Pairs, Source
from core.exports.states import ExportFormat
from core.kernel.errors import BadInput
from core.kernel.words import Message, in_turn, labelled, msg
from core.organisation.parameters import parameter
from core.web.pages import FieldKind, FieldSet, FormField, FormPage, Link, Option, Say


def asking_page(
    session: Session,
    source: Source,
    asked: Pairs,
    rows: int,
    typed: Mapping[str, str],
    error: BadInput | None = None,
    usual: ExportFormat = ExportFormat.XLSX,
) -> FormPage:
    """The form, with what was typed and what is wrong with it; ``rows`` is counted now, ``usual`` is the format that it begins with."""
    back = url_for(f"{_list_view(source)}.list")
    return FormPage(
        title=msg("Export: %(list)s", list=source.title),
        crumbs=(Link(source.title, back),),
        back=Link(source.title, back),
        action=url_for("ExportsView.send", key=source.key),
        hidden=(("asked", urlencode(list(asked))),),
        groups=(
            FieldSet(msg("What is exported"), (*_told(session, source, asked, rows), *_questions(session, rows, typed, error, usual))),
            FieldSet(msg("Columns"), _columns(source, typed), folded=True),
        ),
        submit=msg("Request the export"),
        cancel_href=back,
        says=(Say(error.message),) if error and not error.fields else (),
    )


def _list_view(source: Source) -> str:
    return "".join(part.capitalize() for part in source.key.split("-")) + "View"


def _told(session: Session, source: Source, asked: Pairs, rows: int) -> tuple[FormField, ...]:
    told = source.told(session, asked)
    conditions = in_turn(labelled(label, value) for label, value in told)
    return (
        FormField("conditions", msg("Conditions"), FieldKind.SHOWN, shown=conditions if told else msg("The whole list")),
        FormField("rows", msg("Rows that you may export"), FieldKind.SHOWN, shown=f"{rows:,}"),
    )


def _questions(session: Session, rows: int, typed: Mapping[str, str], error: BadInput | None, usual: ExportFormat) -> tuple[FormField, ...]:
    wrong: Mapping[str, Message] = error.fields if error else {}
    free = rows <= parameter(session, SMALL)
    formats = tuple(Option(str(one.value), one.label) for one in ExportFormat)
    return (
        FormField(
            "reason",
            msg("What the data are needed for"),
            FieldKind.TEXTAREA,
            typed.get("reason", ""),
            required=True,
            max_length=500,
            help=msg("This is recorded in the audit trail.")
            if free
            else msg("The approver reads this, and it is kept in the audit trail."),
            error=wrong.get("reason", ""),
        ),
        FormField(
            "format",
            msg("Format"),
            FieldKind.CHOICE,
            typed.get("format") or str(usual.value),
            required=True,
            options=formats,
            error=wrong.get("format", ""),
        ),
        FormField(
            "file_name",
            msg("File name"),
            FieldKind.TEXT,
            typed.get("file_name", ""),
            max_length=120,
            help=msg("Leave empty for list and day."),
            error=wrong.get("file_name", wrong.get("columns", "")),
        ),
    )


def offered_columns(source: Source) -> tuple[str, ...]:
    """Names of the fields that may be ticked, those of the list first."""
    fields = open_fields(source, g.actor)
    usual = [name for name in source.usual() if name in fields]
    return (*usual, *(name for name in fields if name not in usual))


def ticked_columns(source: Source, form: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the columns that the form was sent with."""
    return tuple(name for name in offered_columns(source) if form.get(f"column-{name}"))


def _columns(source: Source, typed: Mapping[str, Any]) -> tuple[FormField, ...]:
    """Every field to tick; those of the list are ticked already."""
    fields, names = open_fields(source, g.actor), offered_columns(source)
    picked = ticked_columns(source, typed) if typed else source.usual()
    return tuple(FormField(f"column-{name}", fields[name].label, FieldKind.CHECKBOX, "1" if name in picked else "") for name in names)

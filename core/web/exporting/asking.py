"""The dialog above a list: what leaves, in which columns and format, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, url_for
from sqlalchemy.orm import Session

from core.exports.leaving import NO_FILES, NO_ROWS, Weight, holds_files, told_number
from core.exports.operations import is_free, open_fields
from core.exports.sources import CalendarSource, Pairs, Source
from core.exports.states import ExportFormat
from core.kernel.errors import BadInput
from core.kernel.words import Message, in_turn, labelled, msg
from core.web.formats import size
from core.web.nouns import Nouns
from core.web.pages import FieldKind, FieldSet, FormField, FormPage, Link, Option, Say, Tone
from core.web.picked import PICKED, picked_ids
from core.web.showing import view_name


def asking_page(
    session: Session,
    source: Source,
    asked: Pairs,
    weight: Weight,
    typed: Mapping[str, str],
    error: BadInput | None = None,
    usual: ExportFormat = ExportFormat.XLSX,
) -> FormPage:
    """The form, with what was typed and what is wrong with it; ``weight`` is what would leave now, ``usual`` the format to begin with."""
    calendar, files = isinstance(source, CalendarSource), holds_files(source)
    back = Link(msg("Calendar"), url_for("CalendarView.calendar")) if calendar else _back_to_list(source)
    if files and (only := _only_record(asked)) is not None:
        back = Link(msg("Back to the record"), url_for(f"{_list_view(source)}.show", pk=only, tab="files"))
    asks = (*_told(session, source, asked, weight), *_questions(session, source, weight, typed, error, usual))
    ticking = FieldSet(msg("Kinds of days") if calendar else msg("Columns"), _columns(source, typed), folded=not calendar)
    return FormPage(
        title=msg("Export: %(list)s", list=source.title),
        crumbs=(back,),
        back=back,
        action=url_for("ExportsView.send", key=source.key),
        hidden=(("asked", urlencode(list(asked))), *_settled(source)),
        groups=(
            FieldSet(msg("What is exported"), asks),
            *(() if files else (ticking,)),
        ),
        submit=msg("Request the export"),
        cancel_href=back.href,
        says=_says(source, weight, error),
    )


def _says(source: Source, weight: Weight, error: BadInput | None) -> tuple[Say, ...]:
    """What is wrong; that nothing would leave is said before it is asked for."""
    if error is not None and not error.fields:
        return (Say(error.message),)
    if weight.rows or isinstance(source, CalendarSource):
        return ()
    return (Say(NO_FILES if holds_files(source) else NO_ROWS, Tone.WAIT),)


def _back_to_list(source: Source) -> Link:
    return Link(source.title, url_for(f"{_list_view(source)}.list"))


def _list_view(source: Source) -> str:
    nouns: Nouns = current_app.extensions["keguan"].nouns
    return view_name(nouns.by_table[source.model.__tablename__])


def _only_record(asked: Pairs) -> int | None:
    """The record whose files are asked for, when it is one."""
    ids = picked_ids(dict(asked).get(PICKED, "")) if PICKED in dict(asked) else []
    return ids[0] if len(ids) == 1 else None


def _told(session: Session, source: Source, asked: Pairs, weight: Weight) -> tuple[FormField, ...]:
    told = source.told(session, asked)
    conditions = in_turn(labelled(label, value) for label, value in told)
    first = FormField("conditions", msg("Conditions"), FieldKind.SHOWN, shown=conditions if told else msg("The whole list"))
    if holds_files(source):
        said = told_number(ExportFormat.ZIP, weight.rows)
        number = msg("%(said)s (%(reason)s)", said=said, reason=size(weight.size)) if weight.rows else msg("None")
        return first, FormField("rows", msg("Files that you may export"), FieldKind.SHOWN, shown=number)
    if isinstance(source, CalendarSource):
        return first, FormField("rows", msg("Entries now"), FieldKind.SHOWN, shown=f"{weight.rows:,}")
    return first, FormField("rows", msg("Rows that you may export"), FieldKind.SHOWN, shown=f"{weight.rows:,}")


def _questions(
    session: Session, source: Source, weight: Weight, typed: Mapping[str, str], error: BadInput | None, usual: ExportFormat
) -> tuple[FormField, ...]:
    wrong: Mapping[str, Message] = error.fields if error else {}
    free = is_free(session, source, weight.rows)
    reason = FormField(
        "reason",
        msg("What the data are needed for"),
        FieldKind.TEXTAREA,
        typed.get("reason", ""),
        required=True,
        max_length=500,
        help=msg("This is recorded in the audit trail.") if free else msg("The approver reads this, and it is kept in the audit trail."),
        error=wrong.get("reason", wrong.get("columns", "") if isinstance(source, CalendarSource) else ""),
    )
    return (reason,) if isinstance(source, CalendarSource) else (reason, *_file_questions(source, typed, wrong, usual))


def _settled(source: Source) -> Pairs:
    """A calendar program asks for its own format, and no file is named."""
    return (("format", str(source.formats[0].value)),) if isinstance(source, CalendarSource) else ()


def _file_questions(source: Source, typed: Mapping[str, str], wrong: Mapping[str, Message], usual: ExportFormat) -> tuple[FormField, ...]:
    formats = tuple(Option(str(one.value), one.label) for one in source.formats)
    begins = usual if usual in source.formats else source.formats[0]
    return (
        FormField(
            "format",
            msg("Format"),
            FieldKind.CHOICE,
            typed.get("format") or str(begins.value),
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
            help=msg("Leave this empty to use the name of the list and the date."),
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

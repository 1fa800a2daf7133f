"""The history of a record for people: what was changed by whom and why, what it was at a moment, and the way back (R-058, R-164, R-354).

Field rights hold here as everywhere: what one may not read now, one may not read of the past.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from flask import current_app, request, url_for

from core.access.field_rights import UNSEEN, field_of_column, may_write, shown_text
from core.access.guard import as_system
from core.access.offering import allowed_verbs
from core.access.reasons import key_fields
from core.audit.history import changes_of, row_for, rows_of_present, values_at
from core.audit.models import AuditRow
from core.audit.reasons import FIELD, LONGEST
from core.audit.trail import plain
from core.database.covering import OPEN, access_to, open_value
from core.database.fields import Field, fields_of
from core.database.records import Record
from core.database.references import class_of
from core.database.sentences import said
from core.kernel.acting import FieldAccess, acting
from core.kernel.choices import Choice
from core.kernel.clock import SHANGHAI, today
from core.kernel.errors import BadInput, NotFound
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.organisation.code_lists import label_of
from core.web import formats
from core.web.changing import fixed_in
from core.web.codes import code_label
from core.web.nouns import Act, Noun, Nouns
from core.web.pages import AsOf, Block, Entry, FormField, Timeline, Tone, Verb
from core.web.showing import YES_NO, form_field, typed_value, view_name
from core.web.trail_words import action_told, reason_told, who_told
from core.web.values import load
from core.work.tags import TAGGED, TAGS

TIMELINE = 30  # entries on a record's page before "older"
NOTHING = "–"
HANDOVER = "hand_over"
"""What a noun calls the verb that gives a record to another owner."""
REASON = Field("text", msg("Reason for the change"), FIELD, max_length=LONGEST)


def history_blocks(session: Any, noun: Noun, record: Any) -> tuple[Block, ...]:
    """The tab "history" of a record's page."""
    with as_system(session, "history of a record that may be seen"):
        rows = rows_of_present(session, noun.model, record.id, TIMELINE)
    giving = noun.act(HANDOVER)
    allowed = allowed_verbs(session, record, ["update", *([giving.right] if giving is not None else [])])
    fixed = fixed_in(noun, record) if noun.change is not None and "update" in allowed else None
    entries = [_entry(session, noun, record, row, fixed) for row in rows]
    if giving is not None and giving.right in allowed:
        back = _owners_back(session, noun, record, rows, giving)
        entries = [replace(entry, verbs=(*entry.verbs, *back.get(row.id, ()))) for entry, row in zip(entries, rows, strict=True)]
    timeline = Timeline(entries=tuple(entries), label=msg("History"), empty=msg("Nothing has been changed yet."))
    return (_as_of(session, noun, record), timeline) if kept_fields(noun.model) else (timeline,)


def kept_fields(model: type[Record]) -> dict[str, Field]:
    """Fields whose history is kept and of which the person may know."""
    who = acting()
    return {
        name: field for name, field in fields_of(model).items() if field.history and access_to(who, model, name) is not FieldAccess.NONE
    }


def _entry(session: Any, noun: Noun, record: Any, row: AuditRow, fixed: Mapping[str, Message] | None) -> Entry:
    """One change; with a way back if ``fixed`` says what stays, and that is not among it."""
    return Entry(
        row.at,
        str(who_told(row.who)),
        action_told(row.action, noun),
        "edit" if row.action == "update" else "point",
        Tone.IDLE,
        body=why_told(row),
        changes=told_changes(session, noun.model, row) if row.action != "create" else (),
        verbs=_way_back(noun, record, row, fixed) if fixed is not None else (),
    )


def why_told(row: AuditRow) -> Message | str:
    """The reason and the approver of a change, in one line."""
    if row.reason and row.approved_by:
        return msg("Reason: %(reason)s (approved by %(name)s)", reason=reason_told(row), name=row.approved_by)
    return msg("Reason: %(reason)s", reason=reason_told(row)) if row.reason else ""


def told_changes(session: Any, model: type[Record], row: AuditRow) -> tuple[tuple[Any, Any, Any], ...]:
    """(label, before, after) for each declared field that ``row`` changed and the person may know of."""
    changes = changes_of(row)
    told = changes_in_words(model, changes, partial(word, session))
    if TAGGED not in changes:
        return told
    return (*told, (msg("Tag"), *(label_of(session, TAGS, code) if code else NOTHING for code in changes[TAGGED])))


def changes_in_words(
    model: type[Record], changes: Mapping[str, list[Any]], say: Callable[[Field, Any], Any]
) -> tuple[tuple[Any, Any, Any], ...]:
    """The same from changes at hand (column to [old, new]); ``say`` has the words for a value."""
    who, known = acting(), fields_of(model)
    found = []
    for column, values in changes.items():
        name = field_of_column(model, column)
        declared = known.get(name)
        if declared is None or column != column_of(declared, name) or access_to(who, model, name) is FieldAccess.NONE:
            continue
        old, new = (say(declared, shown_text(who, model, column, value)) for value in values)
        if declared.kind == "moment" and old == new:  # only seconds apart, which nobody is told
            continue
        found.append((declared.label, old, new))
    return tuple(found)


def column_of(declared: Field, name: str) -> str:
    """The column that stores a field."""
    return f"{name}_id" if declared.kind == "reference" else name


def word(session: Any, declared: Field, value: Any) -> Any:
    """A value of the trail as a person reads it; a record that one may not see, or that is gone, is only told as such."""
    if value in (None, ""):
        return NOTHING
    if declared.kind == "reference":
        return _called(session, declared.target, value) or str(UNSEEN)
    if declared.choices is not None:
        return declared.choices(value).label if value in set(declared.choices) else str(value)
    if declared.said:
        return said(value)
    return WORDS[declared.kind](declared, value) if declared.kind in WORDS else str(value)


def _called(session: Any, table: str, record_id: int) -> str:
    """What the record is called, asked for once for all rows; empty for one that whoever acts may not see, or that is gone."""
    known: dict[Any, str] = session.info.setdefault("called_in_history", {})
    key = (acting(), table, record_id)
    if key not in known:
        found = session.get(class_of(AuditRow, table), record_id)
        known[key] = str(found) if found is not None else ""
    return known[key]


def in_words(declared: Field, value: Any) -> Any:
    """The value of a record, a referenced one being told by its name already, as a person reads it: as :func:`word` tells the trail."""
    if isinstance(value, Choice):
        return value.label
    return WORDS[declared.kind](declared, value if isinstance(value, bool) else str(value)) if declared.kind in WORDS else str(value)


WORDS: dict[str, Callable[[Field, Any], Any]] = {
    "money": lambda _, value: formats.money(to_fen(Decimal(value)), exact=True),
    "quantity": lambda _, value: format(Decimal(value).normalize(), "f"),
    "date": lambda _, value: formats.day(date.fromisoformat(value), today()),
    "moment": lambda _, value: formats.day_and_time(datetime.fromisoformat(value), today()),
    "flag": lambda _, value: YES_NO[bool(value)],
    "code": code_label,
}


def _as_of(session: Any, noun: Noun, record: Any) -> AsOf:
    typed = request.args.get("at", "")
    block = {"action": url_for(f"{view_name(noun)}.show", pk=record.id), "moment": typed[:16], "kept": (("tab", "history"),)}
    if not typed:
        return AsOf(**block)  # type: ignore[arg-type]
    try:
        moment = datetime.fromisoformat(typed[:16]).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return AsOf(**block, note=msg("This time does not exist. Please write it like 2026-03-18 09:30."))  # type: ignore[arg-type]
    with as_system(session, "history of a record that may be seen"):
        then = values_at(session, noun.model, record.id, moment)
    if then is None:
        return AsOf(**block, note=msg("The record did not exist at that time."))  # type: ignore[arg-type]
    return AsOf(**block, rows=tuple(_then_and_now(session, record, then)))  # type: ignore[arg-type]


def _then_and_now(session: Any, record: Any, then: dict[str, Any]) -> list[tuple[Any, Any, Any]]:
    model, who, rows = type(record), acting(), []
    for name, declared in kept_fields(model).items():
        column = column_of(declared, name)
        now = plain(open_value(record, column))
        both = (shown_text(who, model, column, value) for value in (then.get(column), now))
        rows.append((declared.label, *(word(session, declared, value) for value in both)))
    return rows


def _way_back(noun: Noun, record: Any, row: AuditRow, fixed: Mapping[str, Message]) -> tuple[Verb, ...]:
    before = _restorable(noun, row) if row.action not in ("create", "delete") else {}
    if not before or any(name in fixed for name in before):
        return ()
    return (
        Verb(
            msg("Restore"),
            url_for(f"{view_name(noun)}.restore", pk=record.id),
            "history",
            (("version", str(record.version)), ("row", str(row.id))),
            fields=(FormField(FIELD, REASON.label, max_length=LONGEST),),
        ),
    )


def _owners_back(session: Any, noun: Noun, record: Any, rows: Sequence[AuditRow], act: Act) -> dict[int, tuple[Verb, ...]]:
    """By row, the way back to the owner before it: the handover, which alone changes an owner, filled in with the name."""
    former = {row.id: changes_of(row).get("owner_id", [None])[0] for row in rows if row.action not in ("create", "delete")}
    former = {number: owner for number, owner in former.items() if owner not in (None, record.owner_id)}
    if not former or all(one.name != "owner" for one in act.asks) or (act.why_not is not None and act.why_not(record)):
        return {}
    named = {owner: _called(session, "core_employee", owner) for owner in former.values()}
    return {number: (_handover(noun, record, act, owner, named[owner]),) for number, owner in former.items() if named[owner]}


def _handover(noun: Noun, record: Any, act: Act, owner: int, name: str) -> Verb:
    nouns: Nouns = current_app.extensions["keguan"].nouns
    fields = (form_field(nouns, one, str(owner), shown=name) if one.name == "owner" else form_field(nouns, one, "") for one in act.asks)
    action = url_for(f"{view_name(noun)}.act", pk=record.id, verb=act.verb)
    return Verb(msg("Restore"), action, "history", (("version", str(record.version)),), fields=tuple(fields))


def _restorable(noun: Noun, row: AuditRow) -> dict[str, Any]:
    """Key fields that the row changed and the person may read and write, with the value before it."""
    who, model = acting(), noun.model
    open_to = {
        name: field
        for name, field in key_fields(model).items()
        if name in noun.written and may_write(who, model, name) and access_to(who, model, name) in OPEN
    }
    changes = changes_of(row)
    return {name: changes[column][0] for name, field in open_to.items() if (column := column_of(field, name)) in changes}


def earlier_values(session: Any, noun: Noun, record: Any, row_id: str) -> tuple[dict[str, Any], str]:
    """Typed values that the key fields had before the change ``row_id``, and when that was, for the noun's verb.

    Raises :class:`NotFound` when the row is not one of this record's, :class:`BadInput` when none is named or it changed nothing that can
    be restored.
    """
    if not row_id.isascii() or not row_id.isdigit() or len(row_id) > 18:
        raise BadInput(msg("Please choose in the history which change to take back."))
    with as_system(session, "history of a record that may be seen"):
        row = row_for(session, noun.model, record.id, int(row_id))
    if row is None:
        raise NotFound
    before = _restorable(noun, row)
    if not before:
        raise BadInput(msg("This change touched nothing that you can restore."))
    declared = noun.fields
    typed = {name: typed_value(declared[name], of_json(declared[name], value)) for name, value in before.items()}
    return load([declared[name] for name in typed], typed, partial=True), formats.exact_time(row.at)


def of_json(declared: Field, value: Any) -> Any:
    """The Python value of what the trail keeps of a field."""
    if value is None or isinstance(value, bool):
        return value
    makers: dict[str, Any] = {"money": Decimal, "quantity": Decimal, "date": date.fromisoformat, "moment": datetime.fromisoformat}
    if declared.choices is not None:
        return declared.choices(value)
    return makers.get(declared.kind, lambda kept: kept)(value)

"""Building the page of one record: identity, figures, stat buttons of other plugins, tabs, timeline, fields."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from flask import g, request, url_for

from core.access.guard import as_system
from core.audit.models import AuditRow
from core.audit.trail import rows_of_record
from core.database.fields import Field
from core.database.references import class_of
from core.extension.calling import hooks
from core.extension.exchange import Figure as OfferedFigure
from core.extension.exchange import TimelineEntry
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.web import formats
from core.web.files import files_block
from core.web.list_pages import related_table
from core.web.listing import Query, find
from core.web.nouns import Act, Group, Noun, Nouns, Shown
from core.web.pages import (
    Ask,
    Block,
    ColumnKind,
    Composer,
    Entry,
    FieldGroup,
    Figure,
    FormField,
    Link,
    NextStep,
    Person,
    RecordPage,
    Tab,
    Tag,
    Timeline,
    Tone,
    ValueRow,
    Verb,
    asked_part,
)
from core.web.showing import cell, form_field, kind_of, own_page, told, view_name
from core.web.trail_words import action_told, who_told

TIMELINE = 30  # entries on a record's page before "older"


def record_page(session: Any, nouns: Nouns, noun: Noun, record: Any) -> RecordPage:
    """The page model of ``record`` with the tab that the query string asks for."""
    tabs = _tabs(session, nouns, noun, record)
    open_tab = request.args.get("tab", "") or tabs[0][0].key
    chosen = next((pair for pair in tabs if pair[0].key == open_tab), tabs[0])
    if asked_part(RecordPage):
        return RecordPage(title=str(record), body=chosen[1]())
    verbs = tuple(_verb(nouns, noun, record, act) for act in noun.acts if g.actor.may(noun.resource, act.right) and not act.primary)
    return RecordPage(
        title=str(record),
        crumbs=(Link(noun.plural, url_for(f"{view_name(noun)}.list")),),
        back=Link(noun.plural, url_for(f"{view_name(noun)}.list")),
        mark=str(record)[:1],
        hue=formats.person_hue(record.id),
        stars=getattr(record, "star_grade", None),
        tags=tuple(tag for name in noun.tags if isinstance(tag := cell(record, name), Tag)),
        facts=tuple(_fact(value) for name in noun.facts if (value := cell(record, name)) not in (None, "")),
        figures=_figures(session, noun, record),
        next_step=_next_step(noun, record),
        stats=tuple(
            Link(offer.label, offer.url, offer.icon, f"{offer.count}{'+' if offer.more else ''}")
            for offer in hooks().crm_related_counts(session=session, resource=noun.resource, record_id=record.id)
        ),
        tabs=tuple(Tab(tab.key, tab.label, tab.href, tab.count, tab.key == chosen[0].key) for tab, _ in tabs),
        tabs_label=noun.title,
        verbs=verbs,
        primary=_primary(nouns, noun, record),
        more=_delete_verb(noun, record),
        body=chosen[1](),
        aside=tuple(_group(nouns, noun, record, group) for group in noun.groups),
    )


def _fact(value: Any) -> Any:
    if isinstance(value, Tag):
        return value.label
    return value if isinstance(value, Person | str | Message) else str(value)


def _next_step(noun: Noun, record: Any) -> NextStep | None:
    if noun.next_step is None:
        return None
    due, text = getattr(record, noun.next_step[0]), getattr(record, noun.next_step[1], None)
    return NextStep(text or msg("Next contact"), due) if due is not None else None


def _figures(session: Any, noun: Noun, record: Any) -> tuple[Figure, ...]:
    own = [
        Figure(noun.fields[name].label, formats.money(to_fen(value), exact=True))
        for name in noun.figures
        if (value := getattr(record, name)) is not None
    ]
    return (*own, *(offered(one) for one in hooks().crm_figures(session=session, resource=noun.resource, record_id=record.id)))


def offered(one: OfferedFigure) -> Figure:
    """A figure that a plugin offers, as the page shows it."""
    value = "–" if one.value is None else formats.money(to_fen(Decimal(one.value)), exact=True) if one.kind == "money" else str(one.value)
    return Figure(one.label, value, one.url, one.note or "")


def _tabs(session: Any, nouns: Nouns, noun: Noun, record: Any) -> list[tuple[Tab, Any]]:
    def address(key: str) -> str:
        return url_for(f"{view_name(noun)}.show", pk=record.id, tab=key)

    tabs: list[tuple[Tab, Any]] = []
    if noun.lines is not None:
        tabs.append((Tab("lines", msg("Lines"), address("lines")), lambda: (_lines_table(session, noun, record),)))
    if noun.composer:
        tabs.append((Tab("timeline", msg("Activity"), address("timeline")), lambda: _activity(session, nouns, noun, record)))
    readable = [child for child in nouns.children_of(noun) if g.actor.may(child.resource, "read")]
    tabs += [(Tab(child.path, child.plural, address(child.path)), _child_tab(session, child, noun, record)) for child in readable]
    for offer in hooks().crm_related_tables(resource=noun.resource):
        other = nouns.by_path[offer.noun]
        if g.actor.may(other.resource, "read"):
            tabs.append((Tab(offer.key, offer.label, address(offer.key)), _table_tab(session, other, offer.by, record)))
    if noun.files:
        tabs.append((Tab("files", msg("Files"), address("files")), lambda: (files_block(session, noun, view_name(noun), record),)))
    tabs.append((Tab("history", msg("History"), address("history")), lambda: (history(session, noun, record),)))
    return tabs


def _child_tab(session: Any, child: Noun, noun: Noun, record: Any) -> Any:
    return _table_tab(session, child, child.model.__parent__, record)


def _table_tab(session: Any, other: Noun, by: str, record: Any) -> Any:
    def table() -> tuple[Block, ...]:
        found = find(session, other, Query(order=other.order), within=getattr(other.model, f"{by}_id") == record.id)
        return (related_table(other, found, by, record.id),)

    return table


def _lines_table(session: Any, noun: Noun, record: Any) -> Block:
    from core.web.lines import lines_table

    return lines_table(session, noun, record)


def _activity(session: Any, nouns: Nouns, noun: Noun, record: Any) -> tuple[Block, ...]:
    entries = hooks().crm_timeline(session=session, resource=noun.resource, record_id=record.id, limit=TIMELINE)
    shown = tuple(_entry(entry) for entry in sorted(entries, key=lambda entry: entry.at, reverse=True)[:TIMELINE])
    timeline = Timeline(entries=shown, label=msg("Activity"), empty=msg("Nothing has happened here yet."))
    return (*_composer(nouns, noun, record), timeline)


def _entry(entry: TimelineEntry) -> Entry:
    return Entry(entry.at, entry.who, entry.what, entry.icon, Tone(entry.tone), entry.body, tuple(entry.changes), href=entry.url)


def _composer(nouns: Nouns, noun: Noun, record: Any) -> tuple[Block, ...]:
    child = nouns.by_path.get(noun.composer)
    if child is None or child.create is None or not g.actor.may(child.resource, "create"):
        return ()
    fields = child.fields
    text = next(name for name in child.written if fields[name].kind == "long_text")
    others = tuple(_composer_field(nouns, child, name) for name in child.written if name not in (text, child.model.__parent__))
    hidden = ((child.model.__parent__, str(record.id)), ("next", "parent"))
    return (
        Composer(
            action=url_for(f"{view_name(child)}.add"),
            title=child.title,
            text=form_field(nouns, fields[text], ""),
            fields=others[:4],
            submit=msg("Save"),
            hidden=hidden,
        ),
    )


def _composer_field(nouns: Nouns, child: Noun, name: str) -> FormField:
    declared = child.fields[name]
    default = declared.default
    return form_field(nouns, declared, str(default.value) if hasattr(default, "value") else "")


def history(session: Any, noun: Noun, record: Any) -> Timeline:
    """What the trail says of the record, field by field for those whose history is kept."""
    with as_system(session, "history of a record that may be seen"):
        rows = session.scalars(rows_of_record(noun.model, record.id).limit(TIMELINE)).all()
    return Timeline(
        entries=tuple(_history_entry(session, noun, row) for row in rows), label=msg("History"), empty=msg("Nothing has been changed yet.")
    )


def _history_entry(session: Any, noun: Noun, row: AuditRow) -> Entry:
    changes = json.loads(row.changes) if row.action != "create" else {}
    shown = tuple(
        _change(session, noun.fields[name.removesuffix("_id")], *values) for name, values in changes.items() if _known(noun, name)
    )
    return Entry(
        row.at,
        str(who_told(row.who)),
        action_told(row.action, noun),
        "edit" if row.action == "update" else "point",
        Tone.IDLE,
        changes=shown,
    )


def _known(noun: Noun, column: str) -> bool:
    declared = noun.fields.get(column.removesuffix("_id"))
    return declared is not None and column.endswith("_id") == (declared.kind == "reference")


def _change(session: Any, declared: Field, old: Any, new: Any) -> tuple[Any, Any, Any]:
    return declared.label, _word(session, declared, old), _word(session, declared, new)


def _word(session: Any, declared: Field, value: Any) -> Any:
    """A value of the trail as a person reads it; a record that one may not see stays a dash."""
    if value in (None, ""):
        return "–"
    if declared.kind == "reference":
        return str(session.get(class_of(AuditRow, declared.target), value) or "–")
    if declared.kind == "money":
        return formats.money(to_fen(Decimal(value)), exact=True)
    return declared.choices(value).label if declared.choices is not None else str(value)


def _verb(nouns: Nouns, noun: Noun, record: Any, act: Act) -> Verb:
    reason = act.why_not(record) if act.why_not else None
    return Verb(
        label=act.label,
        action=url_for(f"{view_name(noun)}.act", pk=record.id, verb=act.verb),
        icon=act.icon,
        hidden=(("version", str(record.version)),),
        forbidden=reason or "",
        ask=Ask(act.label, act.confirm, act.label, msg("Cancel")) if act.confirm else None,
        fields=tuple(form_field(nouns, asked, _typed(act, asked.name)) for asked in act.asks),
        primary=act.primary,
    )


def _typed(act: Act, name: str) -> str:
    """What was typed into the small form of a verb that was refused."""
    return request.form.get(name, "") if (request.view_args or {}).get("verb") == act.verb else ""


def _primary(nouns: Nouns, noun: Noun, record: Any) -> Verb | Link | None:
    for act in noun.acts:
        if act.primary and g.actor.may(noun.resource, act.right) and not (act.why_not and act.why_not(record)):
            return _verb(nouns, noun, record, act)
    if noun.change is None or not g.actor.may(noun.resource, "update"):
        return None
    address = url_for(f"{view_name(noun)}.edit", pk=record.id)
    if reason := _why_fixed(noun, record):
        return Verb(msg("Edit"), address, "edit", forbidden=reason)
    return Link(msg("Edit"), address, "edit", drawer=True)


def _why_fixed(noun: Noun, record: Any) -> Message | None:
    return noun.why_fixed(record) if noun.why_fixed is not None else None


def _delete_verb(noun: Noun, record: Any) -> tuple[Verb, ...]:
    if noun.delete is None or not g.actor.may(noun.resource, "delete"):
        return ()
    ask = Ask(
        msg("Delete “%(name)s”?", name=str(record)),
        msg("The record disappears from all lists; the trail keeps what happened."),
        msg("Delete"),
        msg("Keep it"),
    )
    address = url_for(f"{view_name(noun)}.remove", pk=record.id)
    reason = _why_fixed(noun, record) or ""
    return (Verb(msg("Delete"), address, "x", (("version", str(record.version)),), ask=ask, tone=Tone.BAD, forbidden=reason),)


def _group(nouns: Nouns, noun: Noun, record: Any, group: Group) -> FieldGroup:
    rows = tuple(_value_row(nouns, noun, record, name) for name in group.names)
    filled = tuple(row for row in rows if row.value not in (None, ""))
    empty = tuple(row for row in rows if row.value in (None, ""))
    shown, folded = (rows, ()) if len(rows) <= 8 else ((filled + empty)[:8], (filled + empty)[8:])
    return FieldGroup(title=group.title, rows=shown, folded=folded)


def _value_row(nouns: Nouns, noun: Noun, record: Any, name: str) -> ValueRow:
    declared = noun.fields[name]
    kind = kind_of(noun, Shown(name))
    kind = ColumnKind.EXACT_MONEY if kind is ColumnKind.MONEY else ColumnKind.TIME if declared.kind == "moment" else kind
    link = own_page(nouns, getattr(record, name)) if declared.kind == "reference" and declared.target != "core_employee" else None
    return ValueRow(declared.label, told(noun, record, name, kind), kind, href=link.href if link else "")

"""The audit trail for its auditor: who saw or changed what, what somebody did, and what exactly a row says (R-054, R-445)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import current_app, g, jsonify, request, url_for
from flask_appbuilder import expose
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.guard import as_system
from core.audit.alarms import SENTENCES
from core.audit.models import AuditRow
from core.audit.searching import Search, find_rows
from core.audit.trail import MARK
from core.database.fields import fields_of
from core.database.records import Record, mappers
from core.database.sentences import said
from core.extension.calling import registry
from core.kernel.clock import SHANGHAI
from core.kernel.errors import Malformed, NotFound
from core.kernel.words import Message, in_turn, labelled, listed, msg
from core.organisation.models import Employee
from core.web.access import needs
from core.web.administration.trail_state import alarms_shown
from core.web.called import kind_and_number, names_of_records
from core.web.history import told_changes, why_told
from core.web.listing import read_query
from core.web.nouns import Group, Noun, Nouns, Shown
from core.web.pages import (
    CardPlace,
    Chip,
    Column,
    ColumnKind,
    Empty,
    EmptyKind,
    Entry,
    FieldGroup,
    FilterKind,
    FilterOption,
    Link,
    ListPage,
    PanelPage,
    QuickFilter,
    Row,
    Say,
    Tag,
    Timeline,
    Tone,
    ValueRow,
)
from core.web.showing import record_url
from core.web.trail_words import ACTIONS, action_told, reason_told, row_action, row_subject, who_told
from core.web.views import RecordView

Names = Mapping[tuple[str, int], str]
NOTHING = "–"
LONGEST = 100
CURSOR = re.compile(r"(\d{1,18})-(\d{1,18})")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SOMETIMES = frozenset({"kind", "reason"})
"""Columns that stand on a page only where one of its rows has something to say in them."""
FAILED = frozenset({"refused", "sign_in_failed", "sign_in_locked", "second_step_failed"})
HIDDEN_DETAILS = frozenset({"reason", "chain", MARK})


def _action(row: AuditRow) -> Message:
    return row_action(row, current_app.extensions["keguan"].nouns)


def _about(row: AuditRow) -> Message | str:
    return _subject(row, current_app.extensions["keguan"].nouns, {})


def _done_by(row: AuditRow) -> Message:
    return labelled(who_told(row.who), _action(row))


AUDIT_ROWS = Noun(
    plugin="core",
    model=AuditRow,
    path="audit-rows",
    title=msg("Audit row"),
    plural=msg("Audit trail"),
    icon="history",
    columns=(
        Shown("subject", ColumnKind.NAME, CardPlace.NAME),
        Shown("action", place=CardPlace.STATE),
        Shown("who", place=CardPlace.OWNER),
        Shown("at", ColumnKind.TIME, CardPlace.LAST),
        Shown("address", quiet=True),
    ),
    groups=(Group(msg("Audit row"), ("subject", "action", "who", "at", "address")),),
    order="-id",
    told={"subject": _about, "action": _action, "who": lambda row: who_told(row.who)},
    on_day=_done_by,
    empty=msg("Everything that is done in this company is recorded here."),
)


class AuditRowsView(RecordView):
    """Read-only: the trail is written by the house alone."""

    noun = AUDIT_ROWS

    @expose("/")
    @needs("read")
    def list(self) -> Response:
        """One page of what was asked for, newest first."""
        read_query(self.noun, request.args)  # what every list refuses is refused here
        search = _read_search()
        rows, more = find_rows(self.session, search)
        return self.page(self._page(search, rows, more))

    @expose("/people")
    @needs("read")
    def people(self) -> Response:
        """Employees to filter by, those who have left included."""
        begins = request.args.get("q", "").strip()[:LONGEST]
        asked = (
            select(Employee.id, Employee.name)
            .where(Employee.name.contains(begins, autoescape=True))
            .order_by(Employee.name, Employee.id)
            .limit(20)
        )
        with as_system(self.session, "names of people in the trail"):
            found = self.session.execute(asked).all()
        return jsonify({"items": [{"id": str(one.id), "text": one.name, "hint": ""} for one in found], "more": False})

    @expose("/<id:pk>")
    @needs("read")
    def show(self, pk: int) -> Response:
        """What one row says, in the words of the business."""
        row = self.session.get(AuditRow, pk)
        if row is None:
            raise NotFound
        back = Link(AUDIT_ROWS.plural, url_for("AuditRowsView.list"))
        subject = _subject(row, self.nouns, self._numbered([row]))
        blocks = (_facts(row, subject, self._door(row)), _said(self.session, row, _model(row.table_name)))
        return self.page(PanelPage(title=subject or row_action(row, self.nouns), crumbs=(back,), back=back, blocks=blocks))

    def _page(self, search: Search, rows: Any, more: bool) -> ListPage:
        action, names = url_for("AuditRowsView.list"), self._numbered(rows)
        chips = tuple(self._chips(search))
        turn: tuple[Link, ...] = (Link(msg("Newest"), _href(before="")),) if search.before else ()
        if more:
            turn += (Link(msg("Older"), _href(before=_cursor(rows[-1]))),)
        columns, shown = _telling(_columns(), [self._row(row, names) for row in rows])
        return ListPage(
            title=AUDIT_ROWS.plural,
            action=action,
            columns=columns,
            rows=shown,
            secondary=(Link(msg("Seals and checks"), url_for("TrailView.state"), "shield-check"),),
            search_value=search.subject,
            filters=self._filters(search),
            chips=chips,
            clear_href=action,
            turn=turn,
            says=tuple(Say(SENTENCES[alarm.kind]) for alarm in alarms_shown(self.session)),
            empty=None if rows else _empty(bool(chips or search.subject), action),
        )

    def _numbered(self, rows: Sequence[AuditRow]) -> Names:
        """Names of what rows keep by number alone, such as people, for an auditor who may see them."""
        return names_of_records(self.session, self.nouns, {(one.table_name, one.record_id or 0) for one in rows if _is_number(one)})

    def _row(self, row: AuditRow, names: Names) -> Row:
        subject, kind = _subject(row, self.nouns, names), _kind(row)
        cells = (row.at, who_told(row.who), _toned(row, self.nouns), subject or NOTHING, kind, reason_told(row), row.address or "")
        return Row(str(row.id), url_for("AuditRowsView.show", pk=row.id), cells, name=subject or row_action(row, self.nouns))

    def _filters(self, search: Search) -> tuple[QuickFilter, ...]:
        since, until = request.args.get("at_from", ""), request.args.get("at_to", "")
        return (
            QuickFilter("at", msg("Time"), FilterKind.DATES, since=since, until=until),
            QuickFilter("who", msg("Who"), FilterKind.REFERENCE, self._people_picked(search), url_for("AuditRowsView.people")),
            QuickFilter("action", msg("Action"), options=_options(self._actions(), search.actions)),
            QuickFilter("kind", msg("Kind"), options=_options(_kinds(), search.tables)),
        )

    def _people_picked(self, search: Search) -> tuple[FilterOption, ...]:
        if not search.people:
            return ()
        with as_system(self.session, "names of people in the trail"):
            found = self.session.execute(select(Employee.id, Employee.name).where(Employee.id.in_(search.people))).all()
        return tuple(FilterOption(str(one.id), one.name, picked=True) for one in found)

    def _actions(self) -> dict[str, Message]:
        """Every action that a row can name, with its word."""
        found: dict[str, Message] = {}
        for noun in self.nouns.by_path.values():
            found |= {act.verb: action_told(act.verb, noun) for act in noun.acts} | dict(noun.steps)
        return found | ACTIONS

    def _chips(self, search: Search) -> Any:
        if search.record is not None:
            model = _model(search.record[0])
            label = model.__label__ if model is not None else msg("Record")
            called = names_of_records(self.session, self.nouns, [search.record]).get(search.record)
            yield Chip(label, called or msg("no. %(number)s", number=search.record[1]), _href(record=""))
        if search.since or search.until:
            span = f"{request.args.get('at_from', '')} – {request.args.get('at_to', '')}"
            yield Chip(msg("Time"), span, _href(at_from="", at_to=""))
        words: tuple[tuple[str, Message, Any], ...] = (
            ("who", msg("Who"), self._people_picked(search)),
            ("action", msg("Action"), _options(self._actions(), search.actions)),
            ("kind", msg("Kind"), _options(_kinds(), search.tables)),
        )
        for name, label, options in words:
            picked = [option.label for option in options if option.picked]
            if picked:
                yield Chip(label, listed(picked), _href(**{name: ""}))

    def _door(self, row: AuditRow) -> str:
        """The page of the record, for an auditor who may see it."""
        noun = self.nouns.by_table.get(row.table_name)
        if noun is None or row.record_id is None or not g.actor.may(noun.resource, "read"):
            return ""
        return record_url(noun, row.record_id) if self.session.get(noun.model, row.record_id) is not None else ""


def _is_number(row: AuditRow) -> bool:
    """Whether the row keeps nothing but the number of what it is about: the name was a person's, or there is none."""
    return row.record_id is not None and row.subject in ("", f"#{row.record_id}")


def _subject(row: AuditRow, nouns: Nouns, names: Names) -> Message | str:
    """What the row is about: its name, where the auditor may see it, else its kind and number."""
    model = _model(row.table_name)
    if not _is_number(row) or model is None or row.record_id is None:
        return row_subject(row, nouns)
    return names.get((row.table_name, row.record_id)) or kind_and_number(model.__label__, row.record_id)


def _toned(row: AuditRow, nouns: Nouns) -> Message | Tag:
    """What was done; what was refused or did not succeed has the colour of it, to be found among the many that did."""
    told = row_action(row, nouns)
    return Tag(told, Tone.BAD) if row.action in FAILED else told


def _kind(row: AuditRow) -> Message | str:
    """What kind of thing the row is about: a record of some kind, or the page that was refused."""
    model = _model(row.table_name)
    if model is not None:
        return model.__label__
    return msg("Page") if row.action == "refused" else ""


def _telling(columns: tuple[Column, ...], rows: Sequence[Row]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """``columns`` and ``rows`` without those of :data:`SOMETIMES` in which no row says anything."""
    kept = [place for place, one in enumerate(columns) if one.key not in SOMETIMES or any(row.cells[place] for row in rows)]
    shown = tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in rows)
    return tuple(columns[place] for place in kept), shown


def _columns() -> tuple[Column, ...]:
    fields = fields_of(AuditRow)
    return (
        Column("at", fields["at"].label, ColumnKind.TIME, place=CardPlace.LAST),
        Column("who", fields["who"].label, place=CardPlace.SUM),
        Column("action", fields["action"].label, ColumnKind.TAG, place=CardPlace.STATE),
        Column("subject", fields["subject"].label, ColumnKind.NAME, place=CardPlace.NAME),
        Column("kind", msg("Kind"), quiet=True),
        Column("reason", fields["reason"].label),
        Column("address", fields["address"].label, quiet=True),
    )


def _empty(narrowed: bool, action: str) -> Empty:
    if not narrowed:
        return Empty(EmptyKind.FIRST, AUDIT_ROWS.none_yet(), AUDIT_ROWS.empty or "", icon=AUDIT_ROWS.icon)
    everything = (Link(msg("Show all"), action),)
    text = msg("No record meets all conditions. Remove one of them, or show everything.")
    return Empty(EmptyKind.NO_MATCH, msg("Nothing matches"), text, everything)


def _model(table: str) -> type[Record] | None:
    return next((mapper.class_ for mapper in mappers() if mapper.class_.__tablename__ == table), None)


def _kinds() -> dict[str, Message]:
    """Tables whose changes are recorded, of the house and of the modules that are on, by their words."""
    on = g.actor.modules | {"core"}
    found = {one.class_.__tablename__: one.class_.__label__ for one in mappers() if one.class_.__audited__}
    owners = {table: table.partition("_")[0] for table in found}
    known = {table: label for table, label in found.items() if owners[table] in on or owners[table] not in registry().manifests}
    return dict(sorted(known.items(), key=lambda pair: str(pair[1])))


def _options(words: dict[str, Message], picked: Any) -> tuple[FilterOption, ...]:
    return tuple(FilterOption(value, label, value in picked) for value, label in words.items())


def _href(**changes: str) -> str:
    kept = [(key, value) for key, value in request.args.items(multi=True) if key not in changes and key != "before"]
    return f"{url_for('AuditRowsView.list')}?{urlencode([*kept, *((key, value) for key, value in changes.items() if value)])}"


def _cursor(row: AuditRow) -> str:
    return f"{(row.at - EPOCH) // timedelta(microseconds=1)}-{row.id}"


def _read_search() -> Search:
    """The question of the query string; :class:`Malformed` for what no link of ours says."""
    people = [_number(value) for value in request.args.getlist("who") if value]
    table, _, record_id = request.args.get("record", "").partition(":")
    before = CURSOR.fullmatch(request.args.get("before", ""))
    if request.args.get("before") and before is None:
        raise Malformed(msg("This place in the list does not exist. Please begin with the newest rows."))
    return Search(
        people=people,
        actions=[value[:60] for value in request.args.getlist("action") if value],
        tables=[value[:63] for value in request.args.getlist("kind") if value],
        since=_midnight(request.args.get("at_from", ""), 0),
        until=_midnight(request.args.get("at_to", ""), 1),
        record=(table[:63], _number(record_id)) if record_id else None,
        subject=request.args.get("q", "").strip()[:LONGEST],
        before=_moment(before) if before else None,
    )


def _moment(found: re.Match[str]) -> tuple[datetime, int]:
    try:
        return EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        raise Malformed(msg("This place in the list does not exist. Please begin with the newest rows.")) from None


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Malformed(msg("“%(value)s” is no value of “%(field)s”.", value=text[:40], field=msg("Record")))
    return int(text)


def _midnight(text: str, days: int) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(datetime.fromisoformat(text[:10]).date() + timedelta(days=days), time.min, SHANGHAI)
    except (ValueError, OverflowError):
        raise Malformed(msg("This day does not exist. Please write it like 2026-03-18.")) from None


def _facts(row: AuditRow, subject: Message | str, door: str) -> FieldGroup:
    model = _model(row.table_name)
    of_record = url_for("AuditRowsView.list", record=f"{row.table_name}:{row.record_id}") if row.record_id is not None else ""
    of_person = url_for("AuditRowsView.list", who=row.employee_id) if row.employee_id is not None else ""
    rows = (
        ValueRow(msg("Time"), row.at, ColumnKind.TIME),
        ValueRow(msg("Who"), who_told(row.who), href=of_person),
        ValueRow(msg("Action"), _action(row)),
        ValueRow(msg("Record"), subject or NOTHING, href=door),
        ValueRow(msg("Asked for"), row.subject if row.action == "refused" else None),
        ValueRow(msg("Kind"), model.__label__ if model is not None else NOTHING),
        ValueRow(msg("History"), msg("Everything about this record") if row.record_id is not None else None, href=of_record),
        ValueRow(msg("Address"), row.address or None),
        ValueRow(msg("Number in the trail"), str(row.id)),
    )
    return FieldGroup(title=AUDIT_ROWS.title, rows=tuple(one for one in rows if one.value is not None))


def _said(session: Any, row: AuditRow, model: type[Record] | None) -> Timeline:
    """The difference that the row keeps; details of an event as they are."""
    changes = told_changes(session, model, row) if model is not None else ()
    entry = Entry(row.at, who_told(row.who), _action(row), body=why_told(row) or details_told(row), changes=changes, tone=Tone.IDLE)
    return Timeline(entries=(entry,), label=msg("What was changed"))


def details_told(row: AuditRow) -> str:
    """What an event says besides, in one line: names and values, lists by their length."""
    told = json.loads(row.changes)
    plain = {name: value for name, value in told.items() if isinstance(value, str | int) and name not in HIDDEN_DETAILS}
    return str(in_turn(labelled(name, said(value) if isinstance(value, str) else str(value)) for name, value in plain.items()))

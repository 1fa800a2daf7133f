"""Building the page of one record: identity, figures, stat buttons of other plugins, tabs, timeline, fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from flask import g, request, url_for

from core.access.field_rights import UNSEEN, may_uncover, may_write, shown_value
from core.access.offering import may_add
from core.approvals.chains import kinds_of
from core.approvals.key_changes import kind_for
from core.approvals.queries import waiting_wish
from core.database.covering import may_query
from core.database.together import Counted
from core.extension.calling import hooks
from core.extension.exchange import RelatedCount
from core.kernel.acting import acting
from core.kernel.clock import today
from core.kernel.money import to_fen
from core.kernel.words import Message, msg
from core.web import formats
from core.web.approvals.showing import approval_tab
from core.web.approvals.wishes import waiting_change
from core.web.beginning import begun_about
from core.web.beside import beside_record
from core.web.changing import fields_in_place, fixed_in, why_unchanged
from core.web.comments import comment_box, has_comments
from core.web.files import file_question, files_block
from core.web.history import history_blocks
from core.web.ledger import FEWEST, Related, ledger_of
from core.web.list_pages import related_table
from core.web.listing import Query, find
from core.web.marks import can_be_marked, near_of, star_action
from core.web.nouns import Group, Noun, Nouns, Shown
from core.web.offers import offers_beside
from core.web.pages import (
    Block,
    ColumnKind,
    Composer,
    FieldGroup,
    Figure,
    FormField,
    Link,
    NextStep,
    Person,
    RecordPage,
    Tab,
    Tag,
    ValueRow,
    asked_part,
)
from core.web.record_verbs import verbs_of
from core.web.showing import cell, due_teller, form_field, heading_of, kind_of, label_with_unit, own_page, readable, told, view_name
from core.web.standing import askers, standing
from core.web.tagging import asked_of_tags, tags_told
from core.web.timeline import timeline_of
from core.work.marks import starred

NOWHERE: Mapping[str, Message | None] = {}
LONGEST_GROUP, MOST_EMPTY = 8, 2  # fields of a group that are shown at once, and empty ones among them


def record_page(session: Any, nouns: Nouns, noun: Noun, record: Any) -> RecordPage:
    """The page model of ``record`` with the tab that the query string asks for."""
    tabs = _tabs(session, nouns, noun, record)
    open_tab = request.args.get("tab", "") or tabs[0][0].key
    chosen = next((pair for pair in tabs if pair[0].key == open_tab), tabs[0])
    if asked_part(RecordPage):
        return RecordPage(title=heading_of(noun, record), body=chosen[1]())
    figures, stats, is_starred, waits, chips = _offers(session, noun, record)
    buttons = verbs_of(session, nouns, noun, record, tagged=bool(chips))
    open_fields = _open_fields(noun, record) if buttons.changeable else {}
    return RecordPage(
        title=heading_of(noun, record),
        crumbs=(Link(noun.plural, url_for(f"{view_name(noun)}.list")),),
        back=Link(noun.plural, url_for(f"{view_name(noun)}.list")),
        mark=str(record)[:1],
        hue=formats.person_hue(record.id),
        starred=is_starred if can_be_marked(noun) else None,
        star_action=star_action(noun, record.id),
        begun=begun_about(nouns, record),
        near=near_of(noun, record.id) if can_be_marked(noun) else None,
        stars=shown_value(acting(), record, "star_grade", alone=True) if "star_grade" in noun.fields else None,
        tags=(
            *(tag for name in noun.tags if isinstance(tag := cell(record, name, alone=True), Tag)),
            *standing(noun, askers(noun))(record),
            *chips,
        ),
        facts=_facts(noun, record),
        figures=_own_figures(noun, record) + figures,
        next_step=_next_step(noun, record),
        stats=stats,
        tabs=tuple(Tab(tab.key, tab.label, tab.href, tab.count, tab.key == chosen[0].key) for tab, _ in tabs),
        tabs_label=noun.title,
        stages=buttons.stages,
        verbs=buttons.verbs,
        primary=buttons.primary,
        more=buttons.more,
        body=chosen[1](),
        says=waiting_change(session, noun, record) if waits else (),
        aside=tuple(group_of(nouns, noun, record, group, open_fields) for group in noun.groups),
    )


def _offers(session: Any, noun: Noun, record: Any) -> tuple[tuple[Figure, ...], tuple[Link, ...], bool, bool, tuple[Tag, ...]]:
    """What all plugins know of the record in figures and in counts, whether it is under the person's star, whether a change of it
    waits for approval, and its tags, asked in one statement.

    What there is none of has no button: its tab says so, and begins the first.
    """
    asked = {"session": session, "resource": noun.resource, "record_id": record.id}
    star = RelatedCount(msg("Favourites"), "star", Counted(starred(noun.model, record.id)), "")
    kind = kind_for(noun.model)
    wish = [] if kind is None else [RelatedCount(kind.title, "edit", Counted(waiting_wish(kind, record.id, g.actor)), "")]
    offered = [*hooks().crm_related_counts(**asked), *wish, star]
    tags = asked_of_tags(noun)
    figures, counts, told = offers_beside(session, hooks().crm_figures(**asked), offered, tags, page=[record.id])
    own = len(wish) + 1
    waits = bool(wish) and counts[-2].count != "0"
    return (
        figures,
        tuple(one for one in counts[:-own] if one.count != "0"),
        counts[-1].count != "0",
        waits,
        tags_told(session, told, record.id),
    )


def _fact(value: Any) -> Any:
    if isinstance(value, Tag):
        return value.label
    if isinstance(value, datetime):
        return formats.exact_time(value)
    return formats.day(value, today()) if isinstance(value, date) else value if isinstance(value, Person | str | Message) else str(value)


def _named(noun: Noun, name: str, value: Any) -> Any:
    """A fact; days and numbers say nothing without what they are called."""
    told = _fact(value)
    return msg("%(label)s: %(value)s", label=noun.fields[name].label, value=told) if isinstance(value, date | int) else told


def _facts(noun: Noun, record: Any) -> tuple[Any, ...]:
    """What stands below the name; who pays for himself is named once."""
    told = (_named(noun, name, value) for name in noun.facts if (value := cell(record, name, alone=True)) not in (None, "", UNSEEN))
    return tuple({str(one): one for one in told}.values())


def _next_step(noun: Noun, record: Any) -> NextStep | None:
    if noun.next_step is None:
        return None
    due, text = (shown_value(acting(), record, name, alone=True) for name in noun.next_step)
    declared = noun.due_by(noun.next_step[0])
    if due is None or (declared is not None and not declared.counts(record)):
        return None
    return NextStep(text or msg("Next contact"), due)


def _own_figures(noun: Noun, record: Any) -> tuple[Figure, ...]:
    return tuple(
        Figure(noun.fields[name].label, formats.money(to_fen(value), exact=True))
        for name in noun.figures
        if (value := shown_value(acting(), record, name, alone=True)) is not None
    )


def _tabs(session: Any, nouns: Nouns, noun: Noun, record: Any) -> list[tuple[Tab, Any]]:
    def address(key: str) -> str:
        return url_for(f"{view_name(noun)}.show", pk=record.id, tab=key)

    tabs: list[tuple[Tab, Any]] = []
    told, lined = bool(noun.composer) or has_comments(noun), noun.lines is not None
    if lined and not told:
        tabs.append((Tab("lines", msg("Lines"), address("lines")), lambda: _lines_blocks(session, noun, record)))
    label = msg("Lines and activity") if lined else msg("Activity")
    # What goes through states and has no records of its own is opened for what has happened to it; all else for what it is made of.
    leads = bool(noun.composer) or lined or (noun.cycle is not None and not nouns.children_of(noun))
    timeline = (Tab("timeline", label, address("timeline")), lambda: _activity(session, nouns, noun, record))
    if told and leads:
        tabs.append(timeline)
    related = _related(nouns, noun, address)
    if len(related) >= FEWEST:
        shown = [one for _, one in related]
        tabs.append((Tab("ledger", msg("Ledger"), address("ledger")), lambda: (ledger_of(session, record, shown),)))
    tabs += [(Tab(key, one.label, one.href), _table_tab(session, one.noun, one.by, record)) for key, one in related]
    if told and not leads:
        tabs.append(timeline)
    if kinds_of(noun.model, g.actor.modules):
        tabs.append((Tab("approval", msg("Approval"), address("approval")), lambda: approval_tab(session, nouns, noun, record)))
    if noun.files:
        tabs.append((Tab("files", msg("Files"), address("files")), lambda: (files_block(session, noun, view_name(noun), record),)))
    tabs.append((Tab("history", msg("History"), address("history")), lambda: history_blocks(session, noun, record)))
    return tabs


def _related(nouns: Nouns, noun: Noun, address: Callable[[str], str]) -> list[tuple[str, Related]]:
    """Kinds of records that hang on this one, by the name of their tab: its own children, then what other plugins offer."""
    own = [(child.path, Related(child, child.model.__parent__, child.plural, address(child.path))) for child in nouns.children_of(noun)]
    offers = hooks().crm_related_tables(resource=noun.resource)
    found = [(one.key, Related(nouns.by_path[one.noun], one.by, one.label, address(one.key))) for one in offers]
    offered = [(key, one) for key, one in found if may_query(g.actor, one.noun.model, one.by)]  # which there are would tell a hidden one
    return [(key, one) for key, one in (*own, *offered) if g.actor.may(one.noun.resource, "read")]


def _table_tab(session: Any, other: Noun, by: str, record: Any) -> Any:
    def table() -> tuple[Block, ...]:
        found = find(session, other, Query(order=other.order), within=getattr(other.model, f"{by}_id") == record.id)
        return (
            related_table(
                other, found, by, record.id, may_create=other.waits_for(by, record) is None and may_add(session, other.model, record)
            ),
        )

    return table


def _lines_blocks(session: Any, noun: Noun, record: Any) -> tuple[Block, ...]:
    """The lines, and below them what helps to write the next ones."""
    from core.web.lines import lines_of_record, lines_table

    lines = lines_of_record(session, noun, record)
    return (lines_table(session, noun, record, lines), *beside_record(noun, record, lines))


def _activity(session: Any, nouns: Nouns, noun: Noun, record: Any) -> tuple[Block, ...]:
    if asked_part(RecordPage) and request.args.get("before"):
        return (timeline_of(session, noun, record, alone=True),)
    lines = _lines_blocks(session, noun, record) if noun.lines is not None else ()
    return (*lines, *_composer(session, nouns, noun, record), comment_box(session, noun, record), timeline_of(session, noun, record))


def _composer(session: Any, nouns: Nouns, noun: Noun, record: Any) -> tuple[Block, ...]:
    child = nouns.by_path.get(noun.composer)
    if child is None or child.create is None or not may_add(session, child.model, record):
        return ()
    fields = child.fields
    text = next(name for name in child.written if fields[name].kind == "long_text")
    open_ones = [name for name in child.written if may_write(acting(), child.model, name)]
    if text not in open_ones:
        return ()
    planned = tuple(name for name in child.next_step or () if name in open_ones)
    others = [name for name in open_ones if name not in (text, child.model.__parent__, *planned)]
    hidden = ((child.model.__parent__, str(record.id)), ("next", "parent"))
    return (
        Composer(
            action=url_for(f"{view_name(child)}.add"),
            title=child.title,
            text=form_field(nouns, fields[text], ""),
            fields=(*(_composer_field(nouns, child, name) for name in (*others[: 4 - len(planned)], *planned)), *file_question(child)),
            submit=msg("Save"),
            hidden=hidden,
            waits=child.waits_for(child.model.__parent__, record) or "",
        ),
    )


def _composer_field(nouns: Nouns, child: Noun, name: str) -> FormField:
    declared = child.fields[name]
    default = declared.default
    return form_field(nouns, declared, str(default.value) if hasattr(default, "value") else "")


def _open_fields(noun: Noun, record: Any) -> Mapping[str, Message | None]:
    """Fields that may be changed in place, those among them that are fixed now with the reason; none where nothing is changed at all."""
    fixed = fixed_in(noun, record)
    return NOWHERE if why_unchanged(noun, record) else {name: fixed.get(name) for name in fields_in_place(noun)}


def group_of(nouns: Nouns, noun: Noun, record: Any, group: Group, here: Mapping[str, Message | None] = NOWHERE) -> FieldGroup:
    """Up to eight fields that say something; others, and many empty ones, open on demand. Those ``here`` carry a pencil, or why not."""
    rows = tuple(value_row(nouns, noun, record, name, here=here) for name in group.names if readable(noun, name))
    filled = tuple(row for row in rows if row.value not in (None, ""))
    empty = tuple(row for row in rows if row.value in (None, ""))
    if len(rows) <= LONGEST_GROUP and len(empty) <= MOST_EMPTY:
        return FieldGroup(title=group.title, rows=rows)
    shown = filled[:LONGEST_GROUP] or empty[:1]
    return FieldGroup(title=group.title, rows=shown, folded=tuple(row for row in (*filled, *empty) if row not in shown))


def value_row(nouns: Nouns, noun: Noun, record: Any, name: str, *, here: Mapping[str, Message | None] = NOWHERE) -> ValueRow:
    """One field of the record and what one may do with it."""
    declared = noun.fields[name]
    kind = next((shown.kind for shown in noun.columns if shown.name == name and shown.kind is ColumnKind.STARS), kind_of(noun, Shown(name)))
    alone = {ColumnKind.MONEY: ColumnKind.EXACT_MONEY, ColumnKind.DUE: ColumnKind.DUE_DAY, ColumnKind.RELATIVE: ColumnKind.TIME}
    kind = alone.get(kind, kind)
    link = own_page(nouns, getattr(record, name)) if declared.kind == "reference" and declared.target != "core_employee" else None
    uncover = url_for(f"{view_name(noun)}.uncover", pk=record.id, name=name) if may_uncover(acting(), record, name) else ""
    value = due_teller(noun, name, lambda one: told(noun, one, name, kind, alone=True))(record)
    fixed, href = here.get(name) or "", link.href if link else ""
    edit = Link(declared.label, url_for(f"{view_name(noun)}.field", pk=record.id, name=name)) if name in here and not fixed else None
    return ValueRow(label_with_unit(declared, kind), value, kind, href=href, edit=edit, unmask_action=uncover, fixed=fixed)

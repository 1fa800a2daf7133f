"""What is due is declared once: whatever tells it as late agrees with the declaration, for every resource."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from core.database.sessions import GuardedSession
from core.kernel.clock import now, today
from core.web.agenda import Entry, entries_between
from core.web.dues import Due
from core.web.nouns import Noun, Nouns
from core.web.pages import ColumnKind
from tests.conformance.examples import Examples
from tests.world import Browser, World

Clients = Callable[[str], Browser]
LATE = re.compile(r'class="kg-red kg-b"|<b class="kg-red">')
OVER = 11  # days that the dates of the walk lie back


def nouns_of(application: Flask) -> Nouns:
    """All nouns of the running application."""
    found: Nouns = application.extensions["keguan"].nouns
    return found


def test_whatever_is_called_due_is_declared_with_the_states_in_which_it_counts(application: Flask) -> None:
    for noun in nouns_of(application).by_path.values():
        declared = {one.name for one in noun.due}
        named = {name for name, one in noun.fields.items() if one.kind in ("date", "moment") and "due" in name.split("_")}
        shown = {one.name for one in noun.columns if one.kind in (ColumnKind.DUE, ColumnKind.DUE_DAY)}
        planned = {noun.next_step[0]} if noun.next_step else set()
        assert named | shown | planned <= declared, noun.path


@pytest.mark.requirement("R-072")
def test_late_is_told_red_where_it_counts_and_nowhere_else(application: Flask, world: World, client_for: Clients) -> None:
    examples = Examples(world, nouns_of(application))
    told, seen = 0, dict[str, bool]()
    for noun in nouns_of(application).by_path.values():
        for due in noun.due:
            if noun.create is None:
                continue
            account, record_id = examples.account(noun), examples.fresh(noun)
            browser = client_for(account)
            for values in _states(noun, due):
                late = _put(world, account, noun, due, record_id, values)
                item = f"{noun.path} {due.name} {values}"
                page = browser.get(f"/{noun.path}/?columns={due.name}&view=all&size=100").text
                row = next(one for one in page.split("<tr") if f'/{noun.path}/{record_id}"' in one)
                assert bool(LATE.search(row)) is late, item
                record = browser.get(f"/{noun.path}/{record_id}").text
                if any(due.name in group.names for group in noun.groups):
                    assert bool(LATE.search(record)) is late, item
                for entry in _on_calendar(world, nouns_of(application), account, noun, due, record_id):
                    assert entry.late is late, item
                    days = browser.get(f"/{noun.path}/calendar?view=all&by={entry.field}&on={entry.day}").text
                    event = next(one for one in days.split("<li ") if f'/{noun.path}/{record_id}"' in one)
                    assert event.startswith('class="kg-event late"') is late, item
                    seen[noun.path] = seen.get(noun.path, False) or late
                told += late
    assert told >= len([noun for noun in nouns_of(application).by_path.values() if noun.due and noun.create])
    assert all(seen.values()), seen
    assert seen.keys() >= {noun.path for noun in nouns_of(application).by_path.values() if noun.due and noun.create and noun.dated}


def test_what_stands_on_the_calendar_is_red_by_something_that_is_due(application: Flask) -> None:
    for noun in nouns_of(application).by_path.values():
        if noun.due:
            assert [one.name for one in noun.on_calendar if noun.due_by(one.due or one.name) is None] == [], noun.path


def _on_calendar(world: World, nouns: Nouns, account: str, noun: Noun, due: Due, record_id: int) -> list[Entry]:
    """The record on the calendar of its owner, on the days that are red by ``due``."""
    names = {one.name for one in noun.on_calendar if (one.due or one.name) == due.name}
    first, last = today() - timedelta(days=400), today() + timedelta(days=400)
    with world.reading(account) as session:
        found = entries_between(session, nouns, first, last, mine=True)
    return [one for one in found if one.noun is noun and one.field in names and one.record_id == record_id]


def _states(noun: Noun, due: Due) -> Iterator[dict[str, Any]]:
    """One set of values with which the day counts, then such as differ from it in one."""
    fitting = {path: wanted[0] for path, wanted in due.waits.items() if not isinstance(wanted, str)}
    yield fitting
    for path, wanted in due.waits.items():
        if isinstance(wanted, str):
            continue
        for other in _others(noun, path, wanted):
            yield fitting | {path: other}


def _others(noun: Noun, path: str, wanted: Sequence[Any]) -> list[Any]:
    """A value of the field that is not among the wanted ones, if it has any."""
    way, _, name = path.rpartition(".")
    model: Any = getattr(noun.model, way).property.mapper.class_ if way else noun.model
    declared = model.fields()[name]
    if declared.choices is not None:
        return [one for one in declared.choices if one not in wanted][:1]
    return [] if None not in wanted else [now() if declared.kind == "moment" else today()]


def _put(world: World, account: str, noun: Noun, due: Due, record_id: int, values: dict[str, Any]) -> bool:
    """Store the values and a day in the past, past every verb; whether the declaration calls it late, in Python and in SQL alike."""
    past = now() - timedelta(days=OVER) if noun.fields[due.name].kind == "moment" else today() - timedelta(days=OVER)
    with world.use_case(account) as session:
        record = session.get(noun.model, record_id)
        for path, value in (values | {due.name: past}).items():
            way, _, name = path.rpartition(".")
            _store(session, getattr(record, way) if way else record, name, value)
        for path in (wanted for wanted in due.waits.values() if isinstance(wanted, str)):
            way, _, name = path.rpartition(".")
            _store(session, getattr(record, way), name, past)
    with world.reading(account) as session:
        record = session.get(noun.model, record_id)
        found = session.scalar(select(noun.model.id).where(noun.model.id == record_id, due.late(noun.model)))
        assert (found is not None) is due.matters(record), (noun.path, due.name, values)
        return due.matters(record)


def _store(session: GuardedSession, record: Any, name: str, value: date | Any) -> None:
    """Write one column without a verb."""
    table = inspect(type(record)).local_table
    session.connection().execute(table.update().where(table.c.id == record.id).values({name: value}))

"""Pages of other kinds of record on which a hidden field might show all the same: the desk, and records that lead to the one in question or
that it leads to, with every tab, the timeline, the form and the list that tells of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.web.nouns import Noun
from tests.isolation.callers import Callers
from tests.isolation.covered import Asked
from tests.sizes import sized

TAB = re.compile(r"\?tab=([\w.-]+)")
ALONE = {"desk": "/", "inbox": "/approvals/", "notices": "/notices/"}
"""Pages of no kind of record."""
NEAR = 2
"""Kinds of record beside the one in question that CI looks at in a round; ``make prove`` at all."""


def elsewhere(asked: Asked) -> dict[str, str]:
    """Channel to address, of everything the person may open beside the kind of record in question."""
    found = {f"elsewhere: {name}": path for name, path in ALONE.items()}
    for noun, record in sized(_some, _all)(asked):
        page = f"/{noun.path}/{record}"
        answer = asked.callers.by_session(asked.person).ask("GET", page)
        tabs = sorted({*TAB.findall(answer.text), "history", "timeline"})
        ways = {"detail": page, "form": f"{page}/edit", "list": f"/{noun.path}/?size=100", **{tab: f"{page}?tab={tab}" for tab in tabs}}
        found |= {f"elsewhere: {noun.path} {name}": path for name, path in ways.items()}
    return found


def _some(asked: Asked) -> list[tuple[Noun, int]]:
    """By the number of the round, so that all kinds are looked at in the end."""
    near = list(_all(asked))
    first = (len(asked.hidden) + len(asked.masked)) % max(len(near), 1)
    return (near[first:] + near[:first])[:NEAR]


def _all(asked: Asked) -> Iterator[tuple[Noun, int]]:
    """Kinds of record that lead to the one in question or that it leads to, each by one record that the person sees: one that is joined
    with the record itself where there is such."""
    callers, table = asked.callers, asked.noun.model.__tablename__
    nouns: dict[str, Noun] = callers.application.extensions["keguan"].nouns.by_path
    leads = {one.table for one in asked.noun.model.__references__.values()}
    for noun in nouns.values():
        model = noun.model
        there = model.__tablename__ in leads or any(one.table == table for one in model.__references__.values())
        if not there or noun is asked.noun or not callers.house.reference.may(asked.person, noun.resource, "read"):
            continue
        seen = sorted(callers.house.seen(asked.person, model.__tablename__))
        if seen:
            yield noun, callers.house.ids[_joined(callers, asked, noun, seen)]


def _joined(callers: Callers, asked: Asked, noun: Noun, seen: list[str]) -> str:
    """Of the records that the person sees one that is joined with the record in question, else the first."""
    mine = callers.house.ids[asked.thing.key]
    to = [f"{name}_id" for name, one in noun.model.__references__.items() if one.table == asked.noun.model.__tablename__]
    of = [f"{name}_id" for name, one in asked.noun.model.__references__.items() if one.table == noun.model.__tablename__]
    connection: Any = callers.database.engine  # that of the round, which is rolled back
    for key in seen:
        other = callers.house.ids[key]
        for model, names, record, wanted in ((noun.model, to, other, mine), (asked.noun.model, of, mine, other)):
            columns = [model.__table__.c[name] for name in names]
            asked_for = model.__table__.select().with_only_columns(*columns).where(model.__table__.c.id == record)
            if columns and wanted in tuple(connection.execute(asked_for).one()):
                return key
    return seen[0]

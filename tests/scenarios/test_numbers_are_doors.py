"""Every number on a page is a door to its records: what it says is what the list that it opens adds up to, for whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import product
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, g, request
from sqlalchemy import select

from core.database.together import Counted, Summed, answered
from core.extension.calling import hooks
from core.extension.exchange import Figure, RelatedCount
from core.kernel.money import to_fen
from core.web import formats
from core.web.desk_scope import SPANS, Chosen, Whose, figure_of
from core.web.dues import Progress
from core.web.listing import read_query, statement
from core.web.nouns import Noun, Nouns
from tests.sizes import sized
from tests.world import Browser, World, browser_for

WHO = sized(("sales.east1", "head.east", "contracts"), ("sales.east1", "head.east", "leader", "contracts", "finance", "service"))
RECORDS = 2
NOTHING_OPEN = "这里没有未收的款项。"
"""Records of each kind whose numbers are followed."""


@contextmanager
def page_of(application: Flask, world: World, account: str, address: str = "/") -> Iterator[Any]:
    with application.test_request_context(f"/c/qiheng{address}"), world.reading(account) as session:
        g.actor = world.actor(account)
        yield session


def offered(session: Any, nouns: Nouns, account: str) -> Iterator[tuple[str, Figure | RelatedCount]]:
    """Figures and stat buttons of the desk and of some records of every kind that the person sees, each with where it stands."""
    for where, figure in on_the_desk(session, nouns):
        yield f"{account} desk {where}", figure
    for noun in nouns.by_path.values():
        if not g.actor.may(noun.resource, "read") or noun.plugin == "core":
            continue
        ids = session.scalars(select(noun.model.id).order_by(noun.model.id)).all()
        for number in ids[:: max(1, len(ids) // sized(RECORDS, 10 * RECORDS))]:
            asked = {"session": session, "resource": noun.resource, "record_id": number}
            for one in (*hooks().crm_figures(**asked), *hooks().crm_related_counts(**asked)):
                yield f"{account} {noun.path} {number}", one


def on_the_desk(session: Any, nouns: Nouns) -> Iterator[tuple[str, Figure]]:
    """Those that stand there as they are, and the others under all that can be chosen for them."""
    for figure in hooks().crm_desk_figures(session=session):
        if isinstance(figure, Figure):
            yield "", figure
            continue
        for whose, period in product(Whose, SPANS):
            if (asked := figure_of(session, nouns, figure, Chosen(whose, period, wide=True))) is not None:
                yield f"{whose} {period}", asked


def said(session: Any, one: Figure | RelatedCount) -> Decimal | None:
    """The number itself; None where nobody says one."""
    value: Any = one.value if isinstance(one, Figure) else one.count
    if isinstance(value, Counted | Summed):
        value = answered(session, [value])[0]
    if value is None and isinstance(one, Figure) and one.unknown:
        return None
    value = value[0] if isinstance(value, tuple) else value
    return Decimal(value or 0)


def opened(nouns: Nouns, address: str) -> Noun | None:
    """The kind of records that the address lists, if it is a list."""
    return nouns.by_path.get(urlsplit(address).path.removeprefix("/c/qiheng").strip("/"))


def holds(session: Any, noun: Noun) -> tuple[int, set[Decimal]]:
    """How many records the list at the present address has, and the sums of what they hold of money."""
    records = session.scalars(statement(session, noun, read_query(noun, request.args))).all()
    sums = {sum((getattr(one, name) or Decimal(0) for one in records), Decimal(0)) for name in noun.fields if _is_money(noun, name)}
    return len(records), sums | {left(noun, one.progress, records) for one in noun.due if one.progress is not None}


def left(noun: Noun, progress: Progress, records: Sequence[Any]) -> Decimal:
    """What is left of what is due, of all of them."""
    ask = progress.asker(noun.model)
    return sum((whole - done for done, whole in filter(None, map(ask, records))), Decimal(0))


def _is_money(noun: Noun, name: str) -> bool:
    return noun.fields[name].kind == "money"


def told(browser: Browser, address: str, number: Decimal) -> bool:
    """Whether a page that is no list of records says the number somewhere, or of 0 that there is nothing."""
    answer = browser.get(urlsplit(address)._replace(scheme="", netloc="").geturl())
    said = (formats.money(to_fen(number), exact=True), *(() if number else (NOTHING_OPEN,)))
    return answer.status_code == 200 and any(one in answer.get_data(as_text=True) for one in said)


@pytest.mark.requirement("R-413")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_number_is_what_the_list_behind_it_adds_up_to(demonstration: World, application: Flask) -> None:
    world = demonstration
    nouns: Nouns = application.extensions["keguan"].nouns
    wrong, followed, lists = [], set(), set()
    for account in WHO:
        browser = browser_for(application, world, account)
        with page_of(application, world, account) as session:
            found = [(where, str(one.label), said(session, one), one) for where, one in offered(session, nouns, account)]
        for where, label, number, one in found:
            noun = opened(nouns, one.url) if one.url else None
            if number is None or not one.url:
                continue
            if noun is None:
                right = not isinstance(one, Figure) or one.kind != "money" or told(browser, one.url, number)
                parts = None
            else:
                with page_of(application, world, account, one.url.removeprefix("/c/qiheng")) as session:
                    parts = holds(session, noun)
                right = number in parts[1] if isinstance(one, Figure) and one.kind == "money" else number == parts[0]
                lists.add(noun.path)
            followed.add((label, one.url.partition("?")[0]))
            if not right:
                wrong.append(f"{where}: {label} says {number}, {one.url} holds {parts}")
    assert wrong == []
    assert len(followed) >= 20
    assert len({nouns.by_path[path].plugin for path in lists}) >= 5

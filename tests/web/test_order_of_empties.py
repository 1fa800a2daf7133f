"""What has no value comes last in a list, up and down, page by page, on both databases, and its neighbours know that order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core.kernel.clock import today
from core.web.listing import Query, find, may_be_empty, statement
from core.web.neighbours import place_of
from core.web.nouns import Noun
from plugins.sales.models import Opportunity
from tests.plugins.conftest import trade
from tests.plugins.sales.conftest import SELLER, Shop, shop
from tests.world import World

__all__ = ["shop", "trade"]
DAYS = (3, None, 1, None, 1, 2)  # until when each of them is expected: two on one day, two on none
BY = "expected_on"


@pytest.fixture
def opportunities(application: Flask) -> Noun:
    noun: Noun = application.extensions["keguan"].nouns.by_path["opportunities"]
    return noun


def made(shop: Shop) -> list[int]:
    """Ids of opportunities with :data:`DAYS`, in their order."""
    customer = shop.trade.customer(SELLER).id
    days = (None if one is None else today() + timedelta(days=one) for one in DAYS)
    return [shop.opportunity(customer=customer, expected_on=day).id for day in days]


def paged(session: Any, noun: Noun, order: str, size: int) -> list[int]:
    """Ids of all pages, one after the other."""
    pages = [find(session, noun, Query(order=order, size=size, page=number)).records for number in range(1, len(DAYS) // size + 2)]
    return [one.id for page in pages for one in page]


def wanted(ids: Sequence[int], *, downwards: bool) -> list[int]:
    day = dict(zip(ids, DAYS, strict=True))
    given = sorted((one for one in ids if day[one] is not None), key=lambda one: (day[one], one), reverse=downwards)
    return [*given, *sorted((one for one in ids if day[one] is None), reverse=downwards)]


@pytest.mark.requirement("R-483")
@pytest.mark.parametrize("order", [BY, f"-{BY}"])
def test_what_has_no_day_comes_last_up_and_down(world: World, opportunities: Noun, shop: Shop, order: str) -> None:
    ids = made(shop)
    expected = wanted(ids, downwards=order.startswith("-"))
    with world.reading(SELLER) as session:
        for size in (1, 2, 4, 5):
            assert paged(session, opportunities, order, size) == expected, size
        assert [one.id for one in session.scalars(statement(session, opportunities, Query(order=order)))] == expected
        for place, number in enumerate(expected):
            found = place_of(session, opportunities, Query(order=order), session.get(Opportunity, number))
            before, after = [None, *expected][place], [*expected, None][place + 1]
            assert (found.before, found.after, found.number, found.total) == (before, after, place + 1, len(expected)), place


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_order_of_what_may_be_empty_reads_its_index(world: World, application: Flask) -> None:
    nouns: list[Noun] = list(application.extensions["keguan"].nouns.by_path.values())
    sorted_by = [(noun, name) for noun in nouns for name, one in noun.fields.items() if one.sortable and may_be_empty(noun, name)]
    assert len(sorted_by) > 20
    faults = []
    with world.keguan.database.engine.connect() as connection:
        for noun, name in sorted_by:
            table = noun.model.__tablename__
            for turn in ("", " DESC"):
                asked = f"SELECT id FROM {table} WHERE company_id = 1 ORDER BY {name}{turn} NULLS LAST, id{turn} LIMIT 21"
                plan = " ".join(row[-1] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")))
                faults += [f"{table}.{name}{turn}: {plan}"] if "TEMP B-TREE FOR ORDER BY" in plan else []
    assert not faults, "\n".join(faults)

"""Whoever has no records yet is told what to begin with, not eleven figures of nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)


@pytest.mark.requirement("R-072")
def test_the_desk_of_a_newcomer_offers_first_steps_and_folds_figures_of_nothing(client_for: Clients, world: World) -> None:
    page = client_for("sales.east1").get("/").text
    steps = page[page.index("kg-first") : page.index("</ol>")]
    assert steps.count("<li>") == 3
    assert 'href="/c/qiheng/customers/add"' in steps
    assert "/imports/new/" in steps
    assert page.index("kg-folded") < page.index("kg-kpis")
    assert "kg-chartcard" not in page


def test_nobody_is_offered_what_he_or_she_may_not_begin(client_for: Clients, world: World) -> None:
    page = client_for("service").get("/").text
    steps = page[page.index("kg-first") : page.index("</ol>")]
    assert 'href="/c/qiheng/service-requests/add"' in steps
    assert "/opportunities/add" not in steps
    assert "kg-first" not in client_for("invoicing").get("/").text


def test_with_the_first_record_the_desk_shows_its_figures(client_for: Clients, world: World) -> None:
    Trade(world).customer("sales.east1")
    page = client_for("sales.east1").get("/").text
    assert "kg-first" not in page
    figures = page[page.index("kg-kpis") :]
    shown, _, folded = figures.partition("kg-folded")
    assert shown.count('kg-kpi"') == 6  # at a glance; the others are one click away
    assert folded.count('kg-kpi"') >= 1


def test_whoever_sees_the_records_of_others_is_no_newcomer_and_whoever_does_not_still_is(client_for: Clients, world: World) -> None:
    Trade(world).customer("sales.east1")
    page = client_for("head.east").get("/").text
    assert "kg-first" not in page
    assert "kg-chartcard" in page
    assert "kg-first" in client_for("sales.west1").get("/").text

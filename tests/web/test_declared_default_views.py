"""A noun with a life cycle may open with the part of it that is still open: visible, taken off by a press, and cutting no number."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from core.kernel.errors import StartRefused
from core.kernel.words import msg
from core.web.nouns import Noun, SavedView
from plugins.catalog.views.products import PRODUCTS
from tests.world import Browser, World

ClientFor = Callable[[str], Browser]
HEAD = "head.east"


def _opening(world: World) -> list[Noun]:
    return [noun for noun in world.keguan.nouns.by_path.values() if noun.opens_with]


def test_a_bare_list_opens_with_what_is_open_and_a_press_shows_everything(world: World, client_for: ClientFor) -> None:
    nouns, client = _opening(world), client_for(HEAD)
    assert {"opportunities", "service-requests", "dispatch-orders", "orders", "quotations"} <= {noun.path for noun in nouns}
    for noun in nouns:
        if not world.actor(HEAD).may(noun.resource, "read"):
            continue
        assert client.get(f"/{noun.path}/").headers["Location"].endswith(f"/{noun.path}/?view={noun.opens_with}")
        page = client.get(f"/{noun.path}/?view={noun.opens_with}").text
        off = re.search(r'kg-pick on"><span>[^<]*<b>[^<]*</b></span><a href="([^"]*)"', page)
        assert off is not None, noun.path
        assert unescape(off[1]).endswith(f"/{noun.path}/?view=all")
        whole = client.get(f"/{noun.path}/?view=all")
        assert whole.status_code == 200
        assert "kg-pick on" not in whole.text


def test_the_last_condition_that_is_taken_off_leaves_the_whole_list(client_for: ClientFor) -> None:
    page = client_for(HEAD).get("/opportunities/?state=won").text
    off = re.search(r'kg-pick on"><span>[^<]*<b>[^<]*</b></span><a href="([^"]*)"', page)
    assert off is not None
    assert off[1].endswith("/opportunities/?view=all")


def test_a_search_in_the_whole_list_stays_in_the_whole_list(client_for: ClientFor) -> None:
    assert '<input type="hidden" name="view" value="all">' in client_for(HEAD).get("/opportunities/?view=all").text


def test_the_door_of_a_chart_of_everything_leads_to_everything(client_for: ClientFor) -> None:
    assert "/opportunities/?view=all" in unescape(client_for(HEAD).get("/opportunities/chart?by=state").text)


def test_an_own_default_view_goes_before_the_declared_one(client_for: ClientFor) -> None:
    client = client_for(HEAD)
    made = client.post("/lists/opportunities/views/new", data={"name": "赢单的", "conditions": "state=won", "usual": "1"})
    assert made.status_code == 303
    assert re.search(r"view=\d+$", client.get("/opportunities/").headers["Location"])


def test_a_list_does_not_open_with_a_view_that_it_has_not() -> None:
    declared = {name: getattr(PRODUCTS, name) for name in ("plugin", "model", "path", "title", "plural", "icon", "columns", "groups")}
    with pytest.raises(StartRefused, match="none of its views"):
        Noun(**declared, views=(SavedView("open", msg("Open"), lambda: True),), opens_with="opne")


def test_lists_of_what_is_due_begin_with_the_most_overdue_and_say_so(world: World, client_for: ClientFor) -> None:
    client, ordered = client_for(HEAD), 0
    for noun in world.keguan.nouns.by_path.values():
        for view in noun.views:
            if not view.order or not world.actor(HEAD).may(noun.resource, "read"):
                continue
            page = client.get(f"/{noun.path}/?view={view.key}")
            assert page.status_code == 200, (noun.path, view.key)
            assert "：由早到晚</span>" in page.text, (noun.path, view.key)
            other = client.get(f"/{noun.path}/?view={view.key}&order=-id").text
            assert "最新的在前" in other, (noun.path, view.key)
            ordered += 1
    assert ordered >= 8


def test_every_list_says_by_what_it_is_ordered(world: World, client_for: ClientFor) -> None:
    client = client_for(HEAD)
    for noun in world.keguan.nouns.by_path.values():
        if world.actor(HEAD).may(noun.resource, "read"):
            assert "kg-ordered" in client.get(f"/{noun.path}/?view=all").text, noun.path

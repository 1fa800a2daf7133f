"""Every list has a search box: it finds records by what identifies them and by what they belong to, and nothing of what one may not see."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import delete, select

from core.database.references import class_of
from core.database.search import SEARCH, searchable
from core.kernel.acting import System, acting_as
from core.operations.readiness import bring_up_to_date
from core.web.nouns import Noun
from core.web.searching import can_search, led_by
from tests.conformance.examples import Examples
from tests.plugins.conftest import Trade
from tests.world import Browser, World

Clients = Callable[[str], Browser]
OWN_PAGE = {"audit-rows"}
"""Lists with a page of their own, which asks for people, actions and kinds instead."""


def found_by(browser: Browser, noun: Noun, text: str, record_id: int) -> bool:
    """Whether the list shows the record when the box asks for ``text``."""
    page = browser.get(f"/{noun.path}/?q={quote(text)}&view=all&size=100")
    assert page.status_code == 200, f"{noun.path} {text}: {page.text}"
    assert f'value="{text}"' in page.text or "kg-search" in page.text, noun.path
    return f'/{noun.path}/{record_id}"' in page.text


def test_every_list_has_its_search_box_and_finds_by_it(application: Flask, world: World, client_for: Clients) -> None:
    examples = Examples(world, application.extensions["keguan"].nouns)
    walked: dict[str, int] = {}
    for noun in examples.nouns.by_path.values():
        if noun.path in OWN_PAGE:
            continue
        account = examples.account(noun, "read")
        with world.act(account):
            assert can_search(noun), noun.path
        if noun.create is None or noun.plugin == "core":
            continue
        record_id, account = examples.fresh(noun), examples.account(noun)
        browser = client_for(account)
        with world.reading(account) as session:
            record = session.get(noun.model, record_id)
            texts = [str(getattr(record, name)) for name in searchable(noun.model) if getattr(record, name)]
            texts += [str(led) for name in led_by(noun) if (led := getattr(record, name)) is not None]
        for text in texts:
            words = text.split("\n")[0][:40].strip()
            assert found_by(browser, noun, words, record_id), f"{noun.path}: {words}"
            walked[noun.path] = walked.get(noun.path, 0) + 1
        assert not found_by(browser, noun, "zzqqxx", record_id), noun.path
    assert len(walked) >= 25, walked


def test_parts_are_found_by_what_they_belong_to(application: Flask) -> None:
    parts = [one for one in application.extensions["keguan"].nouns.by_path.values() if getattr(one.model, "__parent__", "")]
    lost = [one.path for one in parts if searchable(class_of(one.model, one.fields[one.model.__parent__].target)) and not led_by(one)]
    assert len(parts) >= 10
    assert lost == []


@pytest.mark.requirement("R-441")
def test_the_name_of_a_record_that_one_may_not_see_finds_no_part_of_it(client_for: Clients, world: World) -> None:
    trade = Trade(world)
    theirs, mine = trade.customer("sales.west1", name="昆仑泵业有限公司"), trade.customer("sales.east1", name="长江泵业有限公司")
    for customer, account in ((theirs, "sales.west1"), (mine, "sales.east1")):
        written = {"customer": customer.id, "content": "谈了备件", "way": "phone"}
        assert client_for(account).post("/interactions/add", data=written).status_code == 303
    box = "/interactions/?view=all&q="
    assert "谈了备件" in client_for("sales.west1").get(f"{box}昆仑泵业").text
    assert "谈了备件" not in client_for("sales.east1").get(f"{box}昆仑泵业").text
    assert "谈了备件" in client_for("sales.east1").get(f"{box}泵业").text
    assert client_for("sales.east1").get(f"{box}泵业").text.count("谈了备件") == client_for("sales.east1").get(f"{box}长江泵业").text.count(
        "谈了备件"
    )


def test_what_has_become_searchable_is_found_after_an_upgrade(client_for: Clients, world: World) -> None:
    customer = Trade(world).customer("sales.east1", name="黄河阀门厂")
    with world.keguan.database.engine.begin() as connection:
        connection.execute(delete(SEARCH).where(SEARCH.c.kind == "customers_customer"))
    browser = client_for("sales.east1")
    assert customer.name not in browser.get("/customers/?q=黄河阀门&view=all").text.replace('value="黄河阀门"', "")
    for _ in range(2):
        bring_up_to_date(world.keguan)
        assert customer.name in browser.get("/customers/?q=黄河阀门&view=all").text
        with acting_as(System("test")), world.keguan.database.engine.connect() as connection:
            rows = connection.execute(select(SEARCH.c.id).where(SEARCH.c.record_id == customer.id, SEARCH.c.kind == "customers_customer"))
            assert len(rows.all()) == 1

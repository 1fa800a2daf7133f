"""Every form that makes a record, of every plugin: whoever clicks twice makes one, and the way back makes no second."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.web.nouns import Noun
from tests.browser.house import House, served_world
from tests.browser.saving import fill, typed
from tests.browser.windows import Window, window
from tests.conformance.examples import Examples
from tests.sizes import sized
from tests.world import World


def stored(house: House, noun: Noun) -> int:
    with Session(house.keguan.database.engine) as session:
        return int(session.scalar(select(func.count(noun.model.id))) or 0)


def save_twice(opened: Window, noun: Noun) -> None:
    """Press save with a double click, and wait until the form has been answered."""
    page = opened.page
    with page.expect_navigation(wait_until="load"):
        page.locator(".kg-formpage form[data-form] [data-submit]").dblclick()
    refused = page.locator(".kg-formpage form[data-form] :is(.kg-error, .invalid-feedback, .kg-say)").all_inner_texts()
    assert not page.url.partition("?")[0].endswith("/add"), (noun.path, refused)


@pytest.mark.requirement("R-484")
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_every_form_that_is_sent_twice_or_again_after_the_way_back_makes_one_record(
    application: Flask, world: World, browser: Browser
) -> None:
    nouns = application.extensions["keguan"].nouns
    examples = Examples(world, nouns)
    creatable = [noun for noun in nouns.by_path.values() if noun.create is not None and noun.plugin != "core"]
    with served_world(application, world) as house:
        for noun in creatable[:: sized(4, 1)]:
            account = examples.account(noun)
            values = typed(noun, examples.raw(noun), world, account)
            before = stored(house, noun)
            with window(browser, house, account) as opened:
                assert opened.open(f"/{noun.path}/add") == 200, noun.path
                fill(opened.page, values)
                save_twice(opened, noun)
                assert stored(house, noun) == before + 1, noun.path
                opened.page.go_back()
                fill(opened.page, values)
                save_twice(opened, noun)
                expect(opened.page.locator("[data-toast]"), noun.path).to_contain_text("此前已保存")
                assert stored(house, noun) == before + 1, noun.path
                assert opened.complaints == [], noun.path

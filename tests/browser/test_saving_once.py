"""Every form that makes a record, of every plugin: whoever clicks twice makes one, and the way back makes no second."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.kernel.acting import acting_as
from core.kernel.clock import local
from core.web.input import declared_for
from core.web.nouns import Noun
from tests.browser.house import House, serving
from tests.browser.windows import Window, window
from tests.conformance.examples import Examples
from tests.sizes import sized
from tests.world import World

FILL = """(all) => { const form = document.querySelector(".kg-formpage form[data-form]");
  for (const [name, value, text] of all) {
    const fields = [...form.elements].filter((one) => one.name === name && one.type !== "hidden");
    if (!fields.length) continue;
    const one = fields.find((field) => !["radio", "checkbox"].includes(field.type) || field.value === value) ?? fields[0];
    if (one.type === "checkbox" || one.type === "radio") one.checked = true;
    else if (one.tomselect) { one.tomselect.addOption({ id: value, value, text }); one.tomselect.setValue(value); }
    else if (one._flatpickr) one._flatpickr.setDate(value, true);
    else one.value = value;
    one.dispatchEvent(new Event("input", { bubbles: true }));
  } }"""


def typed(noun: Noun, values: dict[str, Any], world: World, account: str) -> list[list[str]]:
    """The values of an example as they are typed: names of fields, what they hold, and what a reference is called."""
    with acting_as(world.actor(account)):
        declared = dict(declared_for(noun, creating=True))
    found = []
    for name, value in values.items():
        if isinstance(value, list):
            found += [[f"{name}-{row}-{column}", str(one), str(one)] for row, line in enumerate(value) for column, one in line.items()]
        elif name in declared and value is not None:
            moment = declared[name].kind == "moment"
            text = local(datetime.fromisoformat(value)).strftime("%Y-%m-%dT%H:%M") if moment else "1" if value is True else str(value)
            found.append([name, text, text])
    return found


def stored(house: House, noun: Noun) -> int:
    with Session(house.keguan.database.engine) as session:
        return int(session.scalar(select(func.count(noun.model.id))) or 0)


def fill(page: Page, values: list[list[str]]) -> None:
    expect(page.locator(".kg-formpage form[data-form] [name=form_key]")).to_have_count(1)
    expect(page.locator("select[data-select]:not(.tomselected)")).to_have_count(0)
    page.evaluate(FILL, values)


def save_twice(opened: Window, noun: Noun) -> None:
    """Press save with a double click, and wait until the form has been answered."""
    page = opened.page
    with page.expect_navigation(wait_until="load"):
        page.locator(".kg-formpage form[data-form] [data-submit]").dblclick()
    refused = page.locator(".kg-formpage form[data-form] :is(.kg-error, .invalid-feedback, .kg-say)").all_inner_texts()
    assert not page.url.partition("?")[0].endswith("/add"), (noun.path, refused)


@contextmanager
def served_world(application: Flask, world: World) -> Iterator[House]:
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy machine is no news
    with serving(world.keguan, application) as house:
        house.speak("zh_CN")
        yield house


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

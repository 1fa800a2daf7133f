"""What hands change in the list itself: one cell, or many rows at once."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from core.access.reasons import key_fields
from core.kernel.acting import acting_as
from core.web.bulk.offering import fields_for_many
from core.web.changing import fields_in_place
from tests.browser.hands import started
from tests.browser.use import Use

TEXTS = ("text", "long_text")
ANSWERED = (*TEXTS, "choice", "code", "date", "integer")
NEW = "列表里改过的值"


def _named(use: Use, names: tuple[str, ...]) -> list[str]:
    """Those whose change wants no reason, words before everything else."""
    plain = [name for name in names if name not in key_fields(use.noun.model)]
    return sorted(plain, key=lambda name: use.noun.fields[name].kind not in TEXTS)


def a_cell_is_changed(use: Use) -> None:
    """With the mouse and the keyboard; one whose value is fixed says why, or asks nothing."""
    use.open_list()
    page = use.page
    with acting_as(use.world.actor(use.account)):
        names = _named(use, fields_in_place(use.noun))
    row = page.locator(f"#list tr[data-at$='/{use.noun.path}/{use.record_id}']")
    for name in names:
        cell = row.locator(f"td[data-cell={name}]")
        if not cell.count():
            continue
        cell.dblclick()
        question = cell.locator("[data-here-form]")
        expect(question).to_be_visible()
        if use.noun.fields[name].kind not in TEXTS:
            page.keyboard.press("Escape")
            expect(question).to_have_count(0)
            continue
        question.locator(f"[name={name}]").fill(NEW)
        page.keyboard.press("Enter")
        expect(cell).to_have_text(re.compile(NEW))
        return
    expect(page.locator(f"#list a[href$='/{use.noun.path}/{use.record_id}']").first).to_be_attached()


def picked_rows_are_changed_and_taken_back(use: Use) -> None:
    """Of all rows of the page, one field; what was changed is taken back from the sentence that tells of it."""
    use.open_list()
    page = use.page
    page.locator("[data-pick-all]").check()
    expect(page.locator(".kg-bulk [data-picked]")).to_contain_text(re.compile(r"\d"))
    with acting_as(use.world.actor(use.account)):
        offered = [name for name in fields_for_many(use.noun) if use.noun.fields[name].kind in ANSWERED]
        name = next(iter(_named(use, tuple(offered))), "")
    if not name:  # each of them wants a reason, or a record that is for one of them alone
        expect(page.locator(".kg-bulk button, .kg-bulk summary").first).to_be_visible()
        return
    page.locator(".kg-bulk summary", has_text="修改字段").click()
    page.locator(f'.kg-bulk [formaction*="field={name}"]').click()
    drawer = page.locator("dialog[open] form")
    expect(drawer).to_be_visible()
    started(drawer)
    _answer(drawer, name, use.noun.fields[name].kind)
    drawer.locator("[data-submit]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".kg-toast").first).to_be_visible()
    back = page.locator(".kg-toast form button")
    if back.count():  # where nothing could be changed there is nothing to take back
        back.first.click()
        expect(page.locator(".kg-toast").last).to_be_visible()


def _answer(drawer: Locator, name: str, kind: str) -> None:
    field, block = drawer.locator(f"[name={name}]").first, drawer.locator(f"[data-field={name}]")
    few, many = block.locator("label:has(input[type=radio])"), block.locator(".ts-control")
    if few.count():
        few.first.click()
    elif many.count():
        many.click()
        block.locator(".ts-dropdown .option[data-value]:not([data-value=''])").first.click()
    elif kind == "date":
        field.evaluate("one => one._flatpickr.setDate('2026-12-01', true)")
    else:
        field.fill("3" if kind == "integer" else NEW)

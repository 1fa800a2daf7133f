"""Conditions, columns and groups of a list as hands use them, on one noun of every plugin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from core.web.conditions import ME, MY_DEPARTMENT, condition_fields
from core.web.nouns import Noun
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import Window
from tests.sizes import sized

WHO = "head.east"
PLUGINS = sized(2, 99)
"""How many plugins are walked through."""


def _lists(house: House, window: Window) -> Iterator[Noun]:
    """Of every plugin the first noun whose list the person finds filled."""
    names = house.keguan.registry.names
    for plugin in names[:PLUGINS]:
        for noun in house.keguan.nouns.by_path.values():
            if noun.plugin == plugin and window.open(f"/{noun.path}/?view=all") == 200 and window.page.locator("#list tbody tr").count():
                yield noun
                break
        else:
            raise AssertionError(f"{plugin} has no list to walk through")


def _total(page: Page) -> int:
    """How many records the list says it finds."""
    said = page.locator(".kg-pager [role=status]").inner_text()
    return max(int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", said))


def _ask_for(drawer: Locator, noun: Noun, name: str, number: int) -> None:
    """Add a condition on the field: a span that moves with today, me or my department, or the first value that is offered."""
    drawer.locator("select[name=field]").select_option(name)
    drawer.locator("button[value=add]").click()
    row = drawer.locator(f".kg-condition:has([name=f{number}])")
    expect(row).to_be_visible()
    kind, target = noun.fields[name].kind, noun.fields[name].target
    if kind in ("date", "moment"):
        row.locator(f"[name=o{number}]").select_option("in.this_month")
    elif kind == "reference" or noun.fields[name].choices is not None:
        expect(row.locator("select[data-select]:not(.tomselected)")).to_have_count(0)
        own = {"core_employee": f"[data-value={ME}]", "core_department": f"[data-value={MY_DEPARTMENT}]"}.get(target, "")
        row.locator(".ts-control").click()
        row.locator(f".ts-dropdown .option{own}").first.click()
    else:
        row.locator(f"[name=v{number}]").fill("1")


def _fields_to_ask(noun: Noun) -> list[str]:
    """Three fields: a day, a person or department, and something to choose, as far as the noun has them."""
    names = [
        name for name in condition_fields(noun) if noun.fields[name].kind != "reference" or noun.fields[name].target.startswith("core_")
    ]
    wanted = (
        [name for name in names if noun.fields[name].kind in ("date", "moment")][:1],
        [name for name in names if noun.fields[name].target == "core_employee"][:1],
        [name for name in names if noun.fields[name].target == "core_department"][:1],
        [name for name in names if noun.fields[name].choices is not None][:1],
        [name for name in names if noun.fields[name].kind in ("text", "money")][:2],
    )
    return [name for group in wanted for name in group][:3]


def test_conditions_are_put_together_joined_and_grouped_by_hand(open_window: OpenWindow, house: House) -> None:
    window = open_window(WHO)
    page = window.page
    for noun in _lists(house, window):
        everything, fields = _total(page), _fields_to_ask(noun)
        page.locator(".kg-filters > a", has_text="筛选").click()
        drawer = page.locator("#drawer form")
        for number, name in enumerate(fields):
            _ask_for(drawer, noun, name, number)
        drawer.locator("[name=join][value=or]").check()
        for number in range(1, len(fields)):
            if len(fields) > 2:
                drawer.locator(f"[name=g{number}]").select_option("1")
        drawer.locator("footer button[value=apply]").click()
        page.wait_for_url(lambda url: "where=" in url)
        assert page.url.count("where=") == len(fields), noun.path
        expect(page.locator(".kg-filters .kg-pick.on a")).to_have_count(len(fields))
        expect(page.locator(".kg-filters")).to_contain_text("或")
        found = _total(page) if page.locator("#list tbody tr").count() else 0
        assert found <= everything
        page.locator(".kg-filters > a", has_text="筛选").click()
        expect(page.locator("#drawer .kg-condition")).to_have_count(len(fields))  # what was asked stands there again
        page.locator("#drawer button[value=drop-0]").click()
        expect(page.locator("#drawer .kg-condition")).to_have_count(len(fields) - 1)


def test_columns_are_hidden_moved_and_brought_back_by_hand(open_window: OpenWindow, house: House) -> None:
    window = open_window(WHO)
    page, heads = window.page, window.page.locator("#list thead th:not(.pick)")
    for noun in _lists(house, window):
        usual = heads.all_inner_texts()
        door = page.locator(".kg-filters > a", has_text="列")
        door.click()
        items = page.locator("#drawer .kg-columns li")
        ticked = items.filter(has=page.locator("input:checked"))
        hidden, moved = (ticked.nth(place).locator("[name=column]").get_attribute("value") for place in (0, 1))
        page.locator(f"#drawer [name=column][value={hidden}]").uncheck()
        page.locator(f"#drawer button[value=up-{moved}]").click()
        expect(items.first.locator("[name=column]")).to_have_attribute("value", moved or "")
        page.locator("#drawer [name=dense][value='1']").check()
        page.locator("#drawer footer button", has_text="保存").click()
        expect(page.locator("#list .kg-dense")).to_be_visible()
        shown = heads.all_inner_texts()
        assert len(shown) == len(usual) - 1, noun.path
        assert shown[0] == usual[0]
        door.click()
        page.locator("#drawer [name=dense][value='']").check()
        page.locator("#drawer button[value=reset]").click()
        expect(heads).to_have_text([re.compile(re.escape(one.strip())) for one in usual])
        expect(page.locator("#list .kg-dense")).to_have_count(0)


def test_groups_add_up_and_each_leads_to_its_records(open_window: OpenWindow, house: House) -> None:
    window = open_window(WHO)
    page = window.page
    for noun in _lists(house, window):
        everything = _total(page)
        page.locator(".kg-filters > details:not([data-filter]) > summary").click()
        page.locator(".kg-filters > details[open] a.kg-item").nth(1).click()
        rows = page.locator(".kg-groups tbody tr")
        expect(rows.first).to_be_visible()
        counts = [int(one.replace(",", "")) for one in page.locator(".kg-groups tbody td:nth-child(2)").all_inner_texts()]
        assert sum(counts) == everything, noun.path
        assert page.locator(".kg-groups tfoot td").nth(1).inner_text() == f"{everything:,}"
        rows.first.locator("a.name").click()
        expect(page.locator(".kg-groups")).to_have_count(0)
        assert _total(page) == counts[0], noun.path

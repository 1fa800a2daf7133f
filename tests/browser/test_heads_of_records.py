"""The head of every record's page, measured: tabs and stat buttons are all in sight, what is greyed says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from core.web.nouns import Noun
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.windows import PHONE, TABLET, WIDE, Window
from tests.sizes import sized

SIZES = [pytest.param(WIDE, id="wide"), pytest.param(TABLET, id="tablet"), pytest.param(PHONE, id="phone")]
PEOPLE = ("head.east", "contracts", "service")
OUTSIDE = """(selector) => [...document.querySelectorAll(selector)].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width < 1 || box.left < -1 || box.right > innerWidth + 1;
}).map((one) => one.textContent.trim())"""
OVERLAPS = """(selector) => { const all = [...document.querySelectorAll(selector)].map((one) => [one, one.getBoundingClientRect()]);
  return all.flatMap(([one, a], place) => all.slice(place + 1).filter(([, b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
    .map(([other]) => `${one.textContent.trim()} × ${other.textContent.trim()}`)); }"""
TABS = """(row) => { const goes = row.scrollWidth - row.clientWidth > 1;
  const chosen = row.querySelector("[aria-selected=true]").getBoundingClientRect();
  const box = row.getBoundingClientRect();
  return { goes, faded: getComputedStyle(row).maskImage !== "none",
    shown: chosen.left >= box.left - 1 && chosen.right <= box.right + 1, inside: box.left >= 0 && box.right <= innerWidth + 1 }; }"""


def _records(house: House, window: Window) -> Iterator[Noun]:
    """The newest record of every list that the person finds filled, opened."""
    for noun in list(house.keguan.nouns.by_path.values())[:: sized(2, 1)]:
        if window.open(f"/{noun.path}/?view=all") != 200:
            continue
        links = window.page.locator(f"#list tbody a.name[href*='/{noun.path}/']")
        if links.count() and window.page.goto(f"{house.address}{links.first.get_attribute('href')}").status == 200:  # type: ignore[union-attr]
            window.page.wait_for_load_state("load")
            yield noun


def _check_tabs(page: Page, noun: Noun) -> None:
    """No tab lies beyond an edge, however many there are, and the chosen one is in sight. A phone shows one row until all are asked for."""
    row = page.locator(".kg-head [role=tablist]")
    if not row.count():
        return
    more, folded = page.locator(".kg-alltabs:not(.kg-askfields)"), row.evaluate(TABS)
    assert folded["shown"], (noun.path, folded)
    assert folded["goes"] == folded["faded"], (noun.path, folded)
    if more.is_visible():
        more.click()
        expect(row).not_to_have_attribute("data-more", "")
        expect(row).not_to_have_attribute("data-less", "")
    told = row.evaluate(TABS)
    assert told["inside"], (noun.path, told)
    assert told["shown"], (noun.path, told)
    assert not told["goes"], (noun.path, told)
    assert not told["faded"], (noun.path, told)
    assert page.evaluate(OUTSIDE, ".kg-head [role=tab]") == [], noun.path
    assert row.evaluate("one => one.scrollHeight - one.clientHeight") <= 1, noun.path


def _check_stats(page: Page, noun: Noun, size: tuple[int, int]) -> None:
    """On a screen with room the buttons stand in rows, all of them in sight; on a phone they are one row under the thumb."""
    assert page.evaluate(OVERLAPS, ".kg-stats > .kg-stat") == [], noun.path
    if size != PHONE:
        assert page.evaluate(OUTSIDE, ".kg-stats > .kg-stat") == [], noun.path
        return
    for stat in page.locator(".kg-stats > .kg-stat").all():
        stat.scroll_into_view_if_needed()
        box = stat.bounding_box()
        assert box is not None, noun.path
        assert box["x"] >= -1, noun.path
        assert min(box["width"], PHONE[0]) + max(box["x"], 0) <= PHONE[0] + 1, noun.path


def _check_more(page: Page, noun: Noun) -> None:
    """The button of further actions stands in sight beside the title and on none of its words; what it opens is in sight too."""
    dots = page.locator(".kg-verbs > details.kg-menu > summary.kg-ib")
    if not dots.count():
        return
    dots.first.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 0)")
    assert page.evaluate(OUTSIDE, ".kg-verbs > details.kg-menu > summary.kg-ib") == [], noun.path
    assert page.evaluate(OVERLAPS, ".kg-identity h1, .kg-identity .kg-tag, .kg-verbs > details.kg-menu > summary.kg-ib") == [], noun.path
    dots.first.click()
    pop = page.locator(".kg-verbs > details.kg-menu[open] > .kg-pop").last
    expect(pop, noun.path).to_be_visible()
    assert page.evaluate(OUTSIDE, ".kg-verbs > details.kg-menu[open] > .kg-pop") == [], noun.path


def _check_reasons(page: Page, noun: Noun) -> int:
    """What cannot run now tells why: under the pointer, to a screen reader, and to whoever presses it."""
    found = page.locator(".kg-verbs summary[aria-disabled=true]")
    for one in found.all():
        reason = one.get_attribute("title") or ""
        assert reason.strip(), (noun.path, one.inner_text())
        if not one.is_visible():
            continue
        one.click()
        told = one.locator("xpath=..").locator(".kg-reason")
        expect(told, noun.path).to_have_text(reason)
        expect(told, noun.path).to_be_in_viewport(ratio=0.9)
        one.click()
    return found.count()


@pytest.mark.parametrize("size", SIZES)
def test_the_head_of_every_record_stands_in_sight_and_says_what_it_may_not_do(
    open_window: OpenWindow, house: House, size: tuple[int, int]
) -> None:
    walked, greyed = 0, 0
    for who in PEOPLE[: sized(1, 3)]:
        window = open_window(who, size=size)
        for noun in _records(house, window):
            _check_tabs(window.page, noun)
            _check_stats(window.page, noun, size)
            _check_more(window.page, noun)
            greyed += _check_reasons(window.page, noun)
            walked += 1
    assert walked > sized(8, 30)
    assert greyed

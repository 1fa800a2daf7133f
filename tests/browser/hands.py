"""What hands do on a page: fill a field, choose from a searchable list, open a verb, send a form."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.windows import Window


def field(within: Locator, name: str) -> Locator:
    """The block of the question called ``name``."""
    return within.locator(f"[data-field='{name}']")


def choose(within: Locator, name: str, text: str) -> None:
    """Choose the entry that shows ``text`` in the searchable list of the question ``name``, by typing."""
    block = field(within, name)
    block.locator(".ts-control").click()
    block.locator(".ts-control input").press_sequentially(text, delay=20)
    block.locator(".ts-dropdown .option", has_text=text).first.click()
    expect(block.locator(".ts-control .item")).to_contain_text(text)


def open_verb(window: Window, label: str) -> Locator:
    """Open what the verb asks, in the header of a record or in its menu of more actions; returns its panel."""
    verbs = window.page.locator(".kg-verbs")
    summary = verbs.locator("summary", has_text=label).first
    if not summary.is_visible():
        verbs.locator("> details.kg-menu > summary.kg-ib").click()
    summary.click()
    panel = summary.locator("xpath=..").locator("form.kg-panel")
    panel.wait_for()
    return panel


def send(within: Locator) -> None:
    """Press the form's own button."""
    within.locator("button[type=submit]").last.click()

"""What hands do on a page: fill a field, choose from a searchable list, open a verb, send a form."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Response, expect

from tests.browser.windows import PASSWORD, Window


def field(within: Locator, name: str) -> Locator:
    """The block of the question called ``name``."""
    return within.locator(f"[data-field='{name}']")


def choose(within: Locator, name: str, text: str) -> None:
    """Choose the entry that shows ``text`` in the searchable list of the question ``name``, by typing."""
    block = field(within, name)
    started(block)
    block.locator(".ts-control").click()
    if block.locator("select[data-search]").count():
        find(block, text)
    else:
        block.locator(".ts-control input").press_sequentially(text, delay=20)
    block.locator(".ts-dropdown .option", has_text=text).first.click()
    expect(block.locator(".ts-control .item")).to_contain_text(text)


def started(within: Locator) -> None:
    """Wait until every list in a part that has just come is searchable: scripts reach it a moment after it is shown."""
    expect(within.locator("select[data-select]:not(.tomselected)")).to_have_count(0)


def find(block: Locator, text: str) -> None:
    """Type ``text`` into a list that the server searches, and wait for its answer: it draws the list anew under the pointer."""

    def answers(response: Response) -> bool:
        return parse_qs(urlsplit(response.url).query).get("q") == [text.strip()]

    with block.page.expect_response(answers):
        block.locator(".ts-control input").fill(text)
    expect(block.locator(".ts-wrapper.loading")).to_have_count(0)


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


def sign_in_again(window: Window, account: str) -> None:
    """Fill in the sign-in page that stands in the place of another one, and go on to where it leads."""
    door = window.page.locator("form:has([name=password])")
    door.locator("[name=username]").fill(account)
    door.locator("[name=password]").fill(PASSWORD)
    send(door)

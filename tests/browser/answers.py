"""How a person answers what a form asks: types, picks from lists, presses segments. Looks at the page alone, so it serves every form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.hands import field, find, started


@dataclass(frozen=True)
class Chosen:
    """A record to choose: what one types to find it, and its id, by which it is told from a namesake."""

    id: int
    text: str


def answer_all(form: Locator, values: Mapping[str, Any]) -> None:
    """Answer the questions that ``values`` names, in the order of the form; a list is the rows of its sub-table."""
    started(form)
    for name in sorted(values, key=lambda name: place_of(form, name)):
        value = values[name]
        if isinstance(value, list):
            fill_lines(form, name, value)
        else:
            answer(form, name, value)


def place_of(form: Locator, name: str) -> int:
    """Which question of the form ``name`` is, from 0."""
    names = form.locator("[data-field]").evaluate_all("all => all.map((one) => one.dataset.field)")
    assert name in names, f"the form does not ask for {name}, but for {', '.join(names)}"
    return int(names.index(name))


def answer(form: Locator, name: str, value: Any) -> None:
    """Answer one question as its control wants it."""
    block = field(form, name)
    if not block.is_visible():
        form.locator("details.kg-fold", has=block).locator("summary").click()
    if block.locator(".ts-control").count():
        pick(block, value if isinstance(value, Chosen) else Chosen(0, str(value)))
    elif block.locator("input[type=radio]").count():
        block.locator(f"label:has(input[value='{value}'])").click()
    elif block.locator("input[type=checkbox]").count():
        block.locator("input[type=checkbox]").set_checked(bool(value))
    else:
        block.locator("input:not([type=hidden]), textarea").first.fill(written(value))


def pick(block: Locator, chosen: Chosen) -> None:
    """Pick from a searchable list: by typing where it is asked of the server, else from what stands there."""
    if chosen.id and block.locator(f"select option[value='{chosen.id}']:checked").count():
        return
    block.locator(".ts-control").click()
    if block.locator("select[data-search]").count():
        find(block, chosen.text)
    value = chosen.id or chosen.text
    block.locator(f".ts-dropdown .option[data-value='{value}']").click()
    expect(block.locator(f".ts-control .item[data-value='{value}']")).to_be_visible()
    expect(block.locator(".ts-dropdown")).to_be_hidden()


def fill_lines(form: Locator, name: str, rows: Sequence[Mapping[str, str]]) -> None:
    """Fill the rows of a sub-table, adding what is missing."""
    block = field(form, name)
    for number, row in enumerate(rows):
        if block.locator("tbody tr").count() <= number:
            block.locator("[data-add]").click()
        for column, value in row.items():
            block.locator(f"[name='{name}-{number}-{column}']").fill(str(value))


def written(value: Any) -> str:
    """A value as one types it; a moment by the clock on the wall."""
    text = str(value)
    moment = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text)
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M") if moment else text

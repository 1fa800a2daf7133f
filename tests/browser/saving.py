"""An example typed into the form of its kind of record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from playwright.sync_api import Page, expect

from core.kernel.acting import acting_as
from core.kernel.clock import local
from core.web.input import declared_for
from core.web.nouns import Noun
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


def fill(page: Page, values: list[list[str]]) -> None:
    expect(page.locator(".kg-formpage form[data-form] [name=form_key]")).to_have_count(1)
    expect(page.locator("select[data-select]:not(.tomselected)")).to_have_count(0)
    page.evaluate(FILL, values)

"""Addresses of records that a person could come by, found on the pages themselves."""

from __future__ import annotations

import re

from tests.browser.windows import Window

PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")


def first_id(window: Window, folder: str) -> str | None:
    """The id in the first link of the list at ``folder`` that leads to one record; None where there is none."""
    found = first_address(window, f"{folder}<id:pk>")
    return found.rpartition("/")[2] if found is not None else None


def first_address(window: Window, rule: str) -> str | None:
    """An address of the kind ``rule`` that the person could come by: that of the first link on the page above it or, for a page below
    one record, below the first such link; None where there is none. Asked once per window."""
    if rule not in window.first:
        window.first[rule] = _first_address(window, rule)
    return window.first[rule]


def _first_address(window: Window, rule: str) -> str | None:
    folder, whole = rule.partition("<")[0], re.compile(_pattern(rule))
    found = next((path for path in _links(window, folder) if whole.fullmatch(path)), None)
    if found is not None or rule.endswith(">"):
        return found
    upper, _, verb = rule.rpartition("/")  # a page below one record, which need not be linked
    above = first_address(window, upper) if "<" in upper else None
    return f"{above}/{verb}" if above is not None else None


def _pattern(rule: str) -> str:
    """``rule`` as an expression: ids are digits, other parameters one part of the address."""
    return PARAMETER.sub(lambda found: r"\d+" if found[1] == "id" else r"[^/]*[^/\d][^/]*", re.sub(r"([.\-])", r"\\\1", rule))


def _links(window: Window, folder: str) -> list[str]:
    """Paths within the company to which the page at ``folder`` leads."""
    if folder not in window.links:
        window.open(folder)
        hrefs = window.page.locator(f"main a[href*='{folder}']").evaluate_all("links => links.map((one) => new URL(one.href).pathname)")
        window.links[folder] = [href[href.index(folder) :] for href in hrefs if folder in href]
    return window.links[folder]

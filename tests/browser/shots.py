"""A picture of every page: ``python -m tests.browser.shots [FOLDER] [WORD...]``.

Words choose the stops whose names contain one; words such as ``@en-390`` or ``@zh_CN-1440-dark`` choose rounds by how they begin.
Both languages, wide, on a tablet and on a phone, some of it in the dark. Fails when a page is not complete in its language, shows a
missing glyph or the word None, has fields without a name, cuts text off or lets two texts stand on each other, is wider than the
phone, asks another host, or breaks its content policy.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.examining import Stored, crowding, problems
from tests.browser.house import House, put_back, served
from tests.browser.tour import OFTEN, Stop, stops
from tests.browser.windows import PHONE, TABLET, WIDE, Window, chromium, window

FOLDER = Path(__file__).resolve().parents[2] / "build" / "shots"
NARROWEST = 360
FETCHING = ".htmx-request"  # parts that are on their way
LAZY = "[hx-trigger~=intersect]"  # parts that come when they are seen
UNDRAWN = "[data-chart]:not(:has(canvas, svg))"  # charts that are still only their numbers
TALLEST = 2400  # pixels of a picture: what lies deeper repeats what is above
DARK = (
    *("desk", "customers", "customers-one", "customers-one-edit", "customers-chart", "sign-in", "opportunities-board", "calendar"),
    *("roles-one", "field-rights-one", "approvals", "approvals-one", "approval-chains-one", "audit-rows", "audit-rows-one", "exports"),
    *("privacy", "access-applications", "modules", "organisation", "refused-403", "imports-preview"),
)


@dataclass
class Round:
    """One pass over the tour in one language, size and theme."""

    house: House
    browser: Browser
    folder: Path
    language: str
    size: tuple[int, int]
    theme: str = "light"
    known: set[str] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    taken: int = 0

    def go(self, chosen: list[Stop]) -> None:
        """Visit the stops, person by person."""
        self.house.speak(self.language)
        stored = Stored(self.house)
        for account in dict.fromkeys(stop.account for stop in chosen):
            with window(self.browser, self.house, account, self.size, self.theme, self.language) as opened:
                for stop in chosen:
                    if stop.account == account and not (stop.wide_only and self.size == PHONE):
                        self._visit(opened, stop, stored)

    def _visit(self, opened: Window, stop: Stop, stored: Stored) -> None:
        opened.complaints.clear()
        name = f"{stop.name}@{stop.account or 'nobody'}"
        try:
            status = stop.arrive(opened)
            if status == 0:
                return
            if status != stop.status:
                self._blame(name, [f"answered {status} instead of {stop.status}"])
            for part in parts_of(opened, stop):
                self._look(opened.page, f"{name}{part}", stored)
        except PlaywrightError as error:  # one page that does not come is a fault of its own, not the end of the tour
            self._blame(name, [f"was not reached: {error.message.splitlines()[0]}"])
        self._blame(name, opened.complaints)

    def _look(self, page: Page, name: str, stored: Stored) -> None:
        page.wait_for_load_state("load")
        _see_all(page)
        expect(page.locator(FETCHING)).to_have_count(0)  # a function that waits would break the policy of the page
        self._blame(name, [*problems(page, stored, self.language, self.known), *crowding(page)])
        self._picture(page, name)
        if self.size == PHONE:
            page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
            wide = page.evaluate("document.documentElement.scrollWidth")
            self._blame(name, [f"{wide} px wide at {NARROWEST} px"] if wide > NARROWEST else [])
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})

    def _picture(self, page: Page, name: str) -> None:
        tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
        page.set_viewport_size({"width": self.size[0], "height": max(self.size[1], tall)})
        page.screenshot(path=str(self.folder / f"{name}-{self.language[:2]}-{self.theme}-{self.size[0]}.png"))
        page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.taken += 1

    def _blame(self, name: str, faults: list[str]) -> None:
        self.found += [f"{name} {self.language} {self.size[0]}: {fault}" for fault in faults]


def _see_all(page: Page) -> None:
    """Bring into sight, one after the other, what loads when it is seen, until each is there; then go back to the top."""
    for waiting in page.locator(LAZY).all():
        waiting.scroll_into_view_if_needed()
        expect(waiting).not_to_be_empty()
    if page.locator(LAZY).count():
        expect(page.locator(UNDRAWN)).to_have_count(0)
        page.evaluate("scrollTo(0, 0)")


def parts_of(opened: Window, stop: Stop) -> Iterator[str]:
    """The page, or one after the other its tabs."""
    if not stop.name.endswith("-tabs"):
        yield ""
        return
    tabs = opened.page.locator("[role=tab]").evaluate_all("all => all.map((one) => [one.id, one.href])")
    for name, href in tabs:
        opened.page.goto(href)
        yield f"-{name}"


def rounds(house: House, browser: Browser, folder: Path) -> Iterator[Round]:
    """Both languages on every size, then the dark."""
    known: set[str] = set()
    for language in ("zh_CN", "en"):
        for size in (WIDE, TABLET, PHONE):
            yield Round(house, browser, folder, language, size, known=known)
    yield Round(house, browser, folder, "zh_CN", WIDE, "dark", known=known)


def chosen_stops(one: Round, words: list[str]) -> list[Stop]:
    """The stops of a round: the wide one takes each kind of page as two persons, the others as one."""
    asked = [word for word in words if not word.startswith("@")]
    found = [stop for stop in stops(one.house, OFTEN if one.size == WIDE else 1) if not asked or any(word in stop.name for word in asked)]
    return [stop for stop in found if one.theme == "light" or stop.name in DARK]


def is_chosen(one: Round, words: list[str]) -> bool:
    """Whether the words name this round, or no round at all."""
    asked = [word[1:] for word in words if word.startswith("@")]
    return not asked or f"{one.language}-{one.size[0]}-{one.theme}".startswith(tuple(asked))


def shoot(house: House, folder: Path, words: list[str]) -> tuple[int, list[str]]:
    """Take all pictures; returns how many, and what is wrong."""
    taken, found = 0, []
    with chromium() as browser:
        for one in rounds(house, browser, folder):
            if not is_chosen(one, words):
                continue
            put_back(house)  # each round meets the same records, and nobody who has typed wrong passwords too often
            began = time.monotonic()
            one.go(chosen_stops(one, words))
            print(f"{one.language} {one.size[0]} {one.theme}: {one.taken} pictures in {time.monotonic() - began:.0f} s", flush=True)
            print("\n".join(sorted(set(one.found))), flush=True)
            taken, found = taken + one.taken, found + one.found
    return taken, found


def main(arguments: list[str]) -> int:
    """Take the pictures and say what is wrong; 0 when nothing is."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("keguan.web").setLevel(logging.CRITICAL)  # the broken page is meant to break
    with tempfile.TemporaryDirectory(prefix="keguan-shots-") as scratch, served(Path(scratch)) as house:
        taken, found = shoot(house, folder, arguments[1:])
    faults = sorted(set(found))
    (folder / "faults.txt").write_text("".join(f"{fault}\n" for fault in faults), encoding="utf-8")
    print("\n".join(faults) or "nothing is wrong")
    print(f"{taken} pictures in {folder}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

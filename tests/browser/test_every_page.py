"""Every page there is, as ``make shots`` finds them: it hinders nobody, does not jump, is whole at 200 %, and weighs little.

In CI every fifth kind of page of nouns, each of another noun, and every tenth page of the house; all of them in ``make prove``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.measuring import LATER_LOAD, Scales, enlarged, hindrances
from tests.browser.shots import FETCHING, parts_of
from tests.browser.tour import Stop, record_views, stops
from tests.sizes import WHOLE

EVERY, EVERY_KIND = 10, 5
FEWEST = 150 if WHOLE else 6  # pages that must have been seen, so that a walk which is refused everywhere is noticed


def chosen(house: House) -> list[Stop]:
    """The stops of this run."""
    every = list(stops(house))
    return every if WHOLE else list(_slice(house, every))


def _slice(house: House, every: list[Stop]) -> Iterator[Stop]:
    """Of some kinds of pages of nouns one noun, another for each kind, and some pages of the house."""
    paths = [view.route_base.strip("/") for view in record_views(house) if view.plugin != "core"]
    noun = re.compile(rf"({'|'.join(sorted(map(re.escape, paths), key=len, reverse=True))})(?=-|$)")
    kinds: dict[str, list[Stop]] = {}
    for stop in every:
        if found := noun.match(stop.name):
            kinds.setdefault(stop.name[found.end() :], []).append(stop)
    for number, same in enumerate(list(kinds.values())[::EVERY_KIND]):
        first = same[(number * 7) % len(same)]
        yield from (stop for stop in same if stop.name == first.name)
    house_pages = dict.fromkeys(stop.name for stop in every if not noun.match(stop.name))
    wanted = list(house_pages)[::EVERY]
    yield from (stop for stop in every if stop.name in wanted)


@pytest.mark.requirement("R-484")
def test_every_page_is_open_to_everybody_steady_and_light(open_window: OpenWindow, house: House) -> None:
    seen: set[str] = set()
    faults: list[str] = []
    every = chosen(house)
    for account in dict.fromkeys(stop.account for stop in every):
        window = open_window(account)
        scales = Scales(window)
        for stop in (stop for stop in every if stop.account == account and (WHOLE or stop.name not in seen)):
            if stop.arrive(window) == 0:
                continue
            for part in parts_of(window, stop):
                window.page.wait_for_load_state("networkidle")
                expect(window.page.locator(FETCHING)).to_have_count(0)
                wrong = [*scales.too_heavy(), *scales.jumps(), *hindrances(window.page), *enlarged(window.page)]
                faults += [f"{stop.name}{part} for {account or 'nobody'} {one}" for one in wrong]
                seen.add(stop.name)
        window.complaints.clear()  # pages that refuse are among them; what they may say is asked in ``make shots``
        window.context.close()
    assert "\n".join(faults) == ""
    assert len(seen) >= FEWEST, sorted(seen)


def test_what_hinders_jumps_or_is_cut_off_is_noticed(open_window: OpenWindow) -> None:
    window = open_window("sales.east1")
    scales = Scales(window)
    window.open("/customers/")
    window.page.wait_for_load_state("networkidle")
    assert scales.too_heavy() == []
    first = scales.weight()
    assert first > LATER_LOAD, "the first page brings styles and scripts along"
    window.open("/customers/")
    window.page.wait_for_load_state("networkidle")
    assert 0 < scales.weight() < first / 5
    window.page.evaluate("""async () => { const box = document.createElement("div"); box.style.cssText = "width:900px;height:400px";
      await new Promise((done) => setTimeout(done, 600)); document.querySelector("main").prepend(box); }""")
    window.page.evaluate("""() => document.querySelector("main").insertAdjacentHTML("beforeend",
      "<input><p style='color:#ccc;background:#fff'>Hard to read</p>")""")
    found = " ".join([*scales.jumps(), *hindrances(window.page), *enlarged(window.page)])
    for fault in ("moves by", "light: label", "color-contrast", "px wide at 200 %"):
        assert fault in found

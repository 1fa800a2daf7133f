"""Every page there is, as ``make shots`` finds them: it hinders nobody, does not jump, is whole at 200 %, and weighs little."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.choosing import chosen
from tests.browser.conftest import OpenWindow
from tests.browser.house import House
from tests.browser.measuring import LATER_LOAD, Scales, enlarged, hindrances, hindrances_of_a_phone
from tests.browser.shots import FETCHING, parts_of
from tests.sizes import WHOLE

FEWEST = 150 if WHOLE else 6  # pages that must have been seen, so that a walk which is refused everywhere is noticed


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
                wrong = [*scales.too_heavy(), *scales.jumps(), *hindrances(window.page)]
                wrong += [*hindrances_of_a_phone(window.page), *enlarged(window.page)]
                faults += [f"{stop.name}{part} for {account or 'nobody'} {one}" for one in wrong]
                seen.add(stop.name)
        faults += [f"as {account or 'nobody'}: {one}" for one in window.complaints]
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
    window.page.evaluate("""() => { document.querySelector("main").insertAdjacentHTML("beforeend",
      "<input><p style='color:#ccc;background:#fff'>Hard to read</p><div class='tight'><button>a</button><button>b</button></div>");
      for (const one of document.querySelectorAll(".tight > button"))
        Object.assign(one.style, { width: "12px", height: "12px", padding: 0, border: 0, fontSize: "8px" }); }""")
    found = " ".join([*scales.jumps(), *hindrances(window.page), *enlarged(window.page)])
    for fault in ("moves by", "light: label", "color-contrast", "target-size", "px wide at 200 %"):
        assert fault in found

"""What a page weighs on its way, how far it jumps while it comes, whether it fits when enlarged, what hinders some people on it.

axe-core (from the package axe-playwright-python, which brings it along) finds about half of what hinders people who do not see, hear or
point well; findings that it calls serious or critical are faults, and so are targets below 24 x 24 pixels that stand close to others (its
rule ``target-size``, WCAG 2.2 AA, is off unless asked for). A page at 200 % on a screen of 1280 pixels has 640 of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from tests.browser.windows import PHONE, WIDE, Window

FIRST_LOAD, LATER_LOAD = 350_000, 60_000  # bytes on the wire, headers included
CHART_ENGINE, CHART_ENGINE_MOST = "/vendor/echarts.", 250_000  # comes once, after the page, where there is a chart to draw
MOST_SHIFT = 0.1  # of the window, as browsers measure it
ENLARGED = (640, 400)
THEMES = ("light", "dark")

SHIFTS = """window.shifted = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });"""
LOOK = """async () => (await axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary.split("\\n").at(-1).trim()}`))"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"

SETTLED = """async () => { const wide = () => document.documentElement.scrollWidth;
  for (let frame = 0; frame < 60 && wide() > innerWidth; frame += 1) await new Promise((done) => requestAnimationFrame(done));
  return wide(); }"""  # charts take their new size a moment after the page


@cache
def axe() -> str:
    """The script of axe-core."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@dataclass
class Scales:
    """Weighs what a window loads: ``loaded`` are the bytes on the wire of the present page, by address."""

    window: Window
    loaded: dict[str, float] = field(default_factory=dict)
    pages: int = 0
    _addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.window.context.add_init_script(SHIFTS)
        wire = self.window.context.new_cdp_session(self.window.page)
        wire.on("Network.requestWillBeSent", self._asked)
        wire.on("Network.loadingFinished", self._came)
        wire.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document":
            self.pages += 1
            self.loaded.clear()
            self._addresses.clear()
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _came(self, event: dict[str, Any]) -> None:
        address = self._addresses.get(event["requestId"])
        if address is not None:
            self.loaded[address] = self.loaded.get(address, 0) + event["encodedDataLength"]

    def weight(self) -> int:
        """Bytes of the present page but for the engine of charts."""
        return int(sum(size for address, size in self.loaded.items() if CHART_ENGINE not in address))

    def too_heavy(self) -> list[str]:
        """Sentences on what is over the limits."""
        most, weight = (FIRST_LOAD if self.pages == 1 else LATER_LOAD), self.weight()
        engine = sum(size for address, size in self.loaded.items() if CHART_ENGINE in address)
        found = [f"weighs {weight} bytes, more than {most}"] if weight > most else []
        return found + ([f"the engine of charts weighs {engine:.0f} bytes"] if engine > CHART_ENGINE_MOST else [])

    def jumps(self) -> list[str]:
        """A sentence where the page has moved under the eyes of whoever reads it."""
        shifted = float(self.window.page.evaluate("window.shifted"))
        return [f"moves by {shifted:.3f} while it comes"] if shifted > MOST_SHIFT else []


def hindrances(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is, light and dark."""
    page.evaluate(axe())
    shown, found = page.evaluate("document.documentElement.dataset.bsTheme"), []
    for theme in THEMES:
        page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", theme)
        page.evaluate(DRAWN)
        found += [f"{theme}: {one}" for one in page.evaluate(LOOK)]
    page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme; }", shown)
    return found


def hindrances_of_a_phone(page: Page) -> list[str]:
    """The same on the small screen of a phone, where rows become cards and menus fold; light alone, for colours are no others there."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.evaluate(axe())
    page.evaluate(DRAWN)
    found = [f"on a phone: {one}" for one in page.evaluate(LOOK)]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return found


def enlarged(page: Page) -> list[str]:
    """Whether the page has to be scrolled sideways at 200 %."""
    page.set_viewport_size({"width": ENLARGED[0], "height": ENLARGED[1]})
    wide = page.evaluate(SETTLED)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    return [f"is {wide} px wide at 200 % on 1280 px"] if wide > ENLARGED[0] else []

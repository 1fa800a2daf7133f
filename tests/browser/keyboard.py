"""A person without a mouse: goes from control to control with Tab, and sees at each step where he or she is."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

FURTHEST = 90
WHY_UNSEEN = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  if (one === document.body) return "nothing has the focus";
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, low] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (left >= right || top >= low) return "out of sight";
  const over = document.elementFromPoint((left + right) / 2, (top + low) / 2);
  const free = over && (one.contains(over) || over.contains(one) || over.closest("label")?.contains(one));
  if (!free) return `under ${over?.outerHTML.slice(0, 80)}`;
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = "var(--kg-accent)";
  const accent = getComputedStyle(probe).color, own = getComputedStyle(one);
  probe.remove();
  if (one.matches(":focus-visible") && own.outlineStyle !== "none" && parseFloat(own.outlineWidth) >= 2) return "";
  const rings = [one, one.parentElement, one.parentElement?.parentElement].filter(Boolean).map((place) => getComputedStyle(place));
  return rings.some((ring) => ring.boxShadow.includes(accent) || ring.borderTopColor === accent) ? "" : "no ring";
}"""


class Keys:
    """The keyboard of a page. ``unseen`` are the steps after which nobody could tell where the focus was."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.unseen: list[str] = []

    def press(self, *keys: str) -> None:
        """Press one key after the other, and look where one is after each."""
        for key in keys:
            self.page.keyboard.press(key)
            self.look(key)

    def look(self, after: str) -> None:
        """Note when the focus cannot be seen; what lies under a list that is just closing is looked at again."""
        if self.page.evaluate(WHY_UNSEEN):
            self.page.wait_for_timeout(250)
            if why := self.page.evaluate(WHY_UNSEEN):
                self.unseen.append(f"{after}: {why} at {self.here()}")

    def here(self) -> str:
        """The control that has the focus, shortly."""
        return str(self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))

    def to(self, selector: str, key: str = "Tab", on_the_way: Callable[[], None] | None = None) -> None:
        """Press ``key`` until a control that ``selector`` matches has the focus."""
        for _ in range(FURTHEST):
            self.press(key)
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            if on_the_way is not None:
                on_the_way()
        raise AssertionError(f"{FURTHEST} times {key} do not lead to {selector}, but to {self.here()}")

"""Whether a page fits the window that it is in: nothing wider, nothing cut without dots, nothing on something else, no verb out of reach.

What may be wider than the window stands in a strip that scrolls, and such a strip fades at the edge behind which it goes on.
"""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.examining import crowding

NARROW = (360, 740)
TALLEST = 6000  # pixels: of a page that goes on for longer, the rest repeats what is above

FITS = r"""() => {
  const SLACK = 2, faults = [];
  const style = (one) => getComputedStyle(one);
  const told = (one) => `<${one.tagName.toLowerCase()} class="${one.getAttribute("class") || ""}"> ` +
    one.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  const aside = (one) => one.closest("template, .visually-hidden, .ts-hidden-accessible, .kg-skip, datalist, svg, .flatpickr-calendar");
  const seen = (one) => !aside(one) && one.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true });
  const clipped = (one) => {  // hidden but for readers of screens
    for (let up = one; up; up = up.parentElement) if (style(up).clipPath.startsWith("inset(50%")) return true;
    return false;
  };
  const scrolls = (one) => ["auto", "scroll"].includes(style(one).overflowX) && one.scrollWidth > one.clientWidth + SLACK;
  const strip = (one) => { for (let up = one.parentElement; up; up = up.parentElement) if (scrolls(up)) return up; return null; };
  const dotted = (one) => style(one).textOverflow === "ellipsis" || style(one).webkitLineClamp !== "none";
  const all = [...document.querySelectorAll("body *")].filter((one) => seen(one) && !clipped(one));

  for (const one of all) {
    const box = one.getBoundingClientRect();
    if (box.width > 1 && box.height > 1 && !strip(one) && (box.right > innerWidth + SLACK || box.left < -SLACK)) {
      let hidden = false;
      for (let up = one.parentElement; up; up = up.parentElement) hidden ||= ["hidden", "clip"].includes(style(up).overflowX);
      if (!hidden) faults.push(`beyond the window by ${Math.round(Math.max(box.right - innerWidth, -box.left))} px: ${told(one)}`);
    }
    if (scrolls(one) && !one.matches("input, textarea")) {
      const goes = one.scrollLeft + one.clientWidth < one.scrollWidth - SLACK && !one.querySelector("details[open]");
      if (["fixed", "absolute"].includes(style(one).position)) faults.push(`a bar that must be scrolled to its verbs: ${told(one)}`);
      else if (goes && style(one).maskImage === "none") faults.push(`goes on without a sign: ${told(one)}`);
    }
  }

  const pen = document.createElement("canvas").getContext("2d");
  const TYPED = "select, input:not([type=checkbox], [type=radio], [type=file], [type=hidden])";
  for (const one of all.filter((found) => found.matches(TYPED))) {
    const words = one.matches("select") ? one.selectedOptions[0]?.textContent.trim() : one.value || one.placeholder;
    const room = one.clientWidth - parseFloat(style(one).paddingLeft) - parseFloat(style(one).paddingRight);
    pen.font = style(one).font;
    if (words && !one.matches("[type^=date], [type=time]") && pen.measureText(words).width > room + SLACK && !dotted(one))
      faults.push(`a choice cut without dots: ${words} in ${one.name || told(one)}`);
  }

  const HOLDS = "button, .btn, summary, .kg-pick, .kg-tag, .kg-stat, .kg-ib, th, td, [role=tab], option";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!node.data.trim() || holder.closest("script, style, select, textarea, noscript") || !seen(holder) || clipped(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()].filter((rect) => rect.width > 1 && rect.height > 1);
    if (!rects.length) continue;
    const span = { left: Math.min(...rects.map((one) => one.left)), right: Math.max(...rects.map((one) => one.right)),
      top: Math.min(...rects.map((one) => one.top)), bottom: Math.max(...rects.map((one) => one.bottom)) };
    let softly = false;
    for (let up = holder; up && up !== document.body; up = up.parentElement) {
      const now = style(up), box = up.getBoundingClientRect();
      softly ||= dotted(up);
      if (scrolls(up) || ["auto", "scroll"].includes(now.overflowY) || now.position === "fixed") break;
      const sideways = ["hidden", "clip"].includes(now.overflowX) && (span.right > box.right + SLACK || span.left < box.left - SLACK);
      const below = ["hidden", "clip"].includes(now.overflowY) && (span.bottom > box.bottom + 4 || span.top < box.top - 4);
      if ((sideways || below) && !softly) { faults.push(`cut without dots: ${told(holder)} by ${told(up).split(">")[0]}>`); break; }
      if (sideways || below) break;
    }
    const box = holder.closest(HOLDS);
    if (box && !softly) {
      const edge = box.getBoundingClientRect();
      const beside = Math.max(span.right - edge.right, edge.left - span.left);
      const over = Math.max(span.bottom - edge.bottom, edge.top - span.top);
      if (beside > SLACK || over > SLACK) faults.push(`does not fit its box: ${told(box)}`);
    }
  }

  const within = (one) => {  // what the boxes around it leave of it
    let { left, top, right, bottom } = one.getBoundingClientRect();
    for (let up = one.parentElement; up; up = up.parentElement) {
      if (style(up).overflowX === "visible" && style(up).overflowY === "visible") continue;
      const box = up.getBoundingClientRect();
      [left, top] = [Math.max(left, box.left), Math.max(top, box.top)];
      [right, bottom] = [Math.min(right, box.right), Math.min(bottom, box.bottom)];
    }
    return { left, top, right, bottom };
  };
  const TOUCHED = "a[href], button:not(.kg-secret > button), summary, select, textarea, input:not([type=hidden], [type=file])";
  const touched = all.filter((one) => one.matches(TOUCHED) &&
    style(one).opacity !== "0").map((one) => [one, within(one)]).filter(([one, box]) => {
    if (box.right - box.left < 4 || box.bottom - box.top < 4) return false;
    const top = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    return top && (one.contains(top) || top.contains(one));
  });
  for (const [place, [one, a]] of touched.entries()) for (const [other, b] of touched.slice(place + 1)) {
    if (one.contains(other) || other.contains(one)) continue;
    const width = Math.min(a.right, b.right) - Math.max(a.left, b.left), height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (width <= 4 || height <= 4) continue;
    let up = document.elementFromPoint(Math.max(a.left, b.left) + width / 2, Math.max(a.top, b.top) + height / 2);
    let covered = false;  // by something opaque that floats over one of them, such as an open menu
    for (; up && !(up.contains(one) && up.contains(other)); up = up.parentElement)
      covered ||= up !== one && up !== other && /^rgb\(/.test(style(up).backgroundColor);
    if (!covered) faults.push(`on each other: ${told(one)} and ${told(other)}`);
  }
  return [...new Set(faults)];
}"""


def misfits(page: Page) -> list[str]:
    """Sentences on what does not fit the page's window, looked at over its whole height."""
    size = page.viewport_size
    assert size is not None, "a window has a size"
    tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], tall)})
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: list[str] = [*page.evaluate(FITS), *crowding(page)]
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    return found

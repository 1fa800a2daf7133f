// Whoever comes back to a list finds it as it was left: the same view, conditions and page, scrolled to the same place, and goes on with
// the keyboard from the record that was open. What was asked of the list is kept by marks.js; it and the place are known to this tab alone.
const wrap = () => document.querySelector("#list > .kg-list-wrap");
const kept = (path) => `kg-place:${path}`;

// The path above a page leads to the list as it was left, not to the list at its beginning.
for (const link of document.querySelectorAll(".kg-crumb a[href]")) {
  const query = sessionStorage.getItem(`kg-list:${link.pathname}`);
  if (query === null || link.search || link.pathname === location.pathname) continue;
  link.search = query;
  link.addEventListener("click", () => { sessionStorage.setItem("kg-back", JSON.stringify([link.pathname, location.pathname])); });
}

const taken = (name) => { const said = JSON.parse(sessionStorage.getItem(name) ?? "[]"); sessionStorage.removeItem(name); return said; };
const [list, record] = taken("kg-back");
const called = list === location.pathname;
if (document.getElementById("list") && (called || performance.getEntriesByType("navigation")[0]?.type === "back_forward")) {
  const place = JSON.parse(sessionStorage.getItem(kept(location.pathname)) ?? "null");
  if (place?.search === location.search) {
    scrollTo(0, place.page);
    wrap()?.scrollTo(place.across, place.down);
    named((called && record) || place.at)?.focus();
  }
}

function named(path) {
  return path && [...document.querySelectorAll("#list a[href]")].find((link) => link.pathname === path);
}

addEventListener("pagehide", () => {
  if (!document.getElementById("list")) return;
  const at = document.activeElement?.closest("#list a[href]")?.pathname;
  const place = { search: location.search, page: scrollY, down: wrap()?.scrollTop ?? 0, across: wrap()?.scrollLeft ?? 0, at };
  sessionStorage.setItem(kept(location.pathname), JSON.stringify(place));
});

// Who saves or takes a step of a record with the keyboard goes on from the same button of its page, or from the first when that is gone.
let keys = false;
addEventListener("keydown", () => { keys = true; }, true);
addEventListener("pointerdown", () => { keys = false; }, true);
document.addEventListener("submit", (event) => {
  const from = event.target.closest("#drawer, #record-head");
  if (keys && from && document.getElementById("record-head")) {
    sessionStorage.setItem("kg-again", JSON.stringify([location.pathname, from.dataset.opener ?? ""]));
  }
});
const [saved, button] = taken("kg-again");
if (saved === location.pathname) {
  const verbs = [...document.querySelectorAll("#record-head .kg-verbs :is(a[href], button, summary)")].filter((one) => one.checkVisibility());
  (verbs.find((one) => one.getAttribute("href") === button) ?? verbs[0])?.focus();
}

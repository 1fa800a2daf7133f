// Whoever comes back to a list finds it as it was left: the same view, conditions and page, scrolled to the same place. What was asked
// of the list is kept by marks.js; it and the place are known to this tab alone.
const wrap = () => document.querySelector("#list > .kg-list-wrap");
const kept = (path) => `kg-place:${path}`;

// The path above a page leads to the list as it was left, not to the list at its beginning.
for (const link of document.querySelectorAll(".kg-crumb a[href]")) {
  const query = sessionStorage.getItem(`kg-list:${link.pathname}`);
  if (query === null || link.search || link.pathname === location.pathname) continue;
  link.search = query;
  link.addEventListener("click", () => { sessionStorage.setItem("kg-return", link.pathname); });
}

const called = sessionStorage.getItem("kg-return") === location.pathname;
sessionStorage.removeItem("kg-return");
if (document.getElementById("list") && (called || performance.getEntriesByType("navigation")[0]?.type === "back_forward")) {
  const place = JSON.parse(sessionStorage.getItem(kept(location.pathname)) ?? "null");
  if (place?.search === location.search) {
    scrollTo(0, place.page);
    wrap()?.scrollTo(place.across, place.down);
  }
}

addEventListener("pagehide", () => {
  if (!document.getElementById("list")) return;
  const place = { search: location.search, page: scrollY, down: wrap()?.scrollTop ?? 0, across: wrap()?.scrollLeft ?? 0 };
  sessionStorage.setItem(kept(location.pathname), JSON.stringify(place));
});

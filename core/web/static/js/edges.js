// What goes on behind an edge says so: strips of tabs, of filters and of stages, wide tables and boards fade where there is more of them.
// The open one of many tabs, views or stages is in sight from the start.
const ROWS = ".kg-tabs, .kg-stages, .kg-scroll, .kg-list-wrap, .kg-board";
const known = new WeakSet();

function tell(row) {
  const goes = getComputedStyle(row).overflowX !== "visible" && row.scrollWidth - row.clientWidth > 1;
  row.toggleAttribute("data-more", goes && row.scrollLeft + row.clientWidth < row.scrollWidth - 1);
  row.toggleAttribute("data-less", goes && row.scrollLeft > 1);
}

function show(row) {
  const current = row.querySelector('[aria-selected="true"], [aria-current]');
  if (!current || !row.matches(".kg-tabs, .kg-stages") || row.scrollWidth <= row.clientWidth) return;
  const place = current.getBoundingClientRect().left - row.getBoundingClientRect().left + row.scrollLeft;
  row.scrollLeft = place - row.clientWidth / 2 + current.clientWidth / 2;
}

const sizes = new ResizeObserver((all) => {
  for (const row of new Set(all.map((one) => one.target.closest(ROWS)))) if (row) tell(row);  // what has been taken out has none
});

function start(root) {
  for (const row of [...(root.matches?.(ROWS) ? [root] : []), ...root.querySelectorAll(ROWS)]) {
    if (known.has(row)) continue;
    known.add(row);
    show(row);
    row.addEventListener("scroll", () => tell(row), { passive: true });
    for (const one of [row, ...row.children]) sizes.observe(one);
  }
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));

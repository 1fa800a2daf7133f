// Views that have no room beside each other wait in a menu at the end of their row, the last ones first. The chosen one always stands in
// the row. A phone scrolls the row instead; without scripts it takes another line.
const roomy = matchMedia("(min-width: 768px)");
const ROWS = ".kg-titlebar > .kg-tabs:has(> template[data-rest])";

function started(row) {
  if (row.matches("[data-fits]")) return;
  row.dataset.fits = "";
  for (const [place, one] of [...row.querySelectorAll(":scope > a")].entries()) one.dataset.place = String(place);
  const menu = row.querySelector(":scope > template[data-rest]").content.firstElementChild.cloneNode(true);
  menu.hidden = true;
  row.append(menu);
  widths.observe(row);
}

function fit(row) {
  const menu = row.querySelector(":scope > .kg-menu"), items = menu.querySelector(".kg-items");
  const all = [...row.querySelectorAll("a[data-place]")].sort((one, other) => one.dataset.place - other.dataset.place);
  const focused = document.activeElement;
  row.classList.remove("fitted");
  for (const one of all) {
    one.classList.remove("kg-item");
    menu.before(one);
  }
  menu.hidden = true;
  if (roomy.matches) {
    const rest = all.filter((one) => !one.matches("[aria-current]"));
    while (rest.length && row.scrollWidth > row.clientWidth) {
      const last = rest.pop();
      last.classList.add("kg-item");
      items.prepend(last);
      menu.hidden = false;
      menu.querySelector("[data-number]").textContent = menu.dataset.words.replace("#", String(items.children.length));
    }
    row.classList.add("fitted");
  }
  if (menu.hidden) menu.open = false;
  if (focused !== document.activeElement && row.contains(focused)) focused.focus({ preventScroll: true });
}

const widths = new ResizeObserver((all) => { for (const one of all) if (one.target.isConnected) fit(one.target); });

function start(root) {
  for (const row of root.querySelectorAll(ROWS)) started(row);  // being observed is the first measure
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
document.addEventListener("htmx:oobAfterSwap", (event) => {  // a count beside a name makes it longer
  const row = event.detail.target.closest?.(ROWS);
  if (row?.matches("[data-fits]")) fit(row);
});

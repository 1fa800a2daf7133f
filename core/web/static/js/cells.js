// Cells of a list that may be changed: one pencil follows the pointer, arrows lead from cell to cell, Enter or F2 asks.
/* global htmx */
const CELL = "tr[data-at] td[data-cell]";
const pencil = document.createElement("button");
pencil.type = "button";
pencil.tabIndex = -1;
pencil.className = "kg-ib sm kg-cellpen";
pencil.title = JSON.parse(document.body.dataset.words).change;
pencil.setAttribute("aria-label", pencil.title);
const sheet = document.querySelector(".kg-ico use")?.getAttribute("href").split("#")[0];
pencil.innerHTML = '<svg class="kg-ico" aria-hidden="true" focusable="false"><use></use></svg>';
pencil.querySelector("use").setAttribute("href", `${sheet}#pencil`);

// One cell of the list is in the order of Tab; the arrows move that place.
function place(cell) {
  for (const one of document.querySelectorAll(`${CELL}[tabindex="0"]`)) one.tabIndex = -1;
  if (cell) cell.tabIndex = 0;
}

function ask(cell) {
  pencil.remove();
  cell.dataset.here = "";
  place(cell);
  htmx.ajax("GET", `${cell.parentElement.dataset.at}/field/${cell.dataset.cell}?place=list`, { target: cell, swap: "innerHTML" });
}

function beside(cell, key) {
  const row = [...cell.parentElement.querySelectorAll("td[data-cell]")];
  if (key === "ArrowRight") return row[row.indexOf(cell) + 1];
  if (key === "ArrowLeft") return row[row.indexOf(cell) - 1];
  const column = [...document.querySelectorAll(`tr[data-at] td[data-cell="${cell.dataset.cell}"]`)];
  return { ArrowDown: column[column.indexOf(cell) + 1], ArrowUp: column[column.indexOf(cell) - 1] }[key];
}

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!cell.matches?.(CELL)) return;
  if (event.key === "Enter" || event.key === "F2") {
    event.preventDefault();
    ask(cell);
    return;
  }
  const next = event.key.startsWith("Arrow") && beside(cell, event.key);
  if (next) {
    event.preventDefault();
    place(next);
    next.focus();
  }
});

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const cell = event.target.closest?.(CELL);
    if (event.pointerType === "touch" || !cell || cell.classList.contains("kg-asking") || cell.contains(pencil)) return;
    cell.append(pencil);
  });
}
document.addEventListener("click", (event) => {
  const cell = event.target.closest?.(".kg-cellpen")?.closest("td");
  if (cell) ask(cell);
});
document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest(CELL);
  if (cell && !cell.classList.contains("kg-asking")) ask(cell);
});

// Text that was turned away asks for its question again.
document.addEventListener("kg:ask", (event) => {
  const cell = [...document.querySelectorAll(CELL)].find((one) => `${one.parentElement.dataset.at}/field/${one.dataset.cell}` === event.detail);
  if (!cell) return;
  event.preventDefault();
  ask(cell);
});

function ready() {
  for (const cell of document.querySelectorAll(CELL)) cell.tabIndex = -1;
  place(document.querySelector(CELL));
}
document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target?.id === "list") ready(); });
ready();

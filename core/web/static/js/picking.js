// Picking rows: this page, ranges with Shift, the count. The bar itself appears by CSS, so it works without scripts.
let last = null;

const picks = () => [...document.querySelectorAll("[data-pick]")];

function show() {
  const boxes = picks();
  const number = boxes.filter((box) => box.checked).length;
  for (const box of boxes) box.closest("tr").classList.toggle("on", box.checked);
  const all = document.querySelector("[data-pick-all]");
  if (all) {
    all.checked = number > 0 && number === boxes.length;
    all.indeterminate = number > 0 && number < boxes.length;
  }
  const label = document.querySelector("[data-picked]");
  if (label) label.textContent = number === 1 ? label.dataset.one : label.dataset.many.replace("#", String(number));
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (box.matches("[data-pick]")) {
    const boxes = picks();
    if (event.shiftKey && last && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    show();
  } else if (box.matches("[data-pick-all]")) {
    for (const one of picks()) one.checked = box.checked;
    show();
  } else if (box.closest("[data-pick-none]")) {
    for (const one of picks()) one.checked = false;
    show();
  }
});

// On phones a long press on a card picks it.
let timer = 0;
document.addEventListener("pointerdown", (event) => {
  const row = event.pointerType === "touch" && event.target.closest("tr:has([data-pick])");
  if (!row) return;
  timer = setTimeout(() => {
    const box = row.querySelector("[data-pick]");
    box.checked = !box.checked;
    show();
    addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
  }, 500);
});
for (const name of ["pointerup", "pointermove", "pointercancel"]) document.addEventListener(name, () => clearTimeout(timer));

// Filters apply themselves: the search while typing, a choice when it is made.
let waiting = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("[data-filters]");
  if (!form || event.target.type !== "search") return;
  clearTimeout(waiting);
  waiting = setTimeout(() => !event.isComposing && form.requestSubmit(), 350);
});
document.addEventListener("submit", () => clearTimeout(waiting)); // whoever presses Enter has asked already
// HTMX hands focus back to fields with an id; empty values need not stand in the address.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  for (const [name, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(name);
});
document.addEventListener("htmx:afterSettle", show);
document.addEventListener("change", (event) => { if (event.target.id === "picked") show(); });  // rows that were picked are picked again
show();

// Sub-tables: rows are added and removed, amounts shown at once. The server computes them again and is right.
function number(text) {
  const plain = text.normalize("NFKC").replace(/[,，\s¥]/g, "");
  return /^-?\d*\.?\d*$/.test(plain) && plain ? Number(plain) : NaN;
}
const yuan = (fen) => `¥${(fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

function compute(box) {
  let total = 0;
  let any = false;
  for (const row of box.querySelectorAll("tbody tr")) {
    const at = (role) => row.querySelector(`[data-role="${role}"]`);
    if (!at("amount")) return;
    const share = at("discount")?.value.trim() ? number(at("discount").value) : 100;
    const price = Math.round(number(at("price")?.value ?? "") * share);
    const fen = Math.round(number(at("quantity")?.value ?? "") * price);
    at("amount").value = Number.isFinite(fen) ? yuan(fen) : "";
    if (Number.isFinite(fen)) { total += fen; any = true; }
  }
  const output = box.querySelector("[data-total]");
  if (output) output.textContent = any ? yuan(total) : "–";
}

function renumber(box) {
  box.querySelectorAll("tbody tr").forEach((row, index) => {
    for (const field of row.querySelectorAll("[name]")) field.name = field.name.replace(/-(\d+|__n__)-/, `-${index}-`);
    for (const labelled of row.querySelectorAll("[aria-label]")) {
      labelled.dataset.label ||= labelled.getAttribute("aria-label").replace(/(\d+|__p__)(?!.*(\d|__p__))/, "#");
      labelled.setAttribute("aria-label", labelled.dataset.label.replace("#", String(index + 1)));
    }
  });
}

function add(box) {
  const row = box.querySelector("template").content.firstElementChild.cloneNode(true);
  box.querySelector("tbody").append(row);
  renumber(box);
  row.querySelector("input:not([type=hidden])").focus();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-lines]");
  if (!box) return;
  if (event.target.closest("[data-add]")) add(box);
  const remove = event.target.closest("[data-remove]");
  if (remove) {
    remove.closest("tr").remove();
    renumber(box);
    compute(box);
    box.querySelector("[data-add]").focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
});
document.addEventListener("input", (event) => { const box = event.target.closest?.("[data-lines]"); if (box && event.target !== box) compute(box); });
const start = (root) => { for (const box of root.querySelectorAll("[data-lines]")) { box.querySelector("[data-add]").hidden = false; compute(box); } };
document.addEventListener("htmx:load", (event) => start(event.target));
start(document);

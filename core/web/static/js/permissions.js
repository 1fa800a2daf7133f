// The permission matrix: bars follow the chosen scope, changed cells are amber and named in the foot.
const matrix = document.querySelector("[data-matrix]");

function show() {
  const changed = [];
  for (const select of matrix.querySelectorAll(".kg-scope select")) {
    const scope = select.closest(".kg-scope");
    const told = select.selectedOptions[0]?.dataset.bars ?? "0";
    const filled = Number(told);
    scope.querySelectorAll("i").forEach((bar, index) => bar.classList.toggle("f", index < filled));
    scope.classList.toggle("plain", told === "");
    scope.classList.toggle("none", told === "0");
    const differs = select.value !== select.dataset.saved;
    scope.classList.toggle("changed", differs);
    if (differs) changed.push(`${select.getAttribute("aria-label")}${named(select)}`);
  }
  const label = matrix.querySelector("[data-unsaved]");
  if (!label) return;
  label.dataset.none ||= label.textContent;
  const words = { 0: label.dataset.none, 1: matrix.dataset.one };
  label.textContent = words[changed.length] ?? matrix.dataset.many.replace("#", String(changed.length));
  matrix.querySelector("[data-unsaved-names]").textContent = changed.slice(0, 3).join("; ") + (changed.length > 3 ? " …" : "");
  matrix.querySelector("[data-touches]").hidden = changed.length === 0;
  for (const button of matrix.querySelectorAll(".kg-foot button")) button.disabled = changed.length === 0;
}

function named(select) {
  const text = (value) => { const one = [...select.options].find((option) => option.value === value); return one?.title || one?.textContent || ""; };
  return ` ${text(select.dataset.saved)} → ${text(select.value)}`;
}

if (matrix) {
  matrix.addEventListener("change", show);
  matrix.addEventListener("reset", () => setTimeout(() => {
    for (const select of matrix.querySelectorAll(".kg-scope select")) select.value = select.dataset.saved;
    show();
  }));
  show();
}

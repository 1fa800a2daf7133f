// Menus are <details>: they open without scripts; with them they close outside, with Esc, and one at a time.
const open = () => document.querySelectorAll("details.kg-menu[open], details.kg-asks[open]");

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) {
    const details = close.closest("details") || close.closest(".kg-askrow")?.previousElementSibling?.querySelector("details[open]");
    if (details) {
      details.open = false;
      details.querySelector("summary").focus();
    }
    return;
  }
  for (const details of open()) {
    const row = details.closest(".kg-mod")?.nextElementSibling;
    if (!details.contains(event.target) && !(details.matches(".kg-asks") && row?.contains(event.target))) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const inner = [...open()].at(-1);
    if (inner) {
      inner.open = false;
      inner.querySelector("summary").focus();
      event.preventDefault();
    }
  }
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const find = document.querySelector("[data-find]");
    if (find) {
      event.preventDefault();
      find.focus();
      find.select();
    }
  }
});

// The first control gets focus. One that would open a list over the buttons of a small form waits for Tab.
function enter(panel) {
  const first = panel.querySelector(".ts-control input, input:not([type=hidden]), select:not(.tomselected), textarea");
  const form = panel.querySelector("form.kg-panel, div.kg-panel");
  const covers = form && first?.matches(".ts-control input");
  if (covers) form.tabIndex = -1;
  (covers ? form : first)?.focus({ preventScroll: true });
}

// Inside scrolling bars a panel would be cut off: fix it to the window, under its button.
document.addEventListener("toggle", (event) => {
  const details = event.target;
  if (!details.matches?.("details.kg-menu") || !details.open) return;
  const panel = details.querySelector(".kg-pop");
  const summary = details.querySelector("summary").getBoundingClientRect();
  if (!panel) return;
  details.classList.toggle("flip", false);
  if (details.closest(".kg-bulk, .kg-scroll, .kg-list-wrap, .kg-board, .kg-stages, .kg-sidebar, dialog")) {
    panel.classList.add("fixed");
    const left = Math.min(summary.left, innerWidth - panel.offsetWidth - 8);
    panel.style.setProperty("--x", `${Math.max(8, left)}px`);
    panel.style.setProperty("--y", `${Math.min(summary.bottom + 4, innerHeight - panel.offsetHeight - 8)}px`);
  } else {
    const box = panel.getBoundingClientRect();
    details.classList.toggle("flip", box.right > innerWidth - 4);
  }
  enter(panel);
}, true);
addEventListener("scroll", (event) => { if (event.target === document) for (const details of open()) if (details.querySelector(".kg-pop.fixed")) details.open = false; }, true);

for (const button of document.querySelectorAll("[data-reveal]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.reveal);
    field.type = field.type === "password" ? "text" : "password";
    button.setAttribute("aria-pressed", String(field.type === "text"));
  });
}

// Toasts go away by themselves and wait while one points at them; one at a time.
const place = document.getElementById("toasts");

function start(toast) {
  let timer = 0;
  const gone = () => { toast.remove(); };
  const run = () => { timer = setTimeout(gone, Number(toast.dataset.toast) * 1000); };
  for (const [name, what] of [["pointerenter", () => clearTimeout(timer)], ["focusin", () => clearTimeout(timer)], ["pointerleave", run]]) toast.addEventListener(name, what);
  toast.querySelector("[data-dismiss]")?.addEventListener("click", gone);
  run();
}

if (place) {
  for (const toast of place.querySelectorAll("[data-toast]")) start(toast);
  document.addEventListener("htmx:oobAfterSwap", (event) => { for (const toast of event.detail.target.querySelectorAll("[data-toast]")) start(toast); });
  document.addEventListener("kg:toast", (event) => {
    const toast = document.createElement("div");
    toast.className = "kg-toast";
    toast.dataset.toast = "6";
    toast.textContent = event.detail;
    place.replaceChildren(toast);
    start(toast);
  });
}

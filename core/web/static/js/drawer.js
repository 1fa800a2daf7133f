// The drawer: a dialog from the right with the form of a link marked data-drawer. On phones such links open as pages.
const place = document.getElementById("drawer");
const dialog = () => place?.querySelector("dialog");
const phone = matchMedia("(max-width: 767.98px)");
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.target.closest("a[data-drawer], [data-bulk]");
  if (!link) return;
  opener = link;
  place.dataset.opener = link.getAttribute("href") ?? "";
  if (phone.matches && link.href) {
    event.preventDefault();
    location.href = link.href;
  }
});

// The drawer comes over the page, which stays where it is scrolled to.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === place) event.detail.swapOverride = "innerHTML show:none";
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== place || !dialog()) return;
  const one = dialog();
  one.showModal();
  const first = one.querySelector('[aria-invalid="true"]') ?? one.querySelector("input:not([type=hidden]):not([readonly]), select, textarea");
  (first?.tomselect ?? first)?.focus();
  one.addEventListener("cancel", (cancel) => { cancel.preventDefault(); leave(); });
  one.addEventListener("click", (click) => { if (click.target === one) leave(); });
});

function shut() {
  dialog()?.close();
  place.replaceChildren();
  opener?.focus();
}

// Text that is not saved is asked about, in the foot of the drawer, never by a box over it.
function leave() {
  const form = dialog().querySelector("form");
  if (!form || !form.dataset.dirty || form.querySelector(".kg-leave")) { shut(); return; }
  const words = JSON.parse(document.body.dataset.words);
  const bar = document.createElement("div");
  bar.className = "kg-leave kg-say wait";
  bar.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.className = "kg-grow";
  text.textContent = words.unsaved;
  const stay = button(words.stay, () => bar.remove());
  bar.append(text, stay, button(words.leave, shut));
  form.querySelector("footer").before(bar);
  stay.focus();
}

function button(label, run) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "btn btn-plain btn-sm";
  one.textContent = label;
  one.addEventListener("click", run);
  return one;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#drawer [data-cancel]")) return;
  event.preventDefault();
  leave();
});

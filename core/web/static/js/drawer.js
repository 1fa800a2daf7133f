// The drawer: a dialog from the right with the form of a link marked data-drawer. On phones such links open as pages.
// A record that a form needs and that is not there yet is made in a second one over it, on phones too: what was typed below stays.
const places = ["drawer", "over"].map((id) => document.getElementById(id)).filter(Boolean);
const [place] = places;
const dialog = (of) => of?.querySelector("dialog");
const phone = matchMedia("(max-width: 767.98px)");
const openers = new Map();

document.addEventListener("htmx:beforeRequest", (event) => {
  const above = event.target.closest("[data-create-for]");
  if (above) openers.set(places[1], above);
  const link = event.target.closest("a[data-drawer], [data-bulk]");
  if (!link) return;
  openers.set(place, link);
  place.dataset.opener = link.getAttribute("href") ?? "";
  if (phone.matches && link.href) {
    event.preventDefault();
    location.href = link.href;
  }
});

// The drawer comes over the page, which stays where it is scrolled to.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (places.includes(event.detail.target)) event.detail.swapOverride = "innerHTML show:none";
});

document.addEventListener("htmx:afterSwap", (event) => {
  const of = event.detail.target;
  const one = places.includes(of) && dialog(of);
  if (!one) return;
  one.showModal();
  const first = one.querySelector('[aria-invalid="true"]') ?? one.querySelector("input:not([type=hidden]):not([readonly]), select, textarea");
  (first?.tomselect ?? first)?.focus();
  one.addEventListener("cancel", (cancel) => { if (cancel.target === one) { cancel.preventDefault(); leave(of); } });
  one.addEventListener("click", (click) => { if (click.target === one) leave(of); });
});

function shut(of) {
  dialog(of)?.close();
  of.replaceChildren();
  openers.get(of)?.focus();
}

document.addEventListener("kg:created", () => { if (places[1]) shut(places[1]); });

// Text that is not saved is asked about, in the foot of the drawer, never by a box over it.
function leave(of) {
  const form = dialog(of).querySelector("form");
  if (!form || !form.dataset.dirty || form.querySelector(".kg-leave")) { shut(of); return; }
  const words = JSON.parse(document.body.dataset.words);
  const bar = document.createElement("div");
  bar.className = "kg-leave kg-say wait";
  bar.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.className = "kg-grow";
  text.textContent = words.unsaved;
  const stay = button(words.stay, () => bar.remove());
  bar.append(text, stay, button(words.leave, () => shut(of)));
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
  const of = event.target.closest("[data-cancel]")?.closest("#drawer, #over");
  if (!of) return;
  event.preventDefault();
  leave(of);
});

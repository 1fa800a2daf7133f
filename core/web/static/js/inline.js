// A field changed where it stands: the pencil brings the question, Enter saves, Esc gives up, and the value stands there again.
/* global htmx */
const before = new WeakMap();

// The place keeps what it showed, to show it again when somebody gives up.
document.addEventListener("htmx:beforeSwap", (event) => {
  const place = event.detail.target;
  if (!place.matches?.("[data-here]")) return;
  if (!place.querySelector("[data-here-form]")) before.set(place, place.innerHTML);
  if (event.detail.xhr.status >= 400 && !event.detail.serverResponse.includes("data-here-form")) {
    event.detail.shouldSwap = false;
    refuse(place, event.detail.serverResponse);
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  const place = event.detail.target;
  if (!place.matches?.("[data-here]")) return;
  const form = place.querySelector("[data-here-form]");
  place.classList.toggle("kg-asking", Boolean(form));
  if (!form) { back(place); return; }
  const first = form.querySelector('[aria-invalid="true"]') ?? form.querySelector("input:not([type=hidden]), select, textarea");
  (first?.tomselect ?? first)?.focus();
  if (first?.select && first.type === "text") first.select();
});

// What cannot be changed at all is told under the value, not by the whole page that says so.
function refuse(place, answer) {
  const told = new DOMParser().parseFromString(answer, "text/html").querySelector("#trouble + p");
  const line = document.createElement("div");
  line.className = "kg-err";
  line.setAttribute("role", "alert");
  line.textContent = told?.textContent ?? JSON.parse(document.body.dataset.words).failed;
  place.querySelector(":scope > .kg-err")?.remove();
  place.append(line);
}

// Text that was turned away asks for its question: the place that is named by its address opens, on a phone behind its switch.
document.addEventListener("kg:ask", (event) => {
  const pencil = [...document.querySelectorAll("a.pen[hx-get]")].find((one) => one.pathname === event.detail);
  if (!pencil) return;
  event.preventDefault();
  for (let fold = pencil.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (!pencil.checkVisibility()) document.querySelector(".kg-askfields input")?.click();
  pencil.click();
});

// Who was there with the keyboard goes on from there.
function back(place) {
  const pencil = place.parentElement?.querySelector(".pen") ?? place;
  pencil.focus({ preventScroll: true });
}

function giveUp(form) {
  form.dispatchEvent(new CustomEvent("kg:gaveup", { bubbles: true }));
  const place = form.closest("[data-here]");
  place.innerHTML = before.get(place) ?? "";
  place.classList.remove("kg-asking");
  back(place);
}

document.addEventListener("click", (event) => {
  const cancel = event.target.closest("[data-here-cancel]");
  if (cancel) giveUp(cancel.form ?? cancel.closest("form"));
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-here-form]");
  if (!form || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    giveUp(form);
  } else if (event.key === "Enter" && !event.target.matches("button, a") && (!event.target.matches("textarea") || event.ctrlKey || event.metaKey)) {
    const list = form.querySelector(".ts-wrapper.dropdown-active");
    if (list) return;
    event.preventDefault();
    form.requestSubmit();
  }
}, true);

// The record has a new version: buttons of this page that were made for the one before are good for it, and the head is told anew.
document.addEventListener("kg:saved", (event) => {
  const { at, before: old, now } = event.detail;
  for (const version of document.querySelectorAll("input[name=version]")) {
    const action = version.form?.getAttribute("action") ?? "";
    if (action.startsWith(`${at}/`) && version.value === String(old)) version.value = String(now);
  }
  const box = document.querySelector(`tr[data-at="${at}"] [data-pick]`);
  if (box) box.value = `${box.value.split("-")[0]}-${now}`;
  if (document.querySelector("[data-record-head]") && location.pathname === at) {
    htmx.ajax("GET", location.href, { target: "#record-head", swap: "outerHTML", select: "#record-head" });
  }
});

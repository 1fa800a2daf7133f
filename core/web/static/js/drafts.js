// What is typed into a form is kept in this browser until it is saved or the person signs out: one draft for each opened form, so that two
// tabs with the same form do not take each other's text away.
const mine = document.body.dataset.drafts;
const words = JSON.parse(document.body.dataset.words || "{}");
const SENT = "kg-sent";
const SKIPPED = new Set(["csrf_token", "version", "form_key", "then", "next", "into"]);
const place = (form) => `kg-draft:${mine}:${new URL(form.action, location.href).pathname}:`;
const key = (form) => (form.dataset.draftKey ??= place(form) + form.elements.form_key.value);
const kept = (form) => form.matches("[data-form][data-guard]") && form.method === "post";
const read = (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
let timer = 0;

function values(form) {
  const found = [];
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || ["file", "password", "submit", "button"].includes(field.type)) continue;
    if (["checkbox", "radio"].includes(field.type)) found.push([field.name, field.checked, field.value]);
    else if (field.type !== "hidden") found.push([field.name, field.value, field.selectedOptions?.[0]?.textContent ?? ""]);
  }
  return found;
}

function keep(form) {
  try { localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values: values(form) })); } catch { return; }
  say(form, words.kept);
}

function say(form, text) {
  let place = form.closest("dialog, .kg-formpage, .kg-comp, body").querySelector("[data-draft]");
  if (!place && form.querySelector(".foot")) {
    place = Object.assign(document.createElement("span"), { className: "kg-3 kg-s" });
    place.dataset.draft = "";
    form.querySelector(".foot").prepend(place);
  }
  if (place && place.textContent !== text) place.textContent = text;
}

function put(form, [name, value, more]) {
  const all = [...form.elements].filter((field) => field.name === name);
  const field = all.find((one) => !["checkbox", "radio"].includes(one.type) || one.value === more);
  if (!field || field.type === "hidden") return;
  if (["checkbox", "radio"].includes(field.type)) field.checked = value;
  else if (field.tomselect) { if (value) field.tomselect.addOption({ id: value, value, text: more }); field.tomselect.setValue(value, true); }
  else if (field._flatpickr) field._flatpickr.setDate(value, false);
  else field.value = value;
}

function restore(form, draft) {
  for (const box of form.querySelectorAll("[data-lines]")) {
    const rows = 1 + Math.max(-1, ...draft.values.map(([name]) => Number(/-(\d+)-/.exec(name)?.[1] ?? -1)));
    while (rows > box.querySelectorAll("tbody tr").length) box.querySelector("[data-add]").click();
  }
  for (const one of draft.values) put(form, one);
  form.dispatchEvent(new Event("input", { bubbles: true }));
  form.dataset.dirty = "1";
  say(form, words.restored);
}

function button(label, run) {
  const one = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain btn-sm", textContent: label });
  one.addEventListener("click", run);
  return one;
}

// Drafts of the same form from here and other tabs that say something else than it does, the latest first.
function drafts(form) {
  const now = JSON.stringify(values(form));
  return Object.keys(localStorage).filter((name) => name.startsWith(place(form)))
    .map((name) => ({ name, ...read(name) })).filter((one) => one.values && JSON.stringify(one.values) !== now).sort((one, other) => other.at - one.at);
}

function offer(form) {
  if (!mine || !kept(form) || form.dataset.offered) return;
  form.dataset.offered = "1";
  const again = form.querySelector('[aria-invalid="true"], .kg-conflict, [data-refused]');
  const sent = sessionStorage.getItem(SENT);
  if (sent?.startsWith(place(form))) form.dataset.draftKey = sent;
  if (again) return;
  const found = drafts(form);
  const mineAgain = found.find((one) => one.name === sent);
  if (mineAgain) { sessionStorage.removeItem(SENT); restore(form, mineAgain); } else ask(form, found);
}

function ask(form, [draft, ...others]) {
  if (!draft) return;
  const bar = Object.assign(document.createElement("div"), { className: "kg-say note kg-draft" });
  bar.setAttribute("role", "status");
  const time = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  bar.append(
    Object.assign(document.createElement("span"), { className: "kg-grow", textContent: `${words.draft} ${time}` }),
    button(words.restore, () => { bar.remove(); form.dataset.draftKey = draft.name; restore(form, draft); }),
    button(words.leave, () => { bar.remove(); localStorage.removeItem(draft.name); ask(form, others); }),
  );
  (form.querySelector(".in") ?? form).prepend(bar);
}

// A form that was sent and does not come back is saved; behind the door of the house, or on a page of trouble, it is not.
function settle() {
  const sent = sessionStorage.getItem(SENT);
  if (!mine || !sent || document.querySelector("[data-trouble]")) return;
  if ([...document.forms].some((form) => kept(form) && sent.startsWith(place(form)) && form.matches(".kg-form"))) return;
  sessionStorage.removeItem(SENT);
  localStorage.removeItem(sent);
}

settle();
// A form over another one is saved without leaving the page: its draft goes, that of the form below stays.
document.addEventListener("kg:created", () => {
  const sent = sessionStorage.getItem(SENT);
  if (sent) localStorage.removeItem(sent);
  sessionStorage.removeItem(SENT);
});
// A form that is sent twice makes one record: the server spends its key once. The key says which opened form it is, and what stands in it.
// A page keeps its half in the history, so that the way back leads to the same form: sent as it was, it is found again.
const half = () => [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(16).padStart(2, "0")).join("");
function opened(form) {
  if (!form.closest(".kg-formpage")) return half();
  const known = history.state?.kgForm ?? half();
  history.replaceState({ ...history.state, kgForm: known }, "");
  return known;
}

function number(form) {
  if (form.elements.form_key) return;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "form_key", value: opened(form) + "0".repeat(16) }));
}

function content(form) {
  const files = [...form.elements].filter((one) => one.type === "file").flatMap((one) => [...one.files].map((file) => [one.name, file.name, file.size]));
  const told = JSON.stringify([values(form).map(([name, value, more]) => [name, value, typeof value === "boolean" && more]), files]);
  return [0x811c9dc5, 0x01000193].map((seed) => {
    let sum = seed;
    for (let place = 0; place < told.length; place++) sum = Math.imul(sum ^ told.charCodeAt(place), 0x01000193) + (sum >>> 15);
    return (sum >>> 0).toString(16).padStart(8, "0");
  }).join("");
}

const all = (root) => { for (const form of root.querySelectorAll("form[data-form][data-guard]")) { number(form); offer(form); } };
addEventListener("load", () => all(document));
document.addEventListener("htmx:load", (event) => { if (document.readyState === "complete") all(event.target.parentElement ?? event.target); });

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.form || event.target.closest?.("form");
    if (!mine || !form || !kept(form)) return;
    clearTimeout(timer);
    timer = setTimeout(() => { if (form.dataset.dirty) keep(form); }, 300);
  });
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("data-leaves")) {
    for (const name of Object.keys(localStorage)) if (name.startsWith("kg-draft:")) localStorage.removeItem(name);
    sessionStorage.clear();
    return;
  }
  if (form.elements.form_key) form.elements.form_key.value = form.elements.form_key.value.slice(0, 16) + content(form);
  if (mine && kept(form)) {
    clearTimeout(timer);
    keep(form);
    sessionStorage.setItem(SENT, key(form));
  }
}, true);
document.addEventListener("click", (event) => {
  const form = event.target.closest(".kg-leave .btn:last-child")?.closest("form");
  if (form && kept(form)) localStorage.removeItem(key(form));
}, true);

// The session has ended behind a drawer: the text is a draft; after signing in, the form opens again with it.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 401 || event.detail.requestConfig.verb !== "post") return;
  const form = event.target.closest("form[data-form]");
  if (form) delete form.dataset.dirty;
  location.href = `${document.body.dataset.door}?next=${encodeURIComponent(form ? new URL(form.action, location.href).pathname : location.pathname + location.search)}`;
});

// What is typed into a form is kept in this browser until it is saved or the person signs out: one draft for each opened form, so that two
// tabs with the same form do not take each other's text away. What is typed elsewhere, into the question of a verb or a field in its place,
// is kept by this tab from the moment when it is sent until it is taken: whoever has to sign in first finds it where it stood.
const mine = document.body.dataset.drafts;
const words = JSON.parse(document.body.dataset.words || "{}");
const SENT = "kg-sent";
const SKIPPED = new Set(["csrf_token", "version", "form_key", "then", "next", "into", "drawing"]); // a drawn hand is not kept
const place = (form) => `kg-draft:${mine}:${new URL(form.action, location.href).pathname}:`;
const key = (form) => (form.dataset.draftKey ??= place(form) + form.elements.form_key.value);
const kept = (form) => form.matches("[data-form][data-guard]") && form.method === "post";
const read = (name, from = localStorage) => { try { return JSON.parse(from.getItem(name)); } catch { return null; } };
const many = (field) => field.type === "select-multiple";
const ticked = (field) => ["checkbox", "radio"].includes(field.type);
// A password stays one while it is shown.
const secret = (field) => field.type === "password" || /password|one-time-code/.test(field.autocomplete);
const asks = (field) => field.name && !SKIPPED.has(field.name) && !["file", "hidden", "submit", "button"].includes(field.type) && !secret(field);
let timer = 0;

function values(form) {
  return [...form.elements].filter(asks).map((field) => {
    if (ticked(field)) return [field.name, field.checked, field.value];
    if (!many(field)) return [field.name, field.value, field.selectedOptions?.[0]?.textContent ?? ""];
    const chosen = [...field.selectedOptions];
    return [field.name, chosen.map((one) => one.value), chosen.map((one) => one.textContent)];
  });
}

function keep(form) {
  try { localStorage.setItem(key(form), JSON.stringify({ at: Date.now(), ...seen(form), values: values(form) })); } catch { return; }
  say(form, words.kept);
}

// The version that the text was typed over, and the colleagues who were called in it.
function seen(form) {
  const mentioned = [...form.querySelectorAll("[name=mentioned]")].map((one) => [one.value, one.dataset.name]);
  return { version: form.elements.version?.value, mentioned };
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

// Fields of one name are told apart by their place, ticks by what they stand for.
function put(form, [name, value, more], place) {
  const all = [...form.elements].filter((field) => field.name === name && asks(field));
  const field = all.find((one) => ticked(one) && one.value === more) ?? all.filter((one) => !ticked(one))[place];
  if (!field || same(field, value)) return;
  if (ticked(field)) field.checked = value;
  else if (field.tomselect) choose(field.tomselect, value, more);
  else if (field._flatpickr) field._flatpickr.setDate(value, false);
  else if (many(field)) for (const one of field.options) one.selected = value.includes(one.value);
  else field.value = value;
  reveal(field);
}

function same(field, value) {
  if (ticked(field)) return field.checked === value;
  return many(field) ? [...field.selectedOptions].map((one) => one.value).join() === [value].flat().join() : field.value === value;
}

function choose(list, value, more) {
  const texts = [more].flat();
  for (const [place, id] of [value].flat().entries()) if (id) list.addOption({ id, value: id, text: texts[place] });
  list.setValue(value, true);
}

// What comes back is in sight: the panel of its verb opens, and the menu or the fold in which it stands.
function reveal(part) {
  for (let one = part.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
}

function restore(form, draft) {
  for (const box of form.querySelectorAll("[data-lines]")) {
    const rows = 1 + Math.max(-1, ...draft.values.map(([name]) => Number(/-(\d+)-/.exec(name)?.[1] ?? -1)));
    while (rows > box.querySelectorAll("tbody tr").length) box.querySelector("[data-add]").click();
  }
  for (const [at, one] of draft.values.entries()) put(form, one, draft.values.slice(0, at).filter(([name]) => name === one[0]).length);
  for (const [value, name] of draft.mentioned ?? []) call(form, value, name);
  // What others have changed since is not written over unseen: the server asks. An answer that shows the record anew has been read.
  if (draft.version && form.elements.version && !document.querySelector("[data-turned]")) form.elements.version.value = draft.version;
  for (const name of ["input", "change"]) form.dispatchEvent(new Event(name, { bubbles: true }));
  if (!kept(form)) return;
  form.dataset.dirty = "1";
  say(form, words.restored);
}

function call(form, value, name) {
  const one = Object.assign(document.createElement("input"), { type: "hidden", name: "mentioned", value });
  one.dataset.name = name;
  form.querySelector("[data-mentioned]")?.append(one);
}

function bar(className, text) {
  const one = Object.assign(document.createElement("div"), { className });
  one.setAttribute("role", "status");
  one.append(Object.assign(document.createElement("span"), { className: "kg-grow", textContent: text }));
  return one;
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
  const sent = returning(form) ? last.draft : "";
  if (sent) form.dataset.draftKey = sent;
  if (again) return;
  const found = drafts(form);
  const mineAgain = found.find((one) => one.name === sent);
  if (mineAgain) { taken({ draft: "" }); restore(form, mineAgain); } else ask(form, found);
}

// The page of a form is known by its address; where one is written beside other things, the text belongs to the page that it was sent from.
function returning(form) {
  return last?.draft?.startsWith(place(form)) && (form.matches(".kg-form") || last.page === here());
}

function ask(form, [draft, ...others]) {
  if (!draft) return;
  const time = new Date(draft.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  const told = bar("kg-say note kg-draft", `${words.draft} ${time}`);
  told.append(
    button(words.restore, () => { told.remove(); form.dataset.draftKey = draft.name; restore(form, draft); }),
    button(words.leave, () => { told.remove(); localStorage.removeItem(draft.name); ask(form, others); }),
  );
  (form.querySelector(".in") ?? form).prepend(told);
}

// What was sent last from this tab: whose it is, from which page, the draft of the form, and what else was typed there. It is turned away
// where the server wants to know first who is there, or answers with trouble instead of taking it.
const here = () => location.pathname + location.search;
let last = read(SENT, sessionStorage);

function remember(more) {
  last = { ...last, ...more };
  try { sessionStorage.setItem(SENT, JSON.stringify(last)); } catch { /* a full store keeps nothing */ }
}

function forget() {
  last = null;
  sessionStorage.removeItem(SENT);
}

// One part of it stands in its place again; when nothing is left, nothing is kept.
function taken(more) {
  remember(more);
  if (!last.draft && !last.forms.length) forget();
}

// A form that was sent and does not come back is saved; behind the door of the house, or on a page of trouble, it is not.
function settle() {
  if (last && document.querySelector("[data-turned]")) remember({ turned: true });
  if (!mine || !last) return;
  if (last.mine !== mine) { forget(); return; }
  if (last.turned || document.querySelector("[data-trouble]")) return;
  if ([...document.forms].some((form) => kept(form) && form.matches(".kg-form") && returning(form))) return;
  if (last.draft) localStorage.removeItem(last.draft);
  forget();
}

settle();
// A form over another one is saved without leaving the page: its draft goes, that of the form below stays.
document.addEventListener("kg:created", () => {
  if (last?.draft) localStorage.removeItem(last.draft);
  forget();
});

// Forms without a draft that somebody has typed into, as long as they stand on the page and have not been given up.
const touched = new Set();
const path = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;
const like = (form) => JSON.stringify([path(form), ...[...form.elements].filter((one) => one.type === "hidden" && !SKIPPED.has(one.name)).map((one) => [one.name, one.value])]);
const twins = (known) => [...document.forms].filter((form) => form.method === "post" && like(form) === known);

function typed(form) {
  const written = [...form.elements].filter((one) => asks(one) && !ticked(one) && one.matches("input, textarea") && one.value !== one.defaultValue);
  return { at: path(form), like: like(form), nth: twins(like(form)).indexOf(form), ...seen(form), values: values(form), text: written.map((one) => one.value).join("; ") };
}

function send(form, turned) {
  const draft = form && kept(form) ? key(form) : "";
  const forms = [...touched].filter((one) => one.isConnected && !kept(one)).map(typed).filter((one) => one.values.length);
  if (draft || forms.length) remember({ mine, page: here(), draft, forms, turned });
}

// What was turned away stands where it stood: in its form, once that is there, or in the one that its place asks with.
function bring() {
  const waiting = last?.turned && mine ? last.forms : [];
  const left = waiting.filter((one) => {
    const all = twins(one.like);
    const form = all[one.nth] ?? all[0];
    if (form) restoreHere(form, one);
    return !form;
  });
  if (left.length === waiting.length) return;
  document.querySelector("[data-lost]")?.remove();
  taken({ forms: left });
}

// The sentence stands in the form, where nothing lies under it; a form whose questions stand elsewhere says it to all.
function restoreHere(form, one) {
  restore(form, one);
  reveal(form);
  if (form.offsetHeight) form.prepend(bar("kg-say", words.again));
  else document.dispatchEvent(new CustomEvent("kg:toast", { detail: words.again }));
}

// A place that is gone gives back the bare text, to be used elsewhere.
function seek() {
  if (!last?.turned || !mine || last.page !== here()) return;
  const lost = last.forms.filter((one) => document.dispatchEvent(new CustomEvent("kg:ask", { detail: one.at, cancelable: true })));
  const text = lost.map((one) => one.text).filter(Boolean).join("; ");
  if (!text) return;
  const told = bar("kg-say wait kg-draft", `${words.lost} ${text}`);
  told.dataset.lost = "";
  told.append(button(words.leave, () => { told.remove(); taken({ forms: [] }); }));
  document.getElementById("main").prepend(told);
}

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
addEventListener("load", () => { all(document); bring(); seek(); });
document.addEventListener("htmx:load", (event) => {
  if (document.readyState !== "complete") return;
  all(event.target.parentElement ?? event.target);
  bring();
});

for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.form || event.target.closest?.("form");
    if (!mine || !form) return;
    if (form.method === "post" && !kept(form)) touched.add(form);
    if (!kept(form)) return;
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
  if (!mine || form.method !== "post") return;
  if (kept(form)) {
    clearTimeout(timer);
    keep(form);
  }
  send(form, false);
}, true);
function giveUp(form) {
  touched.delete(form);
  if (last?.forms?.length) taken({ forms: last.forms.filter((one) => one.like !== like(form)) });
}

document.addEventListener("reset", (event) => { giveUp(event.target); });
document.addEventListener("kg:gaveup", (event) => { giveUp(event.target); });
document.addEventListener("click", (event) => {
  const form = event.target.closest(".kg-leave .btn:last-child")?.closest("form");
  if (form && kept(form)) localStorage.removeItem(key(form));
  const closed = event.target.closest("[data-close]")?.form;
  if (closed) giveUp(closed);
}, true);

// What a part of the page has sent and nobody took is there again after loading the page anew. Where the session has ended, the way leads
// through the door: behind it the form of a drawer opens again on its page, and everything else where it stood.
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const asked = event.detail.requestConfig, ended = event.detail.xhr.status === 401;
    const sent = asked.verb === "post";
    if (!mine || !(sent || (ended && asked.triggeringEvent?.type === "click"))) return; // nobody is led away while typing
    const form = sent ? event.target.closest("form") : null;
    if (event.detail.xhr.getResponseHeader("Keguan-Saved")) { if (last?.draft) localStorage.removeItem(last.draft); forget(); return; }
    send(form ?? document.querySelector("form[data-dirty]"), true);
    if (ended) leave(form);
  });
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig.verb === "post" && last && !last.turned && !last.draft) forget();
});

function leave(form) {
  clearTimeout(timer);
  for (const one of document.querySelectorAll("form[data-dirty]")) {
    if (kept(one)) keep(one);
    delete one.dataset.dirty;
  }
  location.href = `${document.body.dataset.door}?${new URLSearchParams({ ended: "1", next: way(form) })}`;
}

// A drawer is a page of its own at the address of the link that opened it; one about picked rows has no other page than their list.
function way(form) {
  const drawer = form?.closest("#drawer");
  if (!form?.matches("[data-form]") || (drawer && !drawer.dataset.opener)) return here();
  const page = new URL(drawer?.dataset.opener ?? form.action, location.href);
  return page.pathname + page.search;
}

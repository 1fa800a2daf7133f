// Forms: Ctrl+Enter sends, the first error gets focus, a form is sent once, and what is not saved is not lost by accident.
for (const name of ["input", "change"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.form || event.target.closest?.("form");
    if (form?.matches("[data-guard]")) form.dataset.dirty = "1";
  });
}
document.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  const block = event.target.closest(".kg-field, form");
  const chosen = block?.querySelector("[data-chosen]");
  const files = chosen ? [...block.querySelectorAll("input[type=file]")].flatMap((one) => [...one.files]) : [];
  if (chosen) chosen.textContent = files.map((file) => `${file.name} (${Math.ceil(file.size / 1024)} kB)`).join(", ");
  if (block?.matches("[data-attach]")) waits(block);
});
// Files of a record: there is nothing to upload before a file is chosen.
function waits(form) { form.querySelector("[type=submit]").disabled = !form.querySelector("[type=file]").files.length; }
function wait() { for (const form of document.querySelectorAll("[data-attach]")) waits(form); }
for (const name of ["htmx:load", "htmx:afterSettle"]) document.addEventListener(name, wait);
addEventListener("pageshow", wait);
wait();
// On the page of a record that is written about, the phone's filled button leads into the text that stands there already.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".kg-tabbar a");
  const text = link?.querySelector(".plus") && document.querySelector("#composer textarea");
  if (!text) return;
  const [name, number] = new URL(link.href).searchParams.entries().next().value ?? [];
  if (text.form.elements[name]?.value !== number) return;
  event.preventDefault();
  text.focus();
});
document.addEventListener("reset", (event) => { delete event.target.dataset.dirty; });

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter") return;
  const form = event.target.form;
  if (form?.matches("[data-form]")) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-submit]"));
  }
});

// The second click of a double one sends no step again. A moment later it may: what answers with a file leaves the page standing.
const sentAt = new WeakMap();
function again(form, event) {
  const last = sentAt.get(form) ?? -Infinity;
  sentAt.set(form, event.timeStamp);
  return event.timeStamp - last < 700;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent && !form.hasAttribute("hx-post")) { event.preventDefault(); return; }
  if (form.method === "post" && again(form, event)) { event.preventDefault(); return; }
  if (form.matches("[data-form], [data-matrix]")) {
    delete form.dataset.dirty;
    form.dataset.sent = "1";
    form.querySelector("[data-submit]")?.setAttribute("aria-busy", "true");
  }
});
addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; form.querySelector("[data-submit]")?.removeAttribute("aria-busy"); } });
addEventListener("beforeunload", (event) => { if (document.querySelector("form[data-dirty]")) event.preventDefault(); });

const wrong = document.querySelector('[aria-invalid="true"]');
(wrong?.tomselect ?? wrong)?.focus();

// HTMX answers: the token for POSTs, and a sentence in the form when the server was not reached.
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content; });
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const words = JSON.parse(document.body.dataset.words);
    const form = event.target.closest("form[data-form]");
    const saved = event.detail.xhr.getResponseHeader("Keguan-Saved"), text = saved ? words.saved : words.failed;
    if (form) {
      if (!saved) form.dataset.dirty = "1";
      delete form.dataset.sent;
      const line = form.querySelector("[data-errors]") || form;
      line.textContent = text;
    } else {
      document.dispatchEvent(new CustomEvent("kg:toast", { detail: text }));
    }
  });
}

// An unmasked value goes back behind its mask after half a minute.
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!form?.matches?.("[data-unmask]")) return;
  const place = event.detail.target;
  const masked = place.innerHTML;
  form.hidden = true;
  setTimeout(() => { place.innerHTML = masked; form.hidden = false; }, Number(form.dataset.unmask) * 1000);
});

// What is shown once is copied with one click, where the browser lets scripts reach the clipboard.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const shown = document.getElementById(button.dataset.copy);
    await navigator.clipboard.writeText(shown.value ?? [...shown.children].map((line) => line.textContent).join("\n"));
    button.querySelector("span").textContent = button.dataset.copied;
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

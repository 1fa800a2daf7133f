// Searchable choices (Tom Select): long lists as they are, references page by page from their endpoint.
/* global TomSelect */
const SIZE = 20;

function remote(select) {
  const next = {};
  return {
    valueField: "id", labelField: "text", searchField: [], preload: "focus", loadThrottle: 250, maxOptions: 500,
    plugins: ["virtual_scroll"],
    firstUrl: (query) => address(select.dataset.search, query, 1),
    load(query, callback) {
      fetch(this.getUrl(query), { headers: { Accept: "application/json" }, credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then((json) => {
          next[query] = (next[query] || 1) + 1;
          if (json.more) this.setNextUrl(query, address(select.dataset.search, query, next[query]));
          callback(json.items);
        })
        .catch(() => { this.failed = true; callback(); });
    },
  };
}

function address(base, query, page) {
  const url = new URL(base, location.href);
  url.searchParams.set("q", query);
  url.searchParams.set("page", String(page));
  url.searchParams.set("size", String(SIZE));
  return url.toString();
}

function line(text, hint, escape) {
  return `<div>${escape(text)}${hint ? `<span class="kg-s kg-3"> ${escape(hint)}</span>` : ""}</div>`;
}

// A list holds nothing but options; one that cannot be chosen says what there is to say.
const note = (text) => `<div class="no-results" role="option" aria-disabled="true">${text}</div>`;

function start(select) {
  if (select.tomselect || select.closest("template")) return;
  const words = select.dataset;
  const failed = (self) => (self?.failed ? words.failed : words.none);
  const leads = "leads" in words;
  const quiet = leads || select.getAttribute("aria-invalid") === "true"; // a list that opens by itself would cover what is wrong
  const control = new TomSelect(select, {
    create: false, maxItems: select.multiple ? null : 1, closeAfterSelect: true, hidePlaceholder: true, allowEmptyOption: !words.search, copyClassesToDropdown: false,
    ...(words.search ? remote(select) : { maxOptions: 1000 }),
    ...(quiet ? { openOnFocus: false } : {}),
    ...(leads ? { preload: false } : {}),
    render: {
      option: (item, escape) => line(item.text, item.hint, escape),
      item: (item, escape) => line(item.text, "", escape),
      no_results: () => note(failed(control)),
      loading: () => note(words.wait),
      loading_more: () => note(words.more),
      no_more_results: () => "",
    },
  });
  byKeys(control);
  control.on("type", () => { control.failed = false; });
  if (quiet) openWhenPressed(control);
  if (leads) lead(select, control);
}

function openWhenPressed(control) {
  control.control.addEventListener("pointerdown", () => {
    if (control.settings.openOnFocus) return;
    control.settings.openOnFocus = true;
    if (control.settings.load) control.load("");
  });
}

// The question that is answered first stands ready to be typed into, its records at hand in sight below; then the hand goes on to the next.
function lead(select, control) {
  const form = select.closest("form");
  control.on("item_add", () => { setTimeout(() => next(select)?.focus(), 1); });
  if (form.closest("dialog") || document.querySelector('[aria-invalid="true"]')) return;
  (select.value ? next(select) : control)?.focus();
}

function next(select) {
  const block = select.closest(".kg-field");
  const after = [...select.form.elements].find((one) => one.name && one.type !== "hidden" && !block.contains(one) && block.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return after?.tomselect ?? after;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-take]");
  const control = button && document.getElementById(button.dataset.take)?.tomselect;
  if (!control) return;
  control.addOption({ id: button.value, value: button.value, text: button.textContent });
  control.setValue(button.value);
  next(control.input)?.focus();
});

// Tab passes by: it takes the marked entry only when somebody has looked for it, by typing or with the arrows. Who has chosen is done
// here: answers that come later must not open the list again over what stands below it. With the keyboard one stays at the field.
function byKeys(control) {
  const open = control.open.bind(control);
  let looked = false;
  let keyed = false;
  let done = false;
  control.open = () => { if (!done) open(); };
  control.control_input.addEventListener("keydown", (event) => {
    keyed = true;
    if (event.key === "Tab") {
      if (looked && control.canSelect(control.activeOption)) control.onOptionSelect(event, control.activeOption);
      looked = false;
    } else if (event.key !== "Enter") {
      done = event.key === "Escape";
      looked ||= event.key.startsWith("Arrow");
    }
  }, true);
  control.control_input.addEventListener("input", () => { looked = false; });
  for (const place of [control.wrapper, control.dropdown]) place.addEventListener("pointerdown", () => { keyed = done = false; }, true);
  const found = () => { looked ||= control.inputValue() !== "" && !control.wrapper.classList.contains("loading"); };
  control.on("type", found);
  control.on("load", found);
  control.on("blur", () => { done = looked = false; });
  control.on("item_add", () => {
    looked = false;
    done = keyed;
    if (!keyed) setTimeout(() => control.blur());
  });
}

const all = (root) => { for (const select of root.querySelectorAll("select[data-select]")) start(select); };
document.addEventListener("htmx:load", (event) => all(event.target));
all(document);

// "+" beside a reference opens the form over this one, with what is chosen here already; in a tab of its own, it learns which field waits.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.matches?.("[data-create-for]") && event.target.closest("form");
  for (const select of form ? form.querySelectorAll("select[data-search]") : []) {
    if (select.value && select.name && select.id !== event.target.dataset.createFor) event.detail.parameters[select.name] ??= select.value;
  }
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-create-for]");
  if (link) {
    const url = new URL(link.href, location.href);
    url.searchParams.set("into", link.dataset.createFor);
    link.href = url.toString();
  }
});

// A record created in another tab comes back as the choice: that tab posts {created: {id, text}} to its opener.
addEventListener("message", (event) => {
  if (event.origin === location.origin && event.data?.created) take(event.data.field, event.data.created);
});
document.addEventListener("kg:created", ({ detail }) => {
  const control = take(detail.field, { id: detail.id, text: detail.text });
  if (control) setTimeout(() => (next(control.input) ?? control).focus(), 1);
});

function take(field, created) {
  const opener = document.querySelector(`[data-create-for="${CSS.escape(field || "")}"]`);
  const control = opener && document.getElementById(field)?.tomselect;
  if (!control) return null;
  control.addOption(created);
  control.setValue(String(created.id));
  return control;
}

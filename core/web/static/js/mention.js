// An @ in a comment offers colleagues who see the record; a picture in the clipboard becomes a file of the form into which it is pasted.
let list = null;
let asked = 0;

const box = (event) => event.target.closest?.("textarea[data-mention]");
const typed = (area) => /(?:^|\s)@([^\s@]{0,20})$/.exec(area.value.slice(0, area.selectionStart));

function shut(area) {
  list?.remove();
  list = null;
  area?.removeAttribute("aria-activedescendant");
}

function pick(area, option) {
  const start = area.selectionStart - typed(area)[1].length;
  area.setRangeText(`${option.dataset.name} `, start, area.selectionStart, "end");
  const kept = document.createElement("input");
  Object.assign(kept, { type: "hidden", name: "mentioned", value: option.dataset.id });
  kept.dataset.name = option.dataset.name;
  area.form.querySelector("[data-mentioned]").append(kept);
  shut(area);
  area.focus();
}

function show(area, items) {
  shut(area);
  list = document.createElement("div");
  list.className = "kg-pop kg-items kg-people";
  list.setAttribute("role", "listbox");
  for (const item of items) {
    const option = document.createElement("div");
    Object.assign(option, { className: "kg-item", id: `mention-${item.id}`, textContent: item.text });
    Object.assign(option.dataset, { id: item.id, name: item.text });
    option.setAttribute("role", "option");
    if (item.hint) {
      const hint = document.createElement("span");
      Object.assign(hint, { className: "kg-s kg-3", textContent: item.hint });
      option.append(hint);
    }
    option.addEventListener("mousedown", (event) => { event.preventDefault(); pick(area, option); });
    list.append(option);
  }
  if (!items.length) list.append(Object.assign(document.createElement("p"), { className: "kg-s kg-3", textContent: area.dataset.none }));
  area.after(list);
  mark(area, 0);
}

function mark(area, at) {
  const options = [...list.querySelectorAll("[role=option]")];
  if (!options.length) return;
  for (const one of options) one.removeAttribute("aria-selected");
  const chosen = options[(at + options.length) % options.length];
  chosen.setAttribute("aria-selected", "true");
  area.setAttribute("aria-activedescendant", chosen.id);
}

document.addEventListener("input", async (event) => {
  const area = box(event);
  if (!area) return;
  const found = typed(area);
  const mine = ++asked;
  if (!found) { shut(area); return; }
  const url = new URL(area.dataset.mention, location.href);
  url.searchParams.set("q", found[1]);
  const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && mine === asked) show(area, (await answer.json()).items);
});

document.addEventListener("keydown", (event) => {
  const area = box(event);
  if (!area || !list) return;
  const options = [...list.querySelectorAll("[role=option]")];
  const at = options.findIndex((one) => one.hasAttribute("aria-selected"));
  if (event.key === "Escape") shut(area);
  else if (event.key === "ArrowDown") mark(area, at + 1);
  else if (event.key === "ArrowUp") mark(area, at - 1);
  else if ((event.key === "Enter" || event.key === "Tab") && options[at] && !event.ctrlKey) pick(area, options[at]);
  else return;
  event.preventDefault();
}, true);
document.addEventListener("focusout", (event) => { if (box(event)) shut(box(event)); });

// Whose name was taken out of the text again is not told.
document.addEventListener("submit", (event) => {
  const area = event.target.querySelector?.("textarea[data-mention]");
  for (const one of area ? event.target.querySelectorAll("[name=mentioned]") : []) if (!area.value.includes(`@${one.dataset.name}`)) one.remove();
}, true);

const taking = (input) => input.type === "file" && !input.hidden && !input.hasAttribute("capture") && /^$|image\/|\.png/.test(input.accept);

document.addEventListener("paste", (event) => {
  const input = [...(event.target.closest?.("textarea")?.form?.elements ?? [])].find(taking);
  const picture = [...(event.clipboardData?.files ?? [])].find((file) => file.type.startsWith("image/"));
  if (!input || !picture) return;
  event.preventDefault();
  const files = new DataTransfer();
  for (const one of input.multiple ? input.files : []) files.items.add(one);
  const ending = picture.type.split("/")[1].replace("jpeg", "jpg");
  files.items.add(new File([picture], picture.name === "image.png" || !picture.name ? `${new Date().toISOString().slice(0, 19).replace(/\D/g, "")}.${ending}` : picture.name, { type: picture.type }));
  input.files = files.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

// A chosen or dropped file is sent at once; pasted rows wait for the button.
const form = document.querySelector("[data-upload]");
const place = form.querySelector("[data-drop]");
const input = form.querySelector("input[type=file]");

input.addEventListener("change", () => { if (input.files.length) form.requestSubmit(form.querySelector("[data-submit]")); });
for (const name of ["dragenter", "dragover"]) place.addEventListener(name, (event) => { event.preventDefault(); place.classList.add("over"); });
for (const name of ["dragleave", "drop"]) place.addEventListener(name, (event) => { event.preventDefault(); place.classList.remove("over"); });
place.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

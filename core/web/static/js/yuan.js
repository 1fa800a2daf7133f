// Amounts stand with separators of thousands and two decimals once the field is left. The plain number is sent; what cannot be read is
// sent as it stands, for the server says what is wrong with it. Digits are text throughout: a float would lose fen of large amounts.
const plain = (text) => text.normalize("NFKC").replace(/[,，\s¥]|元$/g, "");

function shown(text) {
  const found = /^(-?)0*(\d+)(?:\.(\d{0,2}))?$/.exec(plain(text));
  if (!found) return text;
  return `${found[1]}${found[2].replace(/\B(?=(\d{3})+$)/g, ",")}.${(found[3] ?? "").padEnd(2, "0")}`;
}

const tidy = (field) => { if (field.value && field !== document.activeElement) field.value = shown(field.value); };
const tidyAll = (within) => { for (const field of within.querySelectorAll("[data-yuan]")) tidy(field); };

document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-yuan]") && event.target.value) event.target.value = shown(event.target.value); });
document.addEventListener("formdata", (event) => {
  for (const field of event.target.elements) {
    if (!field.matches("[data-yuan]") || !field.name || field.disabled) continue;
    const one = shown(field.value);
    event.formData.set(field.name, /^-?[\d,]+\.\d\d$/.test(one) ? one.replaceAll(",", "") : field.value);
  }
});
document.addEventListener("htmx:load", (event) => tidyAll(event.target));
tidyAll(document);

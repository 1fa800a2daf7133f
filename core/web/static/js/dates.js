// Dates are written as 2026-03-24 in every browser and picked from a calendar in the page's language; phones use their own.
/* global flatpickr */
const zh = document.documentElement.lang.startsWith("zh");

function start(root) {
  for (const field of root.querySelectorAll("input[type=date], input[type=datetime-local]")) {
    if (field.closest("template") || field._flatpickr) continue;
    const time = field.type === "datetime-local", held = document.activeElement === field;
    const calendar = flatpickr(field, {
      locale: { ...(zh ? flatpickr.l10ns.zh : {}), firstDayOfWeek: 1 },
      allowInput: true, static: true, clickOpens: false, enableTime: time, time_24hr: true,
      dateFormat: time ? "Y-m-d H:i" : "Y-m-d",
      // What is no date stays as it was typed: the server says what is wrong with it.
      errorHandler: () => {},
    });
    if (held) field.focus(); // it has been moved into the box of its calendar
    // It opens by click or arrow, not by focus: a field that was refused shows its error, not a calendar over it.
    if (!calendar.isMobile) {
      field.addEventListener("click", () => calendar.open());
      field.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") calendar.open(); });
    }
  }
}

document.addEventListener("htmx:load", (event) => start(event.target));
start(document);

// Entries of the calendar are dragged from day to day. The drop fills in and sends the form that each entry has for it, so hand and keyboard
// send the same; the answer shows the entry where it now stands, with the reason if it had to go back.
/* global Sortable */
const mark = (day) => { for (const one of document.querySelectorAll("[data-day]")) one.parentElement.classList.toggle("over", one === day); };

// A condition that is taken away brings the days anew without loading this script once more.
document.addEventListener("htmx:afterSettle", begin);
begin();

function begin() {
  for (const day of document.querySelectorAll("[data-day]:not([data-ready])")) {
    day.dataset.ready = "";
    drags(day);
  }
}

function drags(day) {
  new Sortable(day, {
    group: "days", draggable: "[data-event]", filter: "[data-fixed], .kg-menu", preventOnFilter: false, sort: false,
    ghostClass: "ghost", delay: 250, delayOnTouchOnly: true, animation: 0, forceFallback: true,
    onMove: (event) => { mark(event.to); },
    onEnd(event) {
      mark(null);
      if (event.from === event.to) return;
      const form = event.item.querySelector("form");
      form.elements.day.value = event.to.dataset.day;
      form.requestSubmit();
    },
  });
}

// Cards of the board are dragged between columns. The drop presses the button that the card has for that column, so hand and keyboard
// send the same form; where there is no such button the card goes back, and a line
// says why; where the verb asks for more, the card goes back as well, and the questions are asked beside the board.
/* global Sortable */
const mark = (list) => { for (const one of document.querySelectorAll("[data-column]")) one.classList.toggle("over", one === list); };

// A condition that is taken away brings the board anew without loading this script once more.
document.addEventListener("htmx:afterSettle", begin);
begin();

function begin() {
  for (const list of document.querySelectorAll("[data-column]:not([data-ready])")) {
    list.dataset.ready = "";
    drags(list);
  }
  for (const board of document.querySelectorAll(".kg-board:not([data-ready])")) {
    board.dataset.ready = "";
    show(board);
  }
}

// Where one column fills the screen, the first one with something in it is seen first.
function show(board) {
  const [first] = board.children, filled = board.querySelector(".kg-column:has([data-card])");
  if (!filled || filled === first || location.hash || !matchMedia("(max-width: 767.98px)").matches) return;
  board.scrollLeft = filled.getBoundingClientRect().left - first.getBoundingClientRect().left;
}

function drags(list) {
  new Sortable(list, {
    group: "board", draggable: "[data-card]", filter: "[data-fixed], .kg-menu", preventOnFilter: false, sort: false,
    ghostClass: "ghost", dragClass: "held", delay: 250, delayOnTouchOnly: true, animation: 0, forceFallback: true,
    onMove: (event) => { mark(event.to); },
    onEnd(event) {
      mark(null);
      if (event.from === event.to) return;
      const way = event.item.querySelector(`[data-to="${CSS.escape(event.to.dataset.column)}"]`);
      if (way?.matches("button")) { way.form.requestSubmit(way); return; }
      event.from.insertBefore(event.item, event.from.children[event.oldIndex] ?? null);
      if (way?.href) { way.click(); return; }
      const named = (list) => list.closest("section").querySelector("h2").textContent;
      const line = document.querySelector("[data-refusal]");
      line.textContent = way?.dataset.why ?? line.dataset.words.replace("#from", named(event.from)).replace("#to", named(event.to));
    },
  });
}

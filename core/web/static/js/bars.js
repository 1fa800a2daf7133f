// On a phone the verbs of a record stand in a bar at the thumb. What does not fit into it goes into the menu of further actions, the last
// one first, so that no verb has to be scrolled to; where there is room again, it comes back. Without scripts the bar takes two lines.
const phone = matchMedia("(max-width: 767.98px)");
const places = new Map();
const face = (verb) => verb.matches("a, button") ? verb : verb.querySelector(":scope > summary, :scope > button");
const menuOf = (bar) => bar.querySelector(":scope > .kg-menu:has(> .kg-items)");

function spare(bar) {
  const menu = bar.parentElement.querySelector(":scope > template[data-more-verbs]").content.firstElementChild.cloneNode(true);
  menu.dataset.spare = "";
  bar.append(menu);
  return menu;
}

function move(verb, bar) {
  const menu = menuOf(bar) ?? spare(bar), mark = document.createComment("moved");
  verb.before(mark);
  places.set(verb, { mark, look: face(verb).className });
  face(verb).className = `kg-item${face(verb).matches(".btn-stop") ? " kg-red" : ""}`;
  menu.querySelector(":scope > .kg-items").prepend(verb);
}

function back(bar) {
  for (const [verb, { mark, look }] of places) {
    if (!bar.contains(mark)) continue;
    face(verb).className = look;
    mark.replaceWith(verb);
    places.delete(verb);
  }
  bar.querySelector(":scope > [data-spare]")?.remove();
}

function fit(bar) {
  back(bar);
  bar.classList.toggle("fitted", phone.matches);
  if (!phone.matches) return;
  const verbs = [...bar.children].filter((one) => one !== menuOf(bar) && !one.matches(".kg-no-phone"));
  const kept = verbs.find((one) => face(one).matches(".btn-primary")) ?? verbs[0];
  const others = verbs.filter((one) => one !== kept);
  while (others.length && bar.scrollWidth > bar.clientWidth) move(others.pop(), bar);
}

function all(root) {
  for (const bar of root.querySelectorAll(".kg-verbs")) fit(bar);
}

all(document);
let wide = innerWidth;
addEventListener("resize", () => {  // the keyboard of a phone takes height alone, and what is being typed stays where it is
  if (wide === innerWidth) return;
  wide = innerWidth;
  all(document);
});
document.addEventListener("htmx:load", (event) => all(event.target));

// The list that one came from is remembered in this tab, so that the record leads on through it; stars are set in place.
const head = () => ({ "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content, "HX-Request": "true" });

function keep() {
  if (document.getElementById("list")) sessionStorage.setItem(`kg-list:${location.pathname}`, location.search);
}
keep();
document.addEventListener("htmx:pushedIntoHistory", keep);
document.addEventListener("htmx:afterSettle", keep);

let shown = "";

async function lead(place) {
  const query = sessionStorage.getItem(`kg-list:${place.dataset.list}`);
  if (query === null) return;
  const answer = await fetch(place.dataset.near + query, { credentials: "same-origin" }).catch(() => null);
  if (answer?.ok && !answer.redirected) place.innerHTML = shown = await answer.text();
}

async function arrive() {
  const place = document.querySelector("[data-near]");
  if (!place) return;
  await lead(place);
  fetch(place.dataset.opened, { method: "POST", credentials: "same-origin", keepalive: true, headers: head() }).catch(() => null);
}
arrive();

// A head that is told anew after a change has no arrows yet; those from before stand there until the new place is known.
document.addEventListener("htmx:load", () => {
  const place = document.querySelector("[data-near]:empty");
  if (!place || !shown) return;
  place.innerHTML = shown;
  lead(place);
});

document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button?.matches(".kg-starb")) return;
  event.preventDefault();
  const on = button.getAttribute("aria-pressed") !== "true";
  const action = button.hasAttribute("formaction") ? button.formAction : event.target.action;
  const answer = await fetch(action, { method: "POST", credentials: "same-origin", headers: head(), body: new URLSearchParams({ follow: on ? "1" : "0" }) }).catch(() => null);
  if (!answer?.ok) {
    document.dispatchEvent(new CustomEvent("kg:toast", { detail: JSON.parse(document.body.dataset.words).failed }));
    return;
  }
  button.setAttribute("aria-pressed", String(on));
  const star = button.querySelector(".kg-star");
  star.classList.toggle("on", on);
  star.textContent = on ? "★" : "☆";
}, true);

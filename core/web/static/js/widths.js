// The edges of the columns of a list: drawn by the pointer, or by the arrows when they have the focus; kept when the hand lets go.
const LEAST = 60, MOST = 800, STEP = 16, PAUSE = 600;
const wide = matchMedia("(min-width: 768px)");
const words = JSON.parse(document.body.dataset.words);
let waiting = 0;

const heads = (table) => [...table.tHead.rows[0].cells].filter((one) => one.dataset.col);
const column = (head) => head.closest("table").querySelectorAll("col")[head.cellIndex];
const width = (head) => parseInt(column(head).style.getPropertyValue("--w"), 10) || head.offsetWidth;

function set(head, pixels) {
  const to = Math.min(MOST, Math.max(LEAST, Math.round(pixels)));
  column(head).style.setProperty("--w", `${to}px`);
  head.querySelector(".kg-edge").setAttribute("aria-valuenow", String(to));
}

// From the first touch on the table stands by the widths of its columns; until then it has found them by itself.
function fix(table) {
  if (!table.classList.contains("kg-sized")) {
    const found = heads(table).map((head) => [head, head.offsetWidth]);
    const pick = table.querySelector("th.pick");
    if (pick) column(pick).style.setProperty("--w", `${pick.offsetWidth}px`);
    for (const [head, pixels] of found) set(head, pixels);
    table.classList.add("kg-sized");
  }
  const all = [...table.querySelectorAll("col")].map((one) => parseInt(one.style.getPropertyValue("--w"), 10) || 0);
  table.style.setProperty("--kg-sum", `${all.reduce((sum, one) => sum + one, 0)}px`);
}

function draw(head, pixels) {
  const table = head.closest("table");
  fix(table);
  set(head, pixels);
  fix(table);
}

async function keep(table) {
  clearTimeout(waiting);
  waiting = 0;
  const widths = heads(table).map((head) => `${head.dataset.col}:${width(head)}`).join(",");
  if ("inAddress" in table.dataset) {
    const url = new URL(location.href);
    url.searchParams.set("widths", widths);
    location.replace(url);
    return;
  }
  const token = document.querySelector("meta[name=csrf-token]").content;
  const sent = new URLSearchParams({ step: "widths", widths });
  const answer = await fetch(table.dataset.sizing, { method: "POST", credentials: "same-origin", keepalive: true, headers: { "X-CSRFToken": token, "HX-Request": "true" }, body: sent }).catch(() => null);
  if (!answer?.ok) document.dispatchEvent(new CustomEvent("kg:toast", { detail: words.failed }));
}

document.addEventListener("pointerdown", (event) => {
  const edge = event.target.closest?.(".kg-edge");
  if (!edge || event.button) return;
  const head = edge.parentElement, from = event.clientX, before = head.offsetWidth;
  let far = 0;
  event.preventDefault();
  edge.focus();
  edge.setPointerCapture(event.pointerId);
  edge.classList.add("on");
  const move = (moved) => { far = moved.clientX - from; draw(head, before + far); };
  edge.addEventListener("pointermove", move);
  edge.addEventListener("lostpointercapture", () => {
    edge.removeEventListener("pointermove", move);
    edge.classList.remove("on");
    if (far) keep(head.closest("table"));
  }, { once: true });
});

document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".kg-edge")) return;
  const head = event.target.parentElement, table = head.closest("table"), present = head.offsetWidth;
  const to = { ArrowLeft: present - STEP, ArrowRight: present + STEP, Home: LEAST, End: MOST }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  draw(head, to);
  clearTimeout(waiting);
  waiting = "inAddress" in table.dataset ? -1 : setTimeout(keep, PAUSE, table);  // another address is gone to when the hand is done
});

document.addEventListener("focusout", (event) => {
  if (waiting && event.target.matches?.(".kg-edge")) keep(event.target.closest("table"));
});

function edge(head, pixels) {
  const label = head.textContent.trim();
  const one = Object.assign(document.createElement("span"), { className: "kg-edge", tabIndex: 0, title: words.width });
  const said = { role: "separator", "aria-orientation": "vertical", "aria-label": `${words.width}: ${label}`, "aria-valuemin": LEAST, "aria-valuemax": MOST, "aria-valuenow": Math.min(MOST, Math.max(LEAST, pixels)) };
  for (const [name, value] of Object.entries(said)) one.setAttribute(name, String(value));
  head.setAttribute("aria-label", label);
  head.append(one);
}

function start() {
  if (!wide.matches) return;
  const found = [...document.querySelectorAll("table[data-sizing]:not([data-edged])")];
  for (const table of found) {
    table.dataset.edged = "";
    for (const [head, pixels] of heads(table).map((one) => [one, one.offsetWidth])) edge(head, pixels);
  }
}
start();
wide.addEventListener("change", start);
document.addEventListener("htmx:afterSettle", start);

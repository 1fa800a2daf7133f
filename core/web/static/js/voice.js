// A word spoken on the way: recorded here, kept in a file question of the form like any other file, sent with it, and nowhere else.
const LONGEST = 5 * 60 * 1000;
const KINDS = [["audio/mp4;codecs=mp4a.40.2", "m4a"], ["audio/webm;codecs=opus", "webm"], ["audio/ogg;codecs=opus", "ogg"]];
const kind = () => KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
const can = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder && window.DataTransfer && kind());
const running = new WeakMap();

const all = (root) => { for (const box of root.querySelectorAll("[data-voice]")) box.hidden = !can(); };
document.addEventListener("htmx:load", (event) => all(event.target));
all(document);

function name() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

function keep(box, pieces, [type, ending]) {
  const put = new DataTransfer();
  const input = box.querySelector("input[type=file]");
  for (const one of input.files) put.items.add(one);
  if (pieces.length) put.items.add(new File(pieces, `${box.dataset.voice}-${name()}.${ending}`, { type: type.split(";")[0] }));
  input.files = put.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function say(box, text) {
  const line = box.closest(".kg-field").querySelector("[data-chosen]");
  if (line) line.textContent = text;
}

async function start(box) {
  const button = box.querySelector("button");
  const words = button.querySelector("span");
  let sound;
  try { sound = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch { say(box, box.dataset.denied); return; }
  const chosen = kind();
  const recorder = new MediaRecorder(sound, { mimeType: chosen[0], audioBitsPerSecond: 32000 });
  const pieces = [];
  const began = Date.now();
  const before = words.textContent;
  const show = () => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    words.textContent = `${box.dataset.stop} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  const clock = setInterval(() => { show(); if (Date.now() - began >= LONGEST) recorder.stop(); }, 500);
  recorder.addEventListener("dataavailable", (event) => { if (event.data.size) pieces.push(event.data); });
  recorder.addEventListener("stop", () => {
    clearInterval(clock);
    for (const track of sound.getTracks()) track.stop();
    running.delete(box);
    button.setAttribute("aria-pressed", "false");
    words.textContent = before;
    keep(box, pieces, chosen);
  });
  running.set(box, recorder);
  button.setAttribute("aria-pressed", "true");
  recorder.start();
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-voice] button")?.closest("[data-voice]");
  if (!box) return;
  const recorder = running.get(box);
  if (recorder) recorder.stop(); else start(box);
});

// Who sends while it is still recording means what was said so far: the form waits for the end of the recording.
document.addEventListener("submit", (event) => {
  const box = [...event.target.querySelectorAll("[data-voice]")].find((one) => running.has(one));
  if (!box) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { target, submitter } = event;
  running.get(box).addEventListener("stop", () => target.requestSubmit(submitter ?? undefined), { once: true });
  running.get(box).stop();
}, true);

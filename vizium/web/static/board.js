// The live floor: patches single tiles by id, says when the stream drops, never stays green by silence.
//
// Each event is "<element id>\n<markup>". The page tells the server the marks of the tiles it
// shows, so a reconnect brings exactly what changed meanwhile.

const script = document.querySelector("script[data-stream]");
const plan = document.getElementById("plan");
const lost = document.getElementById("lost");
const SVG = "http://www.w3.org/2000/svg";
// The server sends ages every 5 s; twice as long without anything is a dead line.
const SILENCE_MS = 12000;
const RETRY_MS = 3000;

let stream = null;
let heardAt = Date.now();
let ages = [];

const tiles = () => [...plan.querySelectorAll("a[id^='t-']")];

// The same words as age_words in exhibits/telemetry/rules.py.
function ageWords(seconds) {
  if (seconds === "") return "";
  const s = Number(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  return s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} d`;
}

function showAges() {
  tiles().forEach((tile, index) => {
    const place = tile.querySelector("tspan");
    if (place && ages[index] !== undefined) place.textContent = ageWords(ages[index]);
  });
}

// Attributes and children are exchanged, the link itself stays: whoever is on it keeps the focus.
function patchTile(tile, markup) {
  const holder = document.createElementNS(SVG, "svg");
  holder.innerHTML = markup;
  const fresh = holder.querySelector("a");
  if (!fresh) return;
  for (const { name, value } of [...fresh.attributes]) tile.setAttribute(name, value);
  const age = tile.querySelector("tspan")?.textContent ?? "";
  tile.replaceChildren(...fresh.childNodes);
  const place = tile.querySelector("tspan");
  if (place) place.textContent = age;
  const row = document.querySelector(`#problems a[href="${tile.getAttribute("href")}"]`);
  if (row) row.textContent = tile.getAttribute("aria-label");
}

// Rows that stay are moved, not made anew, for the same reason.
function showProblems(codes) {
  const list = document.getElementById("problems");
  if (!list) return;
  const standing = new Map([...list.children].map((row) => [row.firstElementChild.getAttribute("href"), row]));
  const rows = codes.flatMap((code) => {
    const tile = document.getElementById(`t-${code}`);
    if (!tile) return [];
    const href = tile.getAttribute("href");
    const row = standing.get(href) ?? document.createElement("li");
    if (!row.firstElementChild) row.append(Object.assign(document.createElement("a"), { href }));
    row.firstElementChild.textContent = tile.getAttribute("aria-label");
    return [row];
  });
  for (const row of standing.values()) if (!rows.includes(row)) row.remove();
  rows.forEach((row, index) => {
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  document.getElementById("no-problems").hidden = rows.length > 0;
}

function take(event) {
  heardAt = Date.now();
  lost.hidden = true;
  const cut = event.data.indexOf("\n");
  const name = cut < 0 ? event.data : event.data.slice(0, cut);
  const markup = cut < 0 ? "" : event.data.slice(cut + 1);
  if (name === "ages") {
    ages = markup.split(",");
    showAges();
  } else if (name === "problems") {
    showProblems(markup.split(" ").filter(Boolean));
  } else if (name === "floor") {
    if (markup !== plan.dataset.floor) location.reload();
  } else {
    const place = document.getElementById(name);
    if (place?.localName === "a") patchTile(place, markup);
    else if (place) place.textContent = markup;
  }
}

function drop() {
  lost.hidden = false;
  stream?.close();
  stream = null;
}

function connect() {
  heardAt = Date.now();
  const have = tiles().map((tile) => `${tile.id}:${tile.dataset.mark}`).join(",");
  stream = new EventSource(`${script.dataset.stream}?have=${have}`);
  stream.onmessage = take;
  stream.onerror = drop;
}

// One clock for both: a line that died without a word, and a line to be opened again.
setInterval(() => {
  if (document.hidden) return;
  if (stream && Date.now() - heardAt > SILENCE_MS) drop();
  else if (!stream) connect();
}, RETRY_MS);
connect();

// The data of the page, and how it is shown. Everything from logs and feeds goes into the page
// through textContent alone.

const $ = (id) => document.getElementById(id);

// The data as it stands in the page. Where there is much of it, it is packed: a browser reads a page
// letter by letter, and unpacks many times as fast.
async function unpacked(packed) {
  const letters = atob(packed.textContent.trim());
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  packed.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// An element with attributes, listeners (functions) and children (nodes or text).
function el(tag, attributes, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const data = $("data-packed")
  ? await unpacked($("data-packed"))
  : JSON.parse($("data-rows").textContent);
const count = data.rows;
const strings = data.strings;

// A column is a list, or one value that all rows have.
function column(name, Type) {
  const stored = data.columns[name];
  return Array.isArray(stored) ? Type.from(stored) : new Type(count).fill(stored);
}

const NONE = -1;
const rows = {
  severity: column("severity", Int16Array),
  time: column("time", Float64Array),
  verdict: column("verdict", Int8Array),
  window: column("window", Int8Array),
  direction: column("direction", Int8Array),
  text: column("text", Int32Array),
  mark: column("mark", Int32Array),
  marked: column("marked", Int32Array),
  cut: column("cut", Int8Array),
};
for (const name of ["source_port", "destination_port", "bytes", "line", "column"]) {
  rows[name] = column(name, Float64Array);
}
const NAMES = [
  "indicator", "also", "host", "source", "destination", "transport", "action", "relation",
  "field", "user", "observer", "dataset", "assessment", "notes", "file",
];
for (const name of NAMES) rows[name] = column(name, Int32Array);

const VERDICTS = data.words.verdict;
const WINDOWS = data.words.window;
const DIRECTIONS = data.words.direction;

const text = (name, row) => (rows[name][row] === NONE ? "" : strings[rows[name][row]]);
const time = (row) => (rows.time[row] === NONE ? null : data.epoch + rows.time[row]);

const BANDS = ["critical", "high", "medium", "low"];
function band(severity) {
  if (severity >= 90) return "critical";
  if (severity >= 70) return "high";
  return severity >= 40 ? "medium" : "low";
}

const grouped = (number) => number.toLocaleString("en-US");
const plural = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;

// UTC, as long as it has to be: `2024-08-20 09:04:10`.
function utc(milliseconds, length = 19) {
  return new Date(milliseconds).toISOString().replace("T", " ").slice(0, length);
}

function endpoint(address, port) {
  if (address === "") return "";
  if (port === NONE) return address;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

// Runs a function when its caller has been quiet for a moment.
function debounced(milliseconds, run) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, milliseconds);
  };
}

function announce(message) {
  $("said").textContent = message;
}

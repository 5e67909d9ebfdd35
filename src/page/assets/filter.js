// Which rows are shown. One state for the whole page: the controls above the lines, the time line,
// the matrix and the tables all change it.

const filter = {
  search: "", severity: 0, verdict: "", window: "", direction: "",
  host: NONE, indicator: NONE, file: NONE, from: null, to: null,
};
const listeners = [];
let visible = new Int32Array(0);

// Searched in lower case; made at the first search, as it takes as much memory as the lines.
let haystack = null;
const FIELDS = [
  "indicator", "also", "source", "destination", "user", "observer", "action", "dataset", "file",
];

function lowered() {
  if (haystack) return haystack;
  const low = strings.map((string) => string.toLowerCase());
  const texts = data.texts.map((line) => line.toLowerCase());
  haystack = { low, texts };
  return haystack;
}

// For each string of the table whether it has the words: a table is shorter than the rows.
function searching(words) {
  const { low, texts } = lowered();
  const tests = words.map((word) => {
    const inStrings = low.map((string) => string.includes(word));
    const inTexts = texts.map((line) => line.includes(word));
    return (row) => inTexts[rows.text[row]]
      || FIELDS.some((name) => rows[name][row] !== NONE && inStrings[rows[name][row]]);
  });
  return (row) => tests.every((test) => test(row));
}

// `unknown` in a control is what the line does not say.
const wanted = (words, value) => (value === "unknown" ? NONE : words.indexOf(value));

function matching() {
  const tests = [];
  const is = (name, value) => tests.push((row) => rows[name][row] === value);
  if (filter.severity > 0) tests.push((row) => rows.severity[row] >= filter.severity);
  if (filter.verdict) is("verdict", wanted(VERDICTS, filter.verdict));
  if (filter.window) is("window", wanted(WINDOWS, filter.window));
  if (filter.direction) is("direction", wanted(DIRECTIONS, filter.direction));
  for (const name of ["host", "indicator", "file"]) {
    if (filter[name] !== NONE) is(name, filter[name]);
  }
  if (filter.from !== null) {
    const [from, to] = [filter.from - data.epoch, filter.to - data.epoch];
    tests.push((row) => rows.time[row] >= 0 && rows.time[row] >= from && rows.time[row] < to);
  }
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) tests.push(searching(words));
  return tests;
}

function refilter() {
  const tests = matching();
  const found = new Int32Array(count);
  let length = 0;
  for (let row = 0; row < count; row += 1) {
    if (tests.every((test) => test(row))) found[length++] = row;
  }
  visible = found.subarray(0, length);
}

function changed(what) {
  refilter();
  for (const listener of listeners) listener(what);
}

function setFilter(values, what = "filter") {
  Object.assign(filter, values);
  changed(what);
}

function clearFilter() {
  for (const control of FILTER_CONTROLS) $(`filter-${control}`).value = "";
  setFilter({
    search: "", severity: 0, verdict: "", window: "", direction: "",
    host: NONE, indicator: NONE, file: NONE, from: null, to: null,
  }, "time");
}

const FILTER_CONTROLS = ["search", "severity", "verdict", "direction", "window"];

// A chip for what was chosen elsewhere on the page; it goes away when it is pressed.
function showChips() {
  const chips = [];
  const chip = (label, value, reset) => {
    const name = el("bdi", { class: "data" }, value);
    const press = () => {
      setFilter(reset, "time");
      $("filter-search").focus();
    };
    const title = `Remove this filter: ${label} ${value}`;
    chips.push(el("button", { type: "button", class: "chip", "aria-label": title, click: press },
      `${label} `, name, el("span", { "aria-hidden": "true" }, " ×")));
  };
  if (filter.host !== NONE) chip("machine", strings[filter.host], { host: NONE });
  if (filter.indicator !== NONE) chip("indicator", strings[filter.indicator], { indicator: NONE });
  if (filter.file !== NONE) chip("file", strings[filter.file], { file: NONE });
  if (filter.from !== null) {
    const period = `${utc(filter.from, 16)} – ${utc(filter.to, 16)}`;
    chip("time", period, { from: null, to: null });
  }
  $("chips").replaceChildren(...chips);
  $("filter-clear").disabled = visible.length === count && chips.length === 0;
}

function startFilter() {
  const search = $("filter-search");
  search.addEventListener("input", debounced(150, () => setFilter({ search: search.value })));
  for (const control of FILTER_CONTROLS.slice(1)) {
    const select = $(`filter-${control}`);
    select.addEventListener("change", () => {
      const value = control === "severity" ? Number(select.value) : select.value;
      setFilter({ [control]: value });
    });
  }
  $("filter-clear").addEventListener("click", () => {
    clearFilter();
    search.focus();
  });
  // A press of Enter is no reason to leave the page.
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  listeners.push(showChips);
}

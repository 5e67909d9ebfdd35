// The lines themselves: sorted, a page at a time, each with its details on demand.

const view = { order: new Int32Array(0), key: "severity", down: true, page: 0, size: 100 };

// Text is sorted by its rank in the table, which is worked out once a column.
const ranks = new Map();
function rank(name) {
  if (!ranks.has(name)) {
    const used = [...new Set(rows[name])].filter((at) => at !== NONE);
    used.sort((a, b) => (strings[a] < strings[b] ? -1 : 1));
    const places = new Int32Array(strings.length).fill(NONE);
    used.forEach((at, place) => { places[at] = place; });
    ranks.set(name, places);
  }
  return ranks.get(name);
}

function sortValues(key) {
  if (key === "severity" || key === "time" || key === "verdict") return rows[key];
  const places = rank(key);
  return rows[key].map((at) => (at === NONE ? NONE : places[at]));
}

// What does not say comes last, whichever way it is sorted; equal ones stay in order of the scan.
function sortRows() {
  const order = visible.slice();
  const values = sortValues(view.key);
  const sign = view.down ? -1 : 1;
  const lines = rows.line;
  order.sort((a, b) => {
    const [left, right] = [values[a], values[b]];
    if (left === right) {
      return view.key === "file" ? sign * (lines[a] - lines[b]) || a - b : a - b;
    }
    if (left === NONE) return 1;
    if (right === NONE) return -1;
    return sign * (left - right);
  });
  view.order = order;
}

// The line with its match marked; an ellipsis where it was cut.
function lineText(row) {
  const line = data.texts[rows.text[row]];
  const start = rows.mark[row];
  const end = start + rows.marked[row];
  const parts = rows.marked[row] > 0
    ? [line.slice(0, start), el("mark", {}, line.slice(start, end)), line.slice(end)]
    : [line];
  const gap = () => el("span", { class: "gap", title: "the line goes on" }, "…");
  if (rows.cut[row] & 1) parts.unshift(gap());
  if (rows.cut[row] & 2) parts.push(gap());
  return el("code", { class: "data line" }, ...parts);
}

function badge(severity) {
  if (severity === NONE) return "–";
  const name = band(severity);
  return el("span", { class: `badge ${name}` }, `${severity} ${name}`);
}

function verdictText(row) {
  const verdict = VERDICTS[rows.verdict[row]];
  return verdict
    ? el("span", { class: `verdict ${verdict}` }, verdict)
    : el("span", { class: "faint" }, "not said");
}

const dataText = (value) => el("bdi", { class: "data" }, value);

function parties(row) {
  const from = endpoint(text("source", row), rows.source_port[row]);
  const to = endpoint(text("destination", row), rows.destination_port[row]);
  if (!from && !to) return el("span", { class: "faint" }, "not said");
  return el("span", {}, dataText(from || "?"), el("br"), el("span", { class: "faint" }, "→ "),
    dataText(to || "?"));
}

function details(row) {
  const list = el("dl", { class: "details" });
  const add = (name, value) => {
    if (value) list.append(el("div", {}, el("dt", {}, name), el("dd", {}, dataText(value))));
  };
  const direction = DIRECTIONS[rows.direction[row]] ?? "";
  add("Why this severe", text("assessment", row));
  add("Also matched", text("also", row));
  add("How it matched", text("relation", row));
  add("Stood in", text("field", row));
  add("Published window", WINDOWS[rows.window[row]] ?? "");
  add("Direction", [direction, text("transport", row)].filter(Boolean).join(", "));
  add("Device's word", text("action", row));
  add("Bytes", rows.bytes[row] === NONE ? "" : grouped(rows.bytes[row]));
  add("User", text("user", row));
  add("Seen by", text("observer", row));
  add("Log format", text("dataset", row));
  add("To be known", text("notes", row));
  add("Place", `${text("file", row)}, line ${rows.line[row]}, column ${rows.column[row]}`);
  return list;
}

const COLUMNS = 6;

function rowElements(row, index) {
  const id = `row-${index}`;
  const more = el("tr", { id, class: "more", hidden: true });
  const toggle = el("button", {
    type: "button", class: "toggle", "aria-expanded": "false", "aria-controls": id,
    "aria-label": "Details of this line",
    click() {
      const open = more.hidden;
      more.hidden = !open;
      toggle.setAttribute("aria-expanded", String(open));
      if (open && !more.firstChild) {
        more.append(el("td", { colspan: COLUMNS }, details(row)));
      }
    },
  });
  const at = time(row);
  const cell = (label, ...children) => el("td", { "data-label": label }, ...children);
  const place = `${text("file", row)}:${rows.line[row]}`;
  return [
    el("tr", {},
      cell("Severity", toggle, badge(rows.severity[row])),
      cell("Time (UTC)", at === null ? el("span", { class: "faint" }, "not said") : utc(at)),
      cell("Who → whom", parties(row)),
      cell("Verdict", verdictText(row)),
      cell("Indicator", dataText(text("indicator", row))),
      cell("Line", lineText(row), el("span", { class: "place data" }, place))),
    more,
  ];
}

function showLines() {
  const { order, page, size } = view;
  const pages = Math.max(1, Math.ceil(order.length / size));
  const first = page * size;
  const shown = order.subarray(first, first + size);
  const body = [];
  shown.forEach((row, index) => body.push(...rowElements(row, index)));
  $("lines-body").replaceChildren(...body);
  $("lines-none").hidden = order.length > 0;
  const range = order.length === 0 ? "0" : `${grouped(first + 1)}–${grouped(first + shown.length)}`;
  $("lines-range").textContent = `${range} of ${plural(order.length, "line")}`;
  $("page-at").textContent = `page ${grouped(page + 1)} of ${grouped(pages)}`;
  for (const [id, off] of [
    ["page-first", page === 0], ["page-previous", page === 0],
    ["page-next", page + 1 >= pages], ["page-last", page + 1 >= pages],
  ]) {
    // Not `disabled`: that would take the focus away from under a finger.
    $(id).setAttribute("aria-disabled", String(off));
  }
}

function turnTo(page) {
  const pages = Math.max(1, Math.ceil(view.order.length / view.size));
  view.page = Math.min(Math.max(page, 0), pages - 1);
  showLines();
  announce(`${$("lines-range").textContent}, ${$("page-at").textContent}`);
}

function resort() {
  sortRows();
  view.page = 0;
  showLines();
}

function startLines() {
  const heads = [...$("lines-table").querySelectorAll("th[data-key]")];
  const showSort = () => heads.forEach((head) => {
    if (head.dataset.key !== view.key) head.removeAttribute("aria-sort");
    else head.setAttribute("aria-sort", view.down ? "descending" : "ascending");
  });
  for (const head of heads) {
    const { key } = head.dataset;
    const press = () => {
      view.down = view.key === key ? !view.down : key === "severity";
      view.key = key;
      resort();
      showSort();
      announce(`sorted by ${head.textContent}, ${view.down ? "descending" : "ascending"}`);
    };
    head.replaceChildren(el("button", { type: "button", click: press }, head.textContent));
  }
  showSort();
  const pages = () => Math.ceil(view.order.length / view.size);
  $("page-first").addEventListener("click", () => turnTo(0));
  $("page-previous").addEventListener("click", () => turnTo(view.page - 1));
  $("page-next").addEventListener("click", () => turnTo(view.page + 1));
  $("page-last").addEventListener("click", () => turnTo(pages() - 1));
  $("page-size").addEventListener("change", (event) => {
    const first = view.page * view.size;
    view.size = Number(event.target.value);
    turnTo(Math.floor(first / view.size));
  });
  listeners.push(() => {
    resort();
    announce(plural(view.order.length, "line"));
  });
}

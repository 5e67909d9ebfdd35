// When it was: all hits in columns, and below a lane for each indicator or machine. What is zoomed
// to is also a filter of the lines.

const MINUTE = 60_000;
const DAY = 86_400_000;
const LANES = 12;
const MOST_LANES = 200;
const STEPS = [
  MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 180 * MINUTE, 360 * MINUTE, 720 * MINUTE,
  DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 182 * DAY, 365 * DAY, 730 * DAY, 3650 * DAY,
];

const line = { by: "indicator", all: false, width: 0, from: 0, to: 1, whole: [0, 1], points: null };

// What is drawn: each hit, or where the page has not all of them, sums of hits.
function points(by) {
  if (data.sums) {
    const sums = data.sums[by];
    return {
      time: Float64Array.from(sums.time, (at) => data.sums.first + at * data.sums.step),
      number: Float64Array.from(sums.number),
      severity: Int16Array.from(sums.severity),
      name: Int32Array.from(sums.name),
    };
  }
  const order = [...rows.time.keys()].filter((row) => rows.time[row] !== NONE);
  return {
    time: Float64Array.from(order, (row) => data.epoch + rows.time[row]),
    number: new Float64Array(order.length).fill(1),
    severity: Int16Array.from(order, (row) => rows.severity[row]),
    name: Int32Array.from(order, (row) => rows[by][row]),
  };
}

const svg = (tag, attributes, ...children) => el(`svg:${tag}`, attributes, ...children);

// For each lane and column: how many hits, and the most severe of them.
function counted(columns) {
  const { time: at, number, severity, name: names } = line.points[line.by];
  const span = (line.to - line.from) / columns;
  const total = { number: new Float64Array(columns), hits: 0 };
  total.bands = BANDS.map(() => new Float64Array(columns));
  const lanes = new Map();
  for (let i = 0; i < at.length; i += 1) {
    if (at[i] < line.from || at[i] >= line.to) continue;
    const place = Math.min(columns - 1, Math.floor((at[i] - line.from) / span));
    total.hits += number[i];
    total.number[place] += number[i];
    total.bands[BANDS.indexOf(band(severity[i]))][place] += number[i];
    if (names[i] === NONE) continue;
    let lane = lanes.get(names[i]);
    if (!lane) {
      lane = { name: names[i], number: new Float64Array(columns), hits: 0, worst: NONE };
      lane.severity = new Int16Array(columns).fill(NONE);
      lanes.set(names[i], lane);
    }
    lane.hits += number[i];
    lane.number[place] += number[i];
    lane.severity[place] = Math.max(lane.severity[place], severity[i]);
    lane.worst = Math.max(lane.worst, severity[i]);
  }
  const sorted = [...lanes.values()];
  sorted.sort((a, b) => b.worst - a.worst || b.hits - a.hits || a.name - b.name);
  return { total, lanes: sorted };
}

// Ticks at full hours, days, months or years, as many as there is room for.
function ticks(width) {
  const room = Math.max(2, Math.floor(width / 110));
  const span = line.to - line.from;
  const step = STEPS.find((each) => span / each <= room) ?? STEPS.at(-1);
  const found = [];
  if (step < 28 * DAY) {
    const first = Math.ceil(line.from / step) * step;
    const length = step < DAY ? 16 : 10;
    for (let at = first; at < line.to; at += step) found.push([at, utc(at, length)]);
    return found;
  }
  const months = Math.max(1, Math.round(step / (30.4 * DAY)));
  const date = new Date(line.from);
  let month = Math.ceil((date.getUTCFullYear() * 12 + date.getUTCMonth()) / months) * months;
  for (;;) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at >= line.to) return found;
    if (at >= line.from) found.push([at, months >= 12 ? utc(at, 4) : utc(at, 7)]);
    month += months;
  }
}

const HEIGHT = 84;
const LANE = 20;

function histogram(total, width, columns) {
  const most = Math.max(1, ...total.number);
  const drawn = svg("svg", { width, height: HEIGHT + 4, "aria-hidden": "true" });
  const wide = width / columns;
  for (let place = 0; place < columns; place += 1) {
    let base = HEIGHT;
    for (let at = BANDS.length - 1; at >= 0; at -= 1) {
      const number = total.bands[at][place];
      if (number === 0) continue;
      const high = Math.max(2, (number / most) * (HEIGHT - 12));
      base -= high;
      drawn.append(svg("rect", {
        x: (place * wide).toFixed(2), y: base.toFixed(2), class: `fill ${BANDS[at]}`,
        width: Math.max(1.5, wide - 1).toFixed(2), height: high.toFixed(2),
      }));
    }
  }
  drawn.append(svg("line", { x1: 0, x2: width, y1: HEIGHT + 0.5, y2: HEIGHT + 0.5, class: "axis" }));
  return { drawn, most };
}

function axis(width) {
  const drawn = svg("svg", { width, height: 22, "aria-hidden": "true" });
  for (const [at, label] of ticks(width)) {
    const x = ((at - line.from) / (line.to - line.from)) * width;
    drawn.append(svg("line", { x1: x, x2: x, y1: 0, y2: 5, class: "axis" }));
    if (x < width - 30) drawn.append(svg("text", { x: x + 3, y: 16, class: "tick" }, label));
  }
  return drawn;
}

function laneMarks(lane, width, columns, most) {
  const drawn = svg("svg", { width, height: LANE, "aria-hidden": "true" });
  drawn.append(svg("line", { x1: 0, x2: width, y1: LANE - 0.5, y2: LANE - 0.5, class: "rule" }));
  const wide = width / columns;
  for (let place = 0; place < columns; place += 1) {
    const number = lane.number[place];
    if (number === 0) continue;
    // Few hits have to be seen beside many.
    const high = 6 + (LANE - 8) * (Math.log1p(number) / Math.log1p(most));
    drawn.append(svg("rect", {
      x: (place * wide).toFixed(2), width: Math.max(3, wide - 1).toFixed(2), rx: 1,
      y: (LANE - 1 - high).toFixed(2), height: high.toFixed(2),
      class: `fill ${band(lane.severity[place])}`,
    }));
  }
  return drawn;
}

function laneName(lane) {
  const name = strings[lane.name];
  const pressed = filter[line.by] === lane.name;
  return el("button", {
    type: "button", class: "lane-name", "aria-pressed": String(pressed), title: name,
    "aria-label": `${name}: ${plural(lane.hits, "hit")}; show only these`,
    click() {
      setFilter({ [line.by]: pressed ? NONE : lane.name });
    },
  }, el("bdi", { class: "data" }, name), el("span", { class: "number" }, grouped(lane.hits)));
}

function drawTimeline() {
  const area = $("time-plot");
    line.width = $("time-all").clientWidth;
  const width = Math.max(160, line.width);
  let columns = Math.max(20, Math.floor(width / 8));
  // Sums cannot be told finer than they are.
  if (data.sums) {
    columns = Math.max(1, Math.min(columns, Math.ceil((line.to - line.from) / data.sums.step)));
  }
  const { total, lanes } = counted(columns);
  const { drawn, most } = histogram(total, width, columns);
  $("time-all").replaceChildren(drawn);
  $("time-most").textContent = `most at a time: ${plural(most, "hit")}`;
  $("time-axis").replaceChildren(axis(width));
  const shown = line.all ? lanes.slice(0, MOST_LANES) : lanes.slice(0, LANES);
  const mostInLane = Math.max(1, ...shown.map((lane) => Math.max(...lane.number)));
  const focused = area.contains(document.activeElement) ? document.activeElement.title : null;
  $("time-lanes").replaceChildren(...shown.flatMap((lane) => [
    laneName(lane), el("div", { class: "lane" }, laneMarks(lane, width, columns, mostInLane)),
  ]));
  if (focused) {
    [...$("time-lanes").querySelectorAll("button")].find((each) => each.title === focused)?.focus();
  }
  const more = $("time-more");
  more.hidden = lanes.length <= LANES;
  const all = Math.min(lanes.length, MOST_LANES);
  const lot = lanes.length > MOST_LANES ? `The first ${all}` : `All ${all}`;
  more.textContent = line.all ? `Only the first ${LANES}` : lot;
  more.setAttribute("aria-expanded", String(line.all));
  const period = `${utc(line.from, 16)} to ${utc(line.to, 16)} UTC`;
  $("time-period").textContent = `${period}: ${plural(total.hits, "hit")}`;
  const isWhole = line.from === line.whole[0] && line.to === line.whole[1];
  $("time-whole").setAttribute("aria-disabled", String(isWhole));
  $("time-out").setAttribute("aria-disabled", String(isWhole));
}

function zoomTo(from, to) {
  const [first, last] = line.whole;
  const span = Math.min(Math.max(to - from, MINUTE), last - first);
  line.from = Math.min(Math.max(from, first), last - span);
  line.to = line.from + span;
  const isWhole = line.from === first && line.to === last;
  setFilter(isWhole ? { from: null, to: null } : { from: line.from, to: line.to });
  announce($("time-period").textContent);
}

function zoomBy(factor) {
  const middle = (line.from + line.to) / 2;
  const half = ((line.to - line.from) * factor) / 2;
  zoomTo(middle - half, middle + half);
}

function moveBy(part) {
  const step = (line.to - line.from) * part;
  zoomTo(line.from + step, line.to + step);
}

// A stretch that is drawn with the pointer is zoomed to.
function startDrawing() {
  const area = $("time-plot");
  const band = $("time-band");
  let start = null;
  const place = (event) => {
    const box = $("time-all").getBoundingClientRect();
    return Math.min(Math.max(event.clientX - box.left, 0), box.width);
  };
  const show = (a, b) => {
    const offset = $("time-all").getBoundingClientRect().left - area.getBoundingClientRect().left;
    band.style.left = `${offset + Math.min(a, b)}px`;
    band.style.width = `${Math.abs(a - b)}px`;
  };
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest("button")) return;
    if (event.clientX < $("time-all").getBoundingClientRect().left) return;
    start = place(event);
    area.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  area.addEventListener("pointermove", (event) => {
    if (start === null) return;
    band.hidden = false;
    show(start, place(event));
  });
  const end = (event) => {
    if (start === null) return;
    const [low, high] = [start, place(event)].sort((a, b) => a - b);
    start = null;
    band.hidden = true;
    if (event.type === "pointerup" && high - low > 4) {
      const scale = (line.to - line.from) / $("time-all").clientWidth;
      zoomTo(line.from + low * scale, line.from + high * scale);
    }
  };
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
}

function startTimeline() {
  line.points = { indicator: points("indicator"), host: points("host") };
  const at = line.points.indicator.time;
  if (at.length === 0) return;
  const step = data.sums?.step ?? 1;
  const first = at.reduce((a, b) => Math.min(a, b));
  const last = at.reduce((a, b) => Math.max(a, b)) + step;
  const margin = Math.max((last - first) * 0.01, MINUTE);
  line.whole = [first - margin, last + margin];
  [line.from, line.to] = line.whole;
  $("time-static")?.remove();
  $("time").hidden = false;
  const onPress = (id, run) => $(id).addEventListener("click", run);
  onPress("time-in", () => zoomBy(0.5));
  onPress("time-out", () => zoomBy(2));
  onPress("time-earlier", () => moveBy(-0.5));
  onPress("time-later", () => moveBy(0.5));
  onPress("time-whole", () => zoomTo(...line.whole));
  onPress("time-more", () => {
    line.all = !line.all;
    drawTimeline();
  });
  for (const choice of document.querySelectorAll("input[name=lanes]")) {
    choice.addEventListener("change", () => {
      line.by = choice.value;
      drawTimeline();
    });
  }
  const keys = {
    "+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2),
    ArrowLeft: () => moveBy(-0.25), ArrowRight: () => moveBy(0.25),
    Home: () => zoomTo(...line.whole), 0: () => zoomTo(...line.whole),
  };
  $("time-plot").addEventListener("keydown", (event) => {
    const run = keys[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    run();
  });
  startDrawing();
  listeners.push(() => {
    if (filter.from === null) [line.from, line.to] = line.whole;
    drawTimeline();
  });
  const redraw = debounced(60, drawTimeline);
  new ResizeObserver(() => {
    if ($("time-all").clientWidth !== line.width) redraw();
  }).observe($("time-all"));
}

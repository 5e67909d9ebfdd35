// The tables that were written into the page: sorted by a press on a head, and what they name
// filters the lines.

function sortTable(table, head, down) {
  const body = table.tBodies[0];
  const at = head.cellIndex;
  const value = (row) => row.cells[at].dataset.sort ?? row.cells[at].textContent;
  const sorted = [...body.rows].map((row) => [value(row), row]);
  const isNumber = head.dataset.sort === "number";
  sorted.sort(([a], [b]) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const order = isNumber ? Number(a) - Number(b) : a.localeCompare(b, "en");
    return down ? -order : order;
  });
  body.append(...sorted.map(([, row]) => row));
}

function startSorting(table) {
  const heads = [...table.tHead.rows[0].cells].filter((head) => head.dataset.sort);
  for (const head of heads) {
    const press = () => {
      // Numbers are most interesting from above.
      const first = head.dataset.sort === "number" ? "descending" : "ascending";
      const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") !== "descending" : first === "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      sortTable(table, head, down);
      announce(`sorted by ${head.textContent}, ${head.getAttribute("aria-sort")}`);
    };
    head.replaceChildren(el("button", { type: "button", click: press }, head.textContent));
  }
}

// Cells with a name in them become buttons that filter the lines.
function startChoosing() {
  const places = new Map(strings.map((string, at) => [string, at]));
  const choose = (names) => {
    const values = {};
    for (const [kind, name] of Object.entries(names)) values[kind] = places.get(name);
    clearFilter();
    setFilter(values);
    $("lines").scrollIntoView({ block: "start" });
    $("lines-title").focus({ preventScroll: true });
  };
  for (const cell of document.querySelectorAll("[data-host], [data-indicator], [data-file]")) {
    const { host, indicator, file } = cell.dataset;
    const names = {};
    // Where it is empty, the cell's text is the name.
    if (host !== undefined) names.host = host || cell.textContent;
    if (indicator !== undefined) names.indicator = indicator || cell.textContent;
    if (file !== undefined) names.file = file;
    // Above the cap, not everything that is counted has lines in the page.
    if (!Object.values(names).every((name) => places.has(name))) continue;
    const said = Object.values(names).join(" and ");
    const button = el("button", { type: "button", class: "choose", click: () => choose(names) });
    button.setAttribute("aria-label", `${cell.textContent.trim()}: show the lines of ${said}`);
    button.append(...cell.childNodes);
    cell.append(button);
  }
}

function startTables() {
  for (const table of document.querySelectorAll("table.sorted")) startSorting(table);
  startChoosing();
}

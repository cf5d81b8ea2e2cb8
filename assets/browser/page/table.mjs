// The response table: its library, which comes when it is first opened, its rows, and copying from it.
import { highlighted } from "../charts/marks.mjs";
import { fixed, prefix, say, select, setProps, state } from "../state/state.mjs";
import { copyText } from "./copying.mjs";
import { $, make, on, queryAll } from "./dom.mjs";
import { lookBeyond } from "./goes_on.mjs";
import { tellLeft } from "./left.mjs";

const GRIDS = "#response-table, #numbers-grid";
const ROWS = ["center", "pinned-left"].map((one) => `#response-table .ag-${one}-cols-container .ag-row`).join();
const PHASES = ["all", "after", "restart", "before"];

window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
  lit: (id) => highlighted().ids.has(id),
  dim: (id) => highlighted().any && !highlighted().ids.has(id),
  shown: (value, digits) => (value === null || value === undefined ? "–" : fixed(value, digits)),
});

const grids = () => window.dash_ag_grid;
/** The table's own interface, once it is there. */
export const tableApi = () => grids()?.getApi && $("#response-table") && grids().getApi("response-table");
export const tableShown = () => Boolean(tableApi());

// The library of tables comes when one is first opened.
function library(then) {
  if (grids()) return then();
  const src = `${prefix()}_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js`;
  const script = $(`script[src="${src}"]`) || make("script", { src });
  script.addEventListener("load", then);
  if (!script.isConnected) document.head.append(script);
}

/** Asks for the table; `then` once its library is there. */
export function whenTables(then) {
  library(() => setProps("table-due", { data: performance.now() }));
  then();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest('[data-action="numbers"]');
  if (!button || grids()) return;
  event.stopPropagation();
  library(() => button.click());
}, true);

/** Rows and columns of a redraw's answer. */
export function writeTable({ rows, columns }) {
  if (columns && tableShown()) setProps("response-table", { columnDefs: columns });
  if (rows && tableShown()) tableApi().setGridOption("rowData", rows);
}

function patientOf(row) {
  const node = tableShown() && tableApi().getDisplayedRowAtIndex(Number(row.getAttribute("row-index")));
  return node?.data?.patient_id;
}

/** Rows of who is highlighted, the first of them in sight. */
export function markRows() {
  const grid = tableApi(), lit = highlighted(), [first] = lit.ids;
  if (!grid) return;
  lookBeyond();
  for (const row of queryAll("#response-table .ag-row")) {
    const isLit = lit.ids.has(patientOf(row));
    row.classList.toggle("lit", isLit);
    row.classList.toggle("dim", lit.any && !isLit);
  }
  const isNew = first !== undefined && first !== state.scrolledTo;
  const node = isNew && PHASES.map((phase) => grid.getRowNode(`${first}|${phase}`)).find(Boolean);
  if (node) requestAnimationFrame(() => grid.isDestroyed() || grid.ensureNodeVisible(node));
  state.scrolledTo = first;
}

on("click", ROWS, (row, { shiftKey }) => select({ patients: [patientOf(row)] }, shiftKey));

on("keydown", "#response-table .ag-cell", (cell, event) => {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  select({ patients: [patientOf(cell.closest(".ag-row"))] }, event.shiftKey);
});

// Ctrl+C in a table, where no text is selected: all its rows, as they are sorted, for a spreadsheet, which must take no
// text for a formula.
const plain = ({ value }) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value ?? "");
const header = ({ column }) => column.getColDef().headerName.trim();
const SHEET = { columnSeparator: "\t", processCellCallback: plain, processHeaderCallback: header };

on("click", '[data-action="copy-grid"]', () => {
  const api = grids().getApi("numbers-grid");
  copyText("Table", api.getDataAsCsv(SHEET), `${api.getDisplayedRowCount().toLocaleString("en")} rows, as sorted.`);
});

on("copy", GRIDS, (grid, event) => {
  if (String(window.getSelection())) return;
  const api = grids().getApi(grid.id);
  event.clipboardData.setData("text/plain", api.getDataAsCsv(SHEET));
  event.preventDefault();
  tellLeft("table");
  say(`${api.getDisplayedRowCount().toLocaleString("en")} rows are copied, for a spreadsheet.`);
});

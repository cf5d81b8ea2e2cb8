// Redraws: a change of the query is one request, and what it answers is drawn here, with the reader's zoom, in one
// frame.
import { drawLayer } from "../charts/charts.mjs";
import { isThere } from "../charts/marks.mjs";
import { fitLayout } from "../charts/panels.mjs";
import { inPart, turnPart } from "../charts/parts.mjs";
import { fetchMarks, takeMarks, waiting } from "../charts/requests.mjs";
import { applyZoom, keepZoom } from "../charts/time_axis.mjs";
import { warmUp } from "../charts/warm.mjs";
import { $, queryAll } from "../page/dom.mjs";
import { hasLookedBeyond } from "../page/goes_on.mjs";
import { askOfServer } from "../page/intake.mjs";
import { countLooked } from "../page/looked.mjs";
import { renewNotes } from "../page/notes.mjs";
import { drawChips, inCard, write } from "../page/page.mjs";
import { sayDrawn } from "../page/speech.mjs";
import { markRows, tableShown, whenTables } from "../page/table.mjs";
import { answerTo } from "./ahead.mjs";
import { showMenus, tellLater } from "./controls.mjs";
import { anySelected, correctQuery, isPending, say, setProps, state } from "./state.mjs";

const when = (ready, act) => (ready() ? act() : requestAnimationFrame(() => when(ready, act)));
const inOrder = (query) => Object.fromEntries(Object.keys(state.query).map((field) => [field, query[field]]));
const boxOf = (chart) => $(`[data-chart="${chart}"]`) || $(`[data-view="${chart}"]`);
const plotted = () => queryAll(":is([data-chart], [data-view]) .dash-graph").every((graph) => {
  const { chart, view } = graph.closest("[data-chart], [data-view]").dataset, own = state.charts[chart || view];
  return own && graph.contains(own.gd);
});
let bare = false; // the page has just come
let turn = null; // of the latest page or redraw: it takes over from any before

const shownViews = () => queryAll("[data-view]:not(.hidden)").map((card) => card.dataset.view);
// Marks on their way keep nobody waiting unless somebody is lit; `ready`: they have arrived too; `complete`: the table,
// which takes a third of a page's load, has as well, and what goes on beyond an edge is told.
const moving = () => state.following || state.zooming || (state.fetching && anySelected());
const awaited = () => isPending() || turn || state.writing || moving();
export const settled = () => Boolean(state.query) && !awaited() && plotted();
export const ready = () => settled() && !state.fetching;
export const complete = () => ready() && hasLookedBeyond() && (state.query.panel !== "response" || tableShown());

/** A study's page arrived: dash draws its charts. */
export function arrived() {
  const mine = (turn = {});
  bare = true;
  waiting(() => fetchMarks(shownViews()));
  when(() => mine !== turn || plotted(), () => mine === turn && landed());
}

const UNANSWERED = "The server did not answer: the charts show what was asked for before.";

/** Asks for what the query changes on the page, and draws it. */
export async function redraw() {
  const mine = (turn = {}), asked = state.query;
  state.writing = true;
  const found = await answerTo(asked).catch((error) => say(error.said || UNANSWERED));
  if (found) when(() => mine !== turn || plotted(), () => mine === turn && apply(found, asked, mine));
}

async function apply(found, asked, mine) {
  // read before anything is written, or every chart would lay out the page again
  const fitting = new Set(Object.values(state.charts).filter(fits).map(({ name }) => name));
  if (state.used.panel !== found.used.panel) fitting.delete(found.used.panel); // it was hidden
  // at once: what is asked for while this is drawn says that it is there
  state.used = found.used;
  write(found);
  if (found.marks) takeMarks(found.marks);
  state.drawing = true;
  const plots = Object.entries(found.figures).map(([name, figure]) => plot(name, figure, fitting.has(name)));
  await Promise.all(plots).finally(() => (state.drawing = false));
  if (mine !== turn) return drawLayer();
  state.shown = asked;
  correctQuery(inOrder(found.used));
  landed();
}

// Whether a chart is as large as its place: plotly keeps parts of a pixel.
function fits({ gd }) {
  const { width, height } = gd._fullLayout || {};
  return Math.abs(width - gd.clientWidth) < 1 && Math.abs(height - gd.clientHeight) < 1;
}

async function plot(name, figure, fitted) {
  const chart = boxOf(name).querySelector(".dash-graph");
  if (!chart) return mounted(name, figure);
  const { data, layout } = inPart(name, figure);
  const { parentElement: room } = chart;
  const gd = chart.querySelector(".js-plotly-plot") || chart.firstChild, full = gd._fullLayout;
  const height = `${(layout.meta?.min_height) || 0}px`;
  const same = fitted && chart.style.minHeight === height;
  chart.style.minHeight = height;
  keepZoom(state.charts[name], layout);
  fitLayout(layout, same ? full.height : Math.max(parseInt(height, 10), room.clientHeight));
  const fixed = same ? { width: full.width, height: full.height } : { autosize: true };
  await window.Plotly.react(gd, data, { ...layout, ...fixed });
  for (const side of ["width", "height"]) delete gd.layout[side]; // with its own it would not follow the window
  gd.layout.autosize = true;
}

// The chart of a view of the panel becomes one of dash's when it is first opened.
function mounted(view, figure) {
  const height = figure.layout.meta?.min_height || 0, room = inCard(view, ".card-body"), { config } = room.dataset;
  const style = { height: "100%", minHeight: `${height}px` }, id = { type: "graph", view };
  const props = { id, figure, config: JSON.parse(config), responsive: true, style };
  setProps({ type: "plot", view }, { children: { namespace: "dash_core_components", type: "Graph", props } });
  return new Promise((done) => when(() => !room.isConnected || isThere(state.charts[view]), done));
}

function landed() {
  turn = null;
  showMenus();
  tellLater();
  if (state.query.panel === "response" && !tableShown()) askForTable();
  if (bare) {
    askOfServer();
    if (!$("#find")) waiting(() => fetchMarks(shownViews())); // now it is known which need them
    when(complete, () => warmUp(ready));
  }
  bare = false;
  turnPart();
  applyZoom();
  drawLayer();
  drawChips();
  countLooked();
  renewNotes();
  sayDrawn();
}

const askForTable = () => whenTables(() => when(tableShown, markRows));

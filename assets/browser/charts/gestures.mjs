// What a pointer does on a chart. A click finds the nearest mark itself, so that a line can be clicked between its
// visits; a box or lasso finds patient-visits.
import { chose } from "../notes/pinned.mjs";
import {
  clearSelection, expected, onceShown, select, selectPatients, selectVisits, setQuery, state,
} from "../state/state.mjs";
import { meaningAt } from "./kinds.mjs";
import { paintMoved } from "./layer.mjs";
import { isThere, visitsInside } from "./marks.mjs";
import { viewAt } from "./panels.mjs";
import { pointOf } from "./places.mjs";
import { everything, pointAt, zoomedBy } from "./time_axis.mjs";
import { nobodyUnder, plotlyHovered, pointerMoved, showTip, turnOf } from "./tips.mjs";

/** @typedef {import("../state/types.mjs").View} View */
/** @typedef {import("../state/types.mjs").Chart} Chart */

const TWICE = 300; // ms between the clicks of a double click
const FAR = 4; // px that a press moves until it is a drag
const OF_PAIRS = ["subset", "phase", "tolerance", "lag", "pasi_scale", "immune_scale"];

let press = null; // where the pointer went down on a chart, until it is up or far; `held`: what plotly is to hear of it

document.addEventListener("pointerdown", (event) => {
  state.shiftDown = event.shiftKey; // a lasso adds if Shift was down when it began
  press = null;
}, true);
window.addEventListener("pointermove", (event) => press && isFar(event) && drag(), true);
window.addEventListener("pointerup", (event) => {
  if (press && !isFar(event)) over(press.chart, click)(event);
  press = null;
});

const isFar = ({ clientX, clientY }) => Math.hypot(clientX - press.x, clientY - press.y) >= FAR;

function drag() {
  const { held } = press;
  press = null;
  held?.target.dispatchEvent(new MouseEvent("mousedown", held));
}

// Of a press on the figure or the scatter plotly hears once it is a drag: it would cover the page, take the crosshair
// and the tooltip away and put them back, in frames before and after the one that shows who is highlighted.
function hold(chart, event) {
  const ours = ["time", "correlation"].includes(chart.name) && event.target.matches(".nsewdrag, .hoverlayer *");
  if (!press || !ours || !event.isTrusted) return;
  event.stopPropagation();
  event.preventDefault();
  press.held = event;
}

const over = (chart, act) => (event) => {
  const view = event && event.clientY !== undefined && viewAt(chart, pointOf(chart, event)[1]);
  if (view) act(view, event);
};

/** @param {Chart} chart */
export function listenTo(chart) {
  const { gd } = chart, on = (name, act) => gd.addEventListener(name, act, true);
  on("pointerdown", ({ button, clientX: x, clientY: y }) => (press = button === 0 ? { chart, x, y } : null));
  on("mousedown", (event) => hold(chart, event));
  on("pointermove", over(chart, (view, event) => pointerMoved(view, ...pointOf(view, event))));
  on("pointermove", (event) => pointAt(chart, pointOf(chart, event)[0]));
  gd.addEventListener("pointerleave", () => (nobodyUnder(chart), pointAt(null)));
  // one finger scrolls the page and taps: plotly would take it for a drag
  const alone = (event) => event.touches.length === 1 && event.stopPropagation();
  gd.addEventListener("touchstart", alone, { capture: true, passive: true });
  gd.on("plotly_relayout", (change) => zoomedBy(chart, change));
  gd.on("plotly_relayouting", () => gd._fullLayout.dragmode === "pan" && paintMoved(chart));
  gd.on("plotly_selected", (found) => chart.views.length && lasso(chart.views[0], found));
  gd.on("plotly_hover", ({ event }) => over(chart, hovered)(event));
}

// Where a click would change the query, its answer may be asked for before.
function hovered(view, event) {
  plotlyHovered(view, event);
  const sets = !["time", "correlation"].includes(view.chart.name) && meaningAt(view, ...pointOf(view, event))?.query;
  if (sets) expected(sets);
}

// ---- click

function click(view, event) {
  if (!isThere(view) || event.target.closest(".modebar, .legend")) return;
  const found = meaningAt(view, ...pointOf(view, event)), again = twice(view, event) && !(found?.stack?.length > 1);
  const pairs = view.name === "correlation", tapped = event.pointerType === "touch" && view.meta.weeks;
  const zooms = pairs ? ["zoom", "pan"].includes(view.gd._fullLayout.dragmode) : tapped || view.chart.name === "time";
  if (again && pairs) clearSelection();
  if (again && zooms) everything();
  if (found && !(again && (pairs || tapped))) actOn(view, found, event.shiftKey);
}

function twice(view, { timeStamp, clientX, clientY }) {
  const { when, x, y } = view.clicked || { when: -Infinity }, again = timeStamp - when < TWICE;
  view.clicked = again ? null : { when: timeStamp, x: clientX, y: clientY };
  return again && Math.hypot(clientX - x, clientY - y) < 6;
}

/** Does what a click or a key on a chart means; of marks on one another, the next at each further time.
 * @param {View} view @param {import("./kinds.mjs").Meaning} found @param {boolean} add */
export function actOn(view, found, add) {
  if (found.query) return setQuery(found.query);
  if (found.members) return timed(() => selectPatients(found.members, found.gesture, add));
  if (!found.stack) return timed(() => select(found, add));
  const mark = turnOf(view, found.stack, true);
  chose(mark);
  timed(() => select(mark.select, add));
  if (found.stack.length > 1 || !view.gd._hoverdata) onceShown(() => showTip(view, found.stack));
}

/** From the gesture to the end of the frame that shows it, for the benchmark. */
export function timed(act) {
  const start = performance.now();
  state.lastHighlight = null;
  act();
  const drawn = performance.now() - start;
  onceShown(() => (state.lastHighlight = { drawn, ms: performance.now() - start }));
}

// ---- box and lasso

// What it caught is in the selection from then on, and drawn by the layer: plotly would dim all other marks until told
// otherwise.
function lasso(view, found) {
  if (!found) return;
  const { lassoPoints: points, range } = found, caught = points ? thinned(points) : range && corners(range.x, range.y);
  if (view.name === "correlation" && caught) timed(() => selectInside(view, caught, state.shiftDown));
  window.Plotly.update(view.gd, { selectedpoints: null }, { selections: [] });
}

/** Selects the visits in a polygon of the scatter, whose corners are data.
 * @param {View} view @param {{ x: number[], y: number[] }} polygon @param {boolean} add */
export function selectInside(view, polygon, add) {
  const made = Object.fromEntries(OF_PAIRS.map((field) => [field, state.query[field]]));
  selectVisits(visitsInside(view, polygon.x, polygon.y), { view: view.name, ...polygon, ...made }, add);
}

const fine = (values) => values.map((value) => Number(value.toPrecision(5)));

/** The polygon of two ranges. */
export const corners = ([left, right], [low, high]) => (
  { x: fine([left, right, right, left]), y: fine([low, low, high, high]) });

function thinned({ x, y }) {
  const step = Math.max(1, Math.ceil(x.length / 60)), some = (values) => fine(values.filter((_, i) => i % step === 0));
  return { x: some(Array.from(x)), y: some(Array.from(y)) };
}

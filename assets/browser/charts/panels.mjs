// The panels of the figure: how high each is, where its region lies, and which lanes are in sight.
import { isPending, setQuery, state } from "../state/state.mjs";
import { takeAnnotations } from "./annotations.mjs";
import { highlighted, isThere } from "./marks.mjs";
import { axisKey, placeOf, pointOf } from "./places.mjs";
import { post, waiting } from "./requests.mjs";
import { heights, lanesIn, LARGE_TYPE } from "./stack.mjs";

/** @typedef {import("../state/types.mjs").View} View */
/** @typedef {import("../state/types.mjs").Chart} Chart */

const NARROW = 520; // px of a chart below which titles stand above their rows
const BLOCK = 12; // px above a patient's block
const FAST = 2; // lanes that a turn of the wheel moves
const STEPS = { PageDown: 1, PageUp: -1, End: Infinity, Home: -Infinity };
let first = 0; // the lane on top
let kept = null; // the patient on top, while the list is turned

const clamped = (value, low, high) => Math.max(low, Math.min(high, value));

// The margins, the gap and the titles for a width.
function roomFor({ meta, margin, annotations }, width) {
  meta.wide ??= { margin, annotations, gap: meta.gap };
  return meta.narrow && width < NARROW ? meta.narrow : meta.wide;
}

// What a layout has to say for a height: the domain of each axis, and the lanes in sight.
function fitted(meta, { margin, gap }, height) {
  const { mode, capture } = document.body.dataset, large = mode === "present" || capture;
  const least = meta.least * (large ? LARGE_TYPE : 1);
  const room = height - margin.t - margin.b, high = heights({ ...meta, gap, least }, room), found = {};
  let edge = room;
  meta.stack.forEach(([axis], i) => {
    found[`${axisKey(axis)}.domain`] = [Math.max(0, (edge - high[i]) / room), edge / room];
    edge -= high[i] + gap;
    if (meta.scroll && axis === meta.scroll.axis) found[`${axisKey(axis)}.range`] = inSight(meta, high[i]);
  });
  return found;
}

// The lanes that a height shows, from the one on top.
function inSight({ scroll, panels }, px) {
  const rows = lanesIn(scroll, px), place = (panels.swimlanes.lanes || []).indexOf(kept);
  first = clamped(place < 0 ? first : place, 0, Math.max(0, scroll.count - rows));
  return [first + rows - 0.5, first - 0.5];
}

/** A layout that is about to be drawn gets its heights, so that it is drawn once. */
export function fitLayout(layout, height, width = state.charts.time?.gd._fullLayout?.width) {
  if (!layout.meta?.stack || !height) return;
  const { margin, annotations, gap } = roomFor(layout, width);
  Object.assign(layout, { margin, annotations });
  for (const [path, value] of Object.entries(fitted(layout.meta, { margin, gap }, height))) {
    const [axis, part] = path.split(".");
    layout[axis][part] = value;
  }
  kept = null;
}

/** Has a chart of dash's drawn once as it comes: dash has it drawn again, 0.1 s later, for the size that it has. */
export function drawOnce() {
  const { Plots, react } = window.Plotly, { resize } = Plots;
  takeAnnotations();
  window.Plotly.react = (gd, figure, ...rest) => {
    if (figure.layout) fitLayout(figure.layout, gd.clientHeight, gd.clientWidth);
    return react(gd, figure, ...rest);
  };
  Plots.resize = (gd) => {
    const { width, height } = gd._fullLayout || {};
    const same = Math.abs(width - gd.clientWidth) < 1 && Math.abs(height - gd.clientHeight) < 1;
    return same ? Promise.resolve(gd) : resize(gd);
  };
}

/** Whether a drawn chart has to be drawn again for its height, which is done.
 * @param {Chart} chart */
export function fitChart({ gd }) {
  const { meta, margin } = gd.layout, full = gd._fullLayout;
  if (!meta?.stack) return false;
  const room = roomFor(gd.layout, full.width), { gap, ...turned } = room;
  const far = ([path, wanted]) => {
    const now = path.split(".").reduce((part, name) => part[name], full);
    return wanted.some((value, i) => Math.abs(value - now[i]) > 1e-4);
  };
  const stale = Object.fromEntries(Object.entries(fitted(meta, room, full.height)).filter(far));
  if (margin.l !== room.margin.l) Object.assign(stale, structuredClone(turned));
  const found = Object.keys(stale).length > 0;
  if (found) window.Plotly.relayout(gd, stale);
  return found;
}

/** Each region over the plot of its panel; of a panel that is not drawn, hidden.
 * @param {Chart} chart */
export function placeRegions(chart) {
  for (const region of document.querySelectorAll(`[data-chart="${chart.name}"] > [data-view]`)) {
    const view = state.views[region.dataset.view], shown = Boolean(view) && view.gd === chart.gd;
    region.classList.toggle("hidden", !shown);
    const [left, top, width, height] = shown ? placeOf(view).area.map((px) => `${px}px`) : [];
    if (shown) Object.assign(region.style, { left, top, width, height });
  }
}

/** The view of a chart at a height: the one whose plot is nearest.
 * @param {Chart} chart @param {number} py @returns {View | null} */
export function viewAt(chart, py) {
  const gap = (view) => {
    const [, top, , height] = placeOf(view).area;
    return Math.max(top - py, py - top - height, 0);
  };
  return chart.views.reduce((best, view) => (best && gap(best) <= gap(view) ? best : view), null);
}

// ---- the list of lanes

function listed() {
  const view = state.views.swimlanes;
  if (!isThere(view) || !view.meta.scroll) return null;
  const { scroll, lanes } = view.meta, [low, high] = view.gd._fullLayout[axisKey(scroll.axis)].range;
  return { ...scroll, view, lanes, rows: low - high, last: Math.max(0, scroll.count - low + high) };
}

/** How much higher the figure has to be for all lanes of the list, px. */
export function lanesCut() {
  const list = listed();
  return list && list.pages === 1 ? Math.ceil(list.last * list.row) : 0;
}

// Moves by so many lanes; at an end of what is drawn the list is turned.
function scrollLanes({ view, page, pages, last, lanes }, step) {
  if (isPending()) return;
  const next = clamped(first + step, 0, last), turned = step > 0 ? Math.min(pages, page + 2) : Math.max(1, page - 2);
  if (next !== first) {
    first = next;
    fitChart(view.chart);
  } else if (turned !== page) {
    kept = lanes[Math.round(step > 0 ? last : 0)];
    setQuery({ lane_page: turned }, true);
  }
}

const canScroll = ({ page, pages, last }, step) =>
  step > 0 ? first < last - 0.01 || page < pages : first > 0.01 || page > 1;

/** Whether the list of lanes goes on in a direction. */
export const canScrollLanes = (step) => Boolean(listed()) && canScroll(listed(), step);

let shown, block; // whose lanes, and whose block, came into sight last
/** The lanes of whoever has just been lit come into sight. */
export function showLane() {
  const list = listed(), [patient] = highlighted().ids;
  if (isPending()) return;
  showBlock(patient);
  if (!list?.lanes || patient === shown) return;
  shown = patient;
  if (patient === undefined) return;
  const lane = list.lanes.indexOf(patient);
  if (lane < 0) findLane(patient);
  if (lane < 0 || (lane >= first - 0.01 && list.lanes.lastIndexOf(patient) < first + list.rows)) return;
  first = clamped(lane, 0, list.last);
  fitChart(list.view.chart);
}

/** How many lanes or drugs are in sight, in words, where some are not. */
export function sightWords() {
  const list = listed(), seen = list && Math.floor(list.rows + 0.01);
  if (!list || seen >= list.count * list.pages) return [];
  const words = list.pages > 1 ? `${seen} lanes` : `${seen} of ${list.count}`;
  return [`${words} in sight, scroll`, `${words}, scroll`, `${words} ↕`];
}

// The block of whoever has just been lit, in the card that has one for each patient.
function showBlock(patient) {
  const view = state.views.one_patient;
  if (!isThere(view) || !view.gd.offsetParent || patient === block) return;
  block = patient;
  const row = (view.meta.rows || []).indexOf(patient);
  if (row >= 0) view.gd.closest(".card-body").scrollTop = placeOf(view).y(row) - BLOCK;
}

const findLane = (patient) => waiting(async () => {
  const { lane_page: place } = await post("lanes", { study: state.study, query: state.query, patient });
  kept = patient;
  if (place && highlighted().ids.has(patient)) setQuery({ lane_page: place }, true);
});

document.addEventListener("wheel", (event) => {
  const chart = state.charts.time, step = Math.sign(event.deltaY) * FAST, list = step && !event.ctrlKey && listed();
  if (!list || !chart.gd.contains(event.target) || viewAt(chart, pointOf(chart, event)[1]) !== list.view) return;
  if (!canScroll(list, step)) return;
  event.preventDefault();
  scrollLanes(list, step);
}, { passive: false });

document.addEventListener("keydown", (event) => {
  const list = event.key in STEPS && event.target.matches('[data-view="swimlanes"]') && listed();
  if (!list) return;
  event.preventDefault();
  scrollLanes(list, STEPS[event.key] * Math.max(1, list.rows - 1));
});

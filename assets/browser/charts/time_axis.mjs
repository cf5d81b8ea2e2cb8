// Weeks: the axis of the figure. A drag on any panel shows fewer weeks, moving over one shows a crosshair through all.
import { same } from "../state/address.mjs";
import { fixed, setZoom, state } from "../state/state.mjs";
import { highlighted, isThere, known, setsOf } from "./marks.mjs";
import { axisKey, penOn, placeOf } from "./places.mjs";
import { apart, between, ticks } from "./time_scale.mjs";

/** @typedef {import("../state/types.mjs").View} View */

const SHOWN = 8, NARROW = 520; // px below which the weeks that Python chose have no room
const LINE = 14; // of the crosshair's values, px
const TIMES = ["pasi", "immune", "swimlanes"];

/** The views on the weeks that are drawn. @returns {View[]} */
export const timeViews = () =>
  TIMES.map((name) => state.views[name]).filter((view) => isThere(view) && view.meta.weeks);
const weekly = () => isThere(state.charts.time) && timeViews().length > 0;

export const weekAt = ({ meta }, unit) => between(unit, meta.units, meta.weeks);
const unitAt = ({ meta }, week) => between(week, meta.weeks, meta.units);

// ---- zoom

/** What a drag of plotly's did to a chart's ranges goes into the address. */
export function zoomedBy({ name, gd }, change) {
  const keys = Object.keys(change || {}), full = gd._fullLayout, moved = /^[xy]axis\d*\.(range|autorange)/;
  if (state.zooming || !keys.some((key) => moved.test(key) && (name !== "time" || key.startsWith("xaxis.")))) return;
  const whole = keys.some((key) => key.includes("autorange"));
  if (name === "correlation") return setZoom({ pairs: whole ? null : [...full.xaxis.range, ...full.yaxis.range] });
  if (name !== "time" || !weekly()) return;
  const { range } = full.xaxis, [view] = timeViews();
  setZoom({ time: apart(range, view.meta.home) ? range.map((unit) => weekAt(view, unit)) : null });
  applyZoom();
}

/** The figure and the scatter show the zoom of the address. */
export async function applyZoom() {
  state.zooming = true;
  await Promise.all([weekly() && showWeeks(timeViews()[0]), showPairs(state.views.correlation)]);
  state.zooming = false;
}

function showPairs(view) {
  if (!isThere(view) || !view.meta.home) return null;
  const wanted = state.zoom.pairs || view.meta.home, { xaxis, yaxis } = view.gd._fullLayout;
  const [x, y] = [wanted.slice(0, 2), wanted.slice(2)];
  if (!apart(xaxis.range, x) && !apart(yaxis.range, y)) return null;
  return window.Plotly.relayout(view.gd, { "xaxis.range": x, "yaxis.range": y });
}

/** The weeks of a chart as the address zooms to them. */
export function showWeeks(view) {
  const { xaxis } = view.gd._fullLayout, { time } = state.zoom, { meta } = view;
  const range = time ? time.map((week) => unitAt(view, week)) : [...meta.home];
  const [vals, text] = time || xaxis._length < NARROW ? ticksOf(view, range) : meta.ticks;
  const stale = !same(view.gd.layout.xaxis.ticktext, text);
  if (!stale && !apart(xaxis.range, range)) return null;
  return window.Plotly.relayout(view.gd, { "xaxis.range": range, "xaxis.tickvals": vals, "xaxis.ticktext": text });
}

const ticksOf = ({ gd, meta }, range) =>
  ticks(meta.candidates, (week) => unitAt({ meta }, week), range, gd._fullLayout.xaxis._length);

/** A layout that is about to be drawn gets the reader's zoom, so that it is drawn once. */
export function keepZoom({ name, gd }, layout) {
  const { meta } = layout, { time, pairs } = state.zoom;
  if (time && meta?.weeks) {
    const range = time.map((week) => unitAt({ meta }, week)), [tickvals, ticktext] = ticksOf({ gd, meta }, range);
    Object.assign(layout.xaxis, { range, tickvals, ticktext });
  }
  if (!pairs || !meta || name !== "correlation") return;
  layout.xaxis.range = pairs.slice(0, 2);
  layout.yaxis.range = pairs.slice(2);
}

/** Shows all weeks, and all of the scatter. */
export function everything() {
  setZoom({ time: null, pairs: null });
  applyZoom();
}

// A share of a range around a place, within home.
function around(range, home, share, place = (range[0] + range[1]) / 2) {
  const wide = (range[1] - range[0]) * share, low = Math.max(home[0], Math.min(place - wide / 2, home[1] - wide));
  return [low, Math.min(home[1], low + wide)];
}

/** Zooms the figure or the scatter so that a share of what is in sight is left around a place, in units of the axes.
 * @param {View} view @param {number} share @param {number} [x] @param {number} [y] */
export function zoomAround(view, share, x, y) {
  const { xaxis, yaxis } = view.gd._fullLayout, { home, weeks } = view.meta;
  const across = around(xaxis.range, home, share, x), all = (found) => !apart(found, home.slice(0, found.length));
  if (weeks) setZoom({ time: all(across) ? null : across.map((unit) => weekAt(view, unit)) });
  else if (view.name === "correlation" && home) {
    const both = [...across, ...around(yaxis.range, home.slice(2), share, y)];
    setZoom({ pairs: all(both) ? null : both });
  }
  applyZoom();
}

// ---- crosshair

/** The pointer is at a place of a chart, or on none. */
export function pointAt(chart, px) {
  if (state.sweep || (chart && chart.name !== "time") || !weekly()) return; // the week that is played stands
  const { time } = state.charts, { _offset: left, _length: width, ...axis } = time.gd._fullLayout.xaxis;
  const inside = chart && px >= left && px <= left + width;
  if (inside || time.cursorAt !== undefined) drawCursor(time, inside ? axis.p2l(px - left) : null);
}

/** A line through all panels, the week, and the nearest visits beside each. */
export function drawCursor(chart, unit) {
  const pen = penOn(chart, "cursor");
  chart.cursorAt = unit === null ? undefined : unit;
  if (unit === null || !weekly()) return;
  const [view] = chart.views, at = placeOf(view), x = at.x(unit), { t, h } = chart.gd._fullLayout._size;
  pen.line([[x, t], [x, t + h]], at.ink, 1, 0.55);
  flag(pen, at, x, t + h + 11, `week ${fixed(weekAt(view, unit), 1)}`);
  for (const one of timeViews()) if (one.name !== "swimlanes") readOut(one, pen, placeOf(one), unit);
}

// The week under the pointer, on the axis.
function flag(pen, at, x, y, text) {
  const width = pen.width(text, 11) + 8;
  pen.box(x - width / 2, y - 8, width, 15, at.ink, null, 0);
  pen.text(x, y, text, at.card, 11, "center", true);
}

function readOut(view, pen, at, unit) {
  const rows = values(view, unit), by = Map.groupBy(rows, ([axis]) => axis), room = at.area[0] - 28;
  for (const [axis, own] of by) {
    const top = view.gd._fullLayout[axisKey(axis)]._offset;
    pen.box(0, top - 2, room, own.length * LINE + 4, at.card, null, 0);
    own.forEach(([, text, color], i) => pen.text(4, top + 6 + i * LINE, text, color, 11, "left", true));
  }
  state.readout = { ...state.readout, [view.name]: rows.map((row) => row[1]) };
}

const asked = (view) => {
  const lit = highlighted(), few = !lit.any && view.sets.every(({ of }) => of.size <= SHOWN);
  if (!few) return [...lit.ids].slice(0, SHOWN);
  const all = [...new Set(view.sets.flatMap(({ of }) => [...of.keys()]))];
  return all.length <= SHOWN ? all : [];
};

// The nearest visit of each highlighted patient, with its own week: never a value between two visits.
function values(view, unit) {
  const visited = (set) => set.markers && !set.count;
  return asked(view).flatMap((id) => setsOf(view, id).filter(visited).flatMap((set) => {
    const drawn = set.of.get(id).filter((i) => known(set.y[i])), far = (i) => Math.abs(set.x[i] - unit);
    if (!drawn.length) return [];
    const best = drawn.reduce((near, i) => (far(i) < far(near) ? i : near));
    const value = Number(Number(set.y[best]).toPrecision(3)), week = Number(weekAt(view, set.x[best]).toFixed(1));
    return [[set.yaxis, `${id} ${value} (wk ${week})`.replaceAll("-", "−"), set.color(id, best)]];
  }));
}

// What a chart is made of: what a click at a place of it means, and where the arrow keys go.
import { state } from "../state/state.mjs";
import { known, membersOf } from "./marks.mjs";
import { isWithin, placeOf } from "./places.mjs";
import { textAt } from "./texts.mjs";
import { stackOf } from "./tips.mjs";

/** @typedef {import("../state/types.mjs").View} View */

/** What a click means: a selection, a change of the `query`, `members` of a mark, or a `stack` of marks on one another.
 * @typedef {{ stack?: any, query?: any, members?: string[], gesture?: any, patients?: string[],
 *   groups?: string[] }} Meaning */

const NEAR = 9, NEAR_LINE = 6, NEAR_BAR = 8, NEAR_CHOICE = 24, NEAR_MEMBER = 12;

// Fields of the query on which it depends whom a mark of several patients stands for.
const DEFINED_BY = [
  "subset", "phase", "response", "cutoff", "relapse", "rebound", "clock", "baseline", "imputation", "policy",
  "pasi_scale", "measure", "curves_by", "at_restart", "gap",
];

/** What a click at a place of a chart would mean, or null.
 * @param {View} view @param {number} x @param {number} y @returns {Meaning | null} */
export function meaningAt(view, x, y) {
  const text = textAt(view, x, y);
  return text ? meaningOf(view, text) : kindOf(view).meaning(view, x, y);
}

// A name, a sign of the rail or a number of patients.
function meaningOf(view, { of, group, key }) {
  if (key !== undefined) return standing(view, key);
  return of !== undefined ? { patients: [of] } : { groups: [group] };
}

// How far a place is from a stretch between two others.
/** @param {number} px @param {number} py @param {number[]} from @param {number[]} to */
function toSegment(px, py, from, to) {
  const [ax, ay] = from, [bx, by] = to;
  const [dx, dy] = [bx - ax, by - ay], along = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(px - ax - t * dx, py - ay - t * dy);
}

// ---- marks of one patient

function nearest(view, px, py) {
  const at = placeOf(view);
  if (!isWithin(at.area, px, py, 6)) return null;
  const stack = stackOf(marksNear(view, at, px, py)) || stackOf(linesNear(view, at, px, py));
  return stack ? { stack } : group(view, at, px, py);
}

const clickable = (view) => [...view.sets, ...(view.others || []).filter((set) => set.base)];

// Every mark of a patient near a place.
function marksNear(view, at, px, py) {
  const found = [];
  for (const set of clickable(view)) {
    for (const [id, positions] of set.markers ? set.of : []) {
      for (const i of positions) {
        if (!known(set.y[i])) continue;
        const x = at.x(set.x[i]), y = at.y(set.y[i], set.yaxis), gap = Math.hypot(x - px, y - py);
        if (gap < NEAR) found.push({ id, curve: set.curve, set, i, x, y, gap, select: { patients: [id] } });
      }
    }
  }
  return found;
}

// Every stretch of a patient's line near a place.
function linesNear(view, at, px, py) {
  const found = [];
  for (const set of clickable(view)) {
    for (const [id, positions] of set.lines ? set.of : []) {
      const places = positions.map((i) => known(set.y[i]) && [at.x(set.x[i]), at.y(set.y[i], set.yaxis)]);
      const far = (here, i) => (here && places[i] ? toSegment(px, py, places[i], here) : Infinity);
      const gap = Math.min(...places.slice(1).map(far));
      if (gap < NEAR_LINE) found.push({ id, x: px, y: py, gap, select: { patients: [id] } });
    }
  }
  const least = Math.min(...found.map(({ gap }) => gap));
  return found.filter(({ gap }) => gap < least + 0.5);
}

// In a large cohort, a click on a median lights its group.
function group(view, at, px, py) {
  const near = ({ x, y, yaxis }) => Array.from(x, (value, i) => [at.x(value), at.y(y[i], yaxis || "y")])
    .some((here, i, all) => i && toSegment(px, py, all[i - 1], here) < NEAR_LINE);
  const found = (view.groups || []).find(near);
  return found ? { groups: [found.meta.group] } : null;
}

// ---- lanes

// Whether a place is on a row of the plot, or on its title in the margin.
const onRow = ({ area: [left, top, width, height] }, px, py) => isWithin([0, top, left + width, height], px, py);

function lane(view, px, py) {
  const at = placeOf(view), row = at.row(py), patient = view.meta.lanes[row];
  if (!onRow(at, px, py) || patient === undefined) return null;
  const stack = px < at.area[0] ? null : stackOf(coursesNear(view, at, row, px));
  return stack ? { stack } : { patients: [patient] };
}

// The courses of a lane near a place, of bars on each other the one on top first.
function coursesNear(view, at, row, px) {
  const found = [], on = (set) => (i) => Math.round(set.y[i]) === row;
  for (const set of view.sets.filter((one) => !one.words && !one.event)) {
    for (const [id, positions] of set.of) {
      for (const i of positions.filter(on(set))) {
        const left = at.x(set.x[i]), right = set.x1 ? at.x(set.x1[i]) : left, gap = Math.max(left - px, px - right, 0);
        const here = { id, curve: set.curve, set, i, x: set.x1 ? px : left, y: at.y(set.y[i]), gap };
        if (gap <= NEAR_BAR) found.unshift({ ...here, select: chosenBy(set, i, id) });
      }
    }
  }
  return found;
}

/** What a mark of a patient selects: its course, or the patient. */
export function chosenBy(set, i, id) {
  const [, start, treatment] = set.data.at(i), course = (set.bars || treatment) && !set.event;
  return course ? { courses: [{ patient: id, treatment, start }] } : { patients: [id] };
}

// A drug's row of shares opens the lanes of the patients.
function drug(view, px, py) {
  const at = placeOf(view), there = onRow(at, px, py) && view.meta.drugs[at.row(py)] !== undefined;
  return there ? { query: { lanes: "patients" } } : null;
}

// ---- cells, rows and columns

function cell(view, px, py) {
  const at = placeOf(view), { subsets, columns } = view.meta.cells, subset = subsets[at.row(py)];
  if (!onRow(at, px, py) || !subset) return null;
  return { query: { panel: "correlation", subset, ...(px >= at.area[0] ? columns[at.column(px)] : {}) } };
}

// Whether a place is on the chart, the labels of its axes included.
const onChart = ({ gd: { _fullLayout: full } }, px, py) => isWithin([0, 0, full.width, full.height], px, py);

// The nearest of the places along the axis that stand for a choice.
function choose(view, px, py) {
  const at = placeOf(view), gap = ({ x }) => Math.abs(at.x(x) - px);
  const [best] = [...view.meta.choices].sort((a, b) => gap(a) - gap(b));
  return onChart(view, px, py) && best && gap(best) < NEAR_CHOICE ? { query: best.query } : null;
}

const ofPatient = (view, px, py, id) => (onChart(view, px, py) && known(id) ? { patients: [id] } : null);
const row = (view, px, py) => ofPatient(view, px, py, view.meta.rows[placeOf(view).row(py)]);
const column = (view, px, py) => ofPatient(view, px, py, view.meta.columns[placeOf(view).column(px)]);

// A row that stands for a choice, unless a patient's own mark on it was meant.
function choice(view, px, py) {
  const query = onChart(view, px, py) && view.meta.sets[placeOf(view).row(py)];
  return nearest(view, px, py) || (query ? { query } : null);
}

// ---- marks of several patients

function member(view, px, py) {
  const at = placeOf(view), gap = ({ x, y, yaxis }) => Math.hypot(at.x(x) - px, at.y(y, yaxis) - py);
  const somebody = view.points.filter(({ key }) => membersOf(view.meta, key).length);
  const [best] = somebody.sort((a, b) => gap(a) - gap(b)), far = best ? gap(best) : Infinity;
  if (far >= NEAR_MEMBER || (far > 4 && toOwn(view, at, px, py) < far)) return null;
  return standing(view, best.key);
}

function standing(view, key) {
  const defined = Object.fromEntries(DEFINED_BY.map((field) => [field, state.query[field]]));
  return { members: membersOf(view.meta, key), gesture: { view: view.name, key, ...defined } };
}

// How far the nearest mark of one patient is, on a chart that draws those too: under a mark of several it gives way.
function toOwn(view, at, px, py) {
  let least = Infinity;
  for (const { of, x, y, yaxis } of view.meta.own ? view.sets : []) {
    for (const i of [...of.values()].flat()) {
      if (Number.isFinite(y[i])) least = Math.min(least, Math.hypot(at.x(x[i]) - px, at.y(y[i], yaxis) - py));
    }
  }
  return least;
}

// ---- the registry

const grid = (columns, rows) =>
  Array.from({ length: columns * rows }, (_, i) => ({ column: i % columns, row: Math.floor(i / columns) }));
const rowsOf = (list) => list.map((_, i) => ({ row: i }));

/** Of what the chart's meta says that it is made of: what a click means, and its places in columns and rows. */
const KINDS = [
  { of: "lanes", meaning: lane },
  { of: "drugs", meaning: drug },
  { of: "cells", meaning: cell, places: ({ cells }) => grid(cells.columns.length, cells.subsets.length) },
  { of: "choices", meaning: choose, places: ({ choices }) => choices.map(({ x }) => ({ column: x })) },
  { of: "rows", meaning: row, places: ({ rows }) => rowsOf(rows) },
  { of: "columns", meaning: column, places: ({ columns }) => columns.map((_, i) => ({ column: i })) },
  { of: "sets", meaning: choice, places: ({ sets }) => rowsOf(sets) },
  { of: "members", meaning: (view, px, py) => member(view, px, py) || nearest(view, px, py) },
];
const MARKS = { of: "", meaning: nearest, places: undefined };

/** @param {View} view */
const kindOf = (view) => KINDS.find(({ of }) => view.meta[of]) || MARKS;

/** Places that the arrow keys go over, or null where they go over marks of patients.
 * @param {View} view @returns {{ x: number, y: number, key?: string }[] | null} */
export function placesOf(view) {
  const at = placeOf(view), [left, top, width, height] = at.area, { places } = kindOf(view);
  if (!places && !(view.points || []).length) return null;
  if (!places) return view.points.map(({ x, y, yaxis, key }) => ({ x: at.x(x), y: at.y(y, yaxis), key }));
  const along = (value, of, or) => (value === undefined ? or : of(value)); // a row is anywhere along itself
  return places(view.meta).map(({ column: x, row: y }) => (
    { x: along(x, at.x, left + width / 2), y: along(y, at.y, top + height / 2) }));
}

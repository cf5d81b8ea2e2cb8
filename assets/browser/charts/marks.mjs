// Marks: what is drawn for each patient in each chart, read from the chart's own traces, or from the columnar arrays
// of those who are not drawn one by one. Linking is by patient id and week, never by position.
import { state } from "../state/state.mjs";

/** @typedef {import("../state/types.mjs").View} View */
/** @typedef {import("../state/types.mjs").MarkSet} MarkSet */

const TYPES = {
  f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array, u2: Uint16Array,
  u4: Uint32Array,
};
// before, after, restart, no phase; relapse, rebound, first response, nadir
const SHAPES = [
  "square", "circle", "diamond", "triangle-up", "x", "circle-x", "star-triangle-up", "star", "triangle-down",
];
const HOURS = 1e-3; // weeks by which two stated starts of one course may differ

/** Whether there is a value to draw. */
export const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);

/** An array as the server sends it, as one.
 * @returns {any} */
export function plain(array) {
  if (!array?.bdata) return array || [];
  const bytes = Uint8Array.from(atob(array.bdata), (sign) => sign.charCodeAt(0));
  return new TYPES[array.dtype](bytes.buffer);
}

function grouped(count, idOf) {
  const of = new Map();
  for (let i = 0; i < count; i += 1) {
    const id = idOf(i);
    if (!known(id)) continue;
    if (!of.has(id)) of.set(id, []);
    of.get(id).push(i);
  }
  return of;
}

/** What a mark has of a trace: each its own, or all the same. */
export const each = (value, i) => (Array.isArray(value) || ArrayBuffer.isView(value) ? value[i] : value);
const flags = (of, ...names) => Object.fromEntries(names.map((name) => [name, Boolean(of[name])]));
const RGBA = /rgba\((\d+),\s*(\d+),\s*(\d+),.*\)/;
const solid = (color) => (typeof color === "string" ? color.replace(RGBA, "rgb($1,$2,$3)") : color);
/** plotly's "7px,4px" as a pen takes it. */
export const dashed = (dash) => (dash && /px/.test(dash) ? dash.split(",").map(parseFloat) : []);

/** A chart's traces as plotly has them, each with its look where the layer draws it in plotly's place.
 * @returns {any[]} */
export const tracesOf = ({ _fullData: data }) => data.map((trace) => ({ ...trace, ...trace.meta?.look }));

// Columns are found by their place, and what stands for several patients by its key.
function isOfOne({ customdata, type, orientation, visible, meta: { group, band, members, told } }) {
  const columns = type === "heatmap" || (type === "bar" && orientation !== "h");
  return customdata && visible !== false && !columns && !group && !band && !members && !told;
}

/** One set per trace: x, y in axis units, week(i), of: patient -> positions, and how a mark looks.
 * @returns {MarkSet | null} */
function fromTrace(drawn) {
  const trace = { ...drawn, meta: drawn.meta || {} }, { meta, customdata: data, mode = "" } = trace;
  if (!isOfOne(trace)) return null;
  const bars = trace.type === "bar", words = mode === "text", marker = trace.marker || {};
  const own = trace.line || {}, edge = marker.line || {};
  const inks = (i) => [each(edge.color, i), own.color, each(marker.color, i), words && each(trace.textfont.color, i)];
  return {
    ...flags(meta, "crowd", "rule", "alone", "count"), event: Boolean(meta.event || meta.followed),
    curve: trace.index, bars, data, y: trace.y, yaxis: trace.yaxis || "y",
    x: bars ? trace.base : trace.x, x1: bars ? trace.base.map((from, i) => from + trace.x[i]) : null,
    lines: mode.includes("lines"), markers: bars || mode.includes("markers"),
    words: words ? trace.text : null, labels: /markers.*text/.test(mode) ? trace.text : null,
    week: (i) => data[i]?.[1], of: grouped(data.length, (i) => data[i]?.[0]),
    dash: () => dashed(own.dash), color: (_, i) => solid(inks(i).find(Boolean)),
    fill: (_, i) => solid(each(marker.color, i)), shape: (i) => each(marker.symbol, i) || "circle",
  };
}

const COLUMNS = ["patient", "week", "shape", "pasi_week", "end_week", "hollow"];

/** The same of the server's columnar arrays.
 * @returns {MarkSet} */
export function fromServer(raw, { ids, colors, dashes }) {
  const [patient, week, shape, pasi, end, hollow] = COLUMNS.map((name) => plain(raw[name]));
  const bars = raw.mode === "bars", of = grouped(patient.length, (i) => ids[patient[i]]);
  const color = (_, i) => colors[patient[i]];
  return {
    ...flags(raw, "base", "rule", "alone", "count"), bars, of, color, y: plain(raw.y), yaxis: raw.yaxis,
    x: plain(bars ? raw.x0 : raw.x), x1: bars ? plain(raw.x1) : null, text: bars ? raw.text : null,
    lines: raw.mode.includes("lines"), markers: raw.mode.includes("markers"),
    data: { at: (i) => [ids[patient[i]], week[i], pasi[i], null, null, end[i]] }, week: (i) => week[i],
    dash: (id) => (raw.rule || !dashes ? [] : dashed(dashes[patient[of.get(id)[0]]])),
    fill: (id, i, card) => (hollow[i] ? card : color(id, i)), shape: (i) => raw.symbol || SHAPES[shape[i]] || "circle",
  };
}

// Marks that stand for several patients each: `key` names who they are in the chart's `meta.members`.
const pointsOf = ({ customdata, x, y, yaxis = "y" }) =>
  customdata.map(([key], i) => ({ key, x: x[i], y: y[i], yaxis }));

/** Reads what a view shows, after every drawing of its chart.
 * @param {View} view */
export function readView(view) {
  const { _fullLayout: full, layout } = view.gd, meta = full.meta || layout.meta || {};
  const { axes, ...own } = meta.panels?.[view.name] || {};
  const traces = tracesOf(view.gd).filter((trace) => !axes || axes.includes(trace.yaxis || "y"));
  const of = (name) => traces.filter((trace) => trace.meta?.[name]);
  Object.assign(view, { stale: true, meta: { ...meta, ...own, axes }, sets: traces.map(fromTrace).filter(Boolean) });
  Object.assign(view, { groups: of("group"), ground: of("look"), points: of("members").flatMap(pointsOf) });
  view.others = othersOf(view) || view.others;
  if (view.name === "swimlanes") lanes = { study: state.study, view };
}

// What the layer draws: the marks of a cohort, or of fewer what the rules say of them; nothing while they are awaited.
function othersOf({ name, meta: { layer, marks, rules, axes } }) {
  // the server names the axes of a view as if it were drawn alone
  const axis = ({ yaxis }) => (axes ? axes[Number(yaxis.slice(1) || 1) - 1] : yaxis);
  const sets = (raw, of) => raw.map((trace) => fromServer({ ...trace, yaxis: axis(trace) }, of));
  if (!layer) return rules ? sets(rules.marks, rules) : [];
  const raw = state.cohort && (marks || state.cohort.views[name]);
  return raw && sets(raw, state.cohort);
}

/** Every set of marks of a view.
 * @param {View} view */
export const setsIn = (view) => [...view.sets, ...(view.others || [])];

/** @returns {string[]} Whom a mark of several patients stands for. */
export const membersOf = ({ members, ids }, key) => (members[key] || []).map((position) => ids[position]);

/** Marks of one patient: from the chart if it draws them, else from the server's arrays; and what the rules draw.
 * @param {View} view @param {string} id */
export function setsOf(view, id) {
  const has = (set) => set.of.has(id), own = view.sets.filter(has), others = (view.others || []).filter(has);
  return own.length ? [...own, ...others.filter((set) => set.rule)] : others;
}

/** Whether a view's chart is on the page. */
export const isThere = (view) => Boolean(view) && document.contains(view.gd);

/** Whoever is not on the page (left out, or of another study) is not lit: a page dimmed for nobody says nothing. */
export const isDrawn = (id) =>
  Object.values(state.views).some((view) => isOpen(view) && isThere(view) && setsOf(view, id).length > 0);

// The figure, or the view of the panel: the charts of the others are of the query before.
const isOpen = ({ name, chart }) => chart?.several || name === state.query.panel;

// ---- who is highlighted

const visitKey = (id, week) => `${id}|${Math.round(week * 1e3)}`;

/** @returns {import("../state/types.mjs").Highlighted} */
export function highlighted() {
  const { patients, groups, visits, courses } = state.selection, { gestured, cohort } = state;
  const found = [...visits, ...(gestured.visits || [])];
  const whole = [...patients, ...courses.map(({ patient }) => patient)];
  const ids = new Set([...whole, ...(gestured.patients || []), ...found.map(([id]) => id)]);
  if (groups.length && cohort) cohort.ids.forEach((id, i) => groups.includes(cohort.groups[i]) && ids.add(id));
  for (const id of ids) if (!isDrawn(id)) ids.delete(id);
  const spans = courses.map((course) => [course.patient, ...spanOf(course)]);
  const pasi = new Set(found.map(([id, week]) => visitKey(id, week)));
  const immune = new Set(found.map(([id, , week]) => visitKey(id, week)));
  return {
    ids, any: ids.size > 0, whole: new Set(whole), visits: found.length > 0 || courses.length > 0,
    stands: (view, id, week) =>
      spans.some(([patient, start, end]) => id === patient && week >= start && week <= end) ||
      (["pasi", "group_course"].includes(view) ? pasi : immune).has(visitKey(id, week)),
  };
}

/** Whether the row of a set's data is of a course. */
export const isCourse = (row, { patient, treatment, start }) =>
  row[0] === patient && row[2] === treatment && Math.abs(row[1] - start) < HOURS;

let lanes = { study: "", view: null }; // when they were last in sight: a phone shows one panel at a time
const lanesOf = (study) => state.views.swimlanes || (lanes.study === study ? lanes.view : null);

// A course's own weeks; without an end it goes on for ever.
function spanOf(course) {
  const { patient, treatment, start } = course, view = lanesOf(state.study);
  for (const set of view ? setsIn(view) : []) {
    for (const i of set.of.get(patient) || []) {
      const row = set.data.at(i), own = set.text ? [row[0], row[1], set.text[i]] : row;
      if (isCourse(own, { patient, treatment, start })) return [start, known(row[5]) ? row[5] : Infinity];
    }
  }
  return [start, start];
}

/** Visits inside a polygon of the scatter, given in data coordinates.
 * @param {{ sets: MarkSet[], others?: MarkSet[] }} view @param {number[]} xs @param {number[]} ys */
export function visitsInside(view, xs, ys) {
  const rounded = (value) => (typeof value === "number" ? Number(value.toFixed(4)) : value), found = [];
  for (const set of setsIn(/** @type {View} */ (view))) {
    if (!set.markers || set.alone) continue; // what found no partner is no pair
    for (const [id, positions] of set.of) {
      const within = positions.filter((i) => isInside(set.x[i], set.y[i], xs, ys));
      found.push(...within.map((i) => [id, set.data.at(i)[2], set.week(i)].map(rounded)));
    }
  }
  return found;
}

/** Whether a point lies in a polygon. */
export function isInside(x, y, xs, ys) {
  let odd = false;
  for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
    const crosses = ys[i] > y !== ys[j] > y;
    if (crosses && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) odd = !odd;
  }
  return odd;
}

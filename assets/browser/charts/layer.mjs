// The layer: one canvas above each chart, placed with that chart's own axes. It dims the cohort, draws who is lit, and
// never redraws a chart.
import { notes, notesOn } from "../notes/pinned.mjs";
import { state } from "../state/state.mjs";
import { chosenBy } from "./kinds.mjs";
import { highlighted, isCourse, known, membersOf, setsOf } from "./marks.mjs";
import { axisKey, penOn, placeOf, sheetOf } from "./places.mjs";
import { alike, PagePen } from "./renderers.mjs";
import { drawTexts, rulesShown } from "./texts.mjs";
import { drawTrace, isSheer } from "./traces.mjs";

/** @typedef {import("../state/types.mjs").View} View */
/** @typedef {import("../state/types.mjs").Highlighted} Highlighted */

const FAINT = 2.05; // contrast to the card to which those are dimmed who are not lit: seen, and behind the others
const MOST = 8; // whose courses are drawn over the shares of drugs
const STRONG = 0.72; // coefficients beyond have a cell dark enough for words in the card's colour
const MANY = 60; // more patients who are lit have lines alone
const CROWD = 800; // values of a chart from which a canvas draws them sooner than the browser does a drawing

/** @param {import("../state/types.mjs").Chart} chart */
export function paintChart(chart) {
  const pen = penOn(chart, "light"), lit = highlighted();
  if (chart.views.some((view) => view.stale)) ground(chart);
  for (const view of chart.views) {
    if (view.meta.cells) drawCells(view, pen);
    else if (view.gd._fullLayout.xaxis) drawHighlight(view, pen, lit), drawPins(view, pen);
  }
  drawTexts(chart, lit);
}

const PINNED = { pasi: "visit", correlation: "visit", swimlanes: "course" };
const WIDE = 14; // px of the sign, also in height

// A sign at each visit or course that has a note; a course has several marks, of which the first has it.
function drawPins(view, pen) {
  const at = placeOf(view), ids = new Set(notes().filter((note) => note.kind === PINNED[view.name]).map(idOf));
  const pinned = new Map(), [left, top, width] = at.area;
  for (const id of ids) {
    for (const set of setsOf(view, id).filter((one) => one.markers && !one.rule && !one.event)) {
      for (const i of drawnOf(set, set.of.get(id))) pin(view, pinned, at, set, [id, i]);
    }
  }
  pen.clip(...at.area);
  for (const [x, y] of pinned.values()) {
    pen.text(Math.min(x + 5, left + width - WIDE), Math.max(y - 9, top + WIDE), "✎", at.ink, WIDE);
  }
  pen.unclip();
}

const idOf = ({ patient }) => patient;

function pin(view, pinned, at, set, [id, i]) {
  const place = placed(at, set, i), select = view.meta.lanes ? chosenBy(set, i, id) : {};
  if (place[0] < at.area[0] || !notesOn({ id, set, i, select }).length) return;
  const { courses } = select, key = courses ? JSON.stringify(courses) : `${id} ${place}`, before = pinned.get(key);
  if (!before || place[0] < before[0]) pinned.set(key, place);
}

// ---- how far others are dimmed

const partsOf = (color) => {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  return (color.match(/\d+/g) || [0, 0, 0]).slice(0, 3).map(Number);
};
const linear = (part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
const luminance = (rgb) => rgb.reduce((sum, part, i) => sum + [0.2126, 0.7152, 0.0722][i] * linear(part), 0);

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const faint = new Map();
/** The opacity at which a colour has the contrast FAINT to the card: 0.36 of navy, 0.59 of orange on white. */
export function dimmedOpacity(color, card) {
  const key = `${color}|${card}`, [own, under] = [partsOf(color), partsOf(card)];
  if (faint.has(key)) return faint.get(key);
  let [low, high] = [0, 1];
  for (let k = 0; k < 12; k += 1) {
    const middle = (low + high) / 2, mixed = own.map((part, i) => part * middle + under[i] * (1 - middle));
    if (contrast(mixed, under) < FAINT) low = middle;
    else high = middle;
  }
  faint.set(key, high);
  return high;
}

// Colours of the patients on each axis, and whether each trace there is one patient's.
function axesOf(view) {
  const found = {};
  const on = (name) => (found[name] = found[name] || { colors: new Set(), apart: true });
  for (const set of view.sets) {
    const axis = on(set.yaxis), [[id, [first]]] = set.of;
    axis.colors.add(set.color(id, first));
    axis.apart = axis.apart && set.of.size === 1 && !set.bars && !set.crowd;
  }
  for (const { line, yaxis } of view.groups) Object.assign(on(yaxis || "y"), { apart: false }).colors.add(line.color);
  return found;
}

// A dimming that leaves every colour its contrast; where each trace is one patient's, a second one that leaves it the
// darkest, over which the others of paler colours are drawn again.
function dim(view, pen, at, lit) {
  const axes = Object.entries(axesOf(view));
  const strong = ({ colors }, most) => most(...[...colors].map((color) => dimmedOpacity(color, at.card)), 0.4);
  const dimming = 1 - Math.min(0.7, Math.max(0.3, ...axes.map(([, axis]) => strong(axis, Math.max))));
  pen.dim(at.area, holes(view, at, lit), at.card, dimming);
  const twice = axes.filter(([, axis]) => axis.apart);
  for (const [name, axis] of twice) again(view, pen, at, lit, [name, strong(axis, Math.min), 1 - dimming]);
}

function again(view, pen, at, lit, [name, left, before]) {
  const axis = view.gd._fullLayout[axisKey(name)], [x, , width] = at.area;
  pen.dim([x, axis._offset, width, axis._length], [], at.card, Math.max(0, 1 - left / before));
  pen.clip(...at.area);
  for (const set of view.sets.filter((own) => own.yaxis === name)) {
    const [[id, positions]] = set.of, color = set.color(id, positions[0]);
    const opacity = (dimmedOpacity(color, at.card) - left) / (1 - left);
    if (!lit.ids.has(id) && opacity > 0.02) shadow(pen, at, set, [id, positions, opacity]);
  }
  pen.unclip();
}

function shadow(pen, at, set, [id, positions, opacity]) {
  const color = set.color(id, positions[0]);
  if (set.lines) for (const run of runs(at, set, positions)) pen.line(run, color, 1.8, opacity, set.dash(id));
  for (const i of set.markers ? drawnOf(set, positions) : []) {
    const shape = set.shape(i);
    pen.mark(...placed(at, set, i), shape, alike(shape, 3.5), set.fill(id, i, at.card), color, 1.5, opacity);
  }
}

// ---- where marks stand

const placed = (at, set, i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)];
const drawnOf = (set, positions) => positions.filter((i) => known(set.y[i]));

// Stretches of a line between missing values, as places.
function runs(at, set, positions) {
  const found = [[]];
  for (const i of positions) {
    if (known(set.y[i])) found[found.length - 1].push(placed(at, set, i));
    else found.push([]);
  }
  return found.filter((run) => run.length);
}

// ---- the lines of the rules

// Of everyone whose line is drawn.
function allRules(view, pen, at) {
  const sets = (view.others || []).filter((set) => set.rule), ids = new Set(sets.flatMap((set) => [...set.of.keys()]));
  if (!rulesShown() || view.name === "correlation" || ids.size > MANY) return;
  pen.clip(...at.area);
  for (const set of sets) for (const [id, positions] of set.of) rule(view, pen, at, set, id, positions);
  pen.unclip();
}

function rule(view, pen, at, set, id, positions) {
  const dash = view.name === "correlation" ? set.dash(id) : [2, 2], color = set.color(id, positions[0]);
  for (const run of runs(at, set, positions)) pen.line(run, color, 1.2, 0.8, dash);
}

// ---- the ground: what changes with the chart, not with who is lit, on a canvas that is drawn once

function ground(chart) {
  const traces = chart.views.flatMap((view) => view.ground), dotted = (set) => set.base;
  const needed = traces.length > 0 || chart.views.some(({ others }) => (others || []).some(dotted));
  if (needed || chart.grounded) {
    const count = traces.reduce((sum, { x }) => sum + x.length, 0);
    const fine = count < CROWD || chart.printed || traces.some(isSheer); // a printer has more pixels than a canvas
    const canvas = penOn(chart, "ground"), sheet = new PagePen();
    for (const view of chart.views) drawGround(view, fine && !view.others?.some(dotted) ? sheet : canvas);
    sheetOf(chart).replaceChildren(...sheet.parts);
  }
  for (const view of chart.views) view.stale = false;
  chart.grounded = needed;
}

/** Draws a chart anew, for a printer or for the screen.
 * @param {import("../state/types.mjs").Chart} chart @param {boolean} printed */
export function paintPrinted(chart, printed) {
  chart.printed = printed;
  for (const view of chart.views) view.stale = true;
  paintChart(chart);
}

/** Draws a chart again whose axes plotly moves under a drag, which it says of its own marks alone.
 * @param {import("../state/types.mjs").Chart} chart */
export function paintMoved(chart) {
  const { xaxis, yaxis } = chart.gd._fullLayout;
  for (const axis of [xaxis, yaxis]) axis.setScale();
  for (const view of chart.views) view.stale = true;
  paintChart(chart);
}

/** The traces that are not left to plotly, and the dots of a large cohort.
 * @param {View} view @param {any} pen */
export function drawGround(view, pen) {
  const at = placeOf(view), axes = Map.groupBy(view.ground, ({ yaxis = "y" }) => yaxis);
  for (const [name, traces] of axes) {
    const axis = view.gd._fullLayout[axisKey(name)];
    pen.clip(at.area[0], axis._offset, at.area[2], axis._length);
    for (const trace of traces) drawTrace(pen, at, trace);
    pen.unclip();
  }
  pen.clip(...at.area);
  for (const set of view.others || []) if (set.base) dots(pen, at, set);
  pen.unclip();
}

function dots(pen, at, set) {
  for (let i = 0; i < set.x.length; i += 1) {
    const [x, y] = placed(at, set, i);
    pen.box(x - 1.5, y - 1.5, 3, 3, set.color(null, i), null, 0, 0.45);
  }
}

// ---- who is lit

/** Everything above a chart, with either pen.
 * @param {View} view @param {any} pen @param {Highlighted} lit */
export function drawHighlight(view, pen, lit) {
  const at = placeOf(view);
  if (!lit.any) return allRules(view, pen, at);
  if (isDimmed(view)) dim(view, pen, at, lit);
  drawLit(view, pen, lit);
}

/** Whether others step back where somebody is lit: not where marks stand for several, rows are choices, or all are dots
 * that are as pale as who steps back. */
export const isDimmed = ({ others, meta: { members, own, choices, sets, drugs } }) =>
  !((members && !own) || choices || sets || drugs || others?.some((set) => set.base));

/** Who is lit, over others that have stepped back.
 * @param {View} view @param {any} pen @param {Highlighted} lit */
export function drawLit(view, pen, lit) {
  const at = placeOf(view), { members, own, choices, sets, drugs } = view.meta;
  if ((members && !own) || choices) return rings(view, pen, at, lit);
  if (sets) return; // every row is a choice with its numbers, whoever is lit
  if (drugs) return onDrugs(view, pen, at, lit);
  allRules(view, pen, at);
  pen.clip(...at.area);
  for (const id of lit.ids) {
    for (const set of setsOf(view, id)) (set.bars ? courses : strokes)(view, pen, at, set, id, lit);
  }
  pen.unclip();
}

// Where shares of patients on each drug are shown: the courses of who is lit, on their drugs' rows.
function onDrugs(view, pen, at, lit) {
  const ids = [...lit.ids].slice(0, MOST), high = Math.abs(at.y(0.8) - at.y(0)) / Math.max(1, ids.length);
  const bars = (id) => (view.others || []).filter((set) => set.bars && set.of.has(id));
  pen.clip(...at.area);
  ids.forEach((id, place) => bars(id).forEach((set) => set.of.get(id).forEach((i) => {
    const drug = view.meta.drugs.indexOf(set.text[i]), left = at.x(set.x[i]);
    const wide = Math.max(2, at.x(set.x1[i]) - left + 2);
    const top = at.y(drug - 0.4) + place * high;
    if (drug >= 0) pen.box(left - 1, top, wide, high - 0.5, set.color(id, i), at.card, 0.5);
  })));
  pen.unclip();
}

function strokes(view, pen, at, set, id, lit) {
  if (view.name === "swimlanes") return; // infusion marks show through the holes of the dimming
  const { patients, courses: chosen } = state.selection, alone = patients.includes(id) && !chosen.length;
  const quiet = lit.visits && !alone, positions = set.of.get(id), many = lit.ids.size > MANY;
  if (set.rule) return many || rule(view, pen, at, set, id, positions);
  if (set.lines) lines(view, pen, at, set, [id, positions, quiet, many]);
  if (!set.markers || (many && set.lines && !lit.visits)) return;
  for (const i of drawnOf(set, positions)) mark(pen, at, set, [id, i], lookOf(view, set, [id, i], lit, quiet, many));
}

function lines(view, pen, at, set, [id, positions, quiet, many]) {
  const color = set.color(id, positions[0]);
  for (const run of runs(at, set, positions)) {
    pen.line(run, color, many ? 1 : 2.2, quiet || many ? 0.5 : 1, set.dash(id));
    if (view.meta.paths && !many) drawArrows(pen, run, color);
  }
}

// How a mark of a patient who is lit stands out, or null where it does not.
function lookOf(view, set, [id, i], lit, quiet, many) {
  const stands = lit.visits && lit.stands(view.name, id, set.week(i));
  if (lit.visits && !stands && quiet && !set.lines && !lit.whole.has(id)) return null;
  const radius = stands ? 5.5 : set.lines ? 3.6 : 4;
  return { stands, radius, opacity: quiet && !stands ? 0.5 : 1, label: set.labels && !many ? set.labels[i] : "" };
}

function mark(pen, at, set, [id, i], look) {
  if (!look) return;
  const [x, y] = placed(at, set, i), color = set.color(id, i), shape = set.shape(i);
  pen.mark(x, y, shape, alike(shape, look.radius), set.fill(id, i, at.card), color, 1.6, look.opacity);
  if (look.label) pen.text(x + 6, y - 10, look.label, color, 11);
  if (look.stands) pen.mark(x, y, "circle", 9, null, at.ink, 1.2);
}

/** Which way a path goes: an arrow on each step that is long enough for one. */
export function drawArrows(pen, places, color) {
  places.slice(1).forEach(([x, y], i) => {
    const [dx, dy] = [x - places[i][0], y - places[i][1]], angle = Math.atan2(dy, dx);
    const tip = [x - 0.45 * dx, y - 0.45 * dy];
    const barb = (turn) => [tip[0] - 8 * Math.cos(angle + turn), tip[1] - 8 * Math.sin(angle + turn)];
    if (Math.hypot(dx, dy) > 20) pen.line([barb(0.5), tip, barb(-0.5)], color, 2);
  });
}

/** Where the chart itself shows a lit patient: lanes, rows or columns.
 * @param {View} view @param {import("../state/types.mjs").Place} at @param {{ ids: Set<string> }} lit */
export function holes(view, at, lit) {
  const { lanes, rows, columns } = view.meta, [left, top, width, height] = at.area;
  const places = (ids) => (ids || []).flatMap((id, i) => (lit.ids.has(id) ? [i] : []));
  const across = places(lanes || rows).map((y) => {
    const high = Math.max(at.y(y - 0.5), top), low = Math.min(at.y(y + 0.5), top + height);
    return [left, high, width, low - high];
  });
  const down = places(columns).map((x) => [at.x(x - 0.5), top, at.x(x + 0.5) - at.x(x - 0.5), height]);
  return [...across.filter((hole) => hole[3] > 0), ...down];
}

// Marks that stand for several patients: those that stand for a lit one.
function rings(view, pen, at, lit) {
  const shown = view.points.filter(({ key }) => membersOf(view.meta, key).some((id) => lit.ids.has(id)));
  for (const { x, y, yaxis } of shown) pen.mark(at.x(x), at.y(y, yaxis), "circle", 7, null, at.ink, 1.6);
}

// The outline of a chosen course on its lane.
function courses(_view, pen, at, set, id) {
  if (set.text || !state.selection.courses.length) return;
  const half = Math.abs(at.y(0.31) - at.y(0));
  for (const i of set.of.get(id)) {
    const [left, right, y] = [at.x(set.x[i]), at.x(set.x1[i]), at.y(set.y[i])], row = set.data.at(i);
    const chosen = state.selection.courses.some((course) => isCourse(row, course));
    if (chosen) pen.box(left - 3, y - half - 2, Math.max(right - left, 0) + 6, half * 2 + 4, null, at.ink, 1.6);
  }
}

/** The words of every cell, and the outline of the one that the scatter shows. */
export function drawCells(view, pen) {
  const { subsets, columns } = view.meta.cells, at = placeOf(view), { query } = state;
  const [{ z }] = view.gd._fullData, [{ text, textfont }] = view.gd.data;
  text.forEach((words, row) => words.forEach((word, column) => {
    const color = textfont.color || (Math.abs(z[row][column]) > STRONG ? at.card : at.ink);
    const lines = word.replace(/<(?!br)[^>]*>/g, "").split("<br>"), size = textfont.size;
    lines.slice(0, 2).forEach((line, i) => pen.text(at.x(column), at.y(row) - 7 + 14 * i, line, color, size, "center"));
  }));
  const shown = (choice) => Object.entries(choice).every(([field, value]) => String(query[field]) === String(value));
  const column = columns.findIndex(shown), row = subsets.indexOf(query.subset);
  if (column < 0 || row < 0) return;
  const [left, right, top, bottom] = [at.x(column - 0.5), at.x(column + 0.5), at.y(row - 0.5), at.y(row + 0.5)];
  pen.box(left + 2, top + 2, right - left - 4, bottom - top - 4, null, at.ink, 2);
}

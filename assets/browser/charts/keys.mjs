// Keys in a chart whose region has the focus: arrows go over its marks, cells or rows, tell of each as a tooltip does,
// and Enter does what a click there would.
import { chose } from "../notes/pinned.mjs";
import { hasSingleKeys } from "../page/drawers.mjs";
import { sayAloud } from "../page/speech.mjs";
import { select, state } from "../state/state.mjs";
import { actOn } from "./gestures.mjs";
import { chosenBy, meaningAt, placesOf } from "./kinds.mjs";
import { isThere, known, setsIn, setsOf } from "./marks.mjs";
import { penOn, placeOf } from "./places.mjs";
import { everything, zoomAround } from "./time_axis.mjs";
import { markWords, showTip, tipAt } from "./tips.mjs";

/** @typedef {import("../state/types.mjs").View} View */

const CLOSER = 0.5;
const DRAWN = 80; // ms after which a tooltip is there: plotly draws one at most every 50
let speaking = 0;
let here = null; // where the keys are: { view, mark, plotted }; a mark of a patient has an `id`

// ---- marks of patients: rows are patients, columns their visits

const drawnSets = (view) => setsIn(view).filter((set) => set.markers && !set.words && !set.count);

// A patient of each sub-plot in turn: { id, yaxis }.
function patients(view) {
  const sets = drawnSets(view), on = (yaxis) => sets.filter((set) => set.yaxis === yaxis);
  const ids = (yaxis) => [...new Set(view.meta.lanes || on(yaxis).flatMap((set) => [...set.of.keys()]))];
  return [...new Set(sets.map((set) => set.yaxis))].flatMap((yaxis) => ids(yaxis).map((id) => ({ id, yaxis })));
}

function marksOf(view, { id, yaxis }) {
  const at = placeOf(view), own = drawnSets(view).filter((set) => set.yaxis === yaxis && set.of.has(id));
  const found = own.flatMap((set) => set.of.get(id).filter((i) => known(set.y[i])).map((i) => ({
    id, yaxis, curve: set.curve, set, i, x: at.x(set.x[i]), y: at.y(set.y[i], yaxis),
    select: set.bars ? chosenBy(set, i, id) : { patients: [id] },
  })));
  return found.sort((a, b) => a.set.week(a.i) - b.set.week(b.i) || a.x - b.x);
}

const isSame = (one) => ({ set, i }) => set.curve === one.set.curve && i === one.i;

// The next patient with a mark in this direction, nearest to where the keys were.
function ofPatients(view, [across, down]) {
  const ids = patients(view), now = here?.mark;
  const from = now ? ids.findIndex(({ id, yaxis }) => id === now.id && yaxis === now.yaxis) : -1;
  if (from < 0) return firstOf(view, ids, 0, 1);
  if (down) return firstOf(view, ids, from + down, down, now.x) || now;
  const own = marksOf(view, now), place = Math.max(0, own.findIndex(isSame(now)));
  return own[Math.max(0, Math.min(own.length - 1, place + across))];
}

function firstOf(view, ids, from, by, x = -Infinity) {
  for (let i = from; i >= 0 && i < ids.length; i += by) {
    const own = marksOf(view, ids[i]), far = (mark) => Math.abs(mark.x - x);
    if (own.length) return own.reduce((best, mark) => (far(mark) < far(best) ? mark : best));
  }
  return null;
}

// ---- cells, rows, choices, marks of several: the nearest place in this direction, those straight ahead first

function ofPlaces(all, [across, down]) {
  const now = here?.mark;
  if (!now || !all.length) return all.sort((a, b) => a.x - b.x || a.y - b.y)[0] || null;
  const ahead = ({ x, y }) => (x - now.x) * across + (y - now.y) * down;
  const aside = ({ x, y }) => Math.abs((x - now.x) * down) + Math.abs((y - now.y) * across);
  const far = (place) => ahead(place) + 3 * aside(place), further = all.filter((place) => ahead(place) > 0.5);
  return further.reduce((best, place) => (best && far(best) <= far(place) ? best : place), null) || now;
}

// ---- to go, and to choose

function go(view, direction) {
  if (here && (here.view !== view || here.plotted !== view.plotted)) here = { view, mark: placedAgain(view) };
  const places = placesOf(view), mark = places ? ofPlaces(places, direction) : ofPatients(view, direction);
  here = mark ? { view, mark, plotted: view.plotted } : null;
  if (mark) show(view, mark);
}

// After a redraw or a zoom the same mark stands elsewhere.
function placedAgain(view) {
  const { mark } = here;
  if (here.view !== view || !mark || !mark.id) return here.view === view ? mark : null;
  return marksOf(view, mark).find(isSame(mark)) || null;
}

function show(view, mark) {
  ringAt(view, mark);
  if (mark.id === undefined) return hover(view, mark);
  chose(mark);
  showTip(view, Object.assign([mark], { here: 1 }));
  speak(view, () => markWords(mark));
}

// plotly's own tooltip of what stands at a place, as under a pointer.
function hover(view, { x, y }) {
  const { left, top } = view.gd.getBoundingClientRect(), drag = view.gd.querySelector(".nsewdrag");
  if (drag) drag.dispatchEvent(new MouseEvent("mousemove", { clientX: left + x, clientY: top + y, bubbles: true }));
  speak(view, () => placeWords(view, x, y));
}

// A tooltip is read out when plotly has drawn it.
function speak(view, otherwise) {
  clearTimeout(speaking);
  speaking = setTimeout(() => sayAloud(tipWords(view) || otherwise()), DRAWN);
}

const tipWords = ({ gd }) => [...gd.querySelectorAll(".hoverlayer .hovertext text")].map(linesOf).join(", ");
const linesOf = (text) => {
  const lines = [...text.querySelectorAll("tspan.line")];
  return (lines.length ? lines : [text]).map((line) => line.textContent).join(", ");
};

function placeWords(view, x, y) {
  const { query, members, patients: ids } = meaningAt(view, x, y) || {};
  return (query ? Object.values(query) : members || ids || []).join(", ");
}

function choose(view, add) {
  const { mark } = here;
  if (mark.id !== undefined) return select(mark.select, add);
  const found = meaningAt(view, mark.x, mark.y);
  if (found && !(found.members && !found.members.length)) actOn(view, found, add);
  else sayAloud("Nobody stands there.");
}

// The course of the patient in force at that week, of several the one that began last.
function course() {
  const { mark } = here, lanes = state.views.swimlanes;
  if (!mark.id || !lanes) return;
  const week = mark.set.week(mark.i), bars = setsOf(lanes, mark.id).filter((set) => set.bars && !set.event);
  const all = bars.flatMap((set) => set.of.get(mark.id).map((i) => set.data.at(i)));
  const inForce = all.filter(([, start, , , , end]) => start <= week && (!known(end) || week <= end));
  const [last] = inForce.sort((a, b) => b[1] - a[1]);
  if (last) select({ courses: [{ patient: last[0], treatment: last[2], start: last[1] }] });
  else sayAloud(`No course of ${mark.id} at that week.`);
}

// ---- zoom around the mark

function zoom(view, share) {
  const { set, i } = (here?.view === view && here.mark) || {};
  zoomAround(view, share, set?.x[i], set?.y[i]);
}

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const LETTERS = {
  c: () => here && course(),
  z: (view) => zoom(view, CLOSER),
  x: (view) => zoom(view, 1 / CLOSER),
  0: everything,
};

// Whether a key does something in a view, which is done.
function pressed(view, event) {
  clearTimeout(speaking); // what this key does is said instead
  const letter = hasSingleKeys() && LETTERS[event.key.toLowerCase()];
  const chosen = event.key === "Enter" && here && here.view === view;
  if (ARROWS[event.key]) go(view, ARROWS[event.key]);
  else if (chosen) choose(view, event.shiftKey);
  else if (letter) letter(view);
  return Boolean(ARROWS[event.key] || chosen || letter);
}

document.addEventListener("keydown", (event) => {
  const region = event.target.matches?.("[data-view]");
  if (!region || event.ctrlKey || event.metaKey || event.altKey) return;
  const view = state.views[event.target.dataset.view];
  if (isThere(view) && view.gd._fullLayout.xaxis && pressed(view, event)) event.preventDefault();
});

document.addEventListener("focusout", ({ target }) => {
  const view = target.matches?.("[data-view]") && state.views[target.dataset.view];
  if (!view || !here || here.view !== view) return;
  here = null;
  ringAt(view);
  tipAt(view);
  window.Plotly.Fx.unhover(view.gd);
});

// Where the keys are: a ring that no highlight draws.
function ringAt(view, mark) {
  const pen = penOn(view, "keys"), { ink, card } = placeOf(view);
  if (mark) pen.mark(mark.x, mark.y, "circle", 9, null, card, 4);
  if (mark) pen.mark(mark.x, mark.y, "circle", 9, null, ink, 2);
}

// Tooltips: they name whom a click would highlight. Where marks lie on one another both say how many there are, and go
// from one to the next.
import { notesOn } from "../notes/pinned.mjs";
import { make } from "../page/dom.mjs";
import { fixed } from "../state/state.mjs";
import { meaningAt } from "./kinds.mjs";
import { isThere } from "./marks.mjs";
import { escaped } from "./renderers.mjs";
import { pointOf } from "./places.mjs";

const SAME = 3; // px between marks that lie on one another
const NAMED = 4, REST = 90; // names in a tooltip; ms that a pointer rests before it is looked under
const NO_TURN = { key: "" };
let turn = NO_TURN, hint = null, resting = 0;

const wordOf = ({ select }) => JSON.stringify(select);

/** Of marks near a place those that lie on the nearest, one for each that can be chosen; `here`: how many they are. */
export function stackOf(found) {
  if (!found.length) return null;
  const sorted = found.sort((a, b) => a.gap - b.gap), [{ x, y }] = sorted;
  const on = sorted.filter((mark) => Math.hypot(mark.x - x, mark.y - y) <= SAME);
  const each = [...new Map(on.reverse().map((mark) => [wordOf(mark), mark])).values()].reverse();
  return Object.assign(each, { here: on.length });
}

/** Whose turn it is in a stack: the first at the first click there, the next at each further one. */
export function turnOf(view, stack, clicked = false) {
  const names = stack.map(wordOf), key = [view.name, ...[...names].sort()].join();
  if (turn.key !== key) turn = { key, names, at: 0, clicked: false, x: stack[0].x, y: stack[0].y };
  if (clicked) turn = { ...turn, at: turn.clicked ? (turn.at + 1) % names.length : turn.at, clicked: true };
  return stack[names.indexOf(turn.names[turn.at])];
}

/** A pointer that goes elsewhere and comes back begins anew. */
export function pointerMoved(view, px, py) {
  if (Math.hypot(turn.x - px, turn.y - py) > 3 * SAME) (turn = NO_TURN), restore();
  tipAt(view);
  clearTimeout(resting);
  resting = setTimeout(() => rested(view, px, py), REST);
}

/** The pointer is on no mark of a chart any more, or the marks are elsewhere. */
export function nobodyUnder(chart) {
  clearTimeout(resting);
  tipAt(chart);
}

// Marks that the layer drew have no tooltip of plotly's, and plotly says nothing of a pointer that goes on within a
// mark until it is on several.
function rested(view, px, py) {
  const found = isThere(view) && meaningAt(view, px, py);
  if (found?.stack && found.stack[0].curve === undefined) showTip(view, found.stack);
  else if (found?.stack && !hint) view.gd._hoverdata ? correct(view, found) : showTip(view, found.stack);
}

/** plotly chose a mark to tell of: kept if it is of whom a click would highlight, else replaced. */
export function plotlyHovered(view, event) {
  if (!event || event.clientX === undefined) return;
  const found = meaningAt(view, ...pointOf(view, event));
  if (found) correct(view, found);
}

function correct(view, found) {
  const [{ curveNumber, pointNumber, customdata }] = view.gd._hoverdata;
  const id = Array.isArray(customdata) ? customdata[0] : null;
  if (id === null) return;
  if (found.stack) showTip(view, found.stack, { curve: curveNumber, i: pointNumber, id });
  else if (found.patients && !found.patients.includes(id)) window.Plotly.Fx.unhover(view.gd);
}

/** The tooltip of whose turn it is; plotly's `chosen` stays if it is of the same patient and none of the stack. */
export function showTip(view, stack, chosen = null) {
  const mine = turnOf(view, stack), crowd = others(stack);
  const same = (mark) => mark.curve === chosen.curve && mark.i === chosen.i;
  const shown = chosen && chosen.id === mine.id && !stack.some(same) ? chosen : mine;
  const more = [...(crowd ? [crowd] : []), ...(shown === mine ? notesOn(mine) : [])];
  if (shown.curve === undefined) return tipAt(view, [markWords(mine), ...more], mine.x, mine.y);
  if (more.length || hint || !chosen || !same(shown)) native(view, shown, more);
}

// plotly's own tooltip of a mark, with lines more. It comes when plotly has the time for it, so that the line stays in
// the trace until the pointer leaves.
function native(view, { curve, i }, more) {
  const trace = view.gd._fullData[curve], { xaxis = "x", yaxis = "y" } = trace;
  restore();
  if (more.length) hint = { trace, template: trace.hovertemplate };
  const told = more.map((line) => `<br>${inTemplate(line)}`).join("");
  if (told) trace.hovertemplate = hint.template.replace(/(?=<extra>|$)/, () => told);
  window.Plotly.Fx.hover(view.gd, [{ curveNumber: curve, pointNumber: i }], [xaxis + yaxis]);
}

function restore() {
  if (hint) hint.trace.hovertemplate = hint.template;
  hint = null;
}

const inTemplate = (text) => escaped(text).replace(/%\{/g, "%&#123;");

// "3 visits here: P1, P2, P4; click again for the next"
function others(stack) {
  if (stack.length < 2) return "";
  const ofCourses = Boolean(stack[0].select.courses), kind = ofCourses ? "courses" : "visits";
  const names = stack.slice(0, NAMED).map(({ id, select }) => (ofCourses ? select.courses[0].treatment : id));
  const rest = stack.length > NAMED ? [`${stack.length - NAMED} more`] : [];
  return `${stack.here} ${kind} here: ${[...names, ...rest].join(", ")}; click again for the next`;
}

/** Whose mark it is, and when. */
export function markWords({ id, set, i }) {
  const week = set ? set.week(i) : null;
  return Number.isFinite(week) ? `${id}, study week ${fixed(week, 1)}` : String(id);
}

/** A tooltip of the page's own beside a place of a chart; without lines, none. */
export function tipAt({ gd }, lines = [], x = 0, y = 0) {
  const box = gd.querySelector(".svg-container"), old = box?.querySelector(".tip");
  if (old) old.remove();
  if (!box || !lines.length) return;
  const tip = make("div", { className: "tip" }, ...lines.map((line) => make("div", {}, line)));
  box.append(tip);
  const left = Math.max(4, Math.min(x + 12, gd._fullLayout.width - tip.offsetWidth - 4));
  Object.assign(tip.style, { left: `${left}px`, top: `${y + 12}px` });
}

// Play: one week sweeps through every view. The time views show it as their crosshair; where marks are pairs, what
// comes later is dimmed and each patient's latest mark is ringed. All of it is drawn on the layer: no request.
import { $, isTyping, on } from "../page/dom.mjs";
import { hasSingleKeys } from "../page/drawers.mjs";
import { fixed, onChange, state } from "../state/state.mjs";
import { drawArrows } from "./layer.mjs";
import { highlighted, isThere, setsIn } from "./marks.mjs";
import { penOn, placeOf } from "./places.mjs";
import { alike } from "./renderers.mjs";
import { drawCursor, timeViews, weekAt } from "./time_axis.mjs";

const SECONDS = 14; // from the first week to the last
const STEP = 1000; // ms between two steps, where motion is not wanted
const MANY = 60;
const PAIRED = ["correlation", "multiples", "phase_plane"];
const part = (name) => $(name === "slider" ? "#play input" : `#play [data-play="${name}"]`);
const paired = () => PAIRED.map((name) => state.views[name]).filter((view) => isThere(view) && view.gd.offsetParent);

export const reducedMotion = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// Along the axis, not along the weeks: the stretched weeks, which have most of the width, get most of the time.
const unitOf = ({ meta: { home } }, share) => home[0] + share * (home[1] - home[0]);

// A patient's weeks on the clock, less their weeks in the study.
function shifts() {
  const found = new Map();
  for (const view of timeViews()) {
    for (const set of setsIn(view).filter((one) => !one.words && !one.rule && !one.bars)) {
      for (const [id, [i]] of set.of) if (!found.has(id)) found.set(id, weekAt(view, set.x[i]) - set.week(i));
    }
  }
  return found;
}

/** Draws the week that is played over what was drawn anew, or lit. */
export function drawSweep() {
  const { sweep } = state, [first] = timeViews();
  if (!first || !sweep) return;
  const unit = unitOf(first, sweep.share), week = weekAt(first, unit), shift = shifts();
  drawCursor(first.chart, unit);
  for (const view of paired()) until(view, (id, at) => at + (shift.get(id) || 0) <= week + 1e-6);
  part("slider").value = sweep.share;
  part("week").textContent = `week ${fixed(week, 1)}`;
}

function until(view, past) {
  const pen = penOn(view, "sweep"), at = placeOf(view), lit = highlighted();
  pen.dim(at.area, [], at.card, 0.75);
  pen.clip(...at.area);
  for (const set of setsIn(view).filter((one) => one.markers && !(one.bars && one.event))) { // a follow-up is no visit
    const draw = set.of.size > MANY && !lit.any ? latest : path;
    for (const [id, all] of set.of) draw(pen, at, set, id, all.filter((i) => past(id, set.week(i))), lit);
  }
  pen.unclip();
}

// In a crowd, where each patient is by then, and no more.
function latest(pen, at, set, id, positions) {
  const i = positions.at(-1);
  if (i !== undefined) pen.box(at.x(set.x[i]) - 2, at.y(set.y[i], set.yaxis) - 2, 4, 4, set.color(id, i), null, 0, 0.8);
}

function path(pen, at, set, id, positions, lit) {
  if (!positions.length || (lit.any && !lit.ids.has(id))) return;
  const places = positions.map((i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)]), color = set.color(id, positions[0]);
  if (set.lines) pen.line(places, color, 1.6);
  if (set.lines) drawArrows(pen, places, color);
  const mark = (i, n) => [...places[n], set.shape(i), alike(set.shape(i), 3.5), set.fill(id, i), set.color(id, i), 1.4];
  positions.forEach((i, n) => pen.mark(...mark(i, n)));
  pen.mark(...places.at(-1), "circle", 8, null, at.ink, 1.4);
}

function step(now) {
  const { sweep } = state;
  if (!sweep?.running) return;
  requestAnimationFrame(step);
  if (reducedMotion() && now - sweep.at < STEP) return; // who asked for less motion gets steps
  sweep.share = Math.min(1, sweep.share + (now - sweep.at) / 1000 / SECONDS);
  sweep.at = now;
  if (sweep.share === 1) run(false);
  drawSweep();
}

function toggle(running) {
  part("toggle").textContent = running ? "❚❚" : "▶";
  part("toggle").setAttribute("aria-label", running ? "Pause" : "Play");
}

function run(running) {
  const { sweep } = state, share = sweep && (sweep.share < 1 || !running) ? sweep.share : 0;
  state.sweep = { share, running, at: performance.now() };
  toggle(running);
  $("#play").classList.add("shown");
  drawSweep();
  if (running) requestAnimationFrame(step);
}

function stop() {
  if (!state.sweep) return;
  state.sweep = null;
  toggle(false);
  $("#play").classList.remove("shown");
  if (state.charts.time) drawCursor(state.charts.time, null);
  for (const view of paired()) penOn(view, "sweep");
}

export const togglePlay = () => run(!(state.sweep?.running));
on("click", '#play [data-play="toggle"]', togglePlay);
on("click", '#play [data-play="stop"]', stop);
on("input", "#play input", ({ value }) => {
  if (!state.sweep || state.sweep.running) run(false);
  state.sweep.share = Number(value);
  drawSweep();
});

document.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.target.closest("dialog")) return;
  if (event.key === "p" && hasSingleKeys()) togglePlay();
  if (event.key === "Escape") stop();
});

onChange(() => requestAnimationFrame(drawSweep));

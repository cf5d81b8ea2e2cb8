// Present: the keys of who tells, and the story step by step.
import { notesOfStep, signed } from "../notes/pinned.mjs";
import { drawLayer } from "../charts/charts.mjs";
import { togglePlay } from "../charts/play.mjs";
import { leastOf } from "../charts/stack.mjs";
import { $, isTyping, queryAll, resized } from "../page/dom.mjs";
import { hasSingleKeys, isPresent, onPresent, present } from "../page/drawers.mjs";
import { sayAloud } from "../page/speech.mjs";
import { readAddress } from "../state/address.mjs";
import { clearSelection, expected, say, select, setQuery, state } from "../state/state.mjs";
import { addressAt, addressHere, goTo, isStale, steps } from "./steps.mjs";

const { body } = document;
const LARGER = 1.1, SMALLEST = 0.7, LARGEST = 4;
const TYPE = 1.35, PROJECTOR = 720; // at the height of a projector type is so much larger, at others in proportion
const NARROWEST = 640, EDGES = 16, STORY = 40; // px: of the figure, around it, and more where a step's sentence stands
const CHANGED = "The data have changed since this step was made: check the sentence.";
let at = -1; // the step that is told
let wasWide = false; // the panel, before Present
let wish = 1; // how much larger than that the reader asks for

/** Shows a step in Present. @param {number} place */
export function tell(place) {
  const all = steps(), step = all[place];
  if (!step) return;
  at = place;
  body.classList.toggle("panel-wide", step.shown === "panel");
  goTo(addressAt(step));
  if (all[place + 1]) expected(readAddress(addressAt(all[place + 1]), state.defaults, state.decks).query);
  writeStep();
  sayAloud(`${place + 1} of ${all.length}: ${step.sentence}`);
  enlarge();
}

/** Begins Present with a step of the story. @param {number} place */
export function tellFrom(place) {
  if (!isPresent()) present(true);
  tell(place);
}

const pinnedTo = ({ address }) => notesOfStep(address).map((note) => `✎ ${note.text} (${signed(note)})`);

function writeStep() {
  const all = steps(), step = isPresent() ? all[at] : undefined;
  const part = (name) => $(`#story .story-${name}`);
  part("sentence").textContent = step ? step.sentence : "";
  part("place").textContent = step ? `${at + 1} / ${all.length}` : "";
  part("changed").textContent = step && isStale(step) ? CHANGED : "";
  part("notes").textContent = step ? [step.notes, ...pinnedTo(step)].filter(Boolean).join("\n\n") || "No notes." : "";
  body.toggleAttribute("data-step", Boolean(step));
}

onPresent((on) => {
  if (on) wasWide = body.classList.contains("panel-wide");
  else body.classList.toggle("panel-wide", wasWide);
  const here = addressHere();
  at = on ? steps().findIndex(({ address }) => address === here && here) : -1;
  for (const name of ["notes", "blank"]) body.removeAttribute(`data-${name}`);
  writeStep();
  wish = 1;
  enlarge();
  if (on) $("#story").focus({ preventScroll: true });
  else $("header [data-action=present]").focus();
  if (on && at < 0 && steps().length) say(`→ tells the story of this study: ${steps().length} steps.`);
});

// ---- keys

const patients = () => {
  const named = queryAll("#legend [data-patient]").map(({ dataset }) => dataset.patient);
  return named.length ? named : state.cohort?.ids || [];
};

function light(place) {
  const all = patients();
  if (all.length) select({ patients: [all[(place + all.length) % all.length]] });
}

function another(by) {
  const all = patients(), [now] = state.selection.patients, place = all.indexOf(now);
  light(place < 0 && by < 0 ? -1 : place + by);
}

// As large as is readable from afar and nothing is cut, times what is asked for.
function enlarge() {
  const most = Math.min((TYPE * innerHeight) / PROJECTOR, innerWidth / NARROWEST, innerHeight / needed());
  body.style.setProperty("--scale", String(Math.min(LARGEST, Math.max(SMALLEST, Math.max(1, most) * wish))));
  resized();
}

// The height of the figure with what stands above it, px before it is enlarged.
function needed() {
  const { meta, margin } = state.charts.time?.gd.layout || {};
  if (!meta?.stack || body.classList.contains("panel-wide")) return 0;
  const above = queryAll(".finding, .caution").reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
  const figure = leastOf(meta) + margin.t + margin.b;
  return figure + above + EDGES + (body.hasAttribute("data-step") ? STORY : 0);
}

let size = ""; // of the window: the page says "resize" of its own parts too
window.addEventListener("resize", () => {
  const now = `${innerWidth} ${innerHeight}`, isOther = now !== size;
  size = now;
  if (isPresent() && isOther) enlarge();
});

function scale(by) {
  wish *= by;
  enlarge();
}

const dark = () => setQuery({ theme: state.query.theme === "dark" ? "light" : "dark" });
const step = (by) => tell(at < 0 ? 0 : Math.max(0, Math.min(steps().length - 1, at + by)));
const NEXT = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };
const UP_DOWN = { ArrowDown: 1, ArrowUp: -1 };
const LETTERS = {
  " ": togglePlay, "+": () => scale(LARGER), "=": () => scale(LARGER), "-": () => scale(1 / LARGER), d: dark,
  b: () => body.toggleAttribute("data-blank"), n: () => body.toggleAttribute("data-notes"),
  0: () => (clearSelection(), drawLayer()),
};

// Whether a key does something in Present, which is done.
function pressed({ key }) {
  const digit = /^[1-9]$/.test(key) && Number(key) <= patients().length, letter = LETTERS[key.toLowerCase()];
  if (NEXT[key] && steps().length) step(NEXT[key]);
  else if (UP_DOWN[key]) another(UP_DOWN[key]);
  else if (hasSingleKeys() && digit) light(Number(key) - 1);
  else if (hasSingleKeys() && letter) letter();
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isPresent() || isTyping(event) || $("dialog:modal")) return;
  if (!pressed(event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

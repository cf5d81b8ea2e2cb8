// Pictures of steps: the page goes to each step's address behind a dialog, in the size of a slide, and back to where it
// was, also when it is cancelled.
import { lanesCut } from "../charts/panels.mjs";
import { leastOf } from "../charts/stack.mjs";
import { svg } from "../page/download.mjs";
import { $, resized } from "../page/dom.mjs";
import { inCard } from "../page/page.mjs";
import { complete, ready } from "../state/redraw.mjs";
import { onChange, state } from "../state/state.mjs";
import { addressAt, addressHere, goTo, LONGEST_SENTENCE, steps } from "./steps.mjs";

/** @typedef {import("./steps.mjs").Step} Step */
/** What is drawn of a step: an SVG with its size, null of a table.
 * @typedef {{ query: object, chart: any, drawn: { text: string, width: number, height: number } | null }} Drawing */

const PATIENCE = 20000; // ms for one step
const SHAPE = 2.1; // of a slide's room for a picture, its width by its height
const LOWEST = 400; // px of a figure on a slide, at least
const MOST_MORE = 400; // px that a figure on a slide is made higher for its lanes
const { body } = document;
let changes = 0;
onChange(() => (changes += 1));

class CancelledError extends Error {}

const frame = () => new Promise((done) => requestAnimationFrame(done));

async function until(holds, cancelled) {
  for (const begun = performance.now(); !holds(); await frame()) {
    if (cancelled()) throw new CancelledError();
    if (performance.now() - begun > PATIENCE) throw new Error("A step took too long to draw.");
  }
}

const chartOf = (shown) => state.charts[shown === "panel" ? state.query.panel : "time"];
const isTable = (shown) => shown === "panel" && state.query.panel === "response";

function fits(shown) {
  const gd = chartOf(shown)?.gd, full = gd?._fullLayout, taller = full && full.height - gd.clientHeight;
  return isTable(shown) || (full && Math.abs(full.width - gd.clientWidth) < 1.5 && gd.offsetParent &&
    (shown === "figure" ? Math.abs(taller) : taller) < 1.5);
}

// Goes to an address, and waits until all of it is drawn.
async function arrive(where, shown, cancelled) {
  const before = changes;
  if (shown) body.dataset.capture = shown;
  else delete body.dataset.capture;
  for (const side of ["--high", "--wide"]) body.style.removeProperty(side);
  goTo(where, true);
  await until(() => changes > before && complete(), cancelled);
  const high = shown === "figure" ? lowest() : 0;
  if (high) shape(high);
  await fitted(shown, cancelled);
  const more = high && Math.min(lanesCut(), MOST_MORE); // nobody scrolls a slide
  if (!more) return;
  shape(high + more);
  await fitted(shown, cancelled);
}

// A figure is no larger than it has to be, so that its type is large on a slide.
function lowest() {
  const { meta, margin } = chartOf("figure").gd.layout;
  return Math.max(LOWEST, meta?.stack ? Math.ceil(leastOf(meta) + margin.t + margin.b) : 0);
}

function shape(high) {
  body.style.setProperty("--high", `${high}px`);
  body.style.setProperty("--wide", `${Math.round(high * SHAPE)}px`);
}

async function fitted(shown, cancelled) {
  resized();
  await frame();
  await frame();
  await until(() => ready() && (!shown || fits(shown)), cancelled);
}

const textIn = (element) => element?.textContent || "";

async function drawn(shown) {
  const { query } = state, chart = chartOf(shown);
  return { query, chart, drawn: isTable(shown) ? null : await svg(shown === "panel" ? query.panel : "time", false) };
}

/** Goes through steps, and does something with the drawing of each while it is on the page.
 * @template T @param {Step[]} all @param {(drawing: Drawing) => Promise<T>} act
 * @param {(done: number) => void} told @param {() => boolean} cancelled @returns {Promise<T[]>} */
export async function through(all, act, told, cancelled) {
  const found = [], before = location.hash || "#";
  try {
    for (const [at, step] of all.entries()) {
      told(at);
      await arrive(addressAt(step, state.defaults.theme), step.shown, cancelled);
      found.push(act(await drawn(step.shown))); // a picture is written while the page goes on
    }
    return await Promise.all(found);
  } finally {
    await arrive(before, "", () => false);
  }
}

/** A text as it fits into a sentence. @param {string} text */
function asSentence(text) {
  const signs = [...text];
  return signs.length > LONGEST_SENTENCE ? `${signs.slice(0, LONGEST_SENTENCE - 1).join("")}…` : text;
}

/** The steps that leave: of the story, or of this page its figure and its panel.
 * @returns {Step[]} */
export function chosen() {
  const all = steps(), whole = $("#story-what input:checked")?.value !== "page";
  if (whole && all.length) return all;
  const [here, { panel }] = [addressHere(), state.query];
  const step = (shown, sentence) => ({ address: here, sentence: asSentence(sentence), notes: "", shown, data: "" });
  return [step("figure", $("h1").textContent), step("panel", textIn(inCard(panel, "h2")))];
}

/** Does something that goes through steps behind a dialog that says how far it is and can be cancelled; null where it
 * was.
 * @template T @param {(told: (text: string, share: number) => void, signal: AbortSignal) => Promise<T>} act
 * @returns {Promise<T | null>} */
export async function behindDialog(act) {
  const dialog = $("#story-making"), stop = new AbortController(), cancel = () => stop.abort();
  const tell = (text, share) => {
    dialog.querySelector("[data-making=said]").textContent = text;
    dialog.querySelector("progress").value = share;
  };
  dialog.addEventListener("cancel", cancel);
  dialog.querySelector("button").onclick = cancel;
  dialog.showModal();
  try {
    return await act(tell, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return null;
    throw error;
  } finally {
    dialog.removeEventListener("cancel", cancel);
    dialog.close();
  }
}


// What a gesture did, said once for a screen reader.
import { fixed, isPending, onChange, onSentence, onZoom, state } from "../state/state.mjs";
import { $, plural, queryAll } from "./dom.mjs";

const NAMED = 4;
const CHANGES = [ // what is said after a change of these fields is drawn: a word, and the card whose caption follows
  ["Filtered", ["patients", "groups", "from_week", "to_week"], "[data-view]:not(.hidden)"],
  ["Pairs", ["subset", "phase"], ".panel [data-view]:not(.hidden)"],
];
const drawn = CHANGES.map(() => "");
let before = null, zoomed = "null";

/** Says something; the same words twice are said twice. */
export function sayAloud(text) {
  const live = $("#spoken");
  if (live && text) live.textContent = live.textContent === text ? `${text}\u00a0` : text;
}

const listed = (names) => [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
const some = (names, noun) => (names.length > NAMED ? plural(names.length, noun) : listed(names));

/** What is highlighted, in words: "13 visits of P1 and P2 selected". */
export function selectionWords({ patients, groups, visits, courses }, gestured) {
  const found = [...visits, ...(gestured.visits || [])], whole = [...patients, ...(gestured.patients || [])];
  const drugs = courses.map(({ patient, treatment }) => `${treatment} of ${patient}`);
  const names = [...(whole.length ? [some(whole, "patient")] : []), ...groups, ...drugs];
  const said = names.length ? [`${listed(names)} highlighted`] : [];
  const ids = [...new Set(found.map(([id]) => id))];
  if (found.length) said.push(`${plural(found.length, "visit")} of ${some(ids, "patient")} selected`);
  return said.join("; ") || "Highlight cleared";
}

// How many are left, as a card's caption has it, once it is drawn.
function changed([word, fields, card], i) {
  const now = JSON.stringify(fields.map((field) => state.query[field])), isFirst = drawn[i] === "";
  const shown = queryAll(`${card} .caption`).find(({ textContent }) => textContent);
  if (now !== drawn[i] && !isFirst && shown) sayAloud(`${word}: ${shown.textContent}`);
  drawn[i] = now;
}

/** After every drawing, and every zoom. */
export function sayDrawn() {
  if (!isPending()) CHANGES.forEach(changed);
  const { time } = state.zoom, now = JSON.stringify(time);
  if (now === zoomed) return;
  zoomed = now;
  sayAloud(time ? `Zoom: weeks ${time.map((week) => fixed(week, 0)).join(" to ")}` : "Zoom: all weeks");
}

onSentence(sayAloud);
onZoom(sayDrawn);
onChange(() => {
  const now = JSON.stringify([state.selection, state.gestured]);
  if (before !== null && now !== before) sayAloud(selectionWords(state.selection, state.gestured));
  before = now;
});

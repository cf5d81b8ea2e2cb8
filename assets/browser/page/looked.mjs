import { state } from "../state/state.mjs";
import { $, on } from "./dom.mjs";
import { analysisOf } from "./resample.mjs";

const KEPT = "reprise-looked";
const kept = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");
const keep = (rows) => sessionStorage.setItem(KEPT, JSON.stringify(rows));
const mine = (rows) => rows.filter(([study]) => study === number(state.study));

// FNV-1a, 32 bits
const number = (text) =>
  [...text].reduce((made, sign) => Math.imul(made ^ sign.codePointAt(0), 16777619) >>> 0, 2166136261);

/** After every redraw, and when a page has arrived. */
export function countLooked() {
  const button = $("[data-looked]"), { query, study, views } = state;
  if (!button) return;
  const { gd } = views[query.panel] || {}, meta = (gd?.layout?.meta) || {};
  count(number(study), tested(meta).map((choices) => number(analysisOf(choices) + query.p_by)));
  show(button);
}

// What differs from the page's own choices, of every analysis whose p the open card tells.
function tested({ p, choices = [] }) {
  const { panel } = state.query;
  if (panel === "correlation") return p ? [{}] : [];
  return panel === "specifications" ? choices.filter((one) => one.p).map(({ query }) => query) : [];
}

function count(study, analyses) {
  const rows = kept(), known = new Set(rows.filter(([one]) => one === study).map(([, analysis]) => analysis));
  const added = [...new Set(analyses)].filter((analysis) => !known.has(analysis));
  if (added.length) keep([...rows, ...added.map((analysis) => [study, analysis])]);
}

function show(button) {
  const { length } = mine(kept());
  button.classList.toggle("hidden", !length);
  button.textContent = `${length.toLocaleString("en")} ${length === 1 ? "analysis" : "analyses"} looked at`;
}

on("click", "[data-looked]", (button) => {
  keep(kept().filter(([study]) => study !== number(state.study)));
  show(button);
});

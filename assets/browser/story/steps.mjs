// The steps of a story: those of the study, or those made on the page, which the address carries while they are short.
import { addressOf, readAddress } from "../state/address.mjs";
import { replaceAddress, say, state, visitAddress } from "../state/state.mjs";
import { $ } from "../page/dom.mjs";

/** A step: what stands after the # there, the sentence, notes for who tells it, what is shown (figure or panel), and
 * the digest of the data that it was made on.
 * @typedef {{ address: string, sentence: string, notes: string, shown: string, data: string }} Step */

/** @type {(keyof Step)[]} */
export const PARTS = ["address", "sentence", "notes", "shown", "data"];
export const LONGEST_SENTENCE = 120;
const LONGEST_LINK = 3000; // characters of a story in an address
const MOST = 60, LONGEST_PART = 4000;
let kept = { study: "", text: "" }; // a story that is too long for an address

/** The digest of the data on the page. */
export const digest = () => $("#story").dataset.digest;
const isStep = (row) => Array.isArray(row) && row.length === PARTS.length &&
  row.every((part) => typeof part === "string" && part.length <= LONGEST_PART);
/** @returns {Step} */
const stepOf = ([address, sentence, notes, shown, data]) => ({
  address: address.replace(/^#/, ""), sentence: sentence.slice(0, LONGEST_SENTENCE), notes,
  shown: shown === "panel" ? "panel" : "figure", data,
});

/** Steps from rows as JSON; null where they are none.
 * @param {string} text @returns {Step[] | null} */
export function stepsIn(text) {
  try {
    const rows = JSON.parse(text);
    return Array.isArray(rows) && rows.length <= MOST && rows.every(isStep) ? rows.map(stepOf) : null;
  } catch {
    return null;
  }
}

/** @param {Step[]} steps */
export const asText = (steps) => JSON.stringify(steps.map((step) => PARTS.map((part) => step[part])));

/** The steps in force. @returns {Step[]} */
export function steps() {
  const long = kept.study === state.study ? kept.text : "";
  return stepsIn(state.story || long) || stepsIn($("#story")?.dataset.story || "[]") || [];
}

/** Steps as a study.toml has them. @param {Step[]} all */
export function asToml(all) {
  const line = (step) => (part) => `${part} = ${JSON.stringify(step[part]).replace(/\x7f/g, "\\u007f")}`;
  const lines = (step) => ["[[story]]", ...PARTS.filter((part) => step[part]).map(line(step))].join("\n");
  return all.map(lines).join("\n\n");
}

/** Takes other steps; none are the study's own again. @param {Step[] | null} next */
export function setSteps(next) {
  const text = next ? asText(next) : "", long = encodeURIComponent(text).length > LONGEST_LINK;
  if (long && !kept.text) say("This story is too long for a link. Save it as a file.");
  kept = { study: state.study, text: long ? text : "" };
  state.story = long ? "" : text;
  replaceAddress();
}

/** Whether a step was made on other data than the page's. @param {Step} step */
export const isStale = ({ data }) => Boolean(data) && data !== digest();

/** The address of a step of this study, in these colours where it states none, with the story. @param {Step} step */
export function addressAt({ address }, colors = state.query.theme) {
  const { query, selection, zoom } = readAddress(`#${address}`, state.defaults, state.decks);
  const theme = /(^|&)theme=/.test(address) ? query.theme : colors;
  return addressOf({ .../** @type {any} */ (state), query: { ...query, theme }, selection, zoom });
}

/** The state of the page as a step's address: without study, story and colours. */
export function addressHere() {
  const query = { ...state.query, theme: state.defaults.theme };
  return addressOf({ .../** @type {any} */ (state), query, study: state.home, story: "" }).slice(1);
}

/** Shows what stands at an address. @param {string} address @param {boolean} instead */
export function goTo(address, instead = false) {
  history[instead ? "replaceState" : "pushState"](null, "", address);
  visitAddress();
}

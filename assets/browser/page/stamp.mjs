// What everything that leaves says of itself: of which data, by which code, rules and filters.
import { post } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";
import { today } from "./dom.mjs";

/** The stamp of what the page shows: all of it, a line each (`text`), and what stands under a figure (`short`).
 * @param {boolean} [dated] with the day, which a figure whose bytes are to stay the same has not
 * @returns {Promise<{ text: string, short: string }>} */
export function stamped(dated = true) {
  return post("stamp", { study: state.study, query: state.query, date: dated ? today() : "" });
}

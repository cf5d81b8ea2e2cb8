// Ids of patients replaced in texts, also where a chart cut them. Pure.
import { asXml } from "../charts/renderers.mjs";

const letters = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const WORD = /[\p{L}\p{N}_-]$/u;

/** Whether ids can be told from numbers and words and from each other, to be replaced wherever they stand.
 * @param {string[]} people */
export function canMask(people) {
  const shown = people.map(asXml), are = (id) => /\p{L}/u.test(id) && id.length > 1;
  return shown.every(are) && new Set(shown).size === shown.length;
}

/** What replaces every patient's id by "Patient 1" and so on, and what is left of one that was cut by that, or by "a
 * patient" where it may be of several.
 * @param {string[]} people @returns {(text: string) => string} */
export function masking(people) {
  const named = new Map(people.map((id, i) => [asXml(id), `Patient ${i + 1}`])), ids = [...named.keys()];
  const longest = [...ids].sort((a, b) => b.length - a.length).map(letters).join("|");
  const found = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${longest})(?![\\p{L}\\p{N}_-])`, "gu");
  const whole = (text) => text.replace(found, (id) => named.get(id));
  const masked = (text) => text.split("…").reduce((before, after) => joined(before, after, ids, named));
  return (text) => (people.length ? masked(whole(asXml(text))) : text);
}

// What stands on either side of an ellipsis: where that is of an id, its name in place of both.
function joined(before, after, ids, named) {
  const most = Math.max(...ids.map((id) => kept(before, id)));
  if (most < 2) return `${before}…${after}`;
  const own = ids.filter((id) => kept(before, id) === most), tail = Math.max(...own.map((id) => ended(after, id)));
  const name = own.length === 1 ? named.get(own[0]) : "a patient";
  return `${before.slice(0, -most)}${name}${after.slice(tail)}`;
}

// How many letters of an id a text ends with, as a word of its own.
function kept(text, id) {
  for (let count = Math.min(id.length - 1, text.length); count > 1; count -= 1) {
    if (text.endsWith(id.slice(0, count)) && !WORD.test(text.slice(0, -count))) return count;
  }
  return 0;
}

// How many letters of its end a text begins with.
function ended(text, id) {
  for (let count = Math.min(id.length - 1, text.length); count > 0; count -= 1) {
    if (text.startsWith(id.slice(-count))) return count;
  }
  return 0;
}

// What the page's controls show, which dash holds, and what of it a person changed.
import { same } from "./address.mjs";
import { setProps, state } from "./state.mjs";

const MOST_SUBSETS = 6;
/** @type {Map<string, any>} */
const shownBy = new Map(); // field -> what its control is known to show

function usable(value, field) {
  const fallback = state.defaults[field];
  if (field === "subsets" && value) return value.slice(0, MOST_SUBSETS);
  const finite = value !== "" && value !== null && Number.isFinite(Number(value));
  if (typeof fallback === "number" || fallback === null) return finite ? Number(value) : fallback;
  return value ?? fallback;
}

/** The fields whose controls no longer show what they did, with what the query may have of it.
 * @param {{ field: string }[]} ids @param {any[]} values @returns {Record<string, any>} */
export function changedControls(ids, values) {
  const now = ids.map(({ field }, i) => [field, values[i]]).filter(([, value]) => value !== undefined);
  const changed = now.filter(([field, value]) => !same(value, shownBy.get(field)));
  for (const [field, value] of changed) shownBy.set(field, value);
  return Object.fromEntries(changed.map(([field, value]) => [field, usable(value, field)]));
}

/** A page arrived, whose controls may be others. */
export function readControls(ids, values) {
  shownBy.clear();
  changedControls(ids, values);
}

/** Lets each control show what the query says, of those that do not: dash takes longer for all than a chart for its
 * drawing, so that it is done after that. */
export function writeControls() {
  for (const [field, value] of shownBy) {
    const wanted = state.query[field];
    if (same(value, wanted)) continue;
    shownBy.set(field, wanted);
    setProps({ type: "control", field }, { value: wanted });
  }
}

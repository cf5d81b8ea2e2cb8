// What the page's controls show, which dash holds, and what of it a person changed.
import { same } from "./address.mjs";
import { isPending, setProps, setQuery, state } from "./state.mjs";

const MOST_SUBSETS = 6;
/** @type {Map<string, any>} */
const shownBy = new Map(); // field -> what its control is known to show

/** The field of the query that an element of the page sets. */
export const fieldOf = (element) => element.closest("[data-control]")?.dataset.control;

/** What a query may have of what a control says. */
export function usable(value, field) {
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

// The fields whose controls do not show what the query says.
const differing = () => [...shownBy.keys()].filter((field) => !same(shownBy.get(field), state.query[field]));

/** Lets menus show what is drawn, in the frame of the drawing, whatever was chosen in them meanwhile. */
export function showMenus() {
  for (const field of shownBy.keys()) {
    const menu = document.querySelector(`[data-control="${field}"] select`), wanted = String(state.query[field] ?? "");
    if (menu instanceof HTMLSelectElement && menu.value !== wanted) menu.value = wanted;
  }
}

function writeControls() {
  for (const field of differing()) {
    shownBy.set(field, state.query[field]);
    setProps({ type: "control", field }, { value: state.query[field] });
  }
}

const AFTER = 50; // ms from a drawing to what costs dash more than that
let told = null; // the query that dash's store holds
let due = 0;

function tellQuery() {
  if (told === state.query) return;
  told = state.query;
  setProps("query", { data: told });
}

/** Dash is told what is drawn, and its controls show it. */
export function tellLater() {
  state.writing = true;
  clearTimeout(due);
  due = setTimeout(() => {
    if (isPending()) return; // told when that is drawn
    tellQuery();
    writeControls();
    state.writing = false;
  }, AFTER);
}

// A button of dash's may be pressed before.
document.addEventListener("click", () => state.writing && tellQuery(), true);

// What a menu says is asked for at once: dash, which hears of it when it is drawn, takes longer than the drawing.
document.addEventListener("change", (event) => {
  const field = fieldOf(event.target);
  if (event.target.tagName !== "SELECT" || !shownBy.has(field)) return;
  event.stopImmediatePropagation();
  setQuery({ [field]: usable(event.target.value, field) });
}, true);

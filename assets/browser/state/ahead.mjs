// The answer to what is likely asked for next, asked for before: the options beside the one that a menu shows while the
// pointer or the keys are on it, or once its last change has been looked at for a while; and a link of this page while
// the pointer is on it, or as it is pressed.
import { post } from "../charts/requests.mjs";
import { addressParts, readAddress, same } from "./address.mjs";
import { fieldOf, usable } from "./controls.mjs";
import { followed, isPending, state } from "./state.mjs";

const MOST = 4; // answers that are kept
/** @type {Map<string, Promise<any>>} */
const kept = new Map();

/** The server's answer to a query, which may be on its way already. */
export function answerTo(query) {
  const asked = { study: state.study, query, drawn: state.used }, key = JSON.stringify(asked);
  const found = kept.get(key) || post("redraw", asked);
  kept.clear(); // what is drawn will be another
  expectMore(Object.keys(query).filter((field) => !same(query[field], state.used[field])));
  return found;
}

const REST = 5000; // ms for which a reader looks at a change before the next of its kind is asked for
let rest = 0;

// Who goes through the subsets or rules goes on: the options beside the last change, once nothing else is done.
function expectMore(changed) {
  clearTimeout(rest);
  if (changed.length !== 1) return;
  rest = setTimeout(() => {
    const menu = document.querySelector(`[data-control="${changed[0]}"] select`);
    if (menu && !document.hidden) beside(menu);
  }, REST);
}
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => clearTimeout(rest), true);

function prefetch(query) {
  const asked = { study: state.study, query, drawn: state.used }, key = JSON.stringify(asked);
  if (isPending() || same(query, state.query) || kept.has(key) || kept.size >= MOST) return;
  const found = post("redraw", asked);
  kept.set(key, found);
  found.catch(() => kept.delete(key)); // asked for again, and said, when somebody wants it
}

function beside(select) {
  const options = [...select.options].filter((option) => !option.disabled && !option.hidden);
  const at = options.indexOf(select.selectedOptions[0]), field = fieldOf(select);
  for (const option of [options[at + 1], options[at - 1]]) {
    if (option) prefetch(followed({ ...state.query, [field]: usable(option.value, field) }));
  }
}

function linked({ hash }) {
  const { query, whole } = readAddress(hash, state.defaults, state.decks);
  if (whole && addressParts(hash).study === addressParts(location.hash).study) prefetch(query);
}

const PAUSE = 40; // ms that the pointer stays; who presses has chosen
let due = 0;

function looked({ target, type }) {
  clearTimeout(due);
  const near = state.query && target.closest?.("[data-control] select, a[href]");
  if (!near) return;
  const here = near.pathname === location.pathname && near.host === location.host && near.hash;
  const ask = near.matches("select") ? beside : here && linked;
  if (ask && type === "pointerdown") ask(near);
  else if (ask) due = setTimeout(() => ask(near), PAUSE);
}
for (const event of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(event, looked);

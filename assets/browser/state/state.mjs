// The query (what is drawn) and the selection (what is highlighted). The address after the # carries both, and is the
// only way in: a control, a gesture, Back and a pasted link all end there.
import { addressOf, encodedList, encodedRows, followDecks, NOTHING, readAddress, same } from "./address.mjs";

const LONGEST = 3000; // characters of explicit patient-visits in an address; beyond, the gesture itself is stored
const RESCALING = ["patients", "groups", "clock", "lens", "from_week", "to_week"];
const OF_PAIRS = ["subset", "immune_scale", "pasi_scale"];

/** Everything that changes while the page is open; also what stands at `window.reprise` for its tests. A `query` waits
 * for its figures until it is `shown`; `used` is what the server made of it. `gestured`: what the selection's stored
 * gesture found, patients or visits. `story`: the steps made on the page, as the address has them.
 * @type {any} */
export const state = {
  query: null, selection: NOTHING, gestured: {}, zoom: { time: null, pairs: null }, charts: {}, views: {}, fetching: 0,
  zooming: false, following: false, drawing: false, story: "", sweep: null, cohort: null, readout: {},
};

/** @type {((told?: any) => void)[][]} */
const [strokes, changes, sentences, zooms, queries, likelies] = Array.from({ length: 6 }, () => []);

/** Calls `act` for the strokes of who is highlighted, before all else that follows a change. */
export const onHighlight = (act) => strokes.push(act);
/** Calls `act` after every change of the query or the selection. */
export const onChange = (act) => changes.push(act);
/** Calls `act` with every sentence for the reader. */
export const onSentence = (act) => sentences.push(act);
/** Calls `act` after every zoom. */
export const onZoom = (act) => zooms.push(act);
/** Calls `act` when the query is to be drawn. */
export const onQuery = (act) => queries.push(act);
/** Calls `act` with a query that is likely to be next. */
export const onLikely = (act) => likelies.push(act);
/** Says that a query, or what follows from a change of it, is likely to be next. */
export const expected = (change) => void likelies.map((act) => act(followed({ ...state.query, ...change })));
export const announce = () => void [...strokes, ...changes].map((act) => act());
/** @param {string} text */
export const say = (text) => void sentences.map((act) => act(text));

export const isPending = () => !same(state.query, state.shown);
export const anySelected = () => !same(state.selection, NOTHING);
/** Whether a study's key is one that only its address names. */
export const isUpload = (key) => /^[A-Za-z0-9_-]{40,}$/.test(key);
/** A number with so many digits and a true minus; what rounds to 0 has no sign. */
export const fixed = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
/** The part of every address before the server's own paths. */
export const prefix = () => JSON.parse(document.getElementById("_dash-config").textContent).requests_pathname_prefix;
export const address = () => addressOf(state);
const push = () => history.pushState(null, "", address());
export function replaceAddress() {
  follow();
  history.replaceState(null, "", address());
}

/** Sets a property of one of dash's components. */
export const setProps = (id, props) => window.dash_clientside.set_props(id, props);
let visits = 0;
/** The address is of another study, perhaps: dash's callback reads it. */
export const visitAddress = () => setProps("address", { data: (visits += 1) });

/** @param {string} hash */
export function adopt(hash) {
  const { query, selection, zoom, story, whole } = readAddress(hash, state.defaults, state.decks);
  if (!whole) say("A part of this address could not be read; the page shows what it could.");
  Object.assign(state, { query, selection, zoom, story, following: false });
}

// ---- the selection

export function select(selection, add = false) {
  const next = { ...NOTHING, ...selection };
  follow();
  state.selection = add ? joined(state.selection, next) : next;
  state.following = true;
  for (const act of strokes) act();
  push(); // before the frame: whoever goes back at once undoes this step
  onceShown(follow);
}

// All of the page that comes after the strokes of a selection.
function follow() {
  if (!state.following) return;
  state.following = false;
  for (const act of changes) act();
}

/** Calls `act` when the frame that is made next is on its way to the screen. */
export function onceShown(act) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = act;
  requestAnimationFrame(() => port2.postMessage(null));
}

/** What is in one of two selections: whoever is in both is taken away again, visits and courses are added.
 * @param {import("./types.mjs").Selection} old @param {import("./types.mjs").Selection} extra */
export function joined(old, extra) {
  const toggled = (a, b) => [...a.filter((x) => !b.includes(x)), ...b.filter((x) => !a.includes(x))];
  const known = new Set([...old.visits, ...old.courses].map((one) => JSON.stringify(one)));
  const added = (a, b) => [...a, ...b.filter((one) => !known.has(JSON.stringify(one)))];
  return {
    patients: toggled(old.patients, extra.patients),
    groups: toggled(old.groups, extra.groups),
    visits: added(old.visits, extra.visits),
    courses: added(old.courses, extra.courses),
    gesture: extra.gesture || old.gesture,
  };
}

/** Patient-visits or patients: written out while they are few, as the gesture that found them when they are many. */
export const selectVisits = (found, gesture, add) => selectFound({ visits: found }, encodedRows(found), gesture, add);
export const selectPatients = (patients, gesture, add) =>
  selectFound({ patients }, encodedList(patients), gesture, add);

function selectFound(found, text, gesture, add) {
  if (text.length <= LONGEST) return select(found, add);
  Object.assign(state, { gestured: found, evaluated: JSON.stringify(gesture) });
  return select({ gesture });
}

export const clearSelection = () => select(NOTHING);

// ---- the query

/** `instead`: what follows from the step before is no step of its own. */
export function setQuery(change, instead = false) {
  const next = followed({ ...state.query, ...change });
  if (same(next, state.query)) return;
  follow();
  Object.assign(state, { query: next, zoom: zoomKept(state.query, next) });
  if (instead) replaceAddress();
  else push();
  askToDraw();
}

/** The query is asked for, before the page does anything else of what has changed. */
export function askToDraw() {
  for (const act of queries) act();
  announce();
}

/** What follows from a query that is wanted: a window means weeks of one clock. */
export function followed(wanted) {
  const next = followDecks(wanted, state.query, state.decks);
  return next.clock === state.query.clock ? next : { ...next, from_week: null, to_week: null };
}

// A zoom means one axis, and does not outlive it.
function zoomKept(before, next) {
  const among = (fields) => fields.some((field) => !same(next[field], before[field]));
  const { time, pairs } = state.zoom;
  return { time: among(RESCALING) ? null : time, pairs: among(OF_PAIRS) ? null : pairs };
}

export function setZoom(change) {
  state.zoom = { ...state.zoom, ...change };
  replaceAddress();
  for (const act of zooms) act();
}

/** What the server could not use is shown as what it used instead. */
export function correctQuery(used) {
  if (isPending() || same(used, state.query)) return;
  state.query = state.shown = state.asked = used;
  replaceAddress();
  announce();
}

// What stands after the # of the address, written and read. Pure: it knows neither the page nor the state.

/** @typedef {import("./types.mjs").Query} Query */
/** @typedef {import("./types.mjs").Selection} Selection */
/** @typedef {import("./types.mjs").Gesture} Gesture */
/** @typedef {import("./types.mjs").Zoom} Zoom */

/** @type {Selection} */
export const NOTHING = Object.freeze({ patients: [], groups: [], visits: [], courses: [], gesture: null });
const LAST_WEEK = 5200, FARTHEST = 1e9; // beyond these a zoom shows nothing

/** @param {unknown} a @param {unknown} b */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** @param {string[]} items */
export const encodedList = (items) => items.map(encodeURIComponent).join(",");
const unlist = (text) => (text === "" ? [] : text.split(",").map(decodeURIComponent));
const number = (text) => (text === "" || !Number.isFinite(Number(text)) ? null : Number(text));
const short = (value) => String(Number(value.toPrecision(6)));

/** Rows of several values: each is encoded, so that neither "/" nor "," can come from a patient id.
 * @param {any[][]} items */
export const encodedRows = (items) => items.map((row) => row.map(encodeURIComponent).join("/")).join(",");

function unrows(text) {
  const found = (text || "").split(",").filter(Boolean);
  return found.map((row) => row.split("/").map(decodeURIComponent)).filter((row) => row.length === 3);
}

function encoded(value) {
  if (Array.isArray(value)) return encodedList(value);
  if (typeof value === "boolean") return value ? "1" : "0";
  return value === null ? "" : encodeURIComponent(value);
}

function decoded(text, fallback) {
  if (Array.isArray(fallback)) return unlist(text);
  if (typeof fallback === "boolean") return text === "1";
  if (typeof fallback === "number" || fallback === null) return number(text) ?? fallback;
  return decodeURIComponent(text);
}

/** The address of a state: only what is unlike the study's defaults.
 * @param {{ study: string, home: string, query: Query, defaults: Query, decks: Record<string, string>,
 *   selection: Selection, zoom: Zoom, story?: string }} state
 * @returns {string} */
export function addressOf({ study, home, query, defaults, decks, selection, zoom, story }) {
  const unlike = (field) => !same(query[field], defaults[field]);
  const needed = (field) => unlike(field) || (field === "panel" && Object.values(decks).some(unlike));
  const { patients, groups, visits, courses, gesture } = selection;
  const parts = [
    study !== home && `study=${encodeURIComponent(study)}`,
    ...Object.keys(query).filter(needed).map((field) => `${field}=${encoded(query[field])}`),
    patients.length && `lit=${encodedList(patients)}`,
    groups.length && `litgroups=${encodedList(groups)}`,
    gesture && `gesture=${encodeURIComponent(JSON.stringify(gesture))}`,
    !gesture && visits.length && `visits=${encodedRows(visits)}`,
    courses.length && `course=${encodedRows(courses.map((c) => [c.patient, c.treatment, c.start]))}`,
    zoom.time && `zoom=${zoom.time.map(short).join(",")}`,
    zoom.pairs && `zoompairs=${zoom.pairs.map(short).join(",")}`,
    story && `story=${encodeURIComponent(story)}`,
  ];
  return `#${parts.filter(Boolean).join("&")}`;
}

/** The parts of an address by their names, not decoded yet.
 * @param {string} hash @returns {Record<string, string>} */
export function addressParts(hash) {
  const parts = hash.replace(/^#/, "").split("&").filter((part) => part.indexOf("=") > 0);
  return Object.fromEntries(parts.map((part) => [part.split("=", 1)[0], part.slice(part.indexOf("=") + 1)]));
}

// What a stored gesture is: the view it was made on, and a mark's key or a polygon.
function gestureOf(text) {
  const gesture = JSON.parse(decodeURIComponent(text));
  const are = (items) => Array.isArray(items) && items.every(Number.isFinite);
  const placed = gesture && (typeof gesture.key === "string" || (are(gesture.x) && are(gesture.y)));
  if (!placed || typeof gesture.view !== "string") throw new Error("no gesture");
  return gesture;
}

/** @param {Record<string, string>} found */
function selectionOf({ lit, litgroups, visits, course, gesture }) {
  return {
    patients: lit ? unlist(lit) : [],
    groups: litgroups ? unlist(litgroups) : [],
    visits: unrows(visits).map(([id, pasi, immune]) => [id, Number(pasi), Number(immune)]),
    courses: unrows(course).map(([patient, treatment, start]) => ({ patient, treatment, start: Number(start) })),
    gesture: gesture ? gestureOf(gesture) : null,
  };
}

function range(text, size, largest) {
  if (!text) return null;
  const numbers = text.split(",").map(Number);
  if (numbers.length !== size || !numbers.every((one) => Math.abs(one) <= largest)) throw new Error("no range");
  return numbers;
}

/** What an address says, over the study's defaults; `whole`: whether every part of it could be read.
 * @param {string} hash @param {Query} defaults @param {Record<string, string>} decks
 * @returns {{ query: Query, selection: Selection, zoom: Zoom, story: string, whole: boolean }} */
export function readAddress(hash, defaults, decks) {
  const found = addressParts(hash);
  let whole = true;
  const tried = (get, fallback) => {
    try {
      return get();
    } catch {
      whole = false;
      return fallback;
    }
  };
  const field = ([name, value]) => [name, tried(() => (name in found ? decoded(found[name], value) : value), value)];
  const query = Object.fromEntries(Object.entries(defaults).map(field));
  return {
    query: "panel" in found ? query : followDecks(query, defaults, decks),
    selection: tried(() => selectionOf(found), NOTHING),
    zoom: {
      time: tried(() => range(found.zoom, 2, LAST_WEEK), null),
      pairs: tried(() => range(found.zoompairs, 4, FARTHEST), null),
    },
    story: tried(() => decodeURIComponent(found.story || ""), ""),
    get whole() {
      return whole;
    },
  };
}

/** Before there was one panel, each deck of views had a field of its own: one that changes opens its view.
 * @param {Query} next @param {Query} before @param {Record<string, string>} decks @returns {Query} */
export function followDecks(next, before, decks) {
  const changed = Object.values(decks).find((deck) => next[deck] !== before[deck]), deck = decks[next.panel];
  if (next.panel === before.panel && changed) return { ...next, panel: next[changed] };
  return next.panel !== before.panel && deck ? { ...next, [deck]: next.panel } : next;
}

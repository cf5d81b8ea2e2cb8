// The notes that readers pinned to what the page shows: kept by the server, told by tooltips, marked on the charts.
import { accepted, post, posted } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";

/** A note on a visit (`week`), a course (`of` a treatment from that week on) or a step (`of` an address).
 * @typedef {{ kind: string, patient: string, week: number | null, of: string, text: string, by: string, at: string,
 *   id: string, version: number }} Note */

const NEAR = 0.01; // weeks: marks of a large cohort come with fewer digits
const LONG = 160, LINE = 48; // characters of a note in a tooltip, and of its lines
/** @type {{ study: string, notes: Note[], reader: string, chosen: any }} */
const kept = { study: "", notes: [], reader: "", chosen: null };

/** @returns {Note[]} */
export const notes = () => (kept.study === state.study ? kept.notes : []);
export const readerName = () => kept.reader;

function take(study, found) {
  Object.assign(kept, { study, notes: found.notes, reader: found.reader });
  return found;
}

/** The notes of the study, as they are now; nothing where they cannot be had, which the drawer says. */
export async function fetchNotes() {
  const { study } = state;
  if (kept.study === study) return;
  take(study, { notes: [], reader: "" });
  const reply = await posted("pinned", { study });
  if (reply.ok) take(study, await reply.json());
}

/** The same, and what of a patient notes can be pinned to. @param {string} patient */
export async function pinnable(patient) {
  const { study } = state;
  return take(study, await post("pinnable", { study, patient }));
}

/** Keeps a note, or deletes it where it has no text.
 * @param {Note} note @returns {Promise<{ current: Note | null } | null>} what somebody else saved meanwhile */
export async function keep({ by, at, ...note }) {
  const { study } = state, reply = await posted("pin", { study, ...note });
  if (reply.status === 409 && reply.headers.get("Content-Type").startsWith("application/json")) return reply.json();
  take(study, await (await accepted(Promise.resolve(reply))).json());
  return null;
}

/** A file of all notes. @param {string} date */
export function asCsv(date) {
  const { study, query } = state;
  return accepted(posted("file", { study, query, what: "pinned", date, choices: {} }));
}

const isOn = ({ kind, patient, week, of }, id, course, at) => {
  if (kind === "step" || patient !== id) return false;
  if (kind === "course") return Boolean(course) && of === course.treatment && Math.abs(week - course.start) < NEAR;
  return !course && at !== null && Math.abs(week - at) < NEAR;
};

/** What a mark of a chart is of: a patient, and its course or its week. */
function subject({ id, set, i, select }) {
  const week = set ? set.week(i) : null;
  return { id, course: select?.courses?.[0] ?? null, week: Number.isFinite(week) ? week : null };
}

/** The notes on a mark, as lines of a tooltip. */
export function notesOn(mark) {
  const { id, course, week } = subject(mark);
  return notes().filter((note) => isOn(note, id, course, week)).flatMap(({ text }) => {
    const one = text.replace(/\s+/g, " "), cut = one.length > LONG ? `${one.slice(0, LONG)}…` : one;
    return `✎ ${cut}`.match(new RegExp(`.{1,${LINE}}(?:\\s|$)|.{1,${LINE}}`, "gu")) || [];
  });
}

/** The mark that was clicked or reached by keys: what a new note is on. */
export const chose = (mark) => (kept.chosen = mark && { ...subject(mark), study: state.study });
export const lastChosen = () => (kept.chosen?.study === state.study ? kept.chosen : null);

/** The notes on a step. @param {string} address */
export const notesOfStep = (address) =>
  notes().filter(({ kind, of }) => kind === "step" && of === (address || "figure"));
/** @param {string} patient */
export const notesOfPatient = (patient) => notes().filter((note) => note.patient === patient && patient);

/** Who wrote a note, and when by the reader's clock. @param {Note} note */
export function signed({ by, at }) {
  const when = new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return by ? `${by}, ${when}` : when;
}

/** What a note is on, in words. @param {Note} note */
export function placeWords({ kind, patient, week, of }) {
  const at = week === null ? "" : `week ${String(Number(week.toFixed(2))).replace("-", "−")}`;
  if (kind === "step") return "A step";
  return kind === "visit" ? `${patient}, visit of study ${at}` : `${patient}, ${of} from study ${at}`;
}

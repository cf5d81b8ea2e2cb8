// The drawer of notes: one is pinned to a visit, a course or a step; all are listed, edited and deleted.
import { drawLayer } from "../charts/charts.mjs";
import { waiting } from "../charts/requests.mjs";
import { $, make, today } from "../page/dom.mjs";
import { saveServed } from "../page/download.mjs";
import { onChange, say, select, state } from "../state/state.mjs";
import { addressAt, goTo, steps } from "../story/steps.mjs";
import {
  asCsv, lastChosen, fetchNotes, keep, notes, pinnable, placeWords, readerName, signed,
} from "./pinned.mjs";

const LONGEST = 2000, FAILED = "The server could not answer. Your words stay here; try again.";
const NEW = { id: "", version: 0, text: "", by: "", at: "" };

const option = (value, text) => make("option", { value }, text);
const act = (text, does, label = "") =>
  make("button", { type: "button", className: "quiet", onclick: does, ...(label ? { ariaLabel: label } : {}) }, text);
const area = (text, label) => make("textarea", { value: text, maxLength: LONGEST, rows: 3, ariaLabel: label });

// ---- what a note is pinned to

/** @returns {string} */
function patientInMind() {
  const { patients, courses, visits } = state.selection;
  return patients[0] ?? courses[0]?.patient ?? visits[0]?.[0] ?? lastChosen()?.id ?? "";
}

function placesOf(patient, { visits, courses }) {
  const week = (value) => String(Number(value.toFixed(2))).replace("-", "−");
  const weeks = (start, end) => (start === end ? `week ${week(start)}` : `week ${week(start)} on`);
  return [
    ...visits.map((at) => [{ kind: "visit", patient, week: at, of: "" }, `Visit of week ${week(at)}`]),
    ...courses.map(([of, at, end]) => [{ kind: "course", patient, week: at, of }, `${of}, ${weeks(at, end)}`]),
    ...steps().map(({ address, sentence }, i) => (
      [{ kind: "step", patient: "", week: null, of: address || "figure" }, `Step ${i + 1}: ${sentence}`])),
  ];
}

// The place that was clicked last, or is highlighted.
function isInMind({ kind, patient, week, of }) {
  const mark = lastChosen(), course = state.selection.courses[0] ?? mark?.course, visit = state.selection.visits[0];
  const at = course ? course.start : visit ? visit[1] ?? visit[2] : mark?.week;
  const isOf = course ? of === course.treatment : patient === (visit?.[0] ?? mark?.id);
  return kind === (course ? "course" : "visit") && isOf && typeof at === "number" && Math.abs(week - at) < 0.01;
}

async function fill(patient) {
  const found = await pinnable(patient), who = $("#note-who"), what = $("#note-what");
  who.replaceChildren(option("", "Choose a patient"), ...found.patients.map((id) => option(id, id)));
  who.value = found.patients.includes(patient) ? patient : "";
  const places = placesOf(patient, found);
  const best = places.find(([pin]) => isInMind(pin)), none = option("", "Choose what it is pinned to");
  what.replaceChildren(none, ...places.map(([pin, text]) => option(JSON.stringify(pin), text)));
  what.value = best ? JSON.stringify(best[0]) : ""; // never a place that nobody chose
  what.disabled = !places.length;
  $("#note-login").textContent = readerName() ? `You write as ${readerName()}.` : "No login: notes are without a name.";
  write();
}

async function pin() {
  const field = $("#note-text"), what = $("#note-what").value, text = field.value.trim();
  if (!what || !text) return say(what ? "Write the note first." : "Choose first what the note is pinned to.");
  await keep({ ...NEW, ...JSON.parse(what), text });
  field.value = "";
  changed();
  say("The note is pinned.");
}

// ---- the list

function changed() {
  write();
  drawLayer();
}

function write() {
  const all = notes(), list = $("#note-list");
  if (!list) return;
  list.replaceChildren(...all.map((note) => row(note)));
  $("#note-count").textContent = all.length ? "" : "No notes yet.";
}

function show({ kind, patient, week, of }) {
  if (kind === "step") return goTo(addressAt(/** @type {any} */ ({ address: of === "figure" ? "" : of })));
  const course = [{ patient, treatment: of, start: week }];
  select(kind === "course" ? { courses: course } : { visits: [[patient, week, week]] });
}

const stepWords = ({ of }) => {
  const at = steps().findIndex(({ address }) => (address || "figure") === of);
  return at < 0 ? "A step that this story has no longer" : `Step ${at + 1}`;
};
const headOf = (note) => (note.kind === "step" ? stepWords(note) : placeWords(note));

function row(note) {
  const head = headOf(note), place = make("li", {}), isolated = { className: "note-text", dir: "auto" };
  const acts = [
    act("Show", () => show(note), `Show ${head}`),
    act("Edit", () => edit(place, note, note.text), `Edit the note on ${head}`),
    act("Delete", () => saved(place, { ...note, text: "" }), `Delete the note on ${head}`),
  ];
  const foot = make("div", { className: "story-acts" }, make("small", {}, signed(note)), ...acts);
  place.append(make("strong", {}, head), make("p", isolated, note.text), foot);
  return place;
}

function edit(place, note, text) {
  const field = area(text, `Note on ${headOf(note)}`);
  const acts = [act("Save", () => saved(place, { ...note, text: field.value.trim() })), act("Cancel", write)];
  place.replaceChildren(make("strong", {}, headOf(note)), field, make("div", { className: "story-acts" }, ...acts));
  field.focus();
}

const saved = (place, note) => waiting(async () => {
  const late = await keep(note);
  if (late) return told(place, note, late.current);
  changed();
  say(note.text ? "The note is saved." : "The note is deleted.");
}, FAILED);

// Somebody saved it first: both texts are shown, and nothing is written before one is chosen.
function told(place, mine, theirs) {
  const field = area(mine.text, "Your text"), words = theirs ? theirs.text : "It is deleted.";
  const version = theirs ? { id: theirs.id, version: theirs.version } : { id: "", version: 0 };
  const renewed = () => waiting(() => fill($("#note-who").value), FAILED);
  const keepMine = () => saved(place, { ...mine, ...version, text: field.value.trim() });
  const both = () => saved(place, { ...mine, id: "", version: 0, text: field.value.trim() });
  const acts = [
    act(theirs ? "Save mine instead" : "Save mine", keepMine), ...(theirs && mine.text ? [act("Keep both", both)] : []),
    act("Keep theirs", renewed),
  ];
  place.replaceChildren(
    make("p", { className: "warm" }, `Somebody changed this note meanwhile${theirs ? ` (${signed(theirs)})` : ""}:`),
    make("p", { className: "note-text", dir: "auto" }, words),
    make("p", {}, mine.text ? "You wrote:" : "You deleted it."),
    ...(mine.text ? [field] : []), make("div", { className: "story-acts" }, ...acts),
  );
  place.scrollIntoView({ block: "nearest" });
  (mine.text ? field : place.querySelector("button")).focus();
}

// ---- what can be done

async function csv() {
  saveServed(await (await asCsv(today())).blob(), "notes.csv");
}

const ACTS = { notes: () => fill(patientInMind()), "note-pin": pin, "note-csv": csv };

document.addEventListener("click", ({ target }) => {
  const does = ACTS[target.closest("button")?.dataset.action];
  if (does) waiting(does, FAILED);
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "note-who") waiting(() => fill(target.value), FAILED);
});

// Once somebody looks at a study, and its charts are drawn.
onChange(() => state.study && state.query && fetchNotes().then(() => notes().length && drawLayer(), () => {}));

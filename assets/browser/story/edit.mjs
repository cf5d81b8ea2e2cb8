// The drawer in which a story is made: steps added, written, ordered, taken away, saved and opened again; and the tour.
import { saveText } from "../page/download.mjs";
import { $, make } from "../page/dom.mjs";
import { isPresent, onPresent } from "../page/drawers.mjs";
import { isUpload, onChange, say, state } from "../state/state.mjs";
import { tellFrom } from "./present.mjs";
import {
  addressAt, addressHere, asText, asToml, digest, goTo, isStale, LONGEST_SENTENCE, setSteps, steps, stepsIn,
} from "./steps.mjs";

const TOURED = "reprise-toured";
const named = (kind) => `${isUpload(state.study) ? "study" : state.study}-story.${kind}`;
let written = ""; // the steps that the list shows

// ---- the list

function field(made, name, step, place) {
  const label = make("label", {}, make("span", { className: "spoken" }, `${name} of step ${place + 1}`), made);
  made.addEventListener("change", () => { // the list stays: a click that ends the writing must find its button
    const own = made.name === "sentence" ? made.value.replace(/\s+/g, " ") : made.value;
    setSteps(withParts(place, { [made.name]: own }));
    written = listed();
  });
  made.value = step[made.name];
  return label;
}

function act(sign, about, does) {
  const made = make("button", { type: "button", className: "quiet", onclick: does, ariaLabel: about }, sign);
  made.dataset.about = about;
  return made;
}

const now = () => ({ address: addressHere(), data: digest() });

function row(step, place, all) {
  const area = (name, maxLength, placeholder) => make("textarea", { name, rows: 2, maxLength, placeholder });
  const sentence = area("sentence", LONGEST_SENTENCE, "What is told"), notes = area("notes", 4000, "Notes");
  const option = (value) => make("option", { value }, value);
  const shown = make("select", { name: "shown" }, ...["figure", "panel"].map(option));
  const stale = isStale(step) ? "The data have changed since this step was made." : "";
  const acts = [
    act("Show", `Show step ${place + 1}`, () => goTo(addressAt(step))),
    act("Renew", `Step ${place + 1} as the page is now`, () => take(withParts(place, now()))),
    act("↑", `Step ${place + 1} earlier`, () => place > 0 && moved(place, place - 1)),
    act("↓", `Step ${place + 1} later`, () => place < all.length - 1 && moved(place, place + 1)),
    act("✕", `Delete step ${place + 1}`, () => take(steps().filter((_, i) => i !== place))),
  ];
  const lines = [field(sentence, "Sentence", step, place), field(notes, "Notes", step, place)];
  const foot = make("div", { className: "story-acts" }, field(shown, "What is shown", step, place), ...acts);
  return make("li", {}, ...lines, foot, make("p", { className: "warm" }, stale));
}

const listed = () => `${state.study}${asText(steps())}`;

function write() {
  const list = $("#story-list");
  if (!list || !state.query || listed() === written) return;
  written = listed();
  list.replaceChildren(...steps().map(row));
}

function take(next) {
  setSteps(next);
  write();
}

const withParts = (place, parts) => steps().map((step, i) => (i === place ? { ...step, ...parts } : step));

function moved(from, to) {
  const all = steps(), [step] = all.splice(from, 1);
  all.splice(to, 0, step);
  take(all);
  $("#story-list").children[to].querySelector("textarea").focus();
}

// ---- what can be done

function add() {
  const wide = document.body.classList.contains("panel-wide"), all = steps();
  const sentence = $("#finding").textContent.slice(0, LONGEST_SENTENCE).replace(/\s\S*$/, "");
  take([...all, { ...now(), sentence, notes: "", shown: wide ? "panel" : "figure" }]);
  $("#story-list").lastElementChild.querySelector("textarea").select();
}

function pick() {
  const picker = make("input", { type: "file", accept: ".json", onchange: () => open(picker.files[0]) });
  picker.click();
}

async function open(file) {
  const found = file && file.size < 1e6 ? stepsIn(await file.text()) : null;
  if (found) take(found);
  else say("This file has no story: choose one that was saved here.");
}

const ACTS = {
  "story-add": add, "story-tell": () => tellFrom(0), "story-tour": () => tellFrom(0), "story-own": () => take(null),
  "story-open": pick,
  "story-save": () => saveText(asText(steps()), named("json"), "application/json"),
  "story-toml": () => saveText(`${asToml(steps())}\n`, named("toml"), "application/toml"),
};

document.addEventListener("click", ({ target }) => ACTS[target.closest("button")?.dataset.action]?.());

// ---- the tour of a first visit

let usual = ""; // the hint of those who have been here

// In the hint, where nothing else is to be said: the page has few controls in sight.
function offerTour() {
  const strip = $("#chips"), { length } = steps(), isNew = length > 0 && !localStorage.getItem(TOURED);
  if (!strip || !$("[data-action=story-tour]")) return;
  usual = usual || strip.dataset.hint;
  strip.dataset.hint = isNew ? "New? ⋯, Tour." : usual;
}

onPresent(() => {
  if (isPresent()) localStorage.setItem(TOURED, "1");
  offerTour();
});
onChange(() => (write(), offerTour()));

// A story leaves the page: as slides, as pages, as one file.
import { accepted } from "../charts/requests.mjs";
import { notesOfPatient, notesOfStep, placeWords, signed } from "../notes/pinned.mjs";
import { pictureOf, saveServed } from "../page/download.mjs";
import { $, today } from "../page/dom.mjs";
import { readAddress } from "../state/address.mjs";
import { isUpload, prefix, say, state } from "../state/state.mjs";
import { lighter } from "./lighter.mjs";
import { live } from "./live.mjs";
import { behindDialog, chosen, through } from "./pictures.mjs";

const SLIDE = 12.333, DPI = 300; // inches of a picture on a slide
const named = (kind) => `${isUpload(state.study) ? "study" : state.study}-story.${kind}`;
const LIT = /^(lit|litgroups|gesture|visits|course)=/;
const withoutLit = (address) => address.split("&").filter((part) => !LIT.test(part)).join("&");
const litIn = ({ address }) => readAddress(`#${address}`, state.defaults, state.decks).selection.patients[0];
const MOST_NOTES = 20_000; // characters beside a slide
const FAILED = "The story could not be made. Please try again.";

const page = () => location.href.split("#")[0];
const study = () => (state.study === state.home ? "" : `study=${encodeURIComponent(state.study)}`);
const addressOfStep = ({ address }) => [study(), address].filter(Boolean).join("&");

// By choice, the notes on a step and on whom it highlights.
function pinnedTo(step) {
  const found = [...notesOfStep(step.address), ...notesOfPatient(litIn(step))];
  return $("#story-pinned").checked ? found.map((note) => `${placeWords(note)}: ${note.text} (${signed(note)})`) : [];
}

// What goes to the server of each step, with its picture.
function sent(kind, all, drawings) {
  const told = (step) => [step.notes, ...pinnedTo(step)].filter(Boolean).join("\n\n").slice(0, MOST_NOTES);
  const steps = all.map((step, at) => ({
    sentence: step.sentence, notes: told(step), shown: step.shown, query: drawings[at].query,
    address: addressOfStep(step), lit: litIn(step) ?? "",
  }));
  const masked = kind === "html" && $("#story-masked").checked, here = location.hash, form = new FormData();
  const about = { study: state.study, kind, date: today(), page: page(), here, masked };
  form.append("story", JSON.stringify({ ...about, steps }));
  for (const { picture } of drawings) form.append("pictures", picture, "step");
  return form;
}

// A chart that is taller than a slide could not be read there: a table of its numbers takes its place.
const isTall = ({ width, height }) => height > width;
const sharp = ({ width }) => (SLIDE * DPI) / width;
const PICTURES = {
  pptx: ({ drawn }) => (isTall(drawn) ? new Blob([]) : pictureOf(drawn, sharp(drawn))),
  pdf: async ({ drawn }) => new Blob([(await lighter(drawn, sharp(drawn))).text]),
  html: live,
};

// In one HTML file a step is drawn with nobody highlighted: the file highlights whom the step does.
async function made(kind, told, signal) {
  const all = chosen(), tell = (at) => told(`Drawing step ${at + 1} of ${all.length}`, at / (all.length + 1));
  const steps = kind === "html" ? all.map((step) => ({ ...step, address: withoutLit(step.address) })) : all;
  const draw = async (drawing) =>
    ({ query: drawing.query, picture: drawing.drawn ? await PICTURES[kind](drawing) : new Blob([]) });
  const drawings = await through(steps, draw, tell, () => signal.aborted);
  told("Writing the file", all.length / (all.length + 1));
  const asked = fetch(`${prefix()}story`, { method: "POST", body: sent(kind, all, drawings), signal });
  return (await accepted(asked)).blob();
}

async function leave(kind) {
  try {
    const file = await behindDialog((told, signal) => made(kind, told, signal));
    if (file) saveServed(file, named(kind));
    else say("Cancelled: the page is as it was.");
  } catch (error) {
    say(error.said || FAILED);
  }
}

document.addEventListener("click", ({ target }) => {
  const [story, kind] = target.closest("button")?.dataset.action?.split("-") || [];
  if (story === "story" && kind in PICTURES) leave(kind);
});

// A story leaves the page: as slides, as pages, as one file.
import { accepted } from "../charts/requests.mjs";
import { inFont } from "../charts/renderers.mjs";
import { notesOfPatient, notesOfStep, placeWords, signed } from "../notes/pinned.mjs";
import { pictureOf, saveAs, saveServed } from "../page/download.mjs";
import { $, today } from "../page/dom.mjs";
import { figureFont } from "../publish/figure.mjs";
import { stamped } from "../page/stamp.mjs";
import { tidied } from "../publish/tidy.mjs";
import { readAddress } from "../state/address.mjs";
import { isUpload, prefix, say, state } from "../state/state.mjs";
import { kept, peopleOf, storyFile } from "./file.mjs";
import { lighter } from "./lighter.mjs";
import { canMask } from "./masking.mjs";
import { pageOf } from "./pages.mjs";
import { behindDialog, chosen, through } from "./pictures.mjs";

const SLIDE = 12.333, DPI = 300; // inches of a picture on a slide
const named = (kind) => `${isUpload(state.study) ? "study" : state.study}-story.${kind}`;
const PLAIN_IDS = "These ids are numbers or single letters, which also stand elsewhere, or look alike. " +
  "Open a de-identified copy, and make the file from that.";
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
async function sent(kind, drawings) {
  const told = (step) => [step.notes, ...pinnedTo(step)].filter(Boolean).join("\n\n").slice(0, MOST_NOTES);
  const steps = drawings.map(({ step, query }) => (
    { sentence: step.sentence, notes: told(step), shown: step.shown, query, address: addressOfStep(step) }));
  const form = new FormData();
  form.append("story", JSON.stringify({ study: state.study, kind, date: today(), page: page(), steps }));
  for (const { picture } of drawings) form.append("pictures", picture, "step");
  return form;
}

async function answered(form, signal) {
  return (await accepted(fetch(`${prefix()}story`, { method: "POST", body: form, signal }))).blob();
}

// A chart that is taller than a slide could not be read there: a table of its numbers takes its place.
const isTall = ({ width, height }) => height > width;
const pictured = async (drawing) => {
  const { drawn } = drawing, large = drawn && !isTall(drawn);
  return { ...drawing, picture: large ? await pictureOf(drawn, (SLIDE * DPI) / drawn.width) : new Blob([]) };
};

const paged = async (drawing) => {
  const about = stamped(), { stack } = await figureFont(); // of the step: the page goes on
  const { drawn } = drawing, light = drawn && await lighter(drawn, (SLIDE * DPI) / drawn.width);
  const { text } = await about, whole = { ...drawing, drawn: light, about: text };
  const page = tidied(inFont(stack, () => pageOf(whole, stack)));
  return { ...drawing, picture: new Blob([page], { type: "image/svg+xml" }) };
};

async function asFile(kind, draw, told, signal) {
  const all = chosen(), place = (at) => told(`Drawing step ${at + 1} of ${all.length}`, at / (all.length + 1));
  const drawings = await through(all, draw, place, () => signal.aborted);
  told("Writing the file", all.length / (all.length + 1));
  return answered(await sent(kind, drawings), signal);
}

// Each step is drawn with nobody highlighted; the file highlights whom the step does.
async function asHtml(told, signal) {
  const all = chosen(), place = (at) => told(`Drawing step ${at + 1} of ${all.length}`, at / all.length);
  const masked = $("#story-masked").checked, lit = all.map(litIn), notes = all.map(pinnedTo);
  const steps = all.map((step) => ({ ...step, address: withoutLit(step.address) }));
  const own = (at) => ({ lit: lit[at], notes: notes[at], about: stamped({ masked }) });
  const keep = (drawing) => kept({ ...drawing, ...own(drawing.at) });
  const drawings = await through(steps, keep, place, () => signal.aborted);
  const people = peopleOf(drawings);
  if (masked && !canMask(people)) throw Object.assign(new Error("ids"), { said: PLAIN_IDS });
  return new Blob([await storyFile(drawings, { masked, link: `${page()}${location.hash}` })], { type: "text/html" });
}

async function leave(kind, make, save = saveServed) {
  try {
    const made = await behindDialog(make);
    if (made) save(made, named(kind));
    else say("Cancelled: the page is as it was.");
  } catch (error) {
    say(error.said || FAILED);
  }
}

const ACTS = {
  "story-html": () => leave("html", asHtml, saveAs),
  "story-pptx": () => leave("pptx", (told, signal) => asFile("pptx", pictured, told, signal)),
  "story-pdf": () => leave("pdf", (told, signal) => asFile("pdf", paged, told, signal)),
};

document.addEventListener("click", ({ target }) => {
  const act = ACTS[target.closest("button")?.dataset.action];
  if (act) act();
});

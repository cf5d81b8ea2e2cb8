// What leaves for a paper: words, a script, files of the state that the page shows.
import { highlighted } from "../charts/marks.mjs";
import { accepted, post, posted, waiting } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";
import { copyText, showText } from "./copying.mjs";
import { $, on, queryAll, today } from "./dom.mjs";
import { saveServed } from "./download.mjs";

/** What the server makes of the page, and of who is lit. */
function asked(what, view = "") {
  return post("texts", { study: state.study, query: state.query, lit: [...highlighted().ids], what, view });
}

async function legend() {
  const { text, bibtex } = await asked("legend");
  showText("Legend and methods", text, { "Copy Text": text, "Copy BibTeX": bibtex });
}

/** What stands beside the entries of the menu. */
const choiceOf = (id) => $(`#${id}`).value;
const choices = () => ({
  step: choiceOf("copy-weeks"), covariates: queryAll("#copy-covariates input:checked").map(({ value }) => value),
});

// A file that the server makes, under the name that it gives.
async function saveFile(what) {
  const body = { study: state.study, query: state.query, what, date: today(), choices: choices() };
  const reply = await accepted(posted("file", body));
  saveServed(await reply.blob(), reply.headers.get("Content-Disposition").split("filename=")[1]);
}

// The copy, the list of ids as a file of its own, and what remains in the copy that could identify.
async function deidentified() {
  const { text } = await post("remains", { study: state.study, query: state.query, choices: choices() });
  await saveFile("deidentified");
  await saveFile("mapping");
  showText("What remains in the copy, and could identify", text, { "Copy text": text });
}

async function table({ of }) {
  const { text, html, rows } = await asked("table", of);
  copyText("Table", text, `${rows.toLocaleString("en")} rows, for a spreadsheet or a text.`, html);
}

const ACTS = {
  legend, "copy-table": table, deidentified,
  checklist: () => saveFile(`checklist-${choiceOf("checklist-as")}`),
  "table-one": () => saveFile(`table-one-${choiceOf("table-one-as")}`),
  "copy-python": async () =>
    copyText("Python script", (await asked("python")).text, "run it in a checkout of Reprise, with the study's path."),
};

on("change", "#copy-covariates", () => {
  const kept = choices().covariates.join(", ").replaceAll("_", " ");
  $(".copy-keeps summary").textContent = `The copy keeps: ${kept || "no covariate"}`;
});

on("click", "button[data-action]", ({ dataset }) => {
  const act = ACTS[dataset.action];
  if (act) waiting(() => act(dataset), "The server could not answer. Try again.");
});

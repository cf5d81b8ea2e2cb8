// What leaves for a paper: words, a script, files of the state that the page shows.
import { highlighted } from "../charts/marks.mjs";
import { post, waiting } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";
import { copyText, showText } from "./copying.mjs";

/** What the server makes of the page, and of who is lit. */
function asked(what, view = "") {
  return post("texts", { study: state.study, query: state.query, lit: [...highlighted().ids], what, view });
}

async function legend() {
  const { text, bibtex } = await asked("legend");
  showText("Legend and methods", text, { "Copy Text": text, "Copy BibTeX": bibtex });
}

async function table({ of }) {
  const { text, html, rows } = await asked("table", of);
  copyText("Table", text, `${rows.toLocaleString("en")} rows, for a spreadsheet or a text.`, html);
}

const ACTS = {
  legend, "copy-table": table,
  "copy-python": async () =>
    copyText("Python script", (await asked("python")).text, "run it in a checkout of Reprise, with the study's path."),
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest("button"), act = ACTS[button?.dataset.action];
  if (act) waiting(() => act(button.dataset), "The server could not answer. Try again.");
});

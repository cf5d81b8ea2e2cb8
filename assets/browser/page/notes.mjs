// What the sheet says of how each view is computed: asked for when somebody looks, since it takes longer than a
// drawing.
import { post, waiting } from "../charts/requests.mjs";
import { state } from "../state/state.mjs";
import { $, queryAll } from "./dom.mjs";
import { noteOf, write } from "./page.mjs";

let told = ""; // what they are told of

async function ask() {
  const { study, used: query } = state, about = JSON.stringify([study, query]);
  if (told === about) return;
  const views = queryAll("[data-note]:not(.hidden)").map(({ dataset }) => dataset.note);
  for (const view of views) noteOf(view).textContent = "";
  const found = await post("notes", { study, query, views });
  if (about !== JSON.stringify([state.study, state.used])) return ask();
  told = about;
  write(found);
}

/** Brings the notes of the views that are open to what is drawn. */
export const freshNotes = () => waiting(ask, "How this is computed could not be asked for; open it again.");

/** The same after a drawing, where somebody has them in sight. */
export const renewNotes = () => $("#drawer-method")?.open && freshNotes();

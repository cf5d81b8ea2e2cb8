// What a chart asks the server for beside a redraw: the marks of a cohort, and what a stored gesture found.
import { same } from "../state/address.mjs";
import { announce, prefix, say, state } from "../state/state.mjs";
import { drawLayer } from "./charts.mjs";
import { fromServer, membersOf, readView, visitsInside } from "./marks.mjs";

/** What the server says to the reader of a request that it refused; nothing of one refused on the way to it. */
export async function refusalOf(reply) {
  return (reply.headers.get("Content-Type") || "").startsWith("text/plain") ? reply.text() : "";
}

// A request of dash's own that is refused before dash can answer: dash would say nothing of it.
const ask = window.fetch;
window.fetch = async (url, how) => {
  const reply = await ask(url, how);
  const own = !reply.ok && String(url).includes("_dash-update-component");
  if (own) refusalOf(reply.clone()).then((said) => said && say(said));
  return reply;
};

/** Posts JSON to one of the server's own paths. */
export function posted(path, body, more = {}) {
  const headers = { "Content-Type": "application/json" };
  return fetch(`${prefix()}${path}`, { method: "POST", headers, body: JSON.stringify(body), ...more });
}

/** A reply that is no refusal; an error has what the server `said` to the reader. @param {Promise<Response>} coming */
export async function accepted(coming) {
  const reply = await coming;
  if (!reply.ok) throw Object.assign(new Error(`${reply.url}: ${reply.status}`), { said: await refusalOf(reply) });
  return reply;
}

/** The answer to what is posted, as JSON. */
export const post = async (path, body) => (await accepted(posted(path, body))).json();

/** Does what needs the server, of which the page counts how much is under way; a refusal is said. */
export async function waiting(act, otherwise = "") {
  state.fetching += 1;
  try {
    await act();
  } catch (error) {
    if (!error.said && !otherwise) throw error;
    say(error.said || otherwise);
  } finally {
    state.fetching -= 1;
  }
}

/** Takes the marks that the server found for some views. */
export function takeMarks(found) {
  state.cohort = { ...found, views: { ...(state.cohort?.views), ...found.views } };
}

/** Asked for while a page's charts are being drawn; a redraw brings those of what it draws. */
export async function fetchMarks(names) {
  const { query, study, views } = state, many = document.getElementById("find");
  const needed = many ? names : names.filter((name) => views[name]?.meta.layer); // of few patients each is drawn
  if (!needed.length) return;
  const found = await post("marks", { study, query, views: needed });
  if (study !== state.study) return;
  if (!same(query, state.query)) return fetchMarks(names);
  takeMarks(found);
  for (const view of Object.values(views)) if (view.gd._fullData) readView(view); // not a chart of the study before
  drawLayer();
}

// What a stored gesture found, under the query that it was made with: visits in a polygon, or whom a mark stands for.
async function foundBy({ view, x, y, key, ...fields }) {
  const found = await post("marks", { study: state.study, query: { ...state.query, ...fields }, views: [view] });
  if (key !== undefined) return { patients: membersOf({ members: found.members[view], ids: found.ids }, key) };
  const others = found.views[view].map((raw) => fromServer(raw, found));
  return { visits: visitsInside({ sets: [], others }, x, y) };
}

/** A stored gesture is evaluated against the marks it was made on, whatever the scatter shows now. */
export async function evaluateGesture() {
  const { gesture } = state.selection, key = gesture && JSON.stringify(gesture);
  if (key === state.evaluated || (gesture && !state.study)) return;
  Object.assign(state, { evaluated: key, gestured: {} });
  if (!gesture) return;
  await waiting(async () => {
    const found = await foundBy(gesture);
    if (state.evaluated === key) state.gestured = found;
  }, "What this address highlights could not be found.");
  announce();
}

// The answer to what is likely asked for next, asked for before: what the menu, tick, tab, link or mark under the
// pointer or the keys would show, the options beside a menu's last change once it was looked at for a while, a story's
// next step. One at a time, only while nothing else is drawn, and not of a server that is slow.
import { accepted, post, posted } from "../charts/requests.mjs";
import { viewOf } from "../page/panel.mjs";
import { addressParts, readAddress, same } from "./address.mjs";
import { fieldOf, usable } from "./controls.mjs";
import { followed, isPending, onLikely, state } from "./state.mjs";

const MOST = 4; // answers that are kept
// ms: after two answers that took longer, or one without content, nothing is asked ahead for so long
const SLOW = 300, LATER = 30_000;
const HEADERS = { "Content-Type": "application/json", "X-Ahead": "1" }; // no answer, where others would wait
/** @type {Map<string, Promise<any>>} */
const kept = new Map();
let likely = []; // queries, the likeliest first
let going = null; // the one that is asked for
let slow = 0; // answers in a row: the first of a worker is computed from the beginning
let quiet = 0; // until when none is

const question = (query) => ({ study: state.study, query, drawn: state.used });

/** The server's answer to a query, which may be on its way already. */
export function answerTo(query) {
  const asked = question(query), key = JSON.stringify(asked), found = kept.get(key);
  kept.clear(); // what is drawn will be another
  likely = [];
  if (going && going.key !== key) going.stop.abort();
  expectMore(Object.keys(query).filter((field) => !same(query[field], state.used[field])));
  const ask = () => post("redraw", asked);
  return found ? found.catch(ask) : ask();
}

let running = false;

async function expect(queries) {
  likely = [...queries];
  if (running) return;
  running = true;
  while (likely.length) {
    if (isPending()) await new Promise((done) => setTimeout(done, PAUSE));
    else await askAhead(question(likely.shift()));
  }
  running = false;
}
onLikely((query) => expect([query]));

async function askAhead(asked) {
  const key = JSON.stringify(asked), start = performance.now(), stop = new AbortController();
  if (start < quiet || same(asked.query, state.query) || kept.has(key) || kept.size >= MOST) return;
  const found = accepted(posted("redraw", asked, { headers: HEADERS, signal: stop.signal })).then((one) => one.json());
  kept.set(key, found);
  going = { key, stop };
  const strikes = await found.then(() => (performance.now() - start < SLOW ? 0 : 1), () => {
    kept.delete(key);
    return stop.signal.aborted ? 0 : 2;
  });
  slow = strikes && slow + strikes;
  if (slow > 1) quiet = performance.now() + LATER;
  going = null;
}

const REST = 5000; // ms for which a reader looks at a change before the next of its kind is asked for
let rest = 0;

// Who goes through the subsets or rules goes on: the options beside the last change, once nothing else is done.
function expectMore(changed) {
  clearTimeout(rest);
  if (changed.length !== 1) return;
  rest = setTimeout(() => {
    const menu = document.querySelector(`[data-control="${changed[0]}"] select`);
    if (menu && !document.hidden) expect(beside(menu));
  }, REST);
}
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => clearTimeout(rest), true);

const changed = (change) => followed({ ...state.query, ...change });

function beside(select) {
  const options = [...select.options].filter((option) => !option.disabled && !option.hidden);
  const at = options.indexOf(select.selectedOptions[0]), field = fieldOf(select);
  const near = [options[at + 1], options[at - 1]].filter(Boolean);
  return near.map(({ value }) => changed({ [field]: usable(value, field) }));
}

function ticked(box) {
  const field = fieldOf(box);
  return typeof state.query[field] === "boolean" ? [changed({ [field]: !state.query[field] })] : [];
}

// A link of this page; that to its default has nothing after the #.
function linked({ host, pathname, href, hash }) {
  if (pathname !== location.pathname || host !== location.host || !href.includes("#")) return [];
  const { query, whole } = readAddress(hash, state.defaults, state.decks);
  return whole && addressParts(hash).study === addressParts(location.hash).study ? [query] : [];
}

/** What the reader may be about to act on -> the queries that would follow.
 * @type {Record<string, (element: any) => any[]>} */
const NEXT = {
  "[data-control] select": beside, "[data-control] .form-check": ticked, "a[href]": linked,
  ".tab": (tab) => [changed({ panel: viewOf(tab) })],
};
const PAUSE = 40; // ms that the pointer stays; who presses has chosen
let due = 0;

function looked({ target, type }) {
  clearTimeout(due);
  const near = state.query && target.closest?.(Object.keys(NEXT).join());
  if (!near) return;
  const kind = Object.keys(NEXT).find((one) => near.matches(one));
  const ask = () => expect(NEXT[kind](near));
  if (type === "pointerdown") ask();
  else due = setTimeout(ask, PAUSE);
}
for (const event of ["pointerover", "focusin", "pointerdown"]) document.addEventListener(event, looked);

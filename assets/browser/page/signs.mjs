// Who is drawn in a view, and what each sign there means: for downloads and full screen.
import { highlighted, tracesOf } from "../charts/marks.mjs";
import { rulesShown } from "../charts/texts.mjs";
import { onChange, state } from "../state/state.mjs";
import { make, queryAll } from "./dom.mjs";

/** @typedef {import("../state/types.mjs").View} View */

const MOST = 12; // names

const inkOf = ({ gd }) => gd._fullLayout.font.color;
const based = (view) => [...view.sets, ...(view.others || []).filter((set) => set.base)];

/** Every patient of a chart with their colour, in the order of its marks, lanes or rows.
 * @param {View} view @returns {{ id: string, color: string }[]} */
export function drawnPatients(view) {
  const found = new Map(), { lanes, rows, columns } = view.meta, ink = inkOf(view);
  const add = (id, color) => id !== null && !found.has(id) && found.set(id, color || ink);
  for (const set of based(view)) for (const [id, [first]] of set.markers ? set.of : []) add(id, set.color(id, first));
  for (const id of [lanes, rows, columns].flatMap((ids) => ids || [])) add(id, ink);
  return [...found].map(([id, color]) => ({ id, color }));
}

// Names in their colour: all up to a dozen; of more those who are highlighted, and the groups that colours stand for.
function namesOf(view) {
  const every = drawnPatients(view).map(({ id, color }) => ({ text: `● ${id}`, color, id })), { ids } = highlighted();
  if (every.length <= MOST) return every;
  const some = every.filter(({ id }) => ids.has(id)), color = inkOf(view);
  const more = some.length > MOST ? [{ text: `and ${some.length - MOST} more highlighted`, color }] : [];
  const count = { text: `${every.length.toLocaleString("en")} patients drawn`, color };
  return [...groupsOf(view), ...some.slice(0, MOST), ...more, count];
}

function groupsOf(view) {
  const grouped = tracesOf(view.gd).filter(({ meta, line }) => meta && line && (meta.group || meta.crowd));
  const solid = ({ color }) => color.replace(/rgba\((.*),.*\)/, "rgb($1)");
  const named = new Map();
  for (const { name, meta, line } of grouped) named.set(meta.group || name, solid(line));
  return [...named].map(([text, color]) => ({ text: `■ ${text}`, color }));
}

// Of several views whatever each says, once.
const once = (views, act) => [...new Map(views.flatMap(act).map((one) => [JSON.stringify(one), one])).values()];

/** The names of several views; a patient of two of them once.
 * @param {View[]} views */
export function namesDrawn(views) {
  const every = once(views, namesOf), firstOf = (id) => every.findIndex((one) => one.id === id);
  return every.filter(({ id }, i) => id === undefined || firstOf(id) === i);
}

// ---- signs: a view's `meta.signs` has what each means

// Whether some mark of a patient is so.
function marked(view, is) {
  const some = (set) => [...set.of].some(([id, positions]) => positions.some((i) => is(set, id, i)));
  return based(view).some((set) => set.markers && !set.event && !set.count && some(set));
}

// A milestone: in the rail, or of a larger cohort counted there.
const written = (view, _, sign) => (view.placed || []).some(({ text }) => text?.includes(sign));
const shaped = (view, _, name) => marked(view, (set, _id, i) => !set.bars && set.shape(i) === name);

function hollow(view) {
  const { paper_bgcolor: paper } = view.gd._fullLayout;
  return marked(view, (set, id, i) => [paper, "hollow"].includes(set.fill(id, i, "hollow")));
}

function ruled(view, { ids }) {
  const lit = (set) => set.rule && set.lines && [...ids].some((id) => set.of.has(id));
  const others = (view.others || []).some((set) => set.rule && (rulesShown() || lit(set)));
  return others || view.sets.some((set) => set.rule && set.lines);
}

const every = (value) => [].concat(value);
const noted = ({ gd }, _, sign) => [...gd._fullData, ...(gd.layout.annotations || [])]
  .some(({ text }) => every(text ?? []).some((one) => String(one).includes(sign)));

/** Sign -> whether it is drawn in a view; of others the server says those that are. */
const DRAWN = {
  square: shaped, circle: shaped, diamond: shaped, "triangle-up": shaped,
  "†": noted, "★": written, "▾": written, "✕": written, "⇈": written, hollow, rule: ruled,
  lens: (view) => view.meta.weeks?.length > 2,
  dimmed: (_, { any }) => any, ringed: (_, { visits }) => visits,
};

/** What each sign that is drawn in some views means, as one text.
 * @param {View[]} views */
export function signsDrawn(views) {
  const lit = highlighted(), is = (view, sign) => !DRAWN[sign] || DRAWN[sign](view, lit, sign);
  const ofView = (view) => Object.entries(view.meta.signs || {}).filter(([sign]) => is(view, sign));
  const means = (view) => ofView(view).map(([, text]) => text);
  return once(views, means).join(" · ");
}

// The same in full screen, where the page's own names are out of sight.
function inFull() {
  const card = /** @type {any} */ (document.fullscreenElement);
  const chart = card && state.charts[card.dataset.chart || card.dataset.view];
  for (const old of queryAll(".figure-key")) old.remove();
  if (!chart?.views.length) return;
  const part = ({ text, color }) => make("span", { textContent: text, style: `color: ${color}` });
  const names = namesDrawn(chart.views).map(part), meanings = part({ text: signsDrawn(chart.views), color: "inherit" });
  card.append(make("p", { className: "figure-key" }, ...names, meanings));
}
document.addEventListener("fullscreenchange", inFull);
onChange(() => document.fullscreenElement && inFull());

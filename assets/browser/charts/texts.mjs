// Texts that move with a zoom: names at the ends of lines, the rail's signs and numbers, drugs in their bars, flags.
// Python sends them in units and values (`meta.texts`); here they are placed, kept apart, and drawn in one SVG layer
// over the chart, again after every zoom.
import { state } from "../state/state.mjs";
import { annotationsOf } from "./annotations.mjs";
import { boxOf, meet, spread, stretches } from "./label_placement.mjs";
import { known, setsOf } from "./marks.mjs";
import { sightWords } from "./panels.mjs";
import { escaped, fontFamily, pathOf, SVG } from "./renderers.mjs";
import { axisKey, placeOf } from "./places.mjs";

/** @typedef {import("../state/types.mjs").View} View */

const BESIDE = 110; // px of a left margin that has room for what signs mean and for names
const SMALL = 11, NAME = 13, ROW = 15, TIGHT = 13, FAR = 160, LETTERS = 14, MOST = 12, DIM = 0.45, CLEAR = 9;

export const rulesShown = () => Boolean(document.body.dataset.rules);

// ---- what texts need to know

const widths = new Map();
const ruler = document.createElement("canvas").getContext("2d");

/** The width of a text, px. */
export function widthOf(text, size = SMALL, bold = false) {
  const font = `${bold ? 700 : 400} ${size}px ${fontFamily()}`, key = `${font}|${text}`;
  if (widths.size > 5000) widths.clear();
  if (!widths.has(key)) (ruler.font = font), widths.set(key, ruler.measureText(text).width);
  return widths.get(key);
}

const cut = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

function fitted(text, room, bold, size = SMALL) {
  let shown = text;
  while (shown.length > 2 && widthOf(shown, size, bold) > room) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
  return shown;
}

const textOf = (text, x, y, color, more = {}) => {
  const made = { text, x, y, color, size: SMALL, bold: false, anchor: "middle", ...more };
  return { ...made, width: widthOf(text, made.size, made.bold) };
};

// Everything that places a text of a view: its axes, who is lit, and the boxes that are taken.
function sheetOf(view, lit) {
  const at = placeOf(view), full = view.gd._fullLayout, [left, top, width, height] = at.area;
  const axis = (name) => full[axisKey(name)], edges = { left, top, right: left + width, bottom: top + height };
  return { view, at, axis, lit, taken: [], ...edges, wide: full.width };
}

const isSeen = (sheet, x) => x >= sheet.left - 1 && x <= sheet.right + 1;
const isIn = (sheet, text) => {
  const [left, top, right, bottom] = boxOf(text);
  return left >= sheet.left && right <= sheet.wide && top >= sheet.top - 6 && bottom <= sheet.bottom;
};

// The marks that stand alone on an axis; those of a crowd leave no place free, and are no obstacle.
function marksOn(sheet, yaxis) {
  const own = sheet.view.sets.filter((set) => set.yaxis === yaxis && set.markers && !set.crowd && !set.count);
  const drawn = (set) => [...set.of.values()].flat().filter((i) => known(set.y[i]));
  const place = (set) => (i) => [sheet.at.x(set.x[i]), sheet.at.y(set.y[i], yaxis)];
  const places = own.flatMap((set) => drawn(set).map(place(set))).slice(0, 3000);
  return places.map(([x, y]) => [x - 7, y - 7, x + 7, y + 7]);
}

// The first of some places of a text that lies in the plot and meets nothing, which is taken then.
function taking(sheet, places) {
  const free = (text) => isIn(sheet, text) && sheet.taken.every((box) => !meet(boxOf(text), box));
  const found = places.find(free);
  if (found) sheet.taken.push(boxOf(found));
  return found;
}

// ---- names at the ends of lines

function names(sheet, block) {
  sheet.taken.push(...marksOn(sheet, block.yaxis));
  const ends = named(sheet, block).map((one) => ({ ...one, ...endOf(sheet, block, one) })).filter(({ end }) => end);
  const near = ({ end }) => sheet.right - end[0] <= FAR;
  const early = ends.filter((one) => !near(one)).map((one) => [one, beside(sheet, one)]);
  const crowded = early.filter(([, text]) => !text).map(([one]) => one);
  return [...early.flatMap(([, text]) => text || []), ...columned(sheet, block, [...ends.filter(near), ...crowded])];
}

// Whose names are drawn: those of the block, and of those who are lit as many as find room.
function named(sheet, block) {
  const kind = block.of === "groups" ? "group" : "of";
  const stated = block.names || {}; // Plotly.react takes what is empty out of a layout
  const always = Object.entries(stated).map(([key, ink]) => ({ [kind]: key, ink }));
  const there = new Set(block.of === "patients" ? Object.keys(stated) : []);
  const lit = [...sheet.lit.ids].filter((id) => !there.has(id)).slice(0, MOST + 1);
  return lit.length > MOST ? always : [...always, ...lit.map((id) => ({ of: id }))];
}

// Where a line ends that is in sight, and the colour of its name.
function endOf(sheet, block, one) {
  if (one.group !== undefined) {
    const own = ({ meta, yaxis }) => meta.group === one.group && (yaxis || "y") === block.yaxis;
    const trace = (sheet.view.groups || []).find(own);
    return trace && { end: lastOf(sheet, block.yaxis, trace, Array.from(trace.x, (_, i) => i)) };
  }
  const set = setsOf(sheet.view, one.of).find((own) => own.lines && !own.rule && own.yaxis === block.yaxis);
  if (!set) return null;
  const positions = set.of.get(one.of), color = set.color(one.of, positions[0]);
  return { end: lastOf(sheet, block.yaxis, set, positions), ink: one.ink || block.inks[hex(color)] || color };
}

function lastOf(sheet, yaxis, { x, y }, positions) {
  const last = positions.findLast((i) => known(y[i]) && isSeen(sheet, sheet.at.x(x[i])));
  return last === undefined ? null : [sheet.at.x(x[last]), sheet.at.y(y[last], yaxis)];
}

function hex(color) {
  const parts = /rgba?\((\d+),\s*(\d+),\s*(\d+)/.exec(color);
  const two = (part) => Number(part).toString(16).padStart(2, "0");
  return parts ? `#${parts.slice(1, 4).map(two).join("")}` : color;
}

const nameOf = ({ of, group, ink }, x, y, anchor) =>
  textOf(cut(of ?? group, LETTERS), x, y, ink, { size: NAME, bold: true, anchor, kind: "name", of, group });

const ASIDE = [0, -11, 11, -17, 17, -24, 24, -32, 32];

// Beside the last mark of a line that ends early, wherever that covers nothing.
function beside(sheet, one) {
  const [x, y] = one.end, both = (dy) => [nameOf(one, x + 9, y + dy, "start"), nameOf(one, x - 9, y + dy, "end")];
  return taking(sheet, ASIDE.flatMap(both));
}

// At the right of the plot, each as near to its line's end as the others let it, with a leader.
function columned(sheet, block, ends) {
  const axis = sheet.axis(block.yaxis), low = axis._offset - 8, high = axis._offset + axis._length + 8;
  const count = block.count ? [{ words: `${block.count.toLocaleString("en")} patients`, end: [sheet.right, low] }] : [];
  const kept = [...count, ...ends.slice(0, Math.max(0, Math.floor((high - low) / TIGHT) - count.length))];
  if (!kept.length) return [];
  const pitch = Math.min(ROW, (high - low) / kept.length);
  const ys = spread(kept.map(({ end }) => end[1]), kept.map(() => pitch), low, high);
  return kept.map((one, i) => {
    if (one.words) return textOf(one.words, sheet.right + 8, ys[i], block.muted, { anchor: "start", kind: "count" });
    const leader = [[one.end[0] + 7, one.end[1]], [sheet.right + 12, ys[i]]];
    const name = nameOf(one, sheet.right + 15, ys[i], "start");
    const text = fitted(name.text, sheet.wide - name.x, true, NAME);
    return { ...name, text, ...(leader[0][0] < leader[1][0] ? { leader } : {}) };
  });
}

// ---- the rail, its numbers and its margins

function byRow(block, positions) {
  const rows = new Map();
  for (const i of positions) rows.set(block.y[i], [...(rows.get(block.y[i]) || []), i]);
  return [...rows.values()];
}

const shownOf = (sheet, block) => block.x.map((_, i) => i).filter((i) => isSeen(sheet, sheet.at.x(block.x[i])));

// Positions of a row and where their texts stand, of as many as find room between low and high.
function fitting(sheet, block, row, { bold, gap, low, high }) {
  const sizes = row.map((i) => widthOf(block.text[i], SMALL, bold) + gap);
  let kept = row.length, wide = sizes.reduce((sum, size) => sum + size, 0);
  while (kept && wide > high - low) wide -= sizes[(kept -= 1)];
  const own = row.slice(0, kept), wanted = own.map((i) => sheet.at.x(block.x[i]));
  const xs = kept ? spread(wanted, sizes.slice(0, kept), low, high) : [];
  return own.map((i, k) => [i, xs[k]]);
}

function rail(sheet, block) {
  const how = { bold: true, gap: 6, low: sheet.left, high: sheet.wide - 2 };
  const placed = byRow(block, shownOf(sheet, block)).flatMap((row) => fitting(sheet, block, row, how));
  const look = (i) => ({ bold: true, kind: "rail", of: block.of[i] });
  return placed.map(([i, x]) => textOf(block.text[i], x, sheet.at.y(block.y[i], block.yaxis), block.color[i], look(i)));
}

// Numbers stand at their places; one without room is left out.
function counts(sheet, block) {
  const place = (i) => [sheet.at.x(block.x[i]), sheet.at.y(block.y[i], block.yaxis)];
  return byRow(block, shownOf(sheet, block)).flatMap((row) => {
    const texts = row.map((i) => textOf(block.text[i], ...place(i), block.color[i], { kind: "counts" }));
    let edge = -Infinity;
    return texts.sort((a, b) => a.x - b.x).filter(({ x, width }) => {
      const room = x - width / 2 >= edge;
      if (room) edge = x + width / 2 + 4;
      return room;
    });
  });
}

const SIDES = {
  left: (_, room) => [6, "start", room],
  row: ({ left }, room) => [left - 6, "end", left - 8 - (room && room + 10)],
  right: ({ right, wide }) => [right + 8, "start", wide - right - 8],
};

function margin(sheet, block) {
  const key = block.items.filter(({ side }) => side === "left"), mixed = key.length < block.items.length;
  const above = mixed && key.length > 1 && sheet.left < BESIDE;
  const keys = above ? [] : key.map(({ text }) => widthOf(text));
  const room = Math.min(Math.max(0, ...keys), sheet.left * (mixed ? 0.56 : 1));
  const items = block.items.filter(({ side }) => !above || side !== "left");
  return [...(above ? [keyAbove(sheet, block, key)] : []), ...items.map(({ side, y, text, color, of, key: own }) => {
    const [x, anchor, wide] = SIDES[side](sheet, room), bold = side === "row";
    const look = { anchor, bold, kind: "margin", of, key: own };
    return textOf(fitted(text, wide + 0.5, bold), x, sheet.at.y(y, block.yaxis), color, look);
  })];
}

// Where the margin has no room for it, what signs mean is a line above their rows.
function keyAbove(sheet, block, key) {
  const words = fitted(key.map(({ text }) => text).join("   "), sheet.wide - 16);
  const y = sheet.axis(block.yaxis)._offset - 8;
  return textOf(words, 16, y, key[0].color, { anchor: "start", kind: "margin" });
}

// ---- flags, drugs and targets

function flags(sheet, block) {
  const how = { bold: false, gap: 8, low: sheet.left, high: sheet.right };
  const placed = fitting(sheet, block, shownOf(sheet, block), how);
  const y = sheet.top - sheet.view.gd._fullLayout.margin.t + 11;
  return placed.map(([i, x]) => textOf(block.text[i], x, y, block.color, { kind: "flag" }));
}

// A drug's name in its bar, where it fits clear of what stands on the lane.
function drugs(sheet, block) {
  return block.x0.flatMap((_, i) => {
    const { x, y: of } = sheet.at, y = of(block.y[i], block.yaxis), lane = Math.round(block.y[i]);
    const high = Math.abs(of(block.y[i] + block.height[i], block.yaxis) - y);
    const text = textOf(block.text[i], 0, y, block.color, { anchor: "start", kind: "drug", of: block.of[i] });
    const ends = [Math.max(x(block.x0[i]), sheet.left), Math.min(x(block.x1[i]), sheet.right)];
    const marks = block.clear.filter(([, own]) => Math.round(own) === lane).map(([week]) => x(week));
    const found = stretches(ends, marks, CLEAR).find(([from, to]) => to - from > text.width + 8);
    return found && high > SMALL - 2 ? [{ ...text, x: found[0] + 4 }] : [];
  });
}

// Targets are drawn while somebody is lit or the rules are open.
function levels(sheet, block) {
  if (!sheet.lit.any && !rulesShown()) return [];
  const axis = sheet.axis(block.yaxis), shown = block.y.map((y, i) => [sheet.at.y(y, block.yaxis), block.text[i]]);
  const within = shown.filter(([y]) => y >= axis._offset && y <= axis._offset + axis._length);
  return within.flatMap(([y, words]) => level(sheet, block.color, y, words));
}

// A target's line, named wherever along it there is room.
function level(sheet, color, y, words) {
  const xs = Array.from({ length: Math.floor((sheet.right - sheet.left) / 20) }, (_, k) => sheet.left + 6 + 20 * k);
  const both = (x) => [-9, 9].map((dy) => textOf(words, x, y + dy, color, { anchor: "start", kind: "level" }));
  return [{ rule: [[sheet.left, y], [sheet.right, y]], color }, taking(sheet, xs.flatMap(both))].filter(Boolean);
}

// How much of the list of lanes is in sight, beside the axis.
function sight({ view, at, right, bottom, wide }) {
  const words = view.name === "swimlanes" && !view.chart.paper ? sightWords() : [];
  const found = words.find((text) => widthOf(text) < wide - right - 6);
  const look = { anchor: "end", kind: "sight" };
  return found ? [textOf(found, wide - 2, bottom + 10, at.ink, look)] : [];
}

const KINDS = { names, rail, counts, margin, flags, inside: drugs, levels };

// ---- drawing

const HALO = { "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };

function element(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(sheet, item) {
  const line = { fill: "none", stroke: item.color, "stroke-width": 0.8, "data-panel": sheet.view.name };
  const path = (points, look) => element("path", { d: pathOf(points), ...line, ...look });
  if (item.rule) return [path(item.rule, { "stroke-dasharray": "1 2" })];
  const opacity = isDim(sheet, item) ? DIM : 1, words = element("text", looks(sheet, item, opacity), item.text);
  return item.leader ? [path(item.leader, { opacity: 0.6 * opacity }), words] : [words];
}

const looks = (sheet, { x, y, anchor, size, bold, color, kind, of }, opacity) => ({
  x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor, "dominant-baseline": "central", "font-size": size,
  "font-weight": bold ? 700 : 400, fill: color, opacity, "data-kind": kind, "data-of": of,
  "data-panel": sheet.view.name, ...(kind === "drug" ? {} : { ...HALO, stroke: sheet.at.card }),
});

function isDim({ lit }, { of, group }) {
  if (!lit.any) return false;
  return of === undefined ? group !== undefined && !state.selection.groups.includes(group) : !lit.ids.has(of);
}

function layerOf({ gd }) {
  const box = gd.querySelector(".svg-container"), found = box.querySelector(":scope > svg.texts");
  if (found) return found;
  const [, front] = box.querySelectorAll(":scope > svg.main-svg");
  const made = element("svg", { class: "layer texts", "aria-hidden": "true" });
  return box.insertBefore(made, front ? front.nextSibling : null);
}

/** Draws the texts of a chart.
 * @param {import("../state/types.mjs").Chart} chart @param {import("../state/types.mjs").Highlighted} lit */
export function drawTexts(chart, lit) {
  const words = annotationsOf(chart, element), any = chart.views.some(({ meta }) => meta.texts || meta.scroll);
  if (!any && !words.length && !chart.gd.querySelector("svg.texts")) return;
  const { width, height } = chart.gd._fullLayout, look = { width, height, "font-family": fontFamily() };
  const texts = chart.views.flatMap((view) => textsOf(view, lit)), svg = layerOf(chart);
  for (const [key, value] of Object.entries(look)) svg.setAttribute(key, value);
  svg.replaceChildren(...words, ...texts);
}

function textsOf(view, lit) {
  const sheet = sheetOf(view, lit);
  const placed = (view.meta.texts || []).flatMap((block) => KINDS[block.kind](sheet, block));
  placed.push(...sight(sheet));
  // lanes that are scrolled away have no texts
  const high = ({ y }) => y === undefined || (y >= sheet.top - 20 && y <= sheet.bottom + 4);
  const within = (item) => ["name", "sight", "flag"].includes(item.kind) || high(item);
  view.placed = placed.filter(within);
  return view.placed.flatMap((item) => drawn(sheet, item));
}

/** The same for a download. */
export function svgTexts({ gd }) {
  const svg = gd.querySelector("svg.texts"), written = (child) => new XMLSerializer().serializeToString(child);
  return svg ? `<g font-family="${escaped(fontFamily())}">${[...svg.children].map(written).join("")}</g>` : "";
}

/** The text under a pointer that stands for somebody. */
export function textAt(view, px, py) {
  const stands = ({ of, group, key }) => [of, group, key].some((one) => one !== undefined);
  const under = (item) => meet(boxOf(item), [px - 1, py, px + 1, py]);
  return (view.placed || []).find((item) => !item.rule && stands(item) && under(item));
}

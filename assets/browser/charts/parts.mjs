// What of the figure is drawn: some of its panels on paper, one at a time on a phone, else all.
import { $, on } from "../page/dom.mjs";
import { state } from "../state/state.mjs";
import { fitLayout } from "./panels.mjs";
import { fetchMarks } from "./requests.mjs";
import { applyZoom } from "./time_axis.mjs";

const PHONE = 700; // px, as in the style sheet
const SHARE = 0.58, LEAST = 380; // of the window's height that a panel takes, and px of it at least
const LARGER = 1.6; // up to so many times are rows made higher to take it
let whole = null; // the figure as it came
let drawn = null; // what of it was drawn
let part = null; // its panel that is drawn alone

/** A figure's panels of these views alone, with these letters.
 * @param {any} figure @param {string[]} views @param {Record<string, string>} letters @returns {any} */
export function withPanels({ data, layout }, views, letters) {
  const { meta } = layout, kept = new Set(views.flatMap((view) => meta.panels[view].axes));
  const isKept = ({ yref = "paper" }) => yref === "paper" || kept.has(yref.split(" ")[0]);
  const axes = Object.entries(layout).filter(([key]) => !/^yaxis/.test(key) || kept.has(key.replace("yaxis", "y")));
  const stack = meta.stack.filter(([axis]) => kept.has(axis)), panels = views.map((view) => [view, meta.panels[view]]);
  const scroll = meta.scroll && kept.has(meta.scroll.axis) ? meta.scroll : null;
  const lettered = (note) => {
    const [, own] = /^<b>([a-c])<\/b>$/.exec(note.text) || [], on = note.yref?.split(" ")[0];
    const view = own && views.find((name) => meta.panels[name].axes.includes(on));
    return own ? { ...note, text: letters[view] ? `<b>${letters[view]}</b>` : "" } : note;
  };
  const own = (notes = []) => notes.filter(isKept).map(lettered).filter(({ text }) => text);
  const room = (one) => one && { ...one, annotations: own(one.annotations) };
  return {
    data: data.filter(({ yaxis = "y" }) => kept.has(yaxis)),
    layout: {
      ...Object.fromEntries(axes), shapes: (layout.shapes || []).filter(isKept), annotations: own(layout.annotations),
      meta: {
        ...meta, stack, scroll, panels: Object.fromEntries(panels), wide: room(meta.wide), narrow: room(meta.narrow),
      },
    },
  };
}

// The panel that a phone shows; null where all are in sight.
function wanted({ layout: { meta } }) {
  const { mode, capture } = document.body.dataset, view = $(".in-sight input:checked")?.value;
  if (innerWidth > PHONE || mode === "present" || capture) return null;
  if (view === "panel") return part; // nobody sees the figure
  return meta?.panels?.[view] ? view : null;
}

/** What is drawn of the figure, of all other charts all. @param {string} name @param {any} figure @returns {any} */
export function inPart(name, figure) {
  if (name !== "time") return figure;
  whole = figure;
  part = wanted(figure);
  drawn = part ? withPanels(figure, [part], {}) : figure;
  $(`[data-chart="time"]`).style.height = part ? `${stretched(drawn.layout.meta)}px` : "";
  if (part) forget(drawn.layout.meta.panels);
  return drawn;
}

// The views whose axes go, before anything is painted over them.
function forget(panels) {
  const chart = state.charts.time, gone = (chart?.views || []).filter(({ name }) => !(name in panels));
  for (const { name } of gone) delete state.views[name];
  if (gone.length) chart.views = chart.views.filter((view) => !gone.includes(view));
}

// The height of the figure; rows that have one are made higher.
function stretched(meta) {
  const { stack, foot, narrow: { gap, margin } } = meta;
  const around = foot + gap * (stack.length - 1) + margin.t + margin.b;
  const room = Math.max(LEAST, SHARE * innerHeight), rows = stack.reduce((sum, [, px]) => sum + px, 0);
  if (stack.some(([, px]) => px === null)) return room;
  const by = Math.max(1, Math.min(LARGER, (room - around) / rows));
  meta.stack = stack.map(([axis, px]) => [axis, px * by]);
  return meta.scroll ? Math.min(room, around + rows * by) : around + rows * by;
}

/** Draws another part of the figure where another is wanted. */
export async function turnPart() {
  const chart = state.charts.time, gd = chart?.gd;
  if (!gd?.layout?.meta?.panels) return;
  if (gd.data !== drawn?.data) [whole, part] = [{ data: gd.data, layout: gd.layout }, null]; // dash drew it: a new page
  if (wanted(whole) === part) return;
  const { data, layout } = inPart("time", whole);
  fitLayout(layout, gd.closest("[data-chart]").clientHeight);
  for (const side of ["width", "height"]) delete layout[side];
  await window.Plotly.react(gd, data, { ...layout, autosize: true });
  await fetchMarks(Object.keys(layout.meta.panels));
  applyZoom();
}

window.addEventListener("resize", turnPart);
on("change", ".in-sight", turnPart);

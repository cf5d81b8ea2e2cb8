// Charts for print: the same figures, in light colours, drawn off screen at a size and in the font of figures.
import { drawCells, drawGround, drawHighlight } from "../charts/layer.mjs";
import { highlighted, readView } from "../charts/marks.mjs";
import { inFont, SvgPen } from "../charts/renderers.mjs";
import { axisKey } from "../charts/places.mjs";
import { post } from "../charts/requests.mjs";
import { heights, lanesIn } from "../charts/stack.mjs";
import { drawTexts, svgTexts } from "../charts/texts.mjs";
import { keepZoom, showWeeks } from "../charts/time_axis.mjs";
import { make } from "../page/dom.mjs";
import { state } from "../state/state.mjs";

export const TIME = ["pasi", "immune", "swimlanes"];
const LIGHT = { theme: "light" };

/** What the server says of some views in light colours: `figures` by chart, `captions` by view, `cohort` the marks of
 * those who are not drawn one by one.
 * @param {string[]} views */
export async function askForPaper(views) {
  const { study, query } = state, others = views.filter((view) => !TIME.includes(view));
  const open = others.length ? others : [query.panel], found = { figures: {}, captions: {} };
  for (const panel of open) {
    const asked = { ...query, ...LIGHT, panel };
    const answer = await post("redraw", { study, query: asked, drawn: { ...asked, theme: "dark" } });
    for (const part of Object.keys(found)) Object.assign(found[part], answer[part]);
  }
  const cohort = state.cohort && (await post("marks", { study, query: { ...query, ...LIGHT }, views }));
  return { ...found, cohort };
}

// ---- some panels of the figure (charts/parts.mjs)

/** The height that a figure of panels needs, px, all of its lanes in sight. */
export function heightOf({ layout: { meta, margin } }) {
  const given = meta.stack.map(([axis, px]) => (isList(meta, axis) ? meta.scroll.row * meta.scroll.count : px));
  const all = given.reduce((sum, px) => sum + (px ?? meta.least), 0);
  return all + meta.foot + meta.gap * (meta.stack.length - 1) + margin.t + margin.b;
}

const isList = ({ scroll }, axis) => Boolean(scroll) && axis === scroll.axis;

// Each axis has its height, the lanes from the first on.
function fit(layout, height) {
  const { meta, margin } = layout, room = height - margin.t - margin.b, high = heights(meta, room);
  let edge = room;
  meta.stack.forEach(([axis], i) => {
    const own = layout[axisKey(axis)];
    own.domain = [Math.max(0, (edge - high[i]) / room), edge / room];
    if (isList(meta, axis)) own.range = [lanesIn(meta.scroll, high[i]) - 0.5, -0.5];
    edge -= high[i] + meta.gap;
  });
}

// ---- drawing

/** A chart drawn at a size, in a font: its views, and its markup. `done` takes it from the page.
 * @param {any} figure @param {string[]} names
 * @param {{ width: number, height: number, font: string, cohort: any }} how */
export async function drawnAt({ data, layout }, names, { width, height, font, cohort }) {
  const box = make("div", { className: "off-screen", ariaHidden: "true" }), gd = make("div", {});
  Object.assign(box.style, { position: "absolute", left: "-30000px", top: "0", width: `${width}px` });
  box.append(gd);
  document.body.append(box);
  const chart = { name: names[0], gd, views: [], several: TIME.includes(names[0]), plotted: 0, paper: true };
  const own = { ...layout, width, height, font: { ...layout.font, family: font }, autosize: false };
  if (own.meta?.stack) fit(own, height);
  else keepZoom(chart, own);
  await window.Plotly.newPlot(gd, data, own, { staticPlot: true });
  chart.views = names.map((name) => ({ name, gd, chart, sets: [], others: [], ground: [], meta: {} }));
  within(chart, font, cohort, read);
  if (chart.views[0].meta.home && own.meta?.stack) await showWeeks(chart.views[0]);
  const url = await window.Plotly.toImage(gd, { format: "svg", width, height });
  const base = decodeURIComponent(url.slice(url.indexOf(",") + 1));
  const markup = within(chart, font, cohort, () => `${base}${overlay(chart)}${svgTexts(chart)}`);
  return { chart, markup, done: () => (window.Plotly.purge(gd), box.remove()) };
}

const read = ({ views }) => views.map(readView);

/** Does something with a chart as if the page were light and in the font of figures.
 * @template T @param {any} chart @param {string} font @param {any} cohort
 * @param {(chart: any) => T} act @returns {T} */
export function within(chart, font, cohort, act) {
  const { cohort: own } = state;
  state.cohort = cohort;
  try {
    return inFont(font, () => act(chart));
  } finally {
    state.cohort = own;
  }
}

function overlay(chart) {
  const pen = new SvgPen(), lit = highlighted();
  read(chart);
  for (const view of chart.views) {
    if (view.meta.cells) drawCells(view, pen);
    else drawGround(view, pen), drawHighlight(view, pen, lit);
  }
  drawTexts(chart, lit);
  return String(pen);
}

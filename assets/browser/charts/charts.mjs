// The charts that plotly draws: found when they come, read after every drawing, and painted over.
import { lookBeyond } from "../page/goes_on.mjs";
import { markRows } from "../page/table.mjs";
import { state } from "../state/state.mjs";
import { listenTo } from "./gestures.mjs";
import { paintChart } from "./layer.mjs";
import { isThere, readView } from "./marks.mjs";
import { fitChart, placeRegions, showLane } from "./panels.mjs";
import { drawSweep } from "./play.mjs";
import { fontFamily, inFont } from "./renderers.mjs";
import { nobodyUnder } from "./tips.mjs";
import { applyZoom, drawCursor } from "./time_axis.mjs";

/** @typedef {import("../state/types.mjs").Chart} Chart */

const CHART = "[data-chart], [data-view]";

/** Takes charts that are new on the page. */
export function attach() {
  for (const gd of document.querySelectorAll(".js-plotly-plot")) {
    const { chart: several, view } = (gd.closest(CHART) || { dataset: {} }).dataset, name = several || view;
    const pending = !gd._fullLayout || gd.classList.contains("dash-graph--pending");
    if (!name || pending || (state.charts[name] && state.charts[name].gd === gd)) continue;
    gd.removeAllListeners(); // dash's own: after a zoom they would put its first figure back
    const chart = (state.charts[name] = { name, gd, views: [], several: Boolean(several), plotted: 0 });
    gd.on("plotly_afterplot", () => plotted(chart));
    listenTo(chart);
    plotted(chart);
  }
}

function plotted(chart) {
  chart.plotted = performance.now();
  if (fitChart(chart)) return; // it is drawn again
  chart.views = viewsOf(chart);
  for (const view of chart.views) readView(Object.assign(view, { plotted: chart.plotted }));
  placeRegions(chart);
  nobodyUnder(chart);
  if (!state.drawing) inFont(fontFamily(), () => paintChart(chart)); // else once all are drawn
  nameChart(chart);
  lookBeyond();
  if (chart.cursorAt !== undefined) drawCursor(chart, chart.cursorAt);
  if (state.sweep) drawSweep();
  fitWeeks(chart);
}

// Another width has room for other weeks.
function fitWeeks(chart) {
  const { width } = chart.gd._fullLayout, before = chart.wide;
  chart.wide = width;
  if (chart.several && before && before !== width && !state.drawing) applyZoom();
}

// The views that a chart draws: its panels, or the one that it is of.
function viewsOf({ name, gd, several }) {
  const { panels = {} } = gd.layout.meta || {}, names = several ? Object.keys(panels) : [name];
  const { views, charts } = state;
  for (const view of Object.values(views)) if (view.gd === gd && !names.includes(view.name)) delete views[view.name];
  return names.map((own) => {
    const there = views[own] && views[own].gd === gd;
    if (!there) views[own] = { name: own, gd, chart: charts[name], sets: [], others: [], ground: [], meta: {} };
    return views[own];
  });
}

/** Draws what lies over the charts, and shows where else whoever is highlighted is. */
export function drawLayer() {
  paintCharts();
  showRows();
}

/** Draws what lies over the charts, after a change of who is highlighted. */
export function paintCharts() {
  const charts = Object.values(state.charts).filter(isThere);
  inFont(fontFamily(), () => {
    charts.forEach(paintChart);
    for (const chart of charts) if (chart.cursorAt !== undefined) drawCursor(chart, chart.cursorAt);
  });
}

/** The row in the table, and the lane, of whoever is highlighted. */
export function showRows() {
  markRows();
  showLane();
}

// A chart is a group with its card's name; the canvases over it are for the eye.
function nameChart({ name, gd, several }) {
  const said = several ? "" : document.querySelector(`[data-view="${name}"]`).getAttribute("aria-label");
  gd.setAttribute("role", "group");
  gd.setAttribute("aria-label", several ? "The figure; its panels have names of their own" : `Chart: ${said || name}`);
  for (const canvas of gd.querySelectorAll("canvas")) canvas.setAttribute("aria-hidden", "true");
}

const LOOKED_AT = { childList: true, subtree: true, attributeFilter: ["class"] };
new MutationObserver(() => attach()).observe(document.documentElement, LOOKED_AT);

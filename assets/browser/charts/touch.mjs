// One finger on the figure: up and down scrolls the page, along the weeks looks closer at those it goes over.
import { setZoom, state } from "../state/state.mjs";
import { isThere } from "./marks.mjs";
import { penOn, placeOf, pointOf } from "./places.mjs";
import { applyZoom, timeViews, weekAt } from "./time_axis.mjs";

const ALONG = 12; // px along, before it is no tap
let from = null; // where the finger came down: the chart, px

document.addEventListener("pointerdown", (event) => {
  const { time } = state.charts, inTime = event.pointerType === "touch" && event.isPrimary && isThere(time);
  from = inTime && time.gd.contains(event.target) ? pointOf(time, event) : null;
}, true);

// The part of the plot that a finger went over, px.
function over(event) {
  const { time } = state.charts, { _offset: left, _length: width } = time.gd._fullLayout.xaxis;
  const inside = (px) => Math.max(left, Math.min(left + width, px));
  return [from[0], pointOf(time, event)[0]].map(inside).sort((a, b) => a - b);
}

document.addEventListener("pointermove", (event) => {
  if (!from || event.pointerType !== "touch") return;
  const [left, right] = over(event), { time } = state.charts, { t, h } = time.gd._fullLayout._size;
  const pen = penOn(time, "cursor");
  if (right - left > ALONG) pen.box(left, t, right - left, h, placeOf(time.views[0]).ink, null, 0, 0.12);
});

document.addEventListener("pointerup", (event) => {
  const [left, right] = from && event.pointerType === "touch" ? over(event) : [0, 0], { time } = state.charts;
  from = null;
  if (right - left <= ALONG) return;
  const { xaxis } = time.gd._fullLayout, [view] = timeViews();
  penOn(time, "cursor");
  setZoom({ time: [left, right].map((px) => weekAt(view, xaxis.p2l(px - xaxis._offset))) });
  applyZoom();
});

// The page scrolls instead.
document.addEventListener("pointercancel", () => {
  if (from) penOn(state.charts.time, "cursor");
  from = null;
});

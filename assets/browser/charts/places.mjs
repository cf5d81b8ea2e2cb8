// Where things stand on a chart: places of values in px, and the canvases over it.
import { make } from "../page/dom.mjs";
import { CanvasPen } from "./renderers.mjs";

/** @typedef {import("../state/types.mjs").View} View */

/** A trace's name of a vertical axis, as the layout has it. */
export const axisKey = (name) => name.replace("y", "yaxis");

const extent = (axes) => [
  Math.min(...axes.map((axis) => axis._offset)), Math.max(...axes.map((axis) => axis._offset + axis._length)),
];

/** The place of a view's plot in its chart: `area` (left, top, width, height, px), `x` and `y` of a value, `row` of a
 * height; and its colours.
 * @param {View} view @returns {import("../state/types.mjs").Place} */
export function placeOf(view) {
  const full = view.gd._fullLayout, { xaxis, _size: size } = full, { axes } = view.meta, first = axes ? axes[0] : "y";
  const axis = (name) => full[axisKey(name)];
  const [top, bottom] = axes ? extent(axes.map(axis)) : [size.t, size.t + size.h];
  return {
    area: [xaxis._offset, top, xaxis._length, bottom - top],
    x: (value) => xaxis._offset + xaxis.l2p(value),
    y: (value, name = first) => axis(name)._offset + axis(name).l2p(value),
    column: (px) => Math.round(xaxis.p2l(px - xaxis._offset)),
    row: (py) => Math.round(axis(first).p2l(py - axis(first)._offset)),
    card: full.paper_bgcolor, ink: full.font.color,
  };
}

/** Where an event is on a view's chart, px. @returns {[number, number]} */
export function pointOf(view, { clientX, clientY }) {
  const { left, top } = view.gd.getBoundingClientRect();
  return [clientX - left, clientY - top];
}

/** Whether a place lies in an area (left, top, width, height), or so near. @param {number[]} area */
export function isWithin(area, px, py, slack = 0) {
  const [x, y, w, h] = area;
  return px >= x - slack && px <= x + w + slack && py >= y - slack && py <= y + h + slack;
}

const FRONT = ["cursor", "keys"];

// The canvases lie above the marks and below titles, legends and tooltips.
function canvas(view, kind) {
  const box = view.gd.querySelector(".svg-container"), found = box.querySelector(`canvas.layer-${kind}`);
  if (found) return found;
  const made = make("canvas", { className: `layer layer-${kind}`, ariaHidden: "true" });
  const [, front = null] = box.querySelectorAll(":scope > svg.main-svg");
  return box.insertBefore(made, FRONT.includes(kind) ? null : front);
}

/** A pen on an empty canvas over a view's chart.
 * @param {Pick<View, "gd">} view @param {string} kind */
export function penOn(view, kind) {
  const { width, height } = view.gd._fullLayout;
  return new CanvasPen(canvas(view, kind), width, height);
}

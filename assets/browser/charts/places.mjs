// Where things stand on a chart: places of values in px, and the canvases over it.
import { make } from "../page/dom.mjs";
import { CanvasPen, drawing } from "./renderers.mjs";

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
  const known = {}, axis = (name) => (known[name] ??= full[axisKey(name)]);
  const [top, bottom] = axes ? extent(axes.map(axis)) : [size.t, size.t + size.h];
  return {
    area: [xaxis._offset, top, xaxis._length, bottom - top],
    x: (value) => xaxis._offset + xaxis.l2p(value),
    y: (value, name = first) => {
      const own = axis(name);
      return own._offset + own.l2p(value);
    },
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

// The canvases lie above the marks and below titles, legends and tooltips; the ground under all others.
function placed(box, made, kind) {
  const [, front = null] = box.querySelectorAll(":scope > svg.main-svg");
  const lowest = kind === "ground" ? box.querySelector("canvas.layer") : null;
  return box.insertBefore(made, FRONT.includes(kind) ? null : lowest || front);
}

const boxOf = ({ gd }) => gd.querySelector(".svg-container");

function canvas(view, kind) {
  const found = boxOf(view).querySelector(`canvas.layer-${kind}`);
  return found || placed(boxOf(view), make("canvas", { className: `layer layer-${kind}`, ariaHidden: "true" }), kind);
}

/** The drawing under the canvases of a view's chart, of its size.
 * @param {Pick<View, "gd">} view @returns {SVGElement} */
export function sheetOf(view) {
  const { width, height } = view.gd._fullLayout, found = boxOf(view).querySelector("svg.layer-ground");
  const sheet = found || placed(boxOf(view), drawing("svg", {}), "ground");
  const look = { class: "layer layer-ground", "aria-hidden": "true", width, height };
  for (const [key, value] of Object.entries(look)) sheet.setAttribute(key, value);
  return sheet;
}

/** A pen on an empty canvas over a view's chart.
 * @param {Pick<View, "gd">} view @param {string} kind */
export function penOn(view, kind) {
  const { width, height } = view.gd._fullLayout;
  return new CanvasPen(canvas(view, kind), width, height);
}

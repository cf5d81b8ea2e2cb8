// A trace as plotly would draw it, with a pen: what it encloses, its intervals, its line, its marks.
import { dashed, each, known, plain } from "./marks.mjs";

const BASE = 3; // px of a line to which the dashes of thinner ones are told
const DASHES = {
  solid: [], dot: [1, 1], dash: [3, 3], longdash: [5, 5], dashdot: [3, 1, 1, 1], longdashdot: [5, 2, 2, 2],
}; // of plotly's names, in widths of the line
const SIZE = 6, MIXED = 0.7; // plotly's own size of a mark, px, and the opacity of marks of several sizes

/** Draws a trace that is not left to plotly (figures/visuals/ground.py).
 * @param {any} pen @param {import("../state/types.mjs").Place} at @param {any} trace with its look */
export function drawTrace(pen, at, trace) {
  const { x, y, yaxis = "y", mode, line = {}, marker, error_y: error, fill, fillcolor } = trace;
  const place = (i) => (known(x[i]) && known(y[i]) ? [at.x(x[i]), at.y(y[i], yaxis)] : null);
  const places = Array.from(x, (_, i) => place(i));
  if (fill === "toself") for (const run of runsOf(places)) pen.area(run, fillcolor);
  if (error) intervals(pen, (i, far) => at.y(y[i] + far, yaxis), places, error);
  if (mode.includes("lines") && line.width) stroke(pen, runsOf(places), line, trace.meta.crowd);
  if (mode.includes("markers")) marks(pen, places, marker);
}

// Stretches of a line between missing values.
function runsOf(places) {
  const found = [[]];
  for (const spot of places) {
    if (spot) found.at(-1).push(spot);
    else found.push([]);
  }
  return found.filter((run) => run.length > 1);
}

// A line; those of a crowd are pale, and darker where they cross.
function stroke(pen, runs, { color, width, dash }, crowd) {
  const pattern = DASHES[dash]?.map((share) => share * Math.max(BASE, width)) || dashed(dash);
  for (const own of crowd ? runs.map((run) => [run]) : [runs]) pen.strokes(own, color, width, 1, pattern);
}

// Strokes from the low to the high end of each value, with a hat as wide to either side as told.
function intervals(pen, heightOf, places, { array, arrayminus, width, thickness, color }) {
  const up = plain(array), down = plain(arrayminus);
  places.forEach((spot, i) => {
    if (!spot || !known(up[i]) || !known(down[i])) return;
    const [x] = spot, ends = [heightOf(i, up[i]), heightOf(i, -down[i])];
    const hats = width ? ends.map((y) => [[x - width, y], [x + width, y]]) : [];
    pen.strokes([ends.map((y) => [x, y]), ...hats], color, thickness);
  });
}

/** Whether marks let through what is under them, outline and inside as one, as plotly's of several sizes do: a canvas
 * cannot. */
export const isSheer = ({ marker }) => typeof marker?.size === "object" && marker.opacity === undefined;

function marks(pen, places, marker) {
  const { size = SIZE, symbol = "circle", color, line = {} } = marker, opacity = isSheer({ marker }) ? MIXED : 1;
  places.forEach((spot, i) => {
    const edge = each(line.width, i) ? each(line.color, i) : null;
    if (spot) pen.mark(...spot, each(symbol, i), each(size, i) / 2, each(color, i), edge, each(line.width, i), opacity);
  });
}

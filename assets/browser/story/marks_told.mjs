// What stands where on a drawn chart, with the words of its tooltip: for a file that has no plotly.
import { setsIn } from "../charts/marks.mjs";
import { placeOf } from "../charts/places.mjs";
import { markWords } from "../charts/tips.mjs";

const NEAR = 7; // px around a mark that belong to it
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " " };

/** A place on a chart: left, top, right, bottom, whose it is ("": of several), and its words.
 * @typedef {[number, number, number, number, string, string]} Told */

// The markup of a tooltip as plain lines.
const plain = (markup) => markup
  .replace(/<extra>.*<\/extra>/g, "").replace(/<br>/g, "\n").replace(/<[^>]*>/g, "")
  .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  .replace(/&(\w+);/g, (whole, name) => ENTITIES[name] ?? whole);

const shown = (value, format) => {
  if (value === null || value === undefined) return "–";
  const digits = /\.(\d+)~g/.exec(format || "");
  if (!digits || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(Number(digits[1])))).replace("-", "−");
};

// plotly's template with what it names: a value, or one of a row of values.
function filled(template, values) {
  return plain(template.replace(/%\{(\w+)(?:\[(\d+)\])?(?::([^}]*))?\}/g, (_, name, place, format) => {
    const value = values[name];
    return shown(place === undefined ? value : value?.[Number(place)], format);
  }));
}

const isTold = ({ hovertemplate, hoverinfo, visible }) => hovertemplate && hoverinfo !== "skip" && visible === true;

function cellsOf(trace, x, y) {
  const across = Math.abs(x(1) - x(0)) / 2, down = Math.abs(y(1) - y(0)) / 2, at = (rows, i, j) => rows?.[i]?.[j];
  const { text, hovertext, customdata, hovertemplate } = trace;
  return trace.z.flatMap((row, i) => Array.from(row, (z, j) => {
    const words = { text: at(text, i, j), hovertext: at(hovertext, i, j), customdata: at(customdata, i, j) };
    const told = filled(hovertemplate, { ...words, z, x: trace.x?.[j], y: trace.y?.[i] });
    const id = String(at(customdata, i, j)?.[0] ?? trace.y?.[i] ?? "");
    return [x(j) - across, y(i) - down, x(j) + across, y(i) + down, id, told];
  }));
}

function marksOfTrace(trace, x, y) {
  const bars = trace.type === "bar" && trace.orientation === "h";
  return Array.from(trace.x, (value, i) => {
    const row = trace.customdata?.[i], id = Array.isArray(row) && row[0] !== null ? String(row[0]) : "";
    const [left, right] = bars ? [x(trace.base[i]), x(trace.base[i] + value)] : [x(value), x(value)];
    const words = { x: value, y: trace.y[i], customdata: row, text: trace.text?.[i], hovertext: trace.hovertext?.[i] };
    const top = y(trace.y[i]), foot = trace.type === "bar" && !bars ? y(0) : top;
    const [above, below] = [Math.min(top, foot), Math.max(top, foot)];
    return [left - NEAR, above - NEAR, right + NEAR, below + NEAR, id, filled(trace.hovertemplate, words)];
  });
}

// Marks that the layer drew have no tooltip of plotly's.
function layersOwn(view) {
  const at = placeOf(view), sets = setsIn(view).filter((set) => set.base);
  return sets.flatMap((set) => [...set.of].flatMap(([id, positions]) => positions.map((i) => {
    const [x, y] = [at.x(set.x[i]), at.y(set.y[i], set.yaxis)];
    return [x - NEAR, y - NEAR, x + NEAR, y + NEAR, id, markWords({ id, set, i })];
  })));
}

/** Everything that a chart tells where it stands, within its plots. @returns {Told[]} */
export function toldOf({ gd, views }) {
  const full = gd._fullLayout;
  const axis = (name) => full[name.replace(/^([xy])/, "$1axis")];
  const found = gd._fullData.filter(isTold).flatMap((trace) => {
    const [horizontal, vertical] = [axis(trace.xaxis || "x"), axis(trace.yaxis || "y")];
    const x = (value) => horizontal._offset + horizontal.d2p(value);
    const y = (value) => vertical._offset + vertical.d2p(value);
    const told = trace.type === "heatmap" ? cellsOf(trace, x, y) : marksOfTrace(trace, x, y);
    const right = horizontal._offset + horizontal._length + NEAR;
    return told.filter(([x0, y0, x1, y1]) => x1 >= horizontal._offset && x0 <= right && Number.isFinite(y0 + y1));
  });
  return [...found, ...views.flatMap(layersOwn)];
}

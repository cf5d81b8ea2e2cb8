// The words around a chart (titles, counts, sentences): plotly's annotations, which have no arrows here, in the layer
// of texts. Plotly itself draws each twice at every redraw and measures it on the page: a quarter of a redraw's time.
import { linesOf } from "./rich_text.mjs";

const LINE = 1.3; // of a line's height, in those of its type
const ruler = document.createElement("canvas").getContext("2d");

/** Keeps plotly from drawing annotations. */
export const takeAnnotations = () => window.Plotly.register({ moduleType: "component", name: "annotations" });

// Width, and the highest and lowest above and below the first line's base.
function measured(lines, { size, weight, family }) {
  const of = ({ text, b, i }) => {
    ruler.font = `${i ? "italic " : ""}${b ? 700 : weight} ${size}px ${family}`;
    return ruler.measureText(text);
  };
  const wide = lines.map((runs) => runs.reduce((sum, run) => sum + of(run).width, 0));
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = of({ text: "x", b: false, i: false });
  return { width: Math.max(...wide), up: Math.round(up), down: Math.round(down) + (lines.length - 1) * LINE * size };
}

// Where a note hangs along an axis, px, and the share of the room before it; null where that is out of sight.
function hung(full, [start, length], ref, value, isDown) {
  const [id, domain] = ref.split(" "), axis = full[id.replace(/^[xy]/, "$&axis")], share = isDown ? 1 - value : value;
  if (ref === "paper" || !axis) return [start + length * share, share];
  if (domain) return [axis._offset + axis._length * share, share];
  const px = axis.r2p(value);
  return px < 0 || px > axis._length ? null : [axis._offset + px, 0.5];
}

const BEFORE = { left: 0.5, top: 0.5, right: -0.5, bottom: -0.5, center: 0, middle: 0 };
const auto = (share) => (share < 1 / 3 ? 0.5 : share > 2 / 3 ? -0.5 : 0);

// The middle of a note's box and the corner of its text, or null.
function placed(full, note, { width, up, down }) {
  const { l, t, w, h } = full._size, pad = (note.borderpad ?? 1) + 1, angle = ((note.textangle || 0) * Math.PI) / 180;
  const wide = Math.round(width + 2 * pad), high = Math.round(up + down + 2 * pad);
  const [cos, sin] = [Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle))];
  const x = hung(full, [l, w], note.xref || "x", note.x, false), y = hung(full, [t, h], note.yref || "y", note.y, true);
  if (!x || !y) return null;
  const cx = x[0] + (wide * cos + high * sin) * (BEFORE[note.xanchor] ?? auto(x[1])) + (note.xshift || 0);
  const cy = y[0] + (wide * sin + high * cos) * (BEFORE[note.yanchor] ?? auto(y[1])) - (note.yshift || 0);
  return { cx, cy, wide, high, left: Math.round(cx - wide / 2), top: Math.round(cy - high / 2), pad };
}

const ANCHORS = { left: ["start", 0], right: ["end", 1] };

function drawn(full, note, make) {
  const { font: given = {}, text, align, bgcolor, hovertext, textangle } = note, { font: own } = full;
  const font = { size: given.size || own.size, weight: given.weight || 400, family: own.family };
  const lines = linesOf(text), size = measured(lines, font), at = placed(full, note, size);
  if (!at) return [];
  const [anchor, share] = ANCHORS[align] || ["middle", 0.5], x = at.left + at.pad + size.width * share;
  const look = { "font-size": font.size, "font-weight": font.weight, fill: given.color || own.color };
  const run = (one) => make("tspan", {
    "font-weight": one.b ? 700 : undefined, "font-style": one.i ? "italic" : undefined, fill: one.color,
  }, one.text);
  const y = at.top + at.pad + size.up, below = (i) => Number((y + i * LINE * font.size).toFixed(1));
  const line = (runs, i) => make("tspan", { class: "line", x, y: below(i) }, ...runs.map(run));
  const place = { x, y, "text-anchor": anchor, style: "white-space: pre" };
  const words = make("text", { class: "annotation-text", ...place, ...look }, ...lines.map(line));
  if (hovertext) words.prepend(make("title", {}, linesOf(hovertext).flat().map((one) => one.text).join(" ")));
  const box = { x: at.left, y: at.top, width: at.wide, height: at.high, fill: bgcolor };
  const turn = textangle ? `rotate(${textangle} ${at.cx} ${at.cy})` : undefined;
  return [make("g", { class: "annotation", transform: turn }, ...(bgcolor ? [make("rect", box)] : []), words)];
}

/** The words of a chart, made anew when plotly has drawn it.
 * @param {import("../state/types.mjs").Chart & { noted?: any }} chart
 * @param {(name: string, attributes: Record<string, any>, ...children: any[]) => SVGElement} make
 * @returns {SVGElement[]} */
export function annotationsOf(chart, make) {
  const { _fullLayout: full, layout } = chart.gd, { plotted, noted } = chart;
  if (!layout.annotations?.length) return [];
  if (noted?.plotted !== plotted || !plotted) {
    const words = layout.annotations.flatMap((note) => drawn(full, note, make));
    const group = make("g", { "font-family": full.font.family }, ...words);
    chart.noted = { plotted, group };
  }
  return [chart.noted.group];
}

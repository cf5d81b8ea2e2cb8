// Downloads: the figure as drawn, highlight included; under it the study, what is active, who is drawn, what each sign
// means and the card's note, folded to its width.
import { drawCells, drawGround, drawHighlight } from "../charts/layer.mjs";
import { highlighted } from "../charts/marks.mjs";
import { escaped, SvgPen } from "../charts/renderers.mjs";
import { svgTexts, widthOf } from "../charts/texts.mjs";
import { isUpload, state } from "../state/state.mjs";
import { $, make, queryAll } from "./dom.mjs";
import { folded, paragraph } from "./folding.mjs";
import { freshNotes } from "./notes.mjs";
import { inCard } from "./page.mjs";
import { drawnPatients, namesDrawn, signsDrawn } from "./signs.mjs";

const SIZE = 11, LINE = 15, EDGE = 10, TWICE = 2;

/** A chart as SVG with its highlight; with a `foot`, what it stands on is written below.
 * @param {string} name @param {boolean} withFoot */
export async function svg(name, withFoot = true) {
  const chart = state.charts[name] || state.views[name].chart, { views, gd } = chart;
  const { width, height, paper_bgcolor: paper } = gd._fullLayout, pen = new SvgPen();
  const ids = views.flatMap(drawnPatients);
  if (withFoot) await freshNotes();
  const url = await window.Plotly.toImage(gd, { format: "svg", width, height });
  const base = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/^<svg/, '<svg x="0" y="0"');
  for (const view of views) {
    if (view.meta.cells) drawCells(view, pen);
    else drawGround(view, pen), drawHighlight(view, pen, highlighted());
  }
  const lines = withFoot ? foot(views, width - 2 * EDGE) : [], top = height + EDGE;
  const all = withFoot ? top + lines.length * LINE : height;
  const write = (i) => ({ x, text, color }) => pen.text(EDGE + x, top + i * LINE, text, color, SIZE);
  lines.forEach((line, i) => line.forEach(write(i)));
  const drawn = [...new Set(ids.map(({ id }) => id))].join(", ") || "none";
  const ground = `<rect width="100%" height="100%" fill="${paper}"/>`;
  const about = `<metadata>Patients drawn: ${escaped(drawn)}</metadata>${ground}`;
  const head = `xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`;
  const size = `width="${width}" height="${all}" viewBox="0 0 ${width} ${all}"`;
  return { width, height: all, text: `<svg ${head} ${size}>${about}${base}${pen}${svgTexts(chart)}</svg>` };
}

function foot(views, width) {
  const { color } = views[0].gd._fullLayout.font, wide = (text) => widthOf(text, SIZE);
  const said = (part, between) => views.map(({ name }) => textIn(inCard(name, part))).filter(Boolean).join(between);
  const title = [$("h1").textContent, said("h2", ", "), said(".caption", " · ")].filter(Boolean).join(" · ");
  const note = views.flatMap(({ name }) => queryAll(`[data-note="${name}"] .card-note p`)).map(textIn).join(" ");
  const lines = (text) => paragraph(text, color, width, wide);
  const [head, active, key, rest] = [title, stamp(), signsDrawn(views), note].map(lines);
  return [...head, ...active, ...folded(namesDrawn(views), width, 12, wide), ...key, ...rest];
}

const textIn = (element) => (element ? element.textContent : "");

// What is active, as the chips say it, and that there are illustrative values.
function stamp() {
  const chips = queryAll("#chips .chip").map((chip) => chip.firstChild.textContent);
  return [...chips, ...($("header .warm") ? ["hollow marks are illustrative values"] : [])].join(" · ");
}

/** Saves a file under a name. */
export function saveAs(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export const saveText = (text, name, type) => saveAs(new Blob([text], { type }), name);
const named = (view, kind) => `${isUpload(state.study) ? "study" : state.study}-${view}.${kind}`;

export const saveSvg = async (view) => saveText((await svg(view)).text, named(view, "svg"), "image/svg+xml");

/** A drawing as PNG, so many times as large. @returns {Promise<Blob>} */
export async function pngOf({ text, width, height }, times) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = make("canvas", { width: Math.round(width * times), height: Math.round(height * times) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

export const savePng = async (view) => saveAs(await pngOf(await svg(view), TWICE), named(view, "png"));

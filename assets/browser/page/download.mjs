// Downloads: the figure as drawn, highlight included; under it the study, what is active, who is drawn, what each sign
// means and the card's note, folded to its width.
import { drawCells, drawGround, drawHighlight } from "../charts/layer.mjs";
import { highlighted } from "../charts/marks.mjs";
import { asXml, escaped, SvgPen } from "../charts/renderers.mjs";
import { svgTexts, widthOf } from "../charts/texts.mjs";
import { isUpload, state } from "../state/state.mjs";
import { $, make, queryAll } from "./dom.mjs";
import { folded, paragraph } from "./folding.mjs";
import { tellLeft } from "./left.mjs";
import { freshNotes } from "./notes.mjs";
import { inCard } from "./page.mjs";
import { drawnPatients, namesDrawn, signsDrawn } from "./signs.mjs";
import { stamped } from "./stamp.mjs";

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
  const about = withFoot ? await stamped() : { text: "", short: "" };
  const lines = withFoot ? foot(views, width - 2 * EDGE, about.short) : [], top = height + EDGE;
  const all = withFoot ? top + lines.length * LINE : height;
  const write = (i) => ({ x, text, color }) => pen.text(EDGE + x, top + i * LINE, text, color, SIZE);
  lines.forEach((line, i) => line.forEach(write(i)));
  const drawn = [...new Set(ids.map(({ id }) => id))].join(", ") || "none";
  const ground = `<rect width="100%" height="100%" fill="${paper}"/>`;
  const said = [`Patients drawn: ${drawn}`, about.text].filter(Boolean).join("\n");
  const head = `xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"`;
  const size = `width="${width}" height="${all}" viewBox="0 0 ${width} ${all}"`;
  const meta = `<metadata>${escaped(said)}</metadata>`;
  const inner = `${meta}${ground}${base}${pen}${svgTexts(chart)}`;
  return { width, height: all, text: asXml(`<svg ${head} ${size}>${inner}</svg>`) };
}

function foot(views, width, about) {
  const { color } = views[0].gd._fullLayout.font, wide = (text) => widthOf(text, SIZE);
  const said = (part, between) => views.map(({ name }) => textIn(inCard(name, part))).filter(Boolean).join(between);
  const title = [$("h1").textContent, said("h2", ", "), said(".caption", " · ")].filter(Boolean).join(" · ");
  const note = views.flatMap(({ name }) => queryAll(`[data-note="${name}"] .card-note p`)).map(textIn).join(" ");
  const lines = (text) => paragraph(text, color, width, wide);
  const texts = [title, activeWords(), signsDrawn(views), note, about];
  const [head, active, key, rest, made] = texts.map(lines);
  return [...head, ...active, ...folded(namesDrawn(views), width, 12, wide), ...key, ...rest, ...made];
}

const textIn = (element) => (element ? element.textContent : "");

// What is active, as the chips say it, and that there are illustrative values.
function activeWords() {
  const chips = queryAll("#chips .chip").map((chip) => chip.firstChild.textContent);
  return [...chips, ...($("header .warm") ? ["hollow marks are illustrative values"] : [])].join(" · ");
}

/** Saves a file that the page made under a name, and tells the server that it left. */
export function saveAs(blob, name) {
  tellLeft(name.slice(name.lastIndexOf(".") + 1));
  saveServed(blob, name);
}

/** Saves a file that the server made. */
export function saveServed(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export const saveText = (text, name, type) => saveAs(new Blob([text], { type }), name);
const named = (view, kind) => `${isUpload(state.study) ? "study" : state.study}-${view}.${kind}`;

export const saveSvg = async (view) => saveText((await svg(view)).text, named(view, "svg"), "image/svg+xml");

/** A drawing as a picture, so many times as large: PNG, or another type that this browser can write.
 * @returns {Promise<Blob>} */
export async function pictureOf({ text, width, height }, times, type = "image/png") {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = make("canvas", { width: Math.round(width * times), height: Math.round(height * times) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((done) => canvas.toBlob(done, type, 0.9));
}

export const savePng = async (view) => saveAs(await pictureOf(await svg(view), TWICE), named(view, "png"));

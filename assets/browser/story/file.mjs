// One HTML file of a story: every step as SVG, whom it can highlight, what tooltips say, and the script for it. It
// opens from disk and asks nobody for anything.
import { drawLit, holes, isDimmed } from "../charts/layer.mjs";
import { isDrawn, setsIn } from "../charts/marks.mjs";
import { escaped, SvgPen } from "../charts/renderers.mjs";
import { placeOf } from "../charts/places.mjs";
import { $, queryAll, today } from "../page/dom.mjs";
import { state } from "../state/state.mjs";
import { lighter } from "./lighter.mjs";
import { toldOf } from "./marks_told.mjs";
import { masking } from "./masking.mjs";
import { asSentence } from "./pictures.mjs";
import { digest } from "./steps.mjs";
import { viewer } from "./viewer.mjs";

const MOST = 2_900_000; // bytes of the file
const PIECE = 30_000; // bytes that are written as text at once: a multiple of three
const SHARP = 2; // times its size that a picture in the file has
const UNNAMED = "De-identified study"; // what a file without ids is called
const NAMED = 12; // patients who have a button each; more are chosen in a list
const STYLE = `
*{box-sizing:border-box}
body{margin:0;padding:16px 24px;font:15px/1.4 system-ui,sans-serif;color:#1c2733;background:#fff}
h1{font-size:16px;margin:0}h2{font-size:22px;margin:8px 0 4px}p{margin:2px 0}.careful{color:#8a4b00}
nav{display:flex;flex-wrap:wrap;gap:6px;align-items:center;margin:8px 0}
button,select{font:inherit;padding:3px 10px;border:1px solid #7c8894;border-radius:6px}
button{background:#fff;color:inherit;cursor:pointer}
button[aria-pressed=true],tr.on{background:#dce8f5;font-weight:600}
svg{width:100%;height:auto;max-height:76vh;cursor:pointer}[hidden]{display:none!important}
.faint{opacity:.35}table{border-collapse:collapse;font-size:13px}
td,th{padding:3px 8px;border-bottom:1px solid #d5dbe1;text-align:left}
.about{white-space:pre-line}
.wide{overflow-x:auto}tr[data-p]{cursor:pointer}footer,details{margin-top:10px;font-size:13px;color:#4a5764}
#tip{position:fixed;z-index:9;max-width:380px;padding:6px 9px;border:1px solid #7c8894;border-radius:6px}
#tip{background:#fff;white-space:pre-line;pointer-events:none;font-size:13px}
@media print{section[hidden]{display:block!important;break-before:page}nav{display:none}}`;

/** Everybody of the study, in its order. */
export function peopleOf(drawings) {
  const named = queryAll("#legend [data-patient]").map(({ dataset }) => dataset.patient);
  return [...new Set([...named, ...(state.cohort?.ids || []), ...drawings.flatMap(({ people }) => people)])];
}

const one = (id) => ({ ids: new Set([id]), any: true, whole: new Set([id]), visits: false, stands: () => false });

const DIMMING = 0.65;

// What is drawn over a chart where somebody is lit.
function overlay(chart, id) {
  const pen = new SvgPen(), lit = one(id);
  for (const view of chart.views.filter((own) => own.gd._fullLayout.xaxis && !own.meta.cells)) {
    const at = placeOf(view);
    if (isDimmed(view)) pen.dim(at.area, holes(view, at, lit), at.card, DIMMING);
    drawLit(view, pen, lit);
  }
  return String(pen);
}

/** What the file needs of a step, while it is on the page; `notes` that are pinned to it, and what it is `about`. */
export async function kept({ step, at, chart, drawn, head, careful, rows, lit, notes, about }) {
  const people = chart ? patientsOf(chart) : [...new Set(rows.slice(1).map(([id]) => id))];
  const overlays = new Map(chart ? people.map((id) => [id, overlay(chart, id)]) : []);
  const told = chart ? toldOf(chart) : []; // before anything is waited for: the page goes on
  const own = { step, at, head, careful, rows, people, overlays, lit, told, notes };
  return { ...own, drawn: drawn && await lighter(drawn, SHARP, "image/webp"), about: (await about).text };
}

function patientsOf(chart) {
  const ids = chart.views.flatMap(setsIn).flatMap((set) => [...set.of.keys()]);
  return [...new Set(ids)].filter((id) => isDrawn(id));
}

// ---- ids

// A drawing without ids: its texts, of which some are cut and say whose they are, and of whom they are.
function maskedSvg(text, mask) {
  const svg = new DOMParser().parseFromString(text, "image/svg+xml");
  for (const one of svg.querySelectorAll("text[data-of]")) {
    if (one.textContent.includes("…")) one.textContent = one.getAttribute("data-of");
  }
  const texts = document.createTreeWalker(svg, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.nodeValue = mask(texts.currentNode.nodeValue);
  for (const part of svg.querySelectorAll("*")) {
    const telling = [...part.attributes].filter(({ name }) => /^(data-|aria-|title)/.test(name));
    for (const { name, value } of telling) part.setAttribute(name, mask(value));
  }
  return new XMLSerializer().serializeToString(svg);
}

// ---- the file

// Ids of one drawing are not those of another.
const own = (text, at) => text.replace(/(\bid="|url\((?:&quot;|&#39;|'|")?#|href="#)/g, `$1s${at}-`);
const inside = (svg) => svg.slice(svg.indexOf("<svg")).replace(/<metadata>[\s\S]*?<\/metadata>/, "");
const SVG = 'xmlns="http://www.w3.org/2000/svg"';

function drawing({ at, drawn }, mask) {
  const { text, width, height } = drawn, under = `<g class="base">${inside(maskedSvg(text, mask))}</g>`;
  const over = '<g class="lit" data-p="-1" hidden=""></g><g class="names"></g>';
  return own(`<svg viewBox="0 0 ${width} ${height}" role="img">${under}${over}</svg>`, at);
}

// What is drawn over a step for each of some people.
function overlaysOf({ at, overlays }, people, mask) {
  const groups = people.map((id) => `<g>${overlays.get(id) || ""}</g>`).join("");
  const svg = new DOMParser().parseFromString(maskedSvg(`<svg ${SVG}>${groups}</svg>`, mask), "image/svg+xml");
  return [...svg.documentElement.children].map((group) => own(new XMLSerializer().serializeToString(group), at));
}

function table({ rows: [head, ...rows] }, people, mask) {
  const row = (cells, tag) => cells.map((cell) => `<${tag}>${escaped(mask(cell))}</${tag}>`).join("");
  const lines = rows.map((cells) => `<tr data-p="${people.indexOf(cells[0])}">${row(cells, "td")}</tr>`);
  const body = `<tbody>${lines.join("")}</tbody>`;
  return `<div class="wide"><table><thead><tr>${row(head, "th")}</tr></thead>${body}</table></div>`;
}

function section(kept, people, mask, masked) {
  const said = (tag, text, look = "plain") => (text ? `<${tag} class="${look}">${escaped(mask(text))}</${tag}>` : "");
  const { step, head, careful, drawn, lit, about } = kept;
  const notes = masked ? "" : [step.notes, ...kept.notes].filter(Boolean).join("\n\n");
  const told = `<h2>${escaped(mask(step.sentence))}</h2>${said("p", head)}${said("p", careful, "careful")}`;
  const shown = drawn ? drawing(kept, mask) : table(kept, people, mask);
  const more = (name, text) => `<details><summary>${name}</summary>${said("p", text, "about")}</details>`;
  const below = `${notes ? more("Notes", notes) : ""}${more("What this stands on", about)}`;
  return `<section data-lit="${people.indexOf(lit)}" hidden>${told}${shown}${below}</section>`;
}

const FEW_LINES = 2; // of a tooltip without ids: what follows may be free text
function hitsOf({ told }, people, mask, masked) {
  const words = (text) => mask(masked ? text.split("\n").slice(0, FEW_LINES).join("\n") : text);
  const places = new Map(people.map((id, i) => [id, i]));
  return told.map(([x0, y0, x1, y1, id, text]) => [
    ...[x0, y0, x1, y1].map(Math.round), places.get(id) ?? -1, words(text),
  ]);
}

// Data as the script of the file unpacks them: what is drawn and told repeats itself many times.
async function packed(data) {
  const { readable, writable } = new CompressionStream("gzip"), writer = writable.getWriter();
  writer.write(new TextEncoder().encode(JSON.stringify(data))).then(() => writer.close());
  const bytes = new Uint8Array(await new Response(readable).arrayBuffer()), parts = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    parts.push(btoa(String.fromCharCode(...bytes.slice(at, at + PIECE))));
  }
  return parts.join("");
}

/** What a file says of itself. @param {boolean} masked whether ids are replaced */
export function aboutLine(masked) {
  const made = $("header .warm") ? "Hollow marks are illustrative: not measured, do not quote. " : "";
  const who = masked ? "patient ids replaced, notes and free text left out" : "not de-identified";
  return `${made}Data ${digest()} · ${today()} · ${who}`;
}

/** The file; of the patients, in their order, as many can be highlighted as its size allows.
 * @param {any[]} steps what was `kept` of each @param {{ masked: boolean, link: string }} how */
export async function storyFile(steps, how) {
  const people = peopleOf(steps);
  const mask = how.masked ? unnamed(masking(people)) : String, named = people.map(mask);
  const hits = steps.map((step) => hitsOf(step, people, mask, how.masked));
  const over = steps.map((step) => (step.drawn ? overlaysOf(step, people, mask) : []));
  const sections = steps.map((step) => section(step, people, mask, how.masked)).join("\n");
  for (let most = people.length; ; most = Math.floor(most * 0.7)) {
    const data = await packed({ people: named, hits, over: over.map((all) => all.slice(0, most)) });
    const file = whole({ sections, data, named, most, title: mask($("h1").textContent) }, how);
    if (!most || new Blob([file]).size <= MOST) return file;
  }
}

const unnamed = (mask) => {
  const title = $("h1").textContent;
  const without = (text) => [title, asSentence(title)].reduce((told, one) => told.replaceAll(one, UNNAMED), text);
  return (text) => mask(title ? without(text) : text);
};

function whole({ sections, data, named, most, title }, { masked, link }) {
  const one = (name, i) => `<button data-p="${i}" aria-pressed="false">${escaped(name)}</button>`;
  const options = named.slice(0, most).map((name, i) => `<option value="${i}">${escaped(name)}</option>`).join("");
  const list = `<label>Highlight <select id="who"><option value="-1">nobody</option>${options}</select></label>`;
  const buttons = named.length > NAMED ? list : named.slice(0, most).map(one).join("");
  const size = `${most} of ${named.length} patients can be highlighted in a file of this size. `;
  const about = `${most < named.length ? size : ""}${aboutLine(masked)}`;
  const back = masked ? "" : ` · <a href="${escaped(link)}" rel="noreferrer">the page</a>`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<nav><button data-by="-1">← Back</button><span id="place"></span><button data-by="1">Next →</button>${buttons}</nav>
<main>${sections}</main>
<footer>Click a mark or a name to highlight its patient in every step; Esc clears; ← and → go through the steps.<br>
${escaped(about)}${back}</footer>
<div id="tip" hidden></div><script type="text/plain" id="data">${data}</script>
<script>(${viewer})()</script></body></html>`;
}

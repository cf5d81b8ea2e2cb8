// What is measured of a figure that is drawn: sizes, contrasts, what is cut and what lies on something else.
import { make } from "../page/dom.mjs";

/** Smallest and largest type and the thinnest line (points), texts that are cut or lie on another, and the colours of
 * texts, each with one of them.
 * @typedef {{ type: [number, number], line: number, cut: string[], over: string[], inks: string[][] }} Measured */

const SLACK = 2; // units that letters may reach over an edge, with nothing in them
const TOUCH = 1.5; // units that two texts may share

const NAMED = 4; // texts that the check names

/** @param {string} text a drawing as SVG @param {number} scale points of a unit of it @returns {Measured} */
export function measured(text, scale) {
  const svg = /** @type {any} */ (new DOMParser().parseFromString(text, "image/svg+xml").documentElement);
  const { width, height } = svg.viewBox.baseVal, box = make("div", { ariaHidden: "true" });
  Object.assign(box.style, { position: "absolute", left: "-30000px", top: "0", width: `${width}px` });
  svg.querySelector("style")?.remove(); // its font, which the page has
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  box.append(svg);
  document.body.append(box);
  const texts = textsIn(svg), sizes = texts.map(({ size }) => size * scale);
  const inks = [...new Map(texts.toReversed().map(({ color, words }) => [color, words]))];
  /** @type {Measured} */
  const found = {
    type: [Math.min(...sizes), Math.max(...sizes)], line: thinnest(svg) * scale, inks,
    cut: texts.filter(isCut).map(({ words }) => words).slice(0, NAMED), over: overlaps(texts).slice(0, NAMED),
  };
  box.remove();
  return found;
}

function textsIn(svg) {
  return [...svg.querySelectorAll("text")].filter((one) => one.textContent.trim()).flatMap((one) => {
    const { fontSize, fill, fillOpacity, opacity } = getComputedStyle(one);
    const { left, top, right, bottom } = one.getBoundingClientRect();
    const seen = Number(fillOpacity) * Number(opacity) > 0 && right > left;
    const words = one.textContent.trim(), look = { size: parseFloat(fontSize), color: fill, words };
    return seen ? [{ one, left, top, right, bottom, ...look }] : [];
  });
}

// Whether some frame around a text, a drawing within the drawing or a clip, leaves a part of it out.
function isCut({ one, left, top, right, bottom }) {
  for (let part = one; part && part.namespaceURI === one.namespaceURI; part = part.parentElement) {
    const { x, y, to } = frameOf(part) || {};
    if (to && (left < x - SLACK || right > to.x + SLACK || top < y - SLACK || bottom > to.y + SLACK)) return true;
  }
  return false;
}

// The corners of a frame on the screen; null for what is none.
function frameOf(part) {
  const [, id] = /url\(["']?#(.+?)["']?\)/.exec(part.getAttribute("clip-path") || "") || [];
  const box = part.tagName === "svg" ? part : id && part.ownerSVGElement.getElementById(id)?.querySelector("rect");
  if (!box) return null;
  const ground = (part === box ? part.parentElement : part).getScreenCTM?.();
  const at = ground || new DOMMatrix([1, 0, 0, 1, part.getBoundingClientRect().left, part.getBoundingClientRect().top]);
  const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(({ baseVal }) => baseVal.value);
  const from = new DOMPoint(x, y).matrixTransform(at), to = new DOMPoint(x + width, y + height).matrixTransform(at);
  return { x: from.x, y: from.y, to };
}

function thinnest(svg) {
  const widths = [...svg.querySelectorAll("path, line, circle, rect, polyline, polygon")].flatMap((one) => {
    const { stroke, strokeWidth, strokeOpacity } = getComputedStyle(one), width = parseFloat(strokeWidth);
    const seen = stroke !== "none" && width > 0 && Number(strokeOpacity) > 0 && !one.closest("defs, clipPath");
    return seen ? [width] : [];
  });
  return widths.length ? Math.min(...widths) : Infinity;
}

// Texts that share more than a touch with another; from the left, each with those that have not ended.
function overlaps(texts) {
  const rows = [...texts].sort((one, other) => one.left - other.left), found = new Set(), open = [];
  for (const text of rows) {
    for (let i = open.length - 1; i >= 0; i -= 1) if (open[i].right <= text.left + TOUCH) open.splice(i, 1);
    const high = (one) => Math.min(one.bottom, text.bottom) - Math.max(one.top, text.top);
    const room = (one) => Math.min(one.bottom - one.top, text.bottom - text.top) * 0.3;
    for (const one of open) if (high(one) > room(one)) found.add(`${one.words} / ${text.words}`);
    open.push(text);
  }
  return [...found];
}

// Two pens with the same strokes: one for the screen (canvas), one for a download (SVG).

let family = ""; // while something is drawn: of a figure for print, or the page's, which is asked for once
export const fontFamily = () => family || getComputedStyle(document.body).fontFamily;
/** Does something with texts in another font than the page's.
 * @template T @param {string} name @param {() => T} act @returns {T} */
export function inFont(name, act) {
  const before = family;
  family = name;
  try {
    return act();
  } finally {
    family = before;
  }
}

// What XML cannot hold, and what turns the order in which all that follows is read.
const NO_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|[\u202a-\u202e\u2066-\u2069]/gu;
/** Markup without such signs: one, in the name of a patient, and no program opens the drawing, or reads it as meant.
 * @param {string} markup */
export const asXml = (markup) => markup.replace(NO_XML, "");

/** A text for markup. */
export const escaped = (text) => asXml(String(text)).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const short = (value) => Math.round(value * 100) / 100;

// Paths of the marks as plotly draws them, each of numbers in shares of a radius.
const ROOT = Math.sqrt(3), DIAGONAL = Math.SQRT1_2, WIDE = 2 / ROOT, FIFTH = Math.PI / 5;
const ARMS = [[0, 0.8], [0.8, 1.6], [1.6, 0.8]].map(([x, y]) => [x * DIAGONAL, y * DIAGONAL]);
const corners = (...points) => (r) => `M${points.map(([x, y]) => `${short(x * r)},${short(y * r)}`).join("L")}Z`;
/** @param {number[]} point */
const turns = ([x, y]) => [[x, y], [-y, x], [-x, -y], [y, -x]];
const star = Array.from({ length: 10 }, (_, i) => {
  const far = i % 2 ? 0.535 : 1.4;
  return [far * Math.sin(i * FIFTH), -far * Math.cos(i * FIFTH)];
});
const ring = (r) => `M${r},0A${r},${r} 0 1,1 0,${-r}A${r},${r} 0 0,1 ${r},0Z`;
const cross = (r) => `M${r},${r}L${-r},${-r}M${r},${-r}L${-r},${r}`;
const hollowSides = (...points) => (far) => (r) => { // corners between which the sides are bent inwards
  const bent = `A${short(far * r)},${short(far * r)} 0 0 1 `, at = ([x, y]) => `${short(x * r)},${short(y * r)}`;
  return `M${[...points, points[0]].map(at).join(bent)}Z`;
};
const SYMBOLS = {
  circle: (r) => ring(short(r)), "circle-x": (r) => cross(short(r * DIAGONAL)) + ring(short(r)),
  square: corners(...turns([1, 1])), diamond: corners(...turns([1.3, 0])),
  x: corners(...[0, 3, 2, 1].flatMap((turn) => ARMS.map((point) => turns(point)[turn]))),
  "triangle-up": corners([-WIDE, 0.5], [WIDE, 0.5], [0, -1]),
  "triangle-down": corners([-WIDE, -0.5], [WIDE, -0.5], [0, 1]),
  "triangle-right": corners([-0.5, -WIDE], [-0.5, WIDE], [1, 0]), star: corners(...star),
  "star-triangle-up": hollowSides([-0.8 * ROOT, 0.8], [0.8 * ROOT, 0.8], [0, -1.6])(4),
  "star-diamond": hollowSides([-1.4, 0], [0, 1.4], [1.4, 0], [0, -1.4])(1.9),
  "x-thin": (r) => cross(short(r)), "line-ns": (r) => `M0,${short(1.4 * r)}V${short(-1.4 * r)}`,
};

const OPEN = { "circle-x": 1.35, "x-thin": 1.6 }; // larger, so that what is inside can be told
/** The radius of a mark that is as large to the eye as a circle of this one. */
export const alike = (shape, radius) => radius * (OPEN[shape] ?? 1);

// The path of a mark around 0,0, of a radius in px: half of the size that plotly is told.
const symbolOf = (shape, radius) => (SYMBOLS[shape] || SYMBOLS.circle)(radius);

const outlines = new Map(); // the same for a canvas
function outline(shape, radius) {
  if (!outlines.has(shape)) outlines.set(shape, new Map());
  const own = outlines.get(shape);
  if (!own.has(radius)) own.set(radius, new Path2D(symbolOf(shape, radius)));
  return own.get(radius);
}

const SHARP = 2; // how far a corner may reach, in widths of its stroke, before it is cut off, as plotly's are

// Pixels of the screen in one of the page's, which is drawn larger to be presented.
function pixels() {
  const { dataset, style } = document.body, scale = dataset.mode === "present" && style.getPropertyValue("--scale");
  return (window.devicePixelRatio || 1) * (Number(scale) || 1);
}

/** Strokes on a canvas, which it empties and fits to a size and to the screen. */
export class CanvasPen {
  constructor(canvas, width, height) {
    const ratio = pixels(), [wide, high] = [width, height].map((px) => Math.round(px * ratio));
    if (canvas.width !== wide || canvas.height !== high) {
      Object.assign(canvas, { width: wide, height: high });
      Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    this.c = canvas.getContext("2d");
    this.c.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.c.clearRect(0, 0, width, height);
  }

  clip(x, y, w, h) {
    this.c.save();
    this.c.beginPath();
    this.c.rect(x, y, w, h);
    this.c.clip();
  }

  unclip() {
    this.c.restore();
  }

  dim(area, holes, fillStyle, globalAlpha) {
    Object.assign(this.c, { fillStyle, globalAlpha });
    this.c.beginPath();
    for (const [x, y, w, h] of [area, ...holes]) this.c.rect(x, y, w, h);
    this.c.fill("evenodd");
  }

  path(points) {
    points.forEach(([x, y], i) => (i ? this.c.lineTo(x, y) : this.c.moveTo(x, y)));
  }

  line(points, strokeStyle, lineWidth, globalAlpha = 1, dash = []) {
    this.strokes([points], strokeStyle, lineWidth, globalAlpha, dash);
  }

  strokes(runs, strokeStyle, lineWidth, globalAlpha = 1, dash = []) {
    Object.assign(this.c, { strokeStyle, lineWidth, globalAlpha, miterLimit: SHARP });
    this.c.setLineDash(dash);
    this.c.beginPath();
    for (const points of runs) this.path(points);
    this.c.stroke();
    this.c.setLineDash([]);
  }

  mark(x, y, shape, radius, fillStyle, strokeStyle, lineWidth, globalAlpha = 1) {
    const path = outline(shape, radius), { c } = this;
    Object.assign(c, { globalAlpha, fillStyle, strokeStyle, lineWidth, miterLimit: SHARP });
    c.translate(x, y);
    if (fillStyle) c.fill(path);
    if (strokeStyle) c.stroke(path);
    c.translate(-x, -y);
  }

  area(points, fillStyle) {
    Object.assign(this.c, { fillStyle, globalAlpha: 1 });
    this.c.beginPath();
    this.path(points);
    this.c.fill();
  }

  box(x, y, w, h, fillStyle, strokeStyle, lineWidth, globalAlpha = 1) {
    Object.assign(this.c, { globalAlpha, fillStyle, strokeStyle, lineWidth });
    if (fillStyle) this.c.fillRect(x, y, w, h);
    if (strokeStyle) this.c.strokeRect(x, y, w, h);
  }

  text(x, y, words, fillStyle, size = 11, textAlign = "left", bold = false) {
    const font = `${bold ? "600 " : ""}${size}px ${fontFamily()}`;
    Object.assign(this.c, { font, fillStyle, textAlign, textBaseline: "middle", globalAlpha: 1 });
    this.c.fillText(words, x, y);
  }

  width(words, size = 11) {
    this.c.font = `600 ${size}px ${fontFamily()}`;
    return this.c.measureText(words).width;
  }
}

const KEPT = new Set(["fill", "stroke"]);
let clips = 0;

// What an element says of itself: numbers are shortened, what is null is left out.
function said(attributes) {
  const shown = Object.entries(attributes).filter(([key, value]) => value !== null || KEPT.has(key));
  return shown.map(([key, value]) => [key, typeof value === "number" ? short(value) : value ?? "none"]);
}

function tag(name, attributes, inside = "") {
  const words = said(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${words.join("")}>${inside}</${name}>`;
}

export const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing on the page. */
export function drawing(name, attributes, ...inside) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of said(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

const RGBA = /^rgba\((.*),([^,]*)\)$/;
// A colour as SVG has it: programs that read drawings know none with an opacity.
function ink(name, color, opacity = 1) {
  const [, rgb, own] = RGBA.exec(color) || [], seen = Number(own ?? 1) * opacity;
  return { [name]: rgb ? `rgb(${rgb})` : color || null, [`${name}-opacity`]: seen === 1 ? null : seen };
}

/** A path through points, as SVG has it. */
export const pathOf = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${short(x)} ${short(y)}`).join("");

/** Strokes as SVG: `String(pen)` is the markup. */
export class SvgPen {
  parts = [];

  add(name, attributes, inside) {
    this.parts.push(tag(name, attributes, inside));
  }

  clip(x, y, width, height) {
    const id = `rc${(clips += 1)}`;
    this.add("clipPath", { id }, tag("rect", { x, y, width, height }));
    this.parts.push(`<g clip-path="url(#${id})" stroke-miterlimit="${SHARP}">`);
  }

  unclip() {
    this.parts.push("</g>");
  }

  dim(area, holes, fill, opacity) {
    const box = ([x, y, w, h]) => `${pathOf([[x, y]])}h${short(w)}v${short(h)}h${short(-w)}z`;
    this.add("path", { d: [area, ...holes].map(box).join(""), "fill-rule": "evenodd", fill, "fill-opacity": opacity });
  }

  line(points, stroke, width, opacity = 1, dash = []) {
    this.strokes([points], stroke, width, opacity, dash);
  }

  strokes(runs, stroke, width, opacity = 1, dash = []) {
    const look = { fill: null, ...ink("stroke", stroke, opacity), "stroke-width": width };
    this.add("path", { d: runs.map(pathOf).join(""), ...look, "stroke-dasharray": dash.join(" ") || null });
  }

  mark(x, y, shape, radius, fill, stroke, width = 0, opacity = 1) {
    const edge = stroke ? { ...ink("stroke", stroke), "stroke-width": width } : {};
    const look = { ...ink("fill", fill), ...edge, opacity: opacity === 1 ? null : opacity };
    this.add("path", { d: symbolOf(shape, radius), ...look, transform: `translate(${short(x)} ${short(y)})` });
  }

  area(points, fill) {
    this.add("path", { d: `${pathOf(points)}z`, ...ink("fill", fill) });
  }

  box(x, y, width, height, fill, stroke, thick = 0, opacity = 1) {
    this.add("rect", { x, y, width, height, fill, stroke, "stroke-width": thick, opacity });
  }

  text(x, y, words, fill, size = 11, align = "left", bold = false) {
    const anchor = { left: "start", right: "end", center: "middle" }[align];
    const font = { "font-family": fontFamily(), "font-size": size, "font-weight": bold ? 600 : 400 };
    const place = { x, y, "dominant-baseline": "central", "text-anchor": anchor };
    this.add("text", { ...place, ...font, fill }, escaped(words));
  }

  toString() {
    return this.parts.join("");
  }
}

/** The same strokes as elements of the page: what `parts` has. */
export class PagePen extends SvgPen {
  add(name, attributes) {
    (this.open || this.parts).push(drawing(name, attributes));
  }

  clip(x, y, width, height) {
    const id = `rc${(clips += 1)}`;
    this.parts.push(drawing("clipPath", { id }, drawing("rect", { x, y, width, height })));
    this.open = [];
    this.around = { "clip-path": `url(#${id})`, "stroke-miterlimit": SHARP };
  }

  unclip() {
    this.parts.push(drawing("g", this.around, ...this.open));
    this.open = null;
  }
}

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

// Corners around a middle, the first on top.
const corners = (count, radius) => Array.from({ length: count }, (_, i) => {
  const angle = (2 * Math.PI * i) / count - Math.PI / 2;
  return [radius(i) * Math.cos(angle), radius(i) * Math.sin(angle)];
});
const TURNS = [([x, y]) => [x, y], ([x, y]) => [-y, x], ([x, y]) => [-x, -y], ([x, y]) => [y, -x]];
const turned = (quarter) => TURNS.flatMap((turn) => quarter.map(turn));
const cross = (a) => [[-a, -a], [a, a], [0, 0], [a, -a], [-a, a], [0, 0]];
const wedge = [[0.75, 1], [-1, 0], [0.75, -1]];

// The outline of each mark: corners of a polygon for a radius of 1; of those with a ring, its radius.
const POLYGONS = {
  square: turned([[0.88, 0.88]]), diamond: turned([[1.25, 0]]), x: turned([[0.57, 0], [1.13, 0.57], [0.57, 1.13]]),
  "triangle-down": wedge.map(([x, y]) => [y, -x]), "triangle-up": wedge.map(([x, y]) => [y, x]),
  "triangle-right": wedge.map(([x, y]) => [-x, y]), "star-diamond": turned([[1.4, 0], [0.5, 0.5]]),
  star: corners(10, (i) => (i % 2 ? 0.6 : 1.55)), "star-triangle-up": corners(6, (i) => (i % 2 ? 0.55 : 1.6)),
  "circle-x": cross(0.9), "x-thin": cross(1.6), "line-ns": [[-0.5, -1], [0.5, -1], [0.5, 1], [-0.5, 1]],
};
const RINGS = { "circle-x": 1.35, circle: 1 };

function outline(shape, radius) {
  const polygon = POLYGONS[shape], ring = RINGS[polygon ? shape : "circle"];
  return { ring: ring && ring * radius, polygon: polygon?.map(([x, y]) => [x * radius, y * radius]) };
}

/** Strokes on a canvas, which it empties and fits to a size and to the screen. */
export class CanvasPen {
  constructor(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1, [wide, high] = [width, height].map((px) => Math.round(px * ratio));
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
    Object.assign(this.c, { strokeStyle, lineWidth, globalAlpha });
    this.c.setLineDash(dash);
    this.c.beginPath();
    this.path(points);
    this.c.stroke();
    this.c.setLineDash([]);
  }

  mark(x, y, shape, radius, fillStyle, strokeStyle, lineWidth, globalAlpha = 1) {
    const { ring, polygon } = outline(shape, radius), { c } = this;
    Object.assign(c, { globalAlpha, fillStyle, strokeStyle, lineWidth });
    c.translate(x, y);
    c.beginPath();
    if (ring) c.arc(0, 0, ring, 0, 7);
    if (polygon) this.path(polygon);
    c.closePath();
    if (fillStyle) c.fill();
    if (strokeStyle) c.stroke();
    c.translate(-x, -y);
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

const short = (value) => Math.round(value * 100) / 100;
const KEPT = new Set(["fill", "stroke", "opacity"]);
let clips = 0;

// A tag of markup; numbers are shortened, what is null is left out.
function tag(name, attributes, inside = "") {
  const shown = Object.entries(attributes).filter(([key, value]) => value !== null || KEPT.has(key));
  const text = (value) => (typeof value === "number" ? short(value) : escaped(value ?? "none"));
  const said = shown.map(([key, value]) => ` ${key}="${text(value)}"`);
  return `<${name}${said.join("")}>${inside}</${name}>`;
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
    this.parts.push(`<g clip-path="url(#${id})">`);
  }

  unclip() {
    this.parts.push("</g>");
  }

  dim(area, holes, fill, opacity) {
    const box = ([x, y, w, h]) => `${pathOf([[x, y]])}h${short(w)}v${short(h)}h${short(-w)}z`;
    this.add("path", { d: [area, ...holes].map(box).join(""), "fill-rule": "evenodd", fill, "fill-opacity": opacity });
  }

  line(points, stroke, width, opacity = 1, dash = []) {
    const look = { fill: null, stroke, "stroke-width": width, "stroke-opacity": opacity };
    this.add("path", { d: pathOf(points), ...look, "stroke-dasharray": dash.join(" ") });
  }

  mark(x, y, shape, radius, fill, stroke, width = 0, opacity = 1) {
    const { ring, polygon } = outline(shape, radius);
    const look = { fill, stroke, "stroke-width": width, opacity, transform: `translate(${short(x)} ${short(y)})` };
    if (ring) this.add("circle", { r: ring, ...look });
    if (polygon) this.add("path", { d: `${pathOf(polygon)}z`, ...look });
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

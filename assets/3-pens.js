// Two pens with the same strokes: one for the screen (canvas), one for a download (SVG).
(function (R) {
  // Corners around a middle, the first on top.
  const points = (count, radius) => Array.from({ length: count }, (_, i) => {
    const angle = (2 * Math.PI * i) / count - Math.PI / 2;
    return [radius(i) * Math.cos(angle), radius(i) * Math.sin(angle)];
  });

  const outline = {
    circle: (p, r) => p.arc(0, 0, r),
    square: (p, r) => p.poly([[-r, -r], [r, -r], [r, r], [-r, r]].map(([a, b]) => [a * 0.88, b * 0.88])),
    diamond: (p, r) => p.poly([[0, -r * 1.25], [r * 1.25, 0], [0, r * 1.25], [-r * 1.25, 0]]),
    "triangle-down": (p, r) => p.poly([[-r, -r * 0.75], [r, -r * 0.75], [0, r]]),
    "triangle-up": (p, r) => p.poly([[-r, r * 0.75], [r, r * 0.75], [0, -r]]),
    "triangle-right": (p, r) => p.poly([[-r * 0.75, -r], [r, 0], [-r * 0.75, r]]),
    star: (p, r) => p.poly(points(10, (i) => (i % 2 ? 0.6 : 1.55) * r)),
    "star-triangle-up": (p, r) => p.poly(points(6, (i) => (i % 2 ? 0.55 : 1.6) * r)),
    "circle-x": (p, r) => {
      p.arc(0, 0, r * 1.35);
      p.poly([[-0.9, -0.9], [0.9, 0.9], [0, 0], [0.9, -0.9], [-0.9, 0.9], [0, 0]].map(([a, b]) => [a * r, b * r]));
    },
    x: (p, r) => p.poly([[0, 0.57], [0.57, 1.13], [1.13, 0.57], [0.57, 0], [1.13, -0.57], [0.57, -1.13], [0, -0.57], [-0.57, -1.13], [-1.13, -0.57], [-0.57, 0], [-1.13, 0.57], [-0.57, 1.13]].map(([a, b]) => [a * r, b * r])),
    "x-thin": (p, r) => p.poly([[-1.6, -1.6], [1.6, 1.6], [0, 0], [1.6, -1.6], [-1.6, 1.6], [0, 0]].map(([a, b]) => [a * r, b * r])),
    "star-diamond": (p, r) => p.poly([[0, -1.4], [0.5, -0.5], [1.4, 0], [0.5, 0.5], [0, 1.4], [-0.5, 0.5], [-1.4, 0], [-0.5, -0.5]].map(([a, b]) => [a * r, b * r])),
    "line-ns": (p, r) => p.poly([[-0.5, -r], [0.5, -r], [0.5, r], [-0.5, r]]),
  };

  const STRIPE = 6; // between two lines of a hatch, px, as plotly's pattern has it

  // What both pens do alike, with their own strokes.
  class Pen {
    hatch(x, y, w, h, color, solidity) {
      this.clip(x, y, w, h);
      for (let left = x - h; left < x + w; left += STRIPE) this.line([[left, y + h], [left + h, y]], color, solidity * STRIPE);
      this.unclip();
    }
  }

  class CanvasPen extends Pen {
    constructor(canvas, width, height) {
      super();
      const ratio = window.devicePixelRatio || 1;
      if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
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

    veil(area, holes, color, opacity) {
      this.c.globalAlpha = opacity;
      this.c.fillStyle = color;
      this.c.beginPath();
      for (const [x, y, w, h] of [area, ...holes]) this.c.rect(x, y, w, h);
      this.c.fill("evenodd");
      this.c.globalAlpha = 1;
    }

    line(points, color, width, opacity = 1, dash = []) {
      this.c.globalAlpha = opacity;
      this.c.strokeStyle = color;
      this.c.lineWidth = width;
      this.c.setLineDash(dash);
      this.c.beginPath();
      points.forEach(([x, y], i) => (i ? this.c.lineTo(x, y) : this.c.moveTo(x, y)));
      this.c.stroke();
      this.c.setLineDash([]);
      this.c.globalAlpha = 1;
    }

    mark(x, y, shape, r, fill, stroke, width, opacity = 1) {
      const c = this.c;
      c.globalAlpha = opacity;
      c.translate(x, y);
      c.beginPath();
      (outline[shape] || outline.circle)(
        { arc: (a, b, radius) => c.arc(a, b, radius, 0, 7), poly: (ps) => ps.forEach(([a, b], i) => (i ? c.lineTo(a, b) : c.moveTo(a, b))) },
        r,
      );
      c.closePath();
      if (fill) (c.fillStyle = fill), c.fill();
      if (stroke) (c.strokeStyle = stroke), (c.lineWidth = width), c.stroke();
      c.translate(-x, -y);
      c.globalAlpha = 1;
    }

    box(x, y, w, h, fill, stroke, width, opacity = 1) {
      this.c.globalAlpha = opacity;
      if (fill) (this.c.fillStyle = fill), this.c.fillRect(x, y, w, h);
      if (stroke) (this.c.strokeStyle = stroke), (this.c.lineWidth = width), this.c.strokeRect(x, y, w, h);
      this.c.globalAlpha = 1;
    }

    text(x, y, words, color, size = 11, align = "left", bold = false, halo = null) {
      this.c.font = `${bold ? "600 " : ""}${size}px ${R.font()}`;
      this.c.fillStyle = color;
      this.c.textAlign = align;
      this.c.textBaseline = "middle";
      if (halo) Object.assign(this.c, { strokeStyle: halo, lineWidth: 3, lineJoin: "round" }), this.c.strokeText(words, x, y);
      this.c.fillText(words, x, y);
    }

    width(words, size = 11) {
      this.c.font = `600 ${size}px ${R.font()}`;
      return this.c.measureText(words).width;
    }
  }

  const safe = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  const at = (n) => Math.round(n * 100) / 100;
  let clips = 0;

  class SvgPen extends Pen {
    constructor() {
      super();
      this.parts = [];
    }

    clip(x, y, w, h) {
      clips += 1;
      this.parts.push(`<clipPath id="rc${clips}"><rect x="${at(x)}" y="${at(y)}" width="${at(w)}" height="${at(h)}"/></clipPath><g clip-path="url(#rc${clips})">`);
    }

    unclip() {
      this.parts.push("</g>");
    }

    veil(area, holes, color, opacity) {
      const path = [area, ...holes].map(([x, y, w, h]) => `M${at(x)} ${at(y)}h${at(w)}v${at(h)}h${at(-w)}z`).join("");
      this.parts.push(`<path d="${path}" fill-rule="evenodd" fill="${color}" fill-opacity="${opacity}"/>`);
    }

    line(points, color, width, opacity = 1, dash = []) {
      const path = points.map(([x, y], i) => `${i ? "L" : "M"}${at(x)} ${at(y)}`).join("");
      this.parts.push(`<path d="${path}" fill="none" stroke="${color}" stroke-width="${width}" stroke-opacity="${opacity}" stroke-dasharray="${dash.join(" ")}"/>`);
    }

    mark(x, y, shape, r, fill, stroke, width, opacity = 1) {
      const look = `fill="${fill || "none"}" stroke="${stroke || "none"}" stroke-width="${width || 0}" opacity="${opacity}" transform="translate(${at(x)} ${at(y)})"`;
      (outline[shape] || outline.circle)(
        { arc: (a, b, radius) => this.parts.push(`<circle r="${at(radius)}" ${look}/>`), poly: (ps) => this.parts.push(`<polygon points="${ps.map((p) => p.map(at).join(",")).join(" ")}" ${look}/>`) },
        r,
      );
    }

    box(x, y, w, h, fill, stroke, width, opacity = 1) {
      this.parts.push(`<rect x="${at(x)}" y="${at(y)}" width="${at(w)}" height="${at(h)}" fill="${fill || "none"}" stroke="${stroke || "none"}" stroke-width="${width || 0}" opacity="${opacity}"/>`);
    }

    text(x, y, words, color, size = 11, align = "left", bold = false, halo = null) {
      const anchor = { left: "start", right: "end", center: "middle" }[align];
      this.parts.push(`<text x="${at(x)}" y="${at(y)}" dominant-baseline="central" text-anchor="${anchor}" font-family="${safe(R.font())}" font-size="${size}" font-weight="${bold ? 600 : 400}" fill="${color}"${halo ? ` stroke="${halo}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"` : ""}>${safe(words)}</text>`);
    }

    toString() {
      return this.parts.join("");
    }
  }

  R.font = () => getComputedStyle(document.body).fontFamily;
  R.CanvasPen = CanvasPen;
  R.SvgPen = SvgPen;
  R.safe = safe;
})(window.reprise);

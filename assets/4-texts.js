// Texts that move with a zoom: names at the ends of lines, the rail's signs and numbers, drugs in their bars, flags.
// Python sends them in units and values (`meta.texts`); here they are placed, kept apart, and drawn in one SVG layer
// over the chart, again after every zoom.
(function (R) {
  const SVG = "http://www.w3.org/2000/svg";
  const SMALL = 11, NAME = 13, ROW = 15, TIGHT = 13, FAR = 160, LETTERS = 14, MOST = 12, DIM = 0.45;

  // ---- one dimension

  // Middles as near to `wanted` as can be (least squares) of things of these sizes that do not overlap between low and
  // high: pool adjacent violators over what is left of each place when those before it are taken away.
  R.spread = function (wanted, sizes, low = -Infinity, high = Infinity) {
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
    const before = order.map(() => 0), blocks = [], placed = [];
    for (let k = 1; k < order.length; k += 1) before[k] = before[k - 1] + (sizes[order[k - 1]] + sizes[order[k]]) / 2;
    order.forEach((i, k) => pooled(blocks, { mean: wanted[i] - before[k], n: 1 }));
    const flat = blocks.flatMap(({ mean, n }) => Array(n).fill(mean)), last = order.length - 1;
    const floor = low + sizes[order[0]] / 2, roof = high - sizes[order[last]] / 2 - before[last];
    order.forEach((i, k) => (placed[i] = Math.max(floor, Math.min(roof, flat[k])) + before[k]));
    return placed;
  };

  function pooled(blocks, block) {
    const last = blocks[blocks.length - 1];
    if (!last || last.mean <= block.mean) return blocks.push(block);
    blocks.pop();
    const n = last.n + block.n;
    return pooled(blocks, { mean: (last.mean * last.n + block.mean * block.n) / n, n });
  }

  // ---- what texts need to know

  const widths = new Map();
  const measure = document.createElement("canvas").getContext("2d");

  function widthOf(text, size = SMALL, bold = false) {
    const font = `${bold ? 700 : 400} ${size}px ${R.font()}`, key = `${font}|${text}`;
    if (widths.size > 5000) widths.clear();
    if (!widths.has(key)) (measure.font = font), widths.set(key, measure.measureText(text).width);
    return widths.get(key);
  }

  const cut = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

  function fitted(text, room, bold) {
    let shown = text;
    while (shown.length > 2 && widthOf(shown, SMALL, bold) > room) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
    return shown;
  }

  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const boxOf = ({ x, y, width, anchor, size }) => {
    const left = x - width * { start: 0, middle: 0.5, end: 1 }[anchor];
    return [left, y - size * 0.6, left + width, y + size * 0.6];
  };
  const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

  const textOf = (text, x, y, color, more = {}) => {
    const made = { text, x, y, color, size: SMALL, bold: false, anchor: "middle", ...more };
    return { ...made, width: widthOf(text, made.size, made.bold) };
  };

  // Everything that places a text of a view: its axes, who is lit, and the boxes that are taken.
  function sheetOf(view) {
    const at = R.place(view), full = view.gd._fullLayout, [left, top, width, height] = at.area;
    const axis = (name) => full[name.replace("y", "yaxis")];
    const edges = { left, top, right: left + width, bottom: top + height, wide: full.width };
    return { view, at, axis, lit: R.lit(), taken: [], ...edges };
  }

  const seen = (sheet, x) => x >= sheet.left - 1 && x <= sheet.right + 1;

  // The marks that stand alone on an axis; those of a crowd leave no place free, and are no obstacle.
  function marksOn(sheet, yaxis) {
    const own = sheet.view.sets.filter((set) => set.yaxis === yaxis && set.markers && !set.crowd && !set.count);
    const drawn = (set) => [...set.of.values()].flat().filter((i) => known(set.y[i]));
    const place = (set) => (i) => [sheet.at.x(set.x[i]), sheet.at.y(set.y[i], yaxis)];
    const places = own.flatMap((set) => drawn(set).map(place(set))).slice(0, 3000);
    return places.map(([x, y]) => [x - 7, y - 7, x + 7, y + 7]);
  }

  // The first of some places of a text that meets nothing; undefined where each does.
  const free = (sheet, places) => places.find((text) => sheet.taken.every((box) => !meet(boxOf(text), box)));

  // ---- names at the ends of lines

  function names(sheet, block) {
    sheet.taken.push(...marksOn(sheet, block.yaxis));
    const ends = named(sheet, block).map((one) => ({ ...one, ...endOf(sheet, block, one) })).filter(({ end }) => end);
    const near = ({ end }) => sheet.right - end[0] <= FAR;
    const early = ends.filter((one) => !near(one)).map((one) => [one, beside(sheet, one)]);
    const crowded = early.filter(([, text]) => !text).map(([one]) => one);
    const alone = early.map(([, text]) => text).filter(Boolean);
    return [...alone, ...columned(sheet, block, [...ends.filter(near), ...crowded])];
  }

  // Whose names are drawn: those of the block, and of those who are lit as many as find room.
  function named(sheet, block) {
    const kind = block.of === "groups" ? "group" : "of";
    const always = Object.entries(block.names).map(([key, ink]) => ({ [kind]: key, ink }));
    const there = new Set(block.of === "patients" ? Object.keys(block.names) : []);
    const lit = [...sheet.lit.ids].filter((id) => !there.has(id)).slice(0, MOST + 1);
    return lit.length > MOST ? always : [...always, ...lit.map((id) => ({ of: id }))];
  }

  // Where a line ends that is in sight, and the colour of its name.
  function endOf(sheet, block, one) {
    if (one.group !== undefined) {
      const own = ({ meta, yaxis }) => meta.group === one.group && (yaxis || "y") === block.yaxis;
      const trace = (sheet.view.groups || []).find(own);
      const all = trace && Array.from(trace.x, (_, i) => i);
      return trace && { end: lastOf(sheet, block.yaxis, trace.x, trace.y, all) };
    }
    const set = R.setsOf(sheet.view, one.of).find((own) => own.lines && !own.rule && own.yaxis === block.yaxis);
    if (!set) return null;
    const positions = set.of.get(one.of), color = set.color(one.of, positions[0]);
    return { end: lastOf(sheet, block.yaxis, set.x, set.y, positions), ink: one.ink || block.inks[hex(color)] || color };
  }

  function lastOf(sheet, yaxis, xs, ys, positions) {
    for (let k = positions.length - 1; k >= 0; k -= 1) {
      const i = positions[k], x = sheet.at.x(xs[i]);
      if (known(ys[i]) && seen(sheet, x)) return [x, sheet.at.y(ys[i], yaxis)];
    }
    return null;
  }

  function hex(color) {
    const parts = /rgba?\((\d+),\s*(\d+),\s*(\d+)/.exec(color);
    const two = (part) => Number(part).toString(16).padStart(2, "0");
    return parts ? `#${parts.slice(1, 4).map(two).join("")}` : color;
  }

  const nameOf = (one, x, y, anchor) => {
    const key = one.of === undefined ? one.group : one.of;
    const look = { size: NAME, bold: true, anchor, kind: "name", of: one.of, group: one.group };
    return textOf(cut(key, LETTERS), x, y, one.ink, look);
  };

  // Beside the last mark of a line that ends early, wherever that covers nothing.
  function beside(sheet, one) {
    const [x, y] = one.end, places = [0, -11, 11, -17, 17, -24, 24, -32, 32].flatMap((dy) => [
      nameOf(one, x + 9, y + dy, "start"), nameOf(one, x - 9, y + dy, "end"),
    ]);
    const found = free(sheet, places.filter((text) => inside(sheet, text)));
    if (found) sheet.taken.push(boxOf(found));
    return found;
  }

  const inside = (sheet, text) => {
    const [left, top, right, bottom] = boxOf(text);
    return left >= sheet.left && right <= sheet.wide && top >= sheet.top - 6 && bottom <= sheet.bottom;
  };

  // At the right of the plot, each as near to its line's end as the others let it, with a leader.
  function columned(sheet, block, ends) {
    const axis = sheet.axis(block.yaxis), low = axis._offset - 8, high = axis._offset + axis._length + 8;
    const words = `${block.count.toLocaleString("en")} patients`;
    const count = block.count ? [{ words, end: [sheet.right, low] }] : [];
    const room = Math.max(0, Math.floor((high - low) / TIGHT) - count.length);
    const kept = [...count, ...ends.slice(0, room)];
    if (!kept.length) return [];
    const pitch = Math.min(ROW, (high - low) / kept.length);
    const ys = R.spread(kept.map(({ end }) => end[1]), kept.map(() => pitch), low, high);
    return kept.map((one, i) => {
      if (one.words) return textOf(one.words, sheet.right + 8, ys[i], block.muted, { anchor: "start", kind: "count" });
      const leader = [[one.end[0] + 7, one.end[1]], [sheet.right + 12, ys[i]]];
      return { ...nameOf(one, sheet.right + 15, ys[i], "start"), ...(leader[0][0] < leader[1][0] ? { leader } : {}) };
    });
  }

  // ---- the rail, its numbers and its margins

  function byRow(block, positions) {
    const rows = new Map();
    for (const i of positions) rows.set(block.y[i], [...(rows.get(block.y[i]) || []), i]);
    return [...rows.values()];
  }

  const shownOf = (sheet, block) => block.x.map((_, i) => i).filter((i) => seen(sheet, sheet.at.x(block.x[i])));

  // Positions of a row and where their texts stand, of as many as find room between low and high.
  function fitting(sheet, block, row, { bold, gap, low, high }) {
    const sizes = row.map((i) => widthOf(block.text[i], SMALL, bold) + gap);
    let kept = row.length, wide = sizes.reduce((sum, size) => sum + size, 0);
    while (kept && wide > high - low) wide -= sizes[(kept -= 1)];
    const own = row.slice(0, kept), wanted = own.map((i) => sheet.at.x(block.x[i]));
    const xs = kept ? R.spread(wanted, sizes.slice(0, kept), low, high) : [];
    return own.map((i, k) => [i, xs[k]]);
  }

  function rail(sheet, block) {
    const how = { bold: true, gap: 6, low: sheet.left, high: sheet.wide - 2 };
    const placed = byRow(block, shownOf(sheet, block)).flatMap((row) => fitting(sheet, block, row, how));
    return placed.map(([i, x]) => {
      const y = sheet.at.y(block.y[i], block.yaxis);
      return textOf(block.text[i], x, y, block.color[i], { bold: true, kind: "rail", of: block.of[i] });
    });
  }

  // Numbers stand at their places; one without room is left out.
  function counts(sheet, block) {
    const place = (i) => [sheet.at.x(block.x[i]), sheet.at.y(block.y[i], block.yaxis)];
    return byRow(block, shownOf(sheet, block)).flatMap((row) => {
      const texts = row.map((i) => textOf(block.text[i], ...place(i), block.color[i], { kind: "counts" }));
      const kept = [];
      for (const text of texts.sort((a, b) => a.x - b.x)) {
        const last = kept[kept.length - 1], edge = last ? last.x + last.width / 2 + 4 : -Infinity;
        if (text.x - text.width / 2 >= edge) kept.push(text);
      }
      return kept;
    });
  }

  const SIDES = {
    left: (sheet, room) => [6, "start", room],
    row: (sheet, room) => [sheet.left - 6, "end", sheet.left - room - 18],
    right: (sheet) => [sheet.right + 8, "start", sheet.wide - sheet.right - 8],
  };

  function margin(sheet, block) {
    const keys = block.items.filter(({ side }) => side === "left").map(({ text }) => widthOf(text));
    const room = Math.min(Math.max(0, ...keys), sheet.left * (keys.length === block.items.length ? 1 : 0.56));
    return block.items.map(({ side, y, text, color, of, key }) => {
      const [x, anchor, wide] = SIDES[side](sheet, room), bold = side === "row";
      const place = [x, sheet.at.y(y, block.yaxis)];
      return textOf(fitted(text, wide + 0.5, bold), ...place, color, { anchor, bold, kind: "margin", of, key });
    });
  }

  // ---- flags, drugs and targets

  function flags(sheet, block) {
    const how = { bold: false, gap: 8, low: sheet.left, high: sheet.right };
    const placed = fitting(sheet, block, shownOf(sheet, block), how);
    return placed.map(([i, x]) => textOf(block.text[i], x, sheet.top - 9, block.color, { kind: "flag" }));
  }

  // A drug's name in its bar, where it fits clear of what stands on the lane.
  function drugs(sheet, block) {
    return block.x0.flatMap((_, i) => {
      const y = sheet.at.y(block.y[i], block.yaxis);
      const high = Math.abs(sheet.at.y(block.y[i] + block.height[i], block.yaxis) - y);
      const text = textOf(block.text[i], 0, y, block.color, { anchor: "start", kind: "drug", of: block.of[i] });
      const ends = [Math.max(sheet.at.x(block.x0[i]), sheet.left), Math.min(sheet.at.x(block.x1[i]), sheet.right)];
      const found = stretches(sheet, block, i, ends).find(([from, to]) => to - from > text.width + 8);
      return found && high > SMALL ? [{ ...text, x: found[0] + 4 }] : [];
    });
  }

  function stretches(sheet, block, i, [from, to]) {
    const here = block.clear.filter(([, lane]) => Math.round(lane) === Math.round(block.y[i]));
    const marks = here.map(([x]) => sheet.at.x(x)).filter((x) => x > from - 9 && x < to + 9);
    const edges = marks.sort((a, b) => a - b).flatMap((x) => [x - 9, x + 9]);
    const ends = [from, ...edges, to];
    return ends.flatMap((end, k) => (k % 2 ? [] : [[end, ends[k + 1]]]));
  }

  // Targets are drawn while somebody is lit or the rules are open.
  function levels(sheet, block) {
    if (!sheet.lit.any && !R.rulesShown()) return [];
    const axis = sheet.axis(block.yaxis), shown = block.y.map((y, i) => [sheet.at.y(y, block.yaxis), block.text[i]]);
    const within = shown.filter(([y]) => y >= axis._offset && y <= axis._offset + axis._length);
    return within.flatMap(([y, words]) => level(sheet, block.color, y, words));
  }

  // A target's line, named wherever along it there is room.
  function level(sheet, color, y, words) {
    const rule = { rule: [[sheet.left, y], [sheet.right, y]], color };
    const xs = Array.from({ length: Math.floor((sheet.right - sheet.left) / 20) }, (_, k) => sheet.left + 6 + 20 * k);
    const look = { anchor: "start", kind: "level" };
    const places = xs.flatMap((x) => [-9, 9].map((dy) => textOf(words, x, y + dy, color, look)));
    const found = free(sheet, places.filter((text) => inside(sheet, text)));
    if (found) sheet.taken.push(boxOf(found));
    return found ? [rule, found] : [rule];
  }

  const KINDS = { names, rail, counts, margin, flags, inside: drugs, levels };

  // ---- drawing

  function element(name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

  function drawn(sheet, item) {
    const line = { stroke: item.color, "stroke-width": 0.8, fill: "none" };
    if (item.rule) return [element("path", { d: path(item.rule), ...line, "stroke-dasharray": "1 2" })];
    const opacity = isDim(sheet, item) ? DIM : 1, words = element("text", looks(sheet, item, opacity), item.text);
    if (item.of !== undefined) words.dataset.of = item.of;
    return item.leader ? [element("path", { d: path(item.leader), ...line, opacity: 0.6 * opacity }), words] : [words];
  }

  const looks = (sheet, { x, y, anchor, size, bold, color, kind }, opacity) => ({
    x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor, "dominant-baseline": "central",
    "font-size": size, "font-weight": bold ? 700 : 400, fill: color, opacity, "data-kind": kind,
    ...(kind === "drug" ? {} : halo(sheet.at.card)),
  });

  const halo = (card) => ({ stroke: card, "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" });

  function isDim({ lit }, { of, group }) {
    if (!lit.any) return false;
    return of === undefined ? group !== undefined && !R.selection.groups.includes(group) : !lit.ids.has(of);
  }

  function layerOf(view) {
    const box = view.gd.querySelector(".svg-container"), found = box.querySelector(":scope > svg.texts");
    if (found) return found;
    const made = element("svg", { class: "layer texts", "aria-hidden": "true" });
    const front = box.querySelectorAll(":scope > svg.main-svg")[1];
    box.insertBefore(made, front ? front.nextSibling : null);
    return made;
  }

  R.texts = function (chart) {
    if (!chart.views.some((view) => view.meta.texts) && !chart.gd.querySelector("svg.texts")) return;
    const svg = layerOf(chart), { width, height } = chart.gd._fullLayout;
    for (const [key, value] of Object.entries({ width, height, "font-family": R.font() })) svg.setAttribute(key, value);
    svg.replaceChildren(...chart.views.flatMap(textsOf));
  };

  function textsOf(view) {
    const sheet = sheetOf(view);
    view.placed = (view.meta.texts || []).flatMap((block) => KINDS[block.kind](sheet, block)).filter(({ kind, y }) => kind === "name" || within(sheet, y));
    const made = view.placed.flatMap((item) => drawn(sheet, item));
    for (const one of made) one.dataset.panel = view.name;
    return made;
  }

  // Lanes that are scrolled away have no texts.
  const within = (sheet, y) => y === undefined || (y >= sheet.top - 20 && y <= sheet.bottom + 4);

  // The same for a download.
  R.textsOf = function (view) {
    const svg = view.gd.querySelector("svg.texts");
    if (!svg) return "";
    const written = [...svg.children].map((child) => new XMLSerializer().serializeToString(child)).join("");
    return `<g font-family="${R.safe(R.font())}">${written}</g>`;
  };

  // The text under a pointer that stands for somebody.
  R.textAt = (view, px, py) => (view.placed || []).find((item) => {
    if (item.rule || [item.of, item.group, item.key].every((one) => one === undefined)) return false;
    const [left, top, right, bottom] = boxOf(item);
    return px >= left - 1 && px <= right + 1 && py >= top && py <= bottom;
  });

  R.rulesShown = () => Boolean(document.body.dataset.rules);
})(window.reprise);

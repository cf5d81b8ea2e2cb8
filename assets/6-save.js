// Downloads: the figure as drawn, highlight included; under it the study, what is active, who is drawn, what each sign means
// and the card's note, folded to its width.
(function (R) {
  const SIZE = 11, LINE = 15, EDGE = 10, MOST = 12;
  const ruler = document.createElement("canvas").getContext("2d");

  async function svg(name, card) {
    const view = R.views[name], { width, height, paper_bgcolor: paper } = view.gd._fullLayout;
    const url = await window.Plotly.toImage(view.gd, { format: "svg", width, height });
    const base = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/^<svg/, '<svg x="0" y="0"');
    const pen = new R.SvgPen();
    if (view.meta.cells) R.cell(view, pen);
    else {
      R.ground(view, pen);
      R.highlight(view, pen, R.lit());
    }
    const lines = foot(view, card, width - 2 * EDGE), all = height + EDGE + lines.length * LINE;
    lines.forEach((line, i) => line.forEach(({ x, text, color }) => pen.text(EDGE + x, height + EDGE + i * LINE, text, color, SIZE)));
    const size = `width="${width}" height="${all}" viewBox="0 0 ${width} ${all}"`, ground = `<rect width="100%" height="100%" fill="${paper}"/>`;
    const head = `xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}`;
    return { width, height: all, text: `<svg ${head}>${metadata(view)}${ground}${base}${pen}</svg>` };
  }

  const metadata = (view) => `<metadata>Patients drawn: ${R.safe(R.drawnPatients(view).map(({ id }) => id).join(", ") || "none")}</metadata>`;

  // ---- who is drawn, and what the signs mean: under a download, and in full screen

  // Every patient of a chart with their colour, in the order of its marks, lanes or rows.
  R.drawnPatients = function (view) {
    const found = new Map(), { lanes, rows, columns } = view.meta, ink = view.gd._fullLayout.font.color;
    for (const set of [...view.sets, ...(view.others || []).filter((other) => other.base)]) {
      for (const [id, [first]] of set.markers ? set.of : []) if (!found.has(id)) found.set(id, set.color(id, first) || ink);
    }
    for (const id of [lanes, rows, columns].flatMap((ids) => ids || [])) if (id !== null && !found.has(id)) found.set(id, ink);
    return [...found].map(([id, color]) => ({ id, color }));
  };

  // Names in their colour: all up to a dozen; of more those who are highlighted, and the groups that colours stand for.
  R.namesOf = function (view) {
    const all = R.drawnPatients(view).map(({ id, color }) => ({ text: `● ${id}`, color, id })), lit = R.lit();
    if (all.length <= MOST) return all;
    const some = all.filter(({ id }) => lit.ids.has(id)), ink = view.gd._fullLayout.font.color;
    const more = some.length > MOST ? [{ text: `and ${some.length - MOST} more highlighted`, color: ink }] : [];
    return [...groupsOf(view), ...some.slice(0, MOST), ...more, { text: `${all.length.toLocaleString("en")} patients drawn`, color: ink }];
  };

  function groupsOf(view) {
    const grouped = view.gd._fullData.filter(({ meta, line }) => meta && line && (meta.group || meta.crowd));
    const named = grouped.map(({ name, meta, line }) => [meta.group || name, line.color.replace(/rgba\((.*),.*\)/, "rgb($1)")]);
    return [...new Map(named)].map(([text, color]) => ({ text: `■ ${text}`, color }));
  }

  // Which signs a chart draws: their names in its `meta.signs`, which has what they mean.
  const traced = (view, found) => view.gd._fullData.some((trace) => trace.visible !== false && found(trace, trace.meta || {}));
  const symbol = (name) => ({ gd }) => traced({ gd }, ({ marker, x }) => x && x.length && marker && [].concat(marker.symbol).includes(name));
  const written = (sign, { gd, others }, { ids }) => traced({ gd }, ({ mode, text }) => mode === "text" && [].concat(text).join().includes(sign))
    || (others || []).some((set) => set.words && set.words.some((words, i) => words.includes(sign) && ids.has(set.idAt(i))));
  const marked = (view, found) => [...view.sets, ...(view.others || []).filter((set) => set.base)].some((set) => set.markers && !set.event && !set.count
    && [...set.of].some(([id, all]) => all.some((i) => found(set, id, i))));
  const shaped = (name, view) => marked(view, (set, id, i) => !set.bars && set.shape(i) === name);
  const DRAWN = {
    square: shaped, circle: shaped, diamond: shaped, "triangle-up": shaped,
    "★": written, "▾": written, "✕": written, "⇈": written,
  };
  const RULES = {
    hollow: (view) => marked(view, (set, id, i) => set.fill(id, i, "hollow") === "hollow" || set.fill(id, i) === view.gd._fullLayout.paper_bgcolor),
    rule: (view, { ids }) => view.sets.some((set) => set.rule && set.lines) || (view.others || []).some((set) => set.rule && set.lines && [...ids].some((id) => set.of.has(id))),
    lens: (view) => Boolean(view.meta.weeks && R.query.lens),
    dimmed: (_, { any }) => any,
    ringed: (_, { visits }) => visits,
    prior: (view) => traced(view, ({ type, marker }) => type === "bar" && [].concat(marker.color).some((color) => /^rgba/.test(color))),
    hatched: (view) => traced(view, ({ marker }) => marker && marker.pattern && [].concat(marker.pattern.shape).includes("/")),
    arrow: symbol("triangle-right"), infusion: symbol("triangle-down"),
    event: (view) => traced(view, ({ x }, meta) => meta.event && !meta.dose && !meta.ended && x && x.length),
    followed: (view) => traced(view, ({ x }, meta) => meta.followed && x && x.length),
    missed: (view) => traced(view, (_, meta) => meta.dose === "missed"),
    planned: (view) => traced(view, (_, meta) => meta.dose === "planned"),
  };
  const LANED = ["prior", "hatched", "arrow", "infusion", "event", "followed", "missed", "planned"];

  // What each sign that is drawn in a chart means, a text each.
  R.key = function (view) {
    const lit = R.lit(), lanes = Boolean(view.meta.lanes);
    const drawn = (sign) => (DRAWN[sign] ? DRAWN[sign](sign, view, lit) : RULES[sign] && (lanes || !LANED.includes(sign)) && RULES[sign](view, lit));
    return Object.entries(view.meta.signs || {}).filter(([sign]) => drawn(sign)).map(([, text]) => text);
  };

  // ---- folding, as it is measured

  const wide = (text) => ruler.measureText(text).width;

  // Pieces of text in lines of a width, each at its x; what is longer than a line is cut between its letters.
  function folded(pieces, width, gap) {
    ruler.font = `${SIZE}px ${R.font()}`;
    const lines = [[]];
    let x = 0;
    for (const { text, color } of pieces.flatMap((piece) => letters(piece, width))) {
      if (x && x + wide(text) > width) lines.push([]), (x = 0);
      lines[lines.length - 1].push({ x, text, color });
      x += wide(text) + gap;
    }
    return lines.filter((line) => line.length);
  }

  function letters(piece, width) {
    if (wide(piece.text) <= width) return [piece];
    const parts = [""];
    for (const letter of piece.text) {
      if (wide(parts[parts.length - 1] + letter) > width) parts.push("");
      parts[parts.length - 1] += letter;
    }
    return parts.map((text) => ({ ...piece, text }));
  }

  function paragraph(text, color, width) {
    ruler.font = `${SIZE}px ${R.font()}`;
    const words = text.split(/\s+/).filter(Boolean).map((word) => ({ text: word, color }));
    return folded(words, width, wide(" ")).map((line) => [{ x: 0, text: line.map((word) => word.text).join(" "), color }]);
  }

  function foot(view, card, width) {
    const said = (part) => (card.querySelector(part) || { textContent: "" }).textContent, ink = view.gd._fullLayout.font.color;
    const title = [document.querySelector("h1").textContent, said("h2"), said(".caption")].filter(Boolean).join(" · ");
    const texts = [title, stamp(), R.key(view).join(" · "), said(".card-note")];
    const [head, active, key, note] = texts.map((text) => paragraph(text, ink, width));
    return [...head, ...active, ...folded(R.namesOf(view), width, 12), ...key, ...note];
  }

  // The same in full screen, where the page's own names are out of sight.
  function inFull() {
    const card = document.fullscreenElement, view = card && R.views[card.dataset.view], old = document.querySelector(".figure-key");
    if (old) old.remove();
    if (!view || !view.gd._fullLayout) return;
    const part = ({ text, color }) => Object.assign(document.createElement("span"), { textContent: text, style: `color: ${color}` });
    const key = Object.assign(document.createElement("p"), { className: "figure-key" });
    key.append(...R.namesOf(view).map(part), part({ text: R.key(view).join(" · "), color: "inherit" }));
    card.append(key);
  }
  document.addEventListener("fullscreenchange", inFull);
  R.listeners.push((text) => text === undefined && document.fullscreenElement && inFull());

  // What is active, as the chips say it, and that there are illustrative values.
  function stamp() {
    const chips = [...document.querySelectorAll("#chips .chip")].map((chip) => chip.firstChild.textContent);
    const badge = document.querySelector("#first-use") ? ["hollow marks are illustrative values"] : [];
    return [...chips, ...badge].join(" · ");
  }

  function save(blob, name) {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  R.save = (text, name, type) => save(new Blob([text], { type }), name);
  const named = (view, kind) => `${R.uploaded(R.study) ? "study" : R.study}-${view}.${kind}`;

  R.saveSvg = async (view, card) => save(new Blob([(await svg(view, card)).text], { type: "image/svg+xml" }), named(view, "svg"));

  R.savePng = async function (view, card) {
    const drawn = await svg(view, card), picture = new Image();
    picture.src = URL.createObjectURL(new Blob([drawn.text], { type: "image/svg+xml" }));
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width * 2, height: drawn.height * 2 });
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    URL.revokeObjectURL(picture.src);
    canvas.toBlob((blob) => save(blob, named(view, "png")), "image/png");
  };

  // Ctrl+C in a table, where no text is selected: all its rows, as they are sorted, for a spreadsheet, which must take no
  // text for a formula.
  const plain = ({ value }) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value ?? "");
  document.addEventListener("copy", (event) => {
    const grid = event.target.closest && event.target.closest("#response-table, #numbers-grid");
    if (!grid || String(window.getSelection())) return;
    const api = window.dash_ag_grid.getApi(grid.id);
    event.clipboardData.setData("text/plain", api.getDataAsCsv({ columnSeparator: "\t", processCellCallback: plain, processHeaderCallback: ({ column }) => column.getColDef().headerName.trim() }));
    event.preventDefault();
    R.say(`${api.getDisplayedRowCount().toLocaleString("en")} rows are copied, for a spreadsheet.`);
  });
})(window.reprise);

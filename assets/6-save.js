// Downloads: the figure as drawn, highlight included; under it the study, what is active, who is drawn, what each sign
// means and the card's note, folded to its width.
(function (R) {
  const SIZE = 11, LINE = 15, EDGE = 10, MOST = 12;
  const ruler = document.createElement("canvas").getContext("2d");

  async function svg(name, card) {
    const chart = R.charts[name], { views, gd } = chart, { width, height, paper_bgcolor: paper } = gd._fullLayout;
    const url = await window.Plotly.toImage(gd, { format: "svg", width, height });
    const base = decodeURIComponent(url.slice(url.indexOf(",") + 1)).replace(/^<svg/, '<svg x="0" y="0"');
    const pen = new R.SvgPen();
    for (const view of views) {
      if (view.meta.cells) R.cell(view, pen);
      else R.ground(view, pen), R.highlight(view, pen, R.lit());
    }
    const lines = foot(views, card, width - 2 * EDGE), all = height + EDGE + lines.length * LINE;
    const write = (i) => ({ x, text, color }) => pen.text(EDGE + x, height + EDGE + i * LINE, text, color, SIZE);
    lines.forEach((line, i) => line.forEach(write(i)));
    const size = `width="${width}" height="${all}" viewBox="0 0 ${width} ${all}"`;
    const ground = `<rect width="100%" height="100%" fill="${paper}"/>`;
    const head = `xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}`;
    return { width, height: all, text: `<svg ${head}>${metadata(views)}${ground}${base}${pen}${R.textsOf(chart)}</svg>` };
  }

  function metadata(views) {
    const ids = [...new Set(views.flatMap(R.drawnPatients).map(({ id }) => id))];
    return `<metadata>Patients drawn: ${R.safe(ids.join(", ") || "none")}</metadata>`;
  }

  // ---- who is drawn, and what the signs mean: under a download, and in full screen

  // Every patient of a chart with their colour, in the order of its marks, lanes or rows.
  R.drawnPatients = function (view) {
    const found = new Map(), { lanes, rows, columns } = view.meta, ink = view.gd._fullLayout.font.color;
    const add = (id, color) => id !== null && !found.has(id) && found.set(id, color || ink);
    for (const set of based(view)) for (const [id, [first]] of set.markers ? set.of : []) add(id, set.color(id, first));
    for (const id of [lanes, rows, columns].flatMap((ids) => ids || [])) add(id, ink);
    return [...found].map(([id, color]) => ({ id, color }));
  };

  // Names in their colour: all up to a dozen; of more those who are highlighted, and the groups that colours stand for.
  R.namesOf = function (view) {
    const all = R.drawnPatients(view).map(({ id, color }) => ({ text: `● ${id}`, color, id })), lit = R.lit();
    if (all.length <= MOST) return all;
    const some = all.filter(({ id }) => lit.ids.has(id)), ink = view.gd._fullLayout.font.color;
    const more = some.length > MOST ? [{ text: `and ${some.length - MOST} more highlighted`, color: ink }] : [];
    const count = { text: `${all.length.toLocaleString("en")} patients drawn`, color: ink };
    return [...groupsOf(view), ...some.slice(0, MOST), ...more, count];
  };

  function groupsOf(view) {
    const grouped = view.gd._fullData.filter(({ meta, line }) => meta && line && (meta.group || meta.crowd));
    const solid = ({ color }) => color.replace(/rgba\((.*),.*\)/, "rgb($1)");
    const named = grouped.map(({ name, meta, line }) => [meta.group || name, solid(line)]);
    return [...new Map(named)].map(([text, color]) => ({ text: `■ ${text}`, color }));
  }

  // Which signs a chart draws: their names in its `meta.signs`, which has what they mean.
  const based = (view) => [...view.sets, ...(view.others || []).filter((set) => set.base)];
  const full = (list) => Boolean(list && list.length);

  function traced(view, found) {
    return view.gd._fullData.some((trace) => trace.visible !== false && found(trace, trace.meta || {}));
  }

  // Whether some mark of a patient is so.
  function marked(view, found) {
    const some = (set) => [...set.of].some(([id, all]) => all.some((i) => found(set, id, i)));
    return based(view).some((set) => set.markers && !set.event && !set.count && some(set));
  }

  // A milestone: in the rail, or of a larger cohort counted there.
  const written = (sign, view) => (view.placed || []).some(({ text }) => text && text.includes(sign));

  function hollow(view) {
    const { paper_bgcolor: paper } = view.gd._fullLayout;
    return marked(view, (set, id, i) => [paper, "hollow"].includes(set.fill(id, i, "hollow")));
  }

  function ruled(view, { ids }) {
    const lit = (set) => set.rule && set.lines && [...ids].some((id) => set.of.has(id));
    const all = (view.others || []).some((set) => set.rule && (R.rulesShown() || lit(set)));
    return all || view.sets.some((set) => set.rule && set.lines);
  }

  const shaped = (name, view) => marked(view, (set, _, i) => !set.bars && set.shape(i) === name);
  const symbol = (name) => (view) =>
    traced(view, ({ marker, x }) => full(x) && marker && [].concat(marker.symbol).includes(name));
  const dosed = (status) => (view) => traced(view, (_, meta) => meta.dose === status);
  const faint = ({ color }) => [].concat(color).some((one) => /^rgba/.test(one));
  const hatched = ({ pattern }) => pattern && [].concat(pattern.shape).includes("/");
  const DRAWN = {
    square: shaped, circle: shaped, diamond: shaped, "triangle-up": shaped,
    "★": written, "▾": written, "✕": written, "⇈": written,
  };
  const RULES = {
    hollow, rule: ruled,
    lens: (view) => Boolean(view.meta.weeks && R.query.lens),
    dimmed: (_, { any }) => any,
    ringed: (_, { visits }) => visits,
    prior: (view) => traced(view, ({ type, marker }) => type === "bar" && faint(marker)),
    hatched: (view) => traced(view, ({ marker }) => marker && hatched(marker)),
    arrow: symbol("triangle-right"), infusion: symbol("triangle-down"),
    event: (view) => traced(view, ({ x }, meta) => meta.event && !meta.dose && !meta.ended && full(x)),
    followed: (view) => traced(view, ({ x }, meta) => meta.followed && full(x)),
    missed: dosed("missed"), planned: dosed("planned"),
  };
  const LANED = ["prior", "hatched", "arrow", "infusion", "event", "followed", "missed", "planned"];

  // What each sign that is drawn in a chart means, a text each.
  R.key = function (view) {
    const lit = R.lit(), here = (sign) => RULES[sign] && (view.meta.lanes || !LANED.includes(sign));
    const drawn = ([sign]) => (DRAWN[sign] ? DRAWN[sign](sign, view, lit) : here(sign) && RULES[sign](view, lit));
    return Object.entries(view.meta.signs || {}).filter(drawn).map(([, text]) => text);
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
    const joined = (line) => line.map((word) => word.text).join(" ");
    return folded(words, width, wide(" ")).map((line) => [{ x: 0, text: joined(line), color }]);
  }

  // Of several views whatever each says, once.
  const once = (views, say) => [...new Map(views.flatMap(say).map((one) => [JSON.stringify(one), one])).values()];
  const namesOf = (views) => {
    const all = once(views, R.namesOf), named = new Set(all.map(({ id }) => id));
    return all.filter(({ id }, i) => id === undefined || all.findIndex((one) => one.id === id) === i || !named.has(id));
  };
  const keyOf = (views) => once(views, R.key).join(" · ");
  const partsOf = (views, part, between) => {
    const found = views.map((view) => R.card(view.name, part)).filter(Boolean);
    return found.map((one) => one.textContent).join(between);
  };

  function foot(views, card, width) {
    const ink = views[0].gd._fullLayout.font.color, said = (part, between) => partsOf(views, part, between);
    const title = [document.querySelector("h1").textContent, said("h2", ", "), said(".caption", " · ")].filter(Boolean).join(" · ");
    const noted = views.map(({ name }) => R.noteOf(name)).filter(Boolean).map((one) => one.textContent).join(" ");
    const [head, active, key, note] = [title, stamp(), keyOf(views), noted].map((text) => paragraph(text, ink, width));
    return [...head, ...active, ...folded(namesOf(views), width, 12), ...key, ...note];
  }

  // The same in full screen, where the page's own names are out of sight.
  function inFull() {
    const card = document.fullscreenElement, chart = card && R.charts[card.dataset.chart || card.dataset.view];
    for (const old of document.querySelectorAll(".figure-key")) old.remove();
    if (!chart || !chart.views.length) return;
    const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
    const part = ({ text, color }) => made("span", { textContent: text, style: `color: ${color}` });
    const key = made("p", { className: "figure-key" });
    key.append(...namesOf(chart.views).map(part), part({ text: keyOf(chart.views), color: "inherit" }));
    card.append(key);
  }
  document.addEventListener("fullscreenchange", inFull);
  R.listeners.push((text) => text === undefined && document.fullscreenElement && inFull());

  // What is active, as the chips say it, and that there are illustrative values.
  function stamp() {
    const chips = [...document.querySelectorAll("#chips .chip")].map((chip) => chip.firstChild.textContent);
    const badge = document.querySelector("header .warm") ? ["hollow marks are illustrative values"] : [];
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

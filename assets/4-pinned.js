// The strip on top of a page of lanes: a highlighted patient of another page. The server sends the traces that a page
// with her would have; here they are drawn with the layer's pens, said on hover, and found by a click.
(function (R) {
  const NEAR = 9;
  let laneShown; // whose lanes were last brought into sight

  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const each = (value, i) => (Array.isArray(value) ? value[i] : value);
  const shown = (view) => view && view.meta.lanes && document.contains(view.gd);

  // The first lit patient of no lane on the page.
  function wanted(view, lit) {
    const here = new Set(view.meta.lanes);
    return view.meta.pinned ? [...lit.ids].find((id) => !here.has(id)) : undefined;
  }

  R.pin = async function () {
    const view = R.views.swimlanes, lit = R.lit(), patient = shown(view) ? wanted(view, lit) : undefined;
    showLane(view, lit);
    const key = patient === undefined ? "" : JSON.stringify([R.study, R.shown, patient]);
    if (!view || key === (view.pinKey || "")) return;
    Object.assign(view, { pinKey: key, pin: null });
    if (!key) return;
    R.fetching += 1;
    try {
      const found = await R.post(`${R.prefix()}lanes`, { study: R.study, query: R.shown, patient });
      if (view.pinKey === key) view.pin = { ...found, traces: found.traces.map(unpacked) };
    } catch {
      view.pinKey = ""; // asked again with the next highlight
    } finally {
      R.fetching -= 1;
      if (shown(view)) R.paint(view);
    }
  };

  // The lanes of whoever has just been lit come into sight: the free ones, or her own on the page.
  function showLane(view, lit) {
    const [first] = lit.ids, body = shown(view) && view.gd.closest(".card-body");
    if (first === laneShown) return;
    laneShown = first;
    if (!body || first === undefined) return;
    const lane = view.meta.lanes.indexOf(first), at = R.place(view), top = lane < 0 ? 0 : at.y(lane - 0.5), bottom = lane < 0 ? 1 : at.y(view.meta.lanes.lastIndexOf(first) + 0.5);
    if (top < body.scrollTop || bottom > body.scrollTop + body.clientHeight) body.scrollTop = Math.max(0, Math.min(top, bottom - body.clientHeight + 20));
  }

  const unpacked = (trace) => Object.fromEntries(Object.entries(trace).map(([name, value]) => [name, R.plain(value)]));

  // What the strip holds while its patient is still lit: her lanes, `row` px high, the middle of the first at `top`.
  R.pinOf = function (view, lit = R.lit()) {
    if (!shown(view) || !view.pin || wanted(view, lit) !== view.pin.patient) return null;
    const at = R.place(view), free = view.meta.pinned, full = at.y(0.5) - at.y(-0.5), rows = view.pin.labels.length;
    const row = full * Math.min(1, free / Math.max(rows, 1)), top = at.y(-free - 0.5) + row / 2;
    return { ...view.pin, at, row, y: (lane) => top + lane * row, bottom: at.y(-0.5), others: [...lit.ids].filter((id) => !view.meta.lanes.includes(id)).length - 1 };
  };

  // Drawn like the lanes under it; the labels cover what the free lanes say of themselves.
  R.pinned = function (pen, pin) {
    const { at, y, row } = pin, [left, top, width] = at.area;
    pen.veil([0, top, left, pin.bottom - top], [], at.card, 1);
    pin.labels.forEach((label, lane) => pen.text(left - 4, y(lane), R.said(label), lane ? at.ink : pin.color, Math.min(10, row), "right", !lane));
    if (pin.others) pen.text(4, y(1), `+ ${pin.others} more`, at.ink, 10);
    pen.clip(left, top, width + 18, pin.bottom - top); // a number beside the last event too
    for (const trace of pin.traces) (trace.type === "bar" ? bars : marks)(pen, pin, trace);
    pen.unclip();
    pen.line([[0, pin.bottom], [left + width, pin.bottom]], at.ink, 0.8, 0.4);
  };

  function bars(pen, pin, { base, x, y, width, marker, customdata, meta }) {
    for (let i = 0; i < base.length; i += 1) {
      const [from, to] = [pin.at.x(base[i]), pin.at.x(base[i] + x[i])], high = Math.max(each(width, i) * pin.row, 1.2), top = pin.y(y[i]) - high / 2;
      const line = marker.line || {}, { shape, solidity } = marker.pattern || {};
      if (each(shape, i)) pen.hatch(from, top, to - from, high, each(marker.color, i), each(solidity, i));
      else pen.box(from, top, to - from, high, each(marker.color, i), null, 0);
      if (line.width) pen.box(from, top, to - from, high, null, each(line.color, i), line.width);
      if (meta.steps && meta.steps[i]) pen.line([[from, top], [from, top + high]], pin.at.card, 1.6);
      if (chosen(customdata[i])) pen.box(from - 3, top - 2, to - from + 6, high + 4, null, pin.at.ink, 1.6);
    }
  }

  function marks(pen, pin, { x, y, mode, marker, text, textfont, textposition, customdata }) {
    for (let i = 0; i < x.length; i += 1) {
      const [across, down] = [pin.at.x(x[i]), pin.y(y[i])], beside = textposition === "middle right";
      const size = mode.includes("markers") ? each(marker.size, i) / 2 : 0;
      if (size) pen.mark(across, down, each(marker.symbol, i), size, each(marker.color, i), marker.line && each(marker.line.color, i), (marker.line && marker.line.width) || 0);
      if (size && chosen(customdata[i])) pen.box(across - 8, down - 8, 16, 16, null, pin.at.ink, 1.6);
      if (mode.includes("text") && each(text, i)) pen.text(across + (beside ? size + 2 : 0), down, R.said(each(text, i)), each(textfont.color, i), Math.min(textfont.size, pin.row), beside ? "left" : "center", Boolean(textfont.weight));
    }
  }

  const isCourse = (trace) => !(trace.meta && (trace.meta.event || trace.meta.followed || trace.meta.rule));
  const chosen = (row) => R.selection.courses.some(({ patient, treatment, start }) => row && patient === row[0] && treatment === row[2] && Math.abs(row[1] - start) < 1e-3);

  // The mark of the strip that a pointer means: { trace, row: its customdata }.
  R.pinAt = function (view, px, py) {
    const pin = R.pinOf(view);
    if (!pin || py > pin.bottom) return null;
    let best = null, distance = NEAR;
    for (const trace of pin.traces) {
      for (let i = 0; i < trace.y.length; i += 1) {
        const from = pin.at.x(trace.base ? trace.base[i] : trace.x[i]), to = trace.base ? pin.at.x(trace.base[i] + trace.x[i]) : from;
        const gap = Math.hypot(px < from ? from - px : Math.max(px - to, 0), pin.y(trace.y[i]) - py);
        if (known(trace.y[i]) && gap <= distance) [best, distance] = [{ trace, row: trace.customdata[i] }, gap];
      }
    }
    return best || { patient: pin.patient };
  };

  R.pinClicked = function (view, px, py) {
    const found = R.pinAt(view, px, py);
    if (!found) return null;
    const { row } = found;
    return row && isCourse(found.trace) ? { courses: [{ patient: row[0], treatment: row[2], start: row[1] }] } : { patients: [found.patient || row[0]] };
  };

  // What plotly's own tooltip would say, beside the pointer.
  R.pinTip = function (view, px, py) {
    const found = R.pinAt(view, px, py), template = found && found.trace && found.trace.hovertemplate;
    if (!template) return;
    const html = template.replace(/%\{customdata\[(\d+)\][^}]*\}/g, (_, i) => found.row[i]).replace(/<extra>.*/, "");
    const pen = R.pen(view, "cursor"), lines = html.split("<br>").map(R.said), at = R.place(view), [left, , width] = at.area;
    const wide = Math.max(...lines.map((line) => pen.width(line, 11))) + 12, x = Math.max(4, Math.min(px + 12, left + width - wide));
    pen.box(x, py + 12, wide, lines.length * 15 + 6, at.card, at.ink, 1);
    lines.forEach((line, i) => pen.text(x + 6, py + 23 + i * 15, line, at.ink, 11));
  };

  // The words of a text as plotly shows it: without its tags.
  R.said = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
})(window.reprise);

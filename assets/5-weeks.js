// Weeks: the axis of the figure. A drag on any panel shows fewer weeks, moving over one shows a crosshair through all.
(function (R) {
  const SHOWN = 8, NARROW = 520; // px below which the weeks that Python chose have no room

  R.TIMES = ["pasi", "immune", "swimlanes"];
  const times = () => R.TIMES.map((name) => R.views[name]).filter((view) => view && view.meta.weeks && document.contains(view.gd));
  const weekly = () => R.charts.time && document.contains(R.charts.time.gd) && times().length > 0;

  // ---- zoom

  R.zoomed = function ({ name, gd }, change) {
    const keys = Object.keys(change || {}), full = gd._fullLayout;
    if (R.zooming || !keys.some((key) => (name === "time" ? /^xaxis\.(range|autorange)/ : /^[xy]axis\d*\.(range|autorange)/).test(key))) return;
    if (name === "correlation") return R.setZoom({ pairs: keys.some((k) => k.includes("autorange")) ? null : [...full.xaxis.range, ...full.yaxis.range] });
    if (name !== "time" || !weekly()) return;
    const { range } = full.xaxis, [view] = times(), { home } = view.meta;
    R.setZoom({ time: apart(range, home) ? range.map((unit) => weekAt(view, unit)) : null });
    R.applyZoom();
  };

  const apart = (one, other) => Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]) > 1e-6 * (other[1] - other[0]);

  // The figure and the scatter show the zoom of the address.
  R.applyZoom = function () {
    R.zooming = true;
    const done = weekly() ? [showWeeks(times()[0])] : [];
    const pairs = R.views.correlation;
    if (pairs && pairs.meta.home && document.contains(pairs.gd)) {
      const wanted = R.zoom.pairs || pairs.meta.home, { xaxis, yaxis } = pairs.gd._fullLayout;
      const moved = [...xaxis.range, ...yaxis.range].some((value, i) => Math.abs(value - wanted[i]) > 1e-6 * (Math.abs(value) + 1));
      if (moved) done.push(window.Plotly.relayout(pairs.gd, { "xaxis.range": wanted.slice(0, 2), "yaxis.range": wanted.slice(2) }));
    }
    Promise.all(done).then(() => (R.zooming = false));
  };

  function showWeeks(view) {
    const { xaxis } = view.gd._fullLayout, range = R.zoom.time ? R.zoom.time.map((week) => unitAt(view, week)) : view.meta.home;
    const [vals, text] = R.zoom.time || xaxis._length < NARROW ? labels(view, range) : view.meta.ticks;
    const stale = JSON.stringify(view.gd.layout.xaxis.ticktext) !== JSON.stringify(text);
    if (!stale && !apart(xaxis.range, range)) return null;
    return window.Plotly.relayout(view.gd, { "xaxis.range": [...range], "xaxis.tickvals": vals, "xaxis.ticktext": text });
  }

  function labels(view, [low, high]) {
    const width = view.gd._fullLayout.xaxis._length, chosen = [];
    const room = ([, x]) => chosen.every(([, other]) => Math.abs(other - x) >= 30);
    for (const step of view.meta.candidates) {
      const places = step.map((week) => [week, ((unitAt(view, week) - low) / (high - low)) * width]).filter(([, x]) => x >= 0 && x <= width);
      const fresh = places.filter(([week]) => !chosen.some(([other]) => other === week));
      if (fresh.filter(room).length * 2 >= fresh.length) for (const place of fresh) if (room(place)) chosen.push(place);
    }
    chosen.sort((a, b) => a[0] - b[0]);
    return [chosen.map(([week]) => unitAt(view, week)), chosen.map(([week]) => String(week).replace("-", "−"))];
  }

  // A layout that is about to be drawn gets the reader's zoom, so that it is drawn once.
  R.keepZoom = function ({ name, gd }, layout) {
    const { meta } = layout, { time, pairs } = R.zoom;
    if (time && meta && meta.weeks) {
      const range = time.map((week) => unitAt({ meta }, week)), [tickvals, ticktext] = labels({ gd, meta }, range);
      Object.assign(layout.xaxis, { range, tickvals, ticktext });
    }
    if (pairs && meta && name === "correlation") {
      layout.xaxis.range = pairs.slice(0, 2);
      layout.yaxis.range = pairs.slice(2);
    }
  };

  // ---- the lens, both ways

  const between = (value, from, to) => {
    let i = 1;
    while (i < from.length - 1 && value > from[i]) i += 1;
    return to[i - 1] + ((value - from[i - 1]) / (from[i] - from[i - 1])) * (to[i] - to[i - 1]);
  };
  const weekAt = (view, unit) => between(unit, view.meta.units, view.meta.weeks);
  const unitAt = (view, week) => between(week, view.meta.weeks, view.meta.units);

  Object.assign(R, { times, weekAt });

  // ---- crosshair

  R.point = function (chart, px) {
    if (R.sweep || (chart && chart.name !== "time") || !weekly()) return; // the week that is played stands
    const time = R.charts.time, { _offset: left, _length: width, ...axis } = time.gd._fullLayout.xaxis;
    const inside = chart && px >= left && px <= left + width;
    if (inside || time.cursorAt !== undefined) cursor(time, inside ? axis.p2l(px - left) : null);
  };

  // A line through all panels, the week, and the nearest visits beside each.
  function cursor(chart, unit) {
    const pen = R.pen(chart, "cursor");
    chart.cursorAt = unit === null ? undefined : unit;
    if (unit === null || !weekly()) return;
    const at = R.place(chart.views[0]), x = at.x(unit), { t, h } = chart.gd._fullLayout._size;
    pen.line([[x, t], [x, t + h]], at.ink, 1, 0.55);
    tag(chart.views[0], pen, { ...at, area: [at.area[0], t, at.area[2], h] }, x, unit);
    for (const view of times().filter(({ name }) => name !== "swimlanes")) readOut(view, pen, R.place(view), unit);
  }

  function readOut(view, pen, at, unit) {
    const rows = values(view, unit), next = {}, room = at.area[0] - 28;
    const top = (axis) => view.gd._fullLayout[axis.replace("y", "yaxis")]._offset;
    for (const axis of new Set(rows.map((row) => row[0]))) {
      const count = rows.filter((row) => row[0] === axis).length;
      pen.box(0, top(axis) - 2, room, count * 14 + 4, at.card, null, 0);
    }
    for (const [axis, text, color] of rows) {
      next[axis] = (next[axis] || top(axis) - 8) + 14;
      pen.text(4, next[axis], text, color, 11, "left", true);
    }
    R.readout = { ...R.readout, [view.name]: rows.map((row) => row[1]) };
  }

  R.cursor = cursor;

  // The week under the pointer, on the axis.
  function tag(view, pen, at, x, unit) {
    const text = `week ${R.fixed(weekAt(view, unit), 1)}`, width = pen.width(text, 11) + 8;
    const y = at.area[1] + at.area[3] + 11;
    pen.box(x - width / 2, y - 8, width, 15, at.ink, null, 0);
    pen.text(x, y, text, at.card, 11, "center", true);
  }

  const asked = (view) => {
    const lit = R.lit();
    if (lit.any) return [...lit.ids];
    const all = new Set(view.sets.flatMap((set) => [...set.of.keys()]));
    return all.size <= SHOWN ? [...all] : [];
  };

  // The nearest visit of each highlighted patient, with its own week: never a value between two visits.
  function values(view, unit) {
    const rows = [];
    for (const id of asked(view).slice(0, SHOWN)) {
      for (const set of R.setsOf(view, id)) {
        if (!set.markers || set.count) continue;
        let best = null;
        for (const i of set.of.get(id)) {
          if (set.y[i] === null || Number.isNaN(set.y[i])) continue;
          if (best === null || Math.abs(set.x[i] - unit) < Math.abs(set.x[best] - unit)) best = i;
        }
        if (best === null) continue;
        const value = Number(Number(set.y[best]).toPrecision(3)), week = Number(weekAt(view, set.x[best]).toFixed(1));
        rows.push([set.yaxis, `${id} ${value} (wk ${week})`.replaceAll("-", "−"), set.color(id, best)]);
      }
    }
    return rows;
  }
})(window.reprise);

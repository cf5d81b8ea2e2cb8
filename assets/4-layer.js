// The layer: one canvas above each chart, placed with that chart's own axes. It dims the cohort, draws who is lit, and
// never redraws a chart.
(function (R) {
  const FAINT = 2.05; // contrast to the card to which those are dimmed who are not lit: seen, and behind the others
  const MOST = 8; // whose courses are drawn over the shares of drugs
  const STRONG = 0.72; // coefficients beyond have a cell dark enough for words in the card's colour

  R.attach = function () {
    for (const gd of document.querySelectorAll(".js-plotly-plot")) {
      const { chart: several, view: one } = (gd.closest("[data-chart], [data-view]") || { dataset: {} }).dataset, name = several || one;
      if (!name || !gd._fullLayout || gd.classList.contains("dash-graph--pending") || (R.charts[name] && R.charts[name].gd === gd)) continue;
      gd.removeAllListeners(); // dash's own: after a zoom they would put its first figure back
      const chart = (R.charts[name] = { name, gd, views: [], several: Boolean(several), plotted: 0 });
      gd.on("plotly_afterplot", () => plotted(chart));
      R.listen(chart);
      plotted(chart);
    }
  };

  function plotted(chart) {
    chart.plotted = performance.now();
    if (R.fit(chart)) return; // it is drawn again
    chart.views = viewsOf(chart);
    for (const view of chart.views) R.read(Object.assign(view, { plotted: chart.plotted }));
    R.regions(chart);
    R.paint(chart);
    R.named(chart);
    if (chart.cursorAt !== undefined) R.cursor(chart, chart.cursorAt);
    if (R.sweep) R.swept();
  }

  // The views that a chart draws: its panels, or the one that it is of.
  function viewsOf({ name, gd, several }) {
    const { panels = {} } = gd.layout.meta || {}, names = several ? Object.keys(panels) : [name];
    for (const view of Object.values(R.views)) if (view.gd === gd && !names.includes(view.name)) delete R.views[view.name];
    return names.map((own) => {
      if (!R.views[own] || R.views[own].gd !== gd) R.views[own] = { name: own, gd, chart: R.charts[name], sets: [], others: [], meta: {} };
      return R.views[own];
    });
  }

  // The canvases lie above the marks and below titles, legends and tooltips.
  function canvas(view, kind) {
    const box = view.gd.querySelector(".svg-container");
    let found = box.querySelector(`canvas.layer-${kind}`);
    if (!found) {
      found = Object.assign(document.createElement("canvas"), { className: `layer layer-${kind}`, ariaHidden: "true" });
      const front = box.querySelectorAll(":scope > svg.main-svg")[1];
      box.insertBefore(found, ["cursor", "keys"].includes(kind) ? null : front || null);
    }
    return found;
  }

  R.pen = (view, kind) => new R.CanvasPen(canvas(view, kind), view.gd._fullLayout.width, view.gd._fullLayout.height);

  const between = (axes) => [Math.min(...axes.map((axis) => axis._offset)), Math.max(...axes.map((axis) => axis._offset + axis._length))];

  R.place = function (view) {
    const full = view.gd._fullLayout, x = full.xaxis;
    const { axes = ["y"] } = view.meta, axis = (name) => full[name.replace("y", "yaxis")];
    const [top, bottom] = view.meta.axes ? between(axes.map(axis)) : [full._size.t, full._size.t + full._size.h];
    return {
      area: [x._offset, top, x._length, bottom - top],
      x: (value) => x._offset + x.l2p(value),
      y: (value, name = axes[0]) => axis(name)._offset + axis(name).l2p(value),
      row: (py) => Math.round(axis(axes[0]).p2l(py - axis(axes[0])._offset)),
      card: full.paper_bgcolor, ink: full.font.color,
    };
  };

  R.draw = function () {
    const charts = Object.values(R.charts).filter((chart) => document.contains(chart.gd));
    for (const chart of charts) R.paint(chart);
    for (const chart of charts) if (chart.cursorAt !== undefined) R.cursor(chart, chart.cursorAt);
    R.rows();
    R.showLane();
  };

  R.paint = function (chart) {
    const pen = R.pen(chart, "light"), lit = R.lit();
    if (chart.views.some((view) => view.stale)) ground(chart);
    for (const view of chart.views) {
      if (view.meta.cells) R.cell(view, pen);
      else if (view.gd._fullLayout.xaxis) R.highlight(view, pen, lit);
    }
    R.texts(chart);
  };

  // ---- how far others are dimmed

  const parts = (color) => {
    const hex = /^#(..)(..)(..)$/.exec(color);
    if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
    return (color.match(/\d+/g) || [0, 0, 0]).slice(0, 3).map(Number);
  };
  const linear = (part) => (part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (rgb) => rgb.reduce((sum, part, i) => sum + [0.2126, 0.7152, 0.0722][i] * linear(part), 0);

  function contrast(one, other) {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  // The opacity at which a colour has the contrast FAINT to the card: 0.36 of navy, 0.59 of orange on white.
  const faint = new Map();
  R.opacity = function (color, card) {
    const key = `${color}|${card}`, [own, ground] = [parts(color), parts(card)];
    if (faint.has(key)) return faint.get(key);
    let [low, high] = [0, 1];
    for (let k = 0; k < 12; k += 1) {
      const middle = (low + high) / 2, mixed = own.map((part, i) => part * middle + ground[i] * (1 - middle));
      if (contrast(mixed, ground) < FAINT) low = middle;
      else high = middle;
    }
    faint.set(key, high);
    return high;
  };

  // Colours of the patients on each axis, and whether each trace there is one patient's.
  function axesOf(view) {
    const found = {};
    const on = (name) => (found[name] = found[name] || { colors: new Set(), apart: true });
    for (const set of view.sets) {
      const axis = on(set.yaxis), [[id, [first]]] = set.of;
      axis.colors.add(set.color(id, first));
      axis.apart = axis.apart && set.of.size === 1 && !set.bars && !set.crowd;
    }
    for (const { line, yaxis } of view.groups) Object.assign(on(yaxis || "y"), { apart: false }).colors.add(line.color);
    return found;
  }

  // A veil that leaves every colour its contrast; where each trace is one patient's, a second one that leaves it the
  // darkest, over which the others of paler colours are drawn again.
  function dim(view, pen, at, lit, holes) {
    const axes = axesOf(view), opacities = (axis) => [...axis.colors].map((color) => R.opacity(color, at.card));
    const strong = (axis, most) => most(...opacities(axis), 0.4);
    const veil = 1 - Math.min(0.7, Math.max(0.3, ...Object.values(axes).map((axis) => strong(axis, Math.max))));
    pen.veil(at.area, holes, at.card, veil);
    const apart = Object.entries(axes).filter(([, axis]) => axis.apart);
    for (const [name, axis] of apart) again(view, pen, at, lit, [name, strong(axis, Math.min), 1 - veil]);
  }

  function again(view, pen, at, lit, [name, left, before]) {
    const axis = view.gd._fullLayout[name.replace("y", "yaxis")], [x, , width] = at.area;
    pen.veil([x, axis._offset, width, axis._length], [], at.card, Math.max(0, 1 - left / before));
    pen.clip(...at.area);
    for (const set of view.sets.filter((own) => own.yaxis === name)) {
      const [[id, positions]] = set.of, opacity = (R.opacity(set.color(id, positions[0]), at.card) - left) / (1 - left);
      if (!lit.ids.has(id) && opacity > 0.02) shadow(pen, at, set, [id, positions, opacity]);
    }
    pen.unclip();
  }

  function shadow(pen, at, set, [id, positions, opacity]) {
    const place = (i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)], color = set.color(id, positions[0]);
    if (set.lines) for (const run of runs(set, positions)) pen.line(run.map(place), color, 1.8, opacity, set.dash(id));
    if (!set.markers) return;
    for (const i of positions.filter((one) => known(set.y[one]))) {
      pen.mark(...place(i), set.shape(i), 3.5, set.fill(id, i, at.card), color, 1.5, opacity);
    }
  }

  // The lines of the rules, of everyone whose line is drawn.
  function allRules(view, pen, at) {
    const sets = view.others.filter((set) => set.rule), ids = new Set(sets.flatMap((set) => [...set.of.keys()]));
    if (!R.rulesShown() || view.name === "correlation" || ids.size > 60) return;
    pen.clip(...at.area);
    for (const set of sets) for (const [id, positions] of set.of) rule(view, pen, at, set, id, positions);
    pen.unclip();
  }

  function rule(view, pen, at, set, id, positions) {
    const dash = view.name === "correlation" ? set.dash(id) : [2, 2];
    for (const run of runs(set, positions)) {
      pen.line(run.map((i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)]), set.color(id, run[0]), 1.2, 0.8, dash);
    }
  }

  // The marks of a large cohort change with the chart, not with who is lit: a canvas of their own, drawn once.
  function ground(chart) {
    const needed = chart.views.some((view) => view.sets.some((set) => set.crowd) || view.others.some((set) => set.base));
    const pen = needed || chart.grounded ? R.pen(chart, "ground") : null;
    for (const view of chart.views) {
      if (pen) R.ground(view, pen);
      view.stale = false;
    }
    chart.grounded = needed;
  }

  R.ground = function (view, pen) {
    const at = R.place(view);
    for (const set of view.others) if (set.base) dots(pen, at, set);
    for (const set of view.sets) if (set.crowd) crowd(pen, at, set);
  };

  // Everything above a chart, with either pen.
  R.highlight = function (view, pen, lit) {
    const at = R.place(view);
    if (!lit.any) return allRules(view, pen, at);
    if ((view.meta.members && !view.meta.own) || view.meta.choices) return rings(view, pen, at, lit);
    if (view.meta.sets) return; // every row is a choice with its numbers, whoever is lit
    if (view.meta.drugs) return onDrugs(view, pen, at, lit);
    dim(view, pen, at, lit, holes(view, at, lit));
    allRules(view, pen, at);
    pen.clip(...at.area);
    for (const id of lit.ids) for (const set of R.setsOf(view, id)) (set.bars ? courses : strokes)(view, pen, at, set, id, lit);
    pen.unclip();
  };

  // Where shares of patients on each drug are shown: the courses of who is lit, on their drugs' rows.
  function onDrugs(view, pen, at, lit) {
    const ids = [...lit.ids].slice(0, MOST), high = Math.abs(at.y(0.8) - at.y(0)) / Math.max(1, ids.length);
    pen.clip(...at.area);
    ids.forEach((id, place) => view.others.filter((set) => set.bars && set.of.has(id)).forEach((set) => {
      for (const i of set.of.get(id)) {
        const row = view.meta.drugs.indexOf(set.text[i]), left = at.x(set.x[i]);
        if (row >= 0) pen.box(left - 1, at.y(row - 0.4) + place * high, Math.max(2, at.x(set.x1[i]) - left + 2), high - 0.5, set.color(id, i), at.card, 0.5);
      }
    }));
    pen.unclip();
  }

  // The marks of a cohort that is drawn as thin lines.
  function crowd(pen, at, set) {
    pen.clip(...at.area);
    for (const [id, positions] of set.of) {
      for (const i of positions) if (known(set.y[i])) pen.mark(at.x(set.x[i]), at.y(set.y[i], set.yaxis), set.shape(i), 2, set.fill(id, i), set.color(id, i), 0.8, 0.4);
    }
    pen.unclip();
  }

  function dots(pen, at, set) {
    pen.clip(...at.area);
    for (let i = 0; i < set.x.length; i += 1) {
      pen.box(at.x(set.x[i]) - 1.5, at.y(set.y[i], set.yaxis) - 1.5, 3, 3, set.color(null, i), null, 0, 0.45);
    }
    pen.unclip();
  }

  function strokes(view, pen, at, set, id, lit) {
    if (view.name === "swimlanes") return; // infusion marks show through the holes of the veil
    const quiet = lit.visits && !onlyPatient(lit, id);
    const positions = set.of.get(id), many = lit.ids.size > 60;
    if (set.rule) {
      if (!many) rule(view, pen, at, set, id, positions);
      return;
    }
    if (set.lines) {
      for (const run of runs(set, positions)) {
        const places = run.map((i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)]);
        pen.line(places, set.color(id, run[0]), many ? 1 : 2.2, quiet ? 0.5 : many ? 0.5 : 1, set.dash(id));
        if (view.meta.paths && !many) R.arrows(pen, places, set.color(id, run[0]));
      }
    }
    if (!set.markers || (many && set.lines && !lit.visits)) return;
    for (const i of positions) {
      if (!known(set.y[i])) continue;
      const stands = lit.visits && lit.stands(view.name, id, set.week(i));
      const radius = stands ? 5.5 : set.lines ? 3.6 : 4;
      if (lit.visits && !stands && quiet && !set.lines && !lit.whole.has(id)) continue;
      pen.mark(at.x(set.x[i]), at.y(set.y[i], set.yaxis), set.shape(i), radius, set.fill(id, i, at.card), set.color(id, i), 1.6, quiet && !stands ? 0.5 : 1);
      if (set.labels && !many) pen.text(at.x(set.x[i]) + 6, at.y(set.y[i], set.yaxis) - 10, set.labels[i] || "", set.color(id, i), 10);
      if (stands) pen.mark(at.x(set.x[i]), at.y(set.y[i], set.yaxis), "circle", 9, null, at.ink, 1.2);
    }
  }

  // Which way a path goes: an arrow on each step that is long enough for one.
  R.arrows = function (pen, places, color) {
    places.slice(1).forEach(([x, y], i) => {
      const [dx, dy] = [x - places[i][0], y - places[i][1]], angle = Math.atan2(dy, dx), tip = [x - 0.45 * dx, y - 0.45 * dy];
      const barb = (turn) => [tip[0] - 8 * Math.cos(angle + turn), tip[1] - 8 * Math.sin(angle + turn)];
      if (Math.hypot(dx, dy) > 20) pen.line([barb(0.5), tip, barb(-0.5)], color, 2);
    });
  };

  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const onlyPatient = (lit, id) => R.selection.patients.includes(id) && !R.selection.courses.length;

  // Stretches of a line between missing values.
  function runs(set, positions) {
    const found = [[]];
    for (const i of positions) {
      if (known(set.y[i])) found[found.length - 1].push(i);
      else found.push([]);
    }
    return found.filter((run) => run.length);
  }

  // Where the chart itself shows a lit patient: lanes, rows or columns.
  function holes(view, at, lit) {
    const { lanes, rows, columns } = view.meta, [left, top, width, height] = at.area;
    const places = (ids) => ids.flatMap((id, i) => (lit.ids.has(id) ? [i] : []));
    const across = places(lanes || rows || []).map((y) => {
      const high = Math.max(at.y(y - 0.5), top), low = Math.min(at.y(y + 0.5), top + height);
      return [left, high, width, low - high];
    });
    return [...across.filter((hole) => hole[3] > 0), ...places(columns || []).map((x) => [at.x(x - 0.5), top, at.x(x + 0.5) - at.x(x - 0.5), height])];
  }

  // Marks that stand for several patients: those that stand for a lit one.
  function rings(view, pen, at, lit) {
    for (const { key, x, y, yaxis } of view.points) {
      if (R.membersOf(view.meta, key).some((id) => lit.ids.has(id))) pen.mark(at.x(x), at.y(y, yaxis), "circle", 7, null, at.ink, 1.6);
    }
  }

  // The outline of a chosen course on its lane.
  function courses(view, pen, at, set, id) {
    if (set.text || !R.selection.courses.length) return;
    for (const i of set.of.get(id)) {
      const left = at.x(set.x[i]), right = at.x(set.x1[i]), y = at.y(set.y[i]), half = Math.abs(at.y(0.31) - at.y(0)), row = set.data.at(i);
      if (R.selection.courses.some((course) => course.patient === id && row[2] === course.treatment && Math.abs(row[1] - course.start) < 1e-3)) {
        pen.box(left - 3, y - half - 2, Math.max(right - left, 0) + 6, half * 2 + 4, null, at.ink, 1.6);
      }
    }
  }

  // The words of every cell, and the outline of the one that the scatter shows.
  R.cell = function (view, pen) {
    const { subsets, columns } = view.meta.cells, at = R.place(view), query = R.query || {}, [{ z }] = view.gd._fullData, [{ text, textfont }] = view.gd.data;
    text.forEach((words, row) => words.forEach((word, column) => {
      const color = textfont.color || (Math.abs(z[row][column]) > STRONG ? at.card : at.ink);
      const [estimate, n] = word.replace(/<(?!br)[^>]*>/g, "").split("<br>");
      pen.text(at.x(column), at.y(row) - 7, estimate, color, textfont.size, "center");
      pen.text(at.x(column), at.y(row) + 7, n, color, textfont.size, "center");
    }));
    const shown = (choice) => Object.entries(choice).every(([field, value]) => String(query[field]) === String(value));
    const column = columns.findIndex(shown), row = subsets.indexOf(query.subset);
    if (column < 0 || row < 0) return;
    const [x, y] = [at.x(column - 0.5), at.y(row - 0.5)];
    pen.box(x + 2, y + 2, at.x(column + 0.5) - x - 4, at.y(row + 0.5) - y - 4, null, at.ink, 2);
  };

  new MutationObserver(() => R.attach()).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["class"] });
})(window.reprise);

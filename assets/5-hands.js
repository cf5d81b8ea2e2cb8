// Hands: what a pointer does on a chart. A click finds the nearest mark itself, so that a line can be clicked between
// its visits; a box or lasso finds patient-visits.
(function (R) {
  const NEAR = 9, NEAR_LINE = 6;
  const TWICE = 300; // ms between the clicks of a double click, as plotly has it

  const place = (view, event) => {
    const box = view.gd.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  R.listen = function (chart) {
    const { gd } = chart, over = (event) => R.viewAt(chart, place(chart, event)[1]);
    const told = (act) => (event) => {
      const view = event && event.clientY !== undefined && over(event);
      if (view) act(view, event);
    };
    let down = null;
    gd.addEventListener("pointerdown", (event) => (down = event.button === 0 ? [event.clientX, event.clientY] : null), true);
    window.addEventListener("pointerup", (event) => {
      if (down && Math.hypot(event.clientX - down[0], event.clientY - down[1]) < 4) told(click)(event);
      down = null;
    }, true);
    gd.addEventListener("pointermove", told((view, event) => R.moved(view, ...place(view, event))), true);
    gd.addEventListener("pointermove", (event) => R.point(chart, ...place(chart, event)), true);
    gd.addEventListener("pointerleave", () => (R.tip(chart), R.point(null)));
    // one finger scrolls the page and taps: plotly would take it for a drag
    gd.addEventListener("touchstart", (event) => event.touches.length === 1 && event.stopPropagation(), { capture: true, passive: true });
    gd.on("plotly_relayout", (change) => R.zoomed(chart, change));
    gd.on("plotly_selected", (found) => chart.views.length && lasso(chart.views[0], found));
    gd.on("plotly_hover", ({ event }) => told(R.hovered)(event));
  };

  // ---- click

  // What a click at a place of a chart would mean, or null; `stack`: the marks that lie there, one on another.
  R.meant = function (view, x, y) {
    const hit = HITS.find(([kind]) => view.meta[kind]), text = R.textAt(view, x, y);
    return text ? said(view, text) : (hit ? hit[1] : nearest)(view, x, y);
  };

  function click(view, event) {
    if (!document.contains(view.gd) || event.target.closest(".modebar, .legend")) return;
    const found = R.meant(view, ...place(view, event)), again = twice(view, event);
    if (again && view.name === "correlation" && !(found && found.stack && found.stack.length > 1)) return R.clear();
    if (found) R.act(view, found, event.shiftKey);
  }

  // plotly says nothing of a double click in lasso mode, and a deselect at every click.
  function twice(view, { timeStamp, clientX, clientY }) {
    const { when, x, y } = view.clicked || { when: -Infinity }, again = timeStamp - when < TWICE;
    view.clicked = again ? null : { when: timeStamp, x: clientX, y: clientY };
    return again && Math.hypot(clientX - x, clientY - y) < 6;
  }

  // Does what a click or a key on a chart means; of marks on one another, the next at each further time.
  R.act = function (view, found, add) {
    if (found.stack) R.timed(() => R.select(R.turn(view, found.stack, true).select, add));
    else if (found.query) R.setQuery(found.query);
    else if (found.members) R.timed(() => R.selectPatients(found.members, found.gesture, add));
    else R.timed(() => R.select(found, add));
    if (found.stack) requestAnimationFrame(() => R.showTip(view, found.stack)); // after what plotly makes of the click
    if (found.stack && found.stack.length > 1) view.gd._mouseDownTime = 0; // two clicks on a stack are no double click
  };

  // A name, a sign of the rail or a number of patients.
  function said(view, { of, group, key }) {
    if (key !== undefined) return standing(view, key);
    return of !== undefined ? { patients: [of] } : { groups: [group] };
  }

  // From the gesture to the end of the frame that shows it, for the benchmark.
  R.timed = function (act) {
    const start = performance.now();
    R.lastHighlight = null;
    act();
    const drawn = performance.now() - start;
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => (R.lastHighlight = { drawn, ms: performance.now() - start });
      port2.postMessage(null);
    });
  };

  function nearest(view, px, py) {
    const at = R.place(view);
    if (!within(at.area, px, py, 6)) return null;
    const stack = R.stackOf(marksNear(view, at, px, py)) || R.stackOf(linesNear(view, at, px, py));
    return stack ? { stack } : group(view, at, px, py);
  }

  const known = (value) => value !== null && value !== undefined && !Number.isNaN(value);
  const clickable = (view) => [...view.sets, ...(view.others || []).filter((set) => set.base)];

  // Every mark of a patient near a place.
  function marksNear(view, at, px, py) {
    const found = [];
    for (const set of clickable(view)) {
      for (const [id, positions] of set.markers ? set.of : []) {
        for (const i of positions) {
          if (!known(set.y[i])) continue;
          const x = at.x(set.x[i]), y = at.y(set.y[i], set.yaxis), gap = Math.hypot(x - px, y - py);
          if (gap < NEAR) found.push({ id, curve: set.curve, set, i, x, y, gap, select: { patients: [id] } });
        }
      }
    }
    return found;
  }

  // Every stretch of a patient's line near a place.
  function linesNear(view, at, px, py) {
    const found = [];
    for (const set of clickable(view)) {
      for (const [id, positions] of set.lines ? set.of : []) {
        let before = null;
        for (const i of positions) {
          const here = known(set.y[i]) ? [at.x(set.x[i]), at.y(set.y[i], set.yaxis)] : null;
          const gap = here && before ? toSegment(px, py, before, here) : NEAR_LINE;
          if (gap < NEAR_LINE) found.push({ id, x: px, y: py, gap, select: { patients: [id] } });
          before = here;
        }
      }
    }
    const least = Math.min(...found.map(({ gap }) => gap));
    return found.filter(({ gap }) => gap < least + 0.5);
  }

  // In a large cohort, a click on a median lights its group.
  function group(view, at, px, py) {
    for (const trace of view.groups || []) {
      for (let i = 1; i < trace.x.length; i += 1) {
        const ends = [i - 1, i].map((j) => [at.x(trace.x[j]), at.y(trace.y[j], trace.yaxis || "y")]);
        if (toSegment(px, py, ...ends) < NEAR_LINE) return { groups: [trace.meta.group] };
      }
    }
    return null;
  }

  function lane(view, px, py) {
    const at = R.place(view);
    if (!within([0, at.area[1], at.area[0] + at.area[2], at.area[3]], px, py, 0)) return null;
    const row = at.row(py), patient = view.meta.lanes[row];
    if (patient === undefined) return null;
    const stack = px < at.area[0] ? null : R.stackOf(coursesNear(view, at, row, px));
    return stack ? { stack } : { patients: [patient] };
  }

  // The courses of a lane near a place, of bars on each other the one on top first.
  function coursesNear(view, at, row, px) {
    const found = [];
    for (const set of view.sets) {
      for (const [id, positions] of set.words || set.event ? [] : set.of) {
        for (const i of positions) {
          if (Math.round(set.y[i]) !== row) continue;
          const x = at.x(set.x[i]), right = set.x1 ? at.x(set.x1[i]) : x, gap = Math.max(x - px, px - right, 0);
          const [patient, start, treatment] = set.data.at(i), select = { courses: [{ patient, treatment, start }] };
          const here = { x: set.x1 ? px : x, y: at.y(set.y[i]), gap };
          if (gap <= 8) found.unshift({ id, curve: set.curve, set, i, ...here, select });
        }
      }
    }
    return found;
  }

  // A drug's row of shares opens the lanes of the patients.
  function drug(view, px, py) {
    const at = R.place(view);
    if (!within([0, at.area[1], at.area[0] + at.area[2], at.area[3]], px, py, 0)) return null;
    return view.meta.drugs[at.row(py)] === undefined ? null : { query: { lanes: "patients" } };
  }

  function cell(view, px, py) {
    const at = R.place(view), { subsets, columns } = view.meta.cells;
    const { xaxis, yaxis } = view.gd._fullLayout;
    const column = Math.round(xaxis.p2l(px - xaxis._offset)), row = Math.round(yaxis.p2l(py - yaxis._offset));
    if (!within([0, at.area[1], at.area[0] + at.area[2], at.area[3]], px, py, 0) || !subsets[row]) return null;
    return { query: { panel: "correlation", subset: subsets[row], ...(px >= at.area[0] ? columns[column] : {}) } };
  }

  // The nearest of the places along the axis that stand for a choice.
  function choose(view, px, py) {
    const at = R.place(view);
    if (!within([0, 0, view.gd._fullLayout.width, view.gd._fullLayout.height], px, py, 0)) return null;
    const gaps = view.meta.choices.map(({ x }) => Math.abs(at.x(x) - px)), best = gaps.indexOf(Math.min(...gaps));
    return gaps[best] < 24 ? { query: view.meta.choices[best].query } : null;
  }

  // The place of a point among rows and columns, the labels of the axes included.
  function spot(view, px, py) {
    const { xaxis, yaxis, width, height } = view.gd._fullLayout;
    if (!within([0, 0, width, height], px, py, 0)) return [];
    return [Math.round(xaxis.p2l(px - xaxis._offset)), Math.round(yaxis.p2l(py - yaxis._offset))];
  }

  const one = (id) => (id === undefined || id === null ? null : { patients: [id] });
  const row = (view, px, py) => one(view.meta.rows[spot(view, px, py)[1]]);
  const column = (view, px, py) => one(view.meta.columns[spot(view, px, py)[0]]);

  // A row that stands for a choice, unless a patient's own mark on it was meant.
  function choice(view, px, py) {
    const query = view.meta.sets[spot(view, px, py)[1]];
    return nearest(view, px, py) || (query ? { query } : null);
  }

  // A mark that stands for several patients.
  const TOLD_BY = ["subset", "phase", "response", "cutoff", "relapse", "rebound", "clock", "baseline", "imputation", "policy", "pasi_scale", "measure", "curves_by", "at_restart", "gap"];

  function member(view, px, py) {
    const at = R.place(view), somebody = view.points.filter((point) => R.membersOf(view.meta, point.key).length);
    const gaps = somebody.map(({ x, y, yaxis }) => Math.hypot(at.x(x) - px, at.y(y, yaxis) - py));
    const best = gaps.indexOf(Math.min(...gaps));
    if (!(gaps[best] < 12) || (gaps[best] > 4 && toOwn(view, at, px, py) < gaps[best])) return null;
    return standing(view, somebody[best].key);
  }

  function standing(view, key) {
    const told = Object.fromEntries(TOLD_BY.map((field) => [field, R.query[field]]));
    return { members: R.membersOf(view.meta, key), gesture: { view: view.name, key, ...told } };
  }

  // How far the nearest mark of one patient is, on a chart that draws those too: under a mark of several it gives way.
  function toOwn(view, at, px, py) {
    let nearest = Infinity;
    for (const { of, x, y, yaxis } of view.meta.own ? view.sets : []) {
      for (const i of [...of.values()].flat()) if (Number.isFinite(y[i])) nearest = Math.min(nearest, Math.hypot(at.x(x[i]) - px, at.y(y[i], yaxis) - py));
    }
    return nearest;
  }

  // What the chart says it is made of -> what a click on it means.
  const HITS = [["lanes", lane], ["drugs", drug], ["cells", cell], ["choices", choose], ["rows", row], ["columns", column], ["sets", choice], ["members", (view, px, py) => member(view, px, py) || nearest(view, px, py)]];

  const within = ([x, y, w, h], px, py, slack) => px >= x - slack && px <= x + w + slack && py >= y - slack && py <= y + h + slack;

  function toSegment(px, py, [ax, ay], [bx, by]) {
    const [dx, dy] = [bx - ax, by - ay], along = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    return Math.hypot(px - ax - t * dx, py - ay - t * dy);
  }

  // ---- box and lasso

  // What it caught is in the selection from then on, and drawn by the layer: plotly would dim all other marks until told
  // otherwise.
  function lasso(view, found) {
    if (!found) return;
    R.timed(() => caught(view, found));
    window.Plotly.update(view.gd, { selectedpoints: null }, { selections: [] });
  }

  function caught(view, found) {
    if ( view.name !== "correlation" || (!found.lassoPoints && !found.range)) return;
    const polygon = found.lassoPoints ? thinned(found.lassoPoints.x, found.lassoPoints.y) : corners(found.range);
    const kept = (({ subset, phase, tolerance, lag, pasi_scale, immune_scale }) => ({ subset, phase, tolerance, lag, pasi_scale, immune_scale }))(R.query);
    R.selectVisits(R.visitsInside(view, polygon.x, polygon.y), { view: view.name, ...polygon, ...kept }, R.shiftDown);
  }

  const fine = (values) => values.map((value) => Number(value.toPrecision(5)));
  const corners = ({ x: [a, b], y: [c, d] }) => ({ x: fine([a, b, b, a]), y: fine([c, c, d, d]) });

  function thinned(xs, ys) {
    const step = Math.max(1, Math.ceil(xs.length / 60)), some = (_, i) => i % step === 0;
    return { x: fine(Array.from(xs).filter(some)), y: fine(Array.from(ys).filter(some)) };
  }

  // A stored gesture is evaluated against the marks it was made on, whatever the scatter shows now.
  R.evaluate = async function () {
    const { gesture } = R.selection, key = gesture && JSON.stringify(gesture);
    if (key === R.evaluated || (gesture && !R.study)) return;
    R.evaluated = key;
    R.gestured = {};
    if (!gesture) return;
    R.fetching += 1;
    try {
      const found = await R.foundBy(gesture);
      if (R.evaluated === key) R.gestured = found;
    } catch (error) {
      R.say(error.said || "What this address highlights could not be found.");
    } finally {
      R.fetching -= 1;
      R.draw();
      R.chips();
    }
  };
})(window.reprise);

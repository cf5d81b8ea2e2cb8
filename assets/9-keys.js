// Keys in a chart whose region has the focus: arrows go over its marks, cells or rows, tell of each as a tooltip does,
// and Enter does what a click there would.
(function (R) {
  const CLOSER = 0.5;
  const DRAWN = 80; // ms after which a tooltip is there: plotly draws one at most every 50
  let speaking = 0;
  let here = null; // the view, and where in it the keys are: { view, id, week } or { view, at: [column, row] }

  const known = (value) => value !== null && value !== undefined && Number.isFinite(value);
  const step = (list, i, by) => list[Math.max(0, Math.min(list.length - 1, i + by))];
  const sorted = (marks) => marks.sort((a, b) => a.x - b.x || a.y - b.y);

  // ---- marks of patients: rows are patients, columns their visits

  const isMark = (set) => set.markers && !set.words && !set.count;
  const drawn = (view) => [...view.sets, ...(view.others || [])].filter(isMark);

  // A patient of each sub-plot in turn: { id, yaxis }.
  function patients(view) {
    const sets = drawn(view), on = (yaxis) => sets.filter((set) => set.yaxis === yaxis);
    const ids = (yaxis) => [...new Set(view.meta.lanes || on(yaxis).flatMap((set) => [...set.of.keys()]))];
    return [...new Set(sets.map((set) => set.yaxis))].flatMap((yaxis) => ids(yaxis).map((id) => ({ id, yaxis })));
  }

  function marksOf(view, { id, yaxis }) {
    const at = R.place(view), found = [];
    for (const set of drawn(view)) {
      for (const i of (set.yaxis === yaxis && set.of.get(id)) || []) {
        if (!known(set.y[i])) continue;
        const x = at.x(set.x[i]), y = at.y(set.y[i], yaxis);
        found.push({ id, yaxis, curve: set.curve, set, i, x, y, select: chosenBy(set, i, id) });
      }
    }
    return found.sort((a, b) => a.set.week(a.i) - b.set.week(b.i) || a.x - b.x);
  }

  function chosenBy(set, i, id) {
    const [, start, treatment] = set.data.at(i);
    return set.bars && !set.event ? { courses: [{ patient: id, treatment, start }] } : { patients: [id] };
  }

  // The next patient with a mark in this direction, nearest to where the keys were.
  function ofPatients(view, [across, down]) {
    const ids = patients(view), now = here && here.mark;
    const from = now ? ids.findIndex(({ id, yaxis }) => id === now.id && yaxis === now.yaxis) : -1;
    if (!now || from < 0) return firstOf(view, ids, 0, 1);
    if (down) return firstOf(view, ids, from + down, down, now.x) || now;
    const own = marksOf(view, now), place = own.findIndex(({ set, i }) => set.curve === now.set.curve && i === now.i);
    return step(own, Math.max(0, place), across);
  }

  function firstOf(view, ids, from, by, x = -Infinity) {
    for (let i = from; i >= 0 && i < ids.length; i += by) {
      const own = marksOf(view, ids[i]);
      if (own.length) return own.reduce((best, mark) => (Math.abs(mark.x - x) < Math.abs(best.x - x) ? mark : best));
    }
    return null;
  }

  // ---- marks of several patients, places of a choice, cells and rows: found by where they stand on the chart

  const KINDS = [
    ["cells", ({ cells }) => grid(cells.columns.length, cells.subsets.length)],
    ["choices", ({ choices }) => choices.map(({ x }) => ({ column: x }))],
    ["rows", ({ rows }) => grid(1, rows.length)],
    ["columns", ({ columns }) => columns.map((_, column) => ({ column }))],
    ["sets", ({ sets }) => grid(1, sets.length)],
  ];
  const spotOf = (columns) => (_, i) => ({ column: i % columns, row: Math.floor(i / columns) });
  const grid = (columns, rows) => Array.from({ length: columns * rows }, spotOf(columns));

  function places(view) {
    const at = R.place(view), [left, top, width, height] = at.area, kind = KINDS.find(([name]) => view.meta[name]);
    if (!kind) return view.points.map(({ x, y, yaxis, key }) => ({ x: at.x(x), y: at.y(y, yaxis), key }));
    const centre = (value, of, or) => (value === undefined ? or : of(value));
    return kind[1](view.meta).map(({ column, row }) => {
      const alone = view.meta.cells ? column : undefined; // a row is anywhere along itself
      const x = centre(row === undefined ? column : alone, at.x, left + width / 2);
      return { x, y: centre(row, at.y, top + height / 2) };
    });
  }

  // The nearest place in this direction, those straight ahead first.
  function ofPlaces(view, [across, down]) {
    const all = places(view), now = here && here.mark;
    if (!now || !all.length) return sorted(all)[0] || null;
    const ahead = ({ x, y }) => (x - now.x) * across + (y - now.y) * down;
    const aside = ({ x, y }) => Math.abs((x - now.x) * down) + Math.abs((y - now.y) * across);
    const further = all.filter((place) => ahead(place) > 0.5);
    const far = (place) => ahead(place) + 3 * aside(place);
    return further.reduce((best, place) => (best && far(best) <= far(place) ? best : place), null) || now;
  }

  const ofOne = (view) => !KINDS.some(([name]) => view.meta[name]) && !(view.points || []).length;

  // ---- to go, and to choose

  function go(view, direction) {
    if (here && (here.view !== view || here.plotted !== view.plotted)) here = { view, mark: placedAgain(view) };
    const mark = (ofOne(view) ? ofPatients : ofPlaces)(view, direction);
    here = mark ? { view, mark, plotted: view.plotted } : null;
    if (mark) show(view, mark);
  }

  // After a redraw or a zoom the same mark stands elsewhere.
  function placedAgain(view) {
    const { mark } = here;
    if (here.view !== view || !mark.id) return here.view === view ? mark : null;
    return marksOf(view, mark).find(({ set, i }) => set.curve === mark.set.curve && i === mark.i) || null;
  }

  function show(view, mark) {
    R.ringAt(view, mark);
    if (mark.id === undefined) return hover(view, mark);
    R.showTip(view, Object.assign([mark], { here: 1 }));
    speak(view, () => R.markWords(view, mark));
  }

  // plotly's own tooltip of what stands at a place, as under a pointer.
  function hover(view, { x, y }) {
    const box = view.gd.getBoundingClientRect(), drag = view.gd.querySelector(".nsewdrag");
    const event = new MouseEvent("mousemove", { clientX: box.left + x, clientY: box.top + y, bubbles: true });
    if (drag) drag.dispatchEvent(event);
    speak(view, () => cellWords(view, x, y));
  }

  // A tooltip is read out when plotly has drawn it.
  function speak(view, otherwise) {
    clearTimeout(speaking);
    speaking = setTimeout(() => R.tell(spoken(view) || otherwise()), DRAWN);
  }

  const spoken = (view) => [...view.gd.querySelectorAll(".hoverlayer .hovertext text")].map(linesOf).join(", ");
  const linesOf = (text) => {
    const lines = [...text.querySelectorAll("tspan.line")];
    return (lines.length ? lines : [text]).map((line) => line.textContent).join(", ");
  };

  function cellWords(view, x, y) {
    const found = R.meant(view, x, y);
    if (!found) return "";
    if (found.query) return Object.values(found.query).join(", ");
    return (found.members || found.patients || []).join(", ");
  }

  function choose(view, add) {
    const { mark } = here;
    if (mark.id !== undefined) return R.select(mark.select, add);
    const found = R.meant(view, mark.x, mark.y);
    if (found && !(found.members && !found.members.length)) R.act(view, found, add);
    else R.tell("Nobody stands there.");
  }

  // The course of the patient in force at that week, of several the one that began last.
  function course(view) {
    const { mark } = here, lanes = R.views.swimlanes;
    if (!mark.id || !lanes) return;
    const week = mark.set.week(mark.i), found = [];
    for (const set of R.setsOf(lanes, mark.id)) {
      for (const i of set.bars && !set.event ? set.of.get(mark.id) : []) {
        const [patient, start, treatment, , , end] = set.data.at(i);
        if (start <= week && (!known(end) || week <= end)) found.push({ patient, treatment, start });
      }
    }
    const last = found.sort((a, b) => b.start - a.start)[0];
    if (last) R.select({ courses: [last] });
    else R.tell(`No course of ${mark.id} at that week.`);
  }

  // ---- zoom of the time axis around the mark

  function zoom(view, share) {
    const { range } = view.gd._fullLayout.xaxis, { home } = view.meta, wide = (range[1] - range[0]) * share;
    const mark = here && here.view === view && here.mark.set ? here.mark : null;
    const centre = mark ? mark.set.x[mark.i] : (range[0] + range[1]) / 2;
    const low = Math.max(home[0], Math.min(centre - wide / 2, home[1] - wide)), high = Math.min(home[1], low + wide);
    const all = low <= home[0] && high >= home[1];
    R.setZoom({ time: all ? null : [low, high].map((unit) => R.weekAt(view, unit)) });
    R.applyZoom();
  }

  function everything() {
    R.setZoom({ time: null, pairs: null });
    R.applyZoom();
  }

  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const LETTERS = {
    c: (view) => here && course(view),
    z: (view) => view.meta.weeks && zoom(view, CLOSER),
    x: (view) => view.meta.weeks && zoom(view, 1 / CLOSER),
    0: everything,
  };

  function act(view, event) {
    clearTimeout(speaking); // what this key does is said instead
    if (ARROWS[event.key]) return go(view, ARROWS[event.key]), true;
    if (event.key === "Enter" && here && here.view === view) return choose(view, event.shiftKey), true;
    const letter = LETTERS[event.key.toLowerCase()];
    return Boolean(letter) && (letter(view), true);
  }

  document.addEventListener("keydown", function (event) {
    const region = event.target.matches && event.target.matches("[data-view]");
    if (!region || event.ctrlKey || event.metaKey || event.altKey) return;
    const view = R.views[event.target.dataset.view];
    if (view && document.contains(view.gd) && view.gd._fullLayout.xaxis && act(view, event)) event.preventDefault();
  });

  document.addEventListener("focusout", function ({ target }) {
    const view = target.matches && target.matches("[data-view]") && R.views[target.dataset.view];
    if (!view || !here || here.view !== view) return;
    here = null;
    R.ringAt(view);
    R.tip(view);
    window.Plotly.Fx.unhover(view.gd);
  });

  // Where the keys are: a ring that no highlight draws.
  R.ringAt = function (view, mark) {
    const pen = R.pen(view, "keys"), { ink, card } = R.place(view);
    if (mark) pen.mark(mark.x, mark.y, "circle", 9, null, card, 4);
    if (mark) pen.mark(mark.x, mark.y, "circle", 9, null, ink, 2);
  };
})(window.reprise);

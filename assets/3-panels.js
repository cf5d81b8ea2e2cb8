// The panels of the figure: how high each is, where its region lies, and which lanes are in sight.
(function (R) {
  const FAST = 2; // lanes that a turn of the wheel moves
  const TIGHT = 14; // height of a lane, px, to which all are made lower before the list scrolls
  const STEPS = { PageDown: 1, PageUp: -1, End: Infinity, Home: -Infinity };
  let first = 0; // the lane on top
  let kept = null; // the patient on top, while the list is turned

  const far = (one, other) => one.some((value, i) => Math.abs(value - other[i]) > 1e-4);
  const key = (axis) => axis.replace("y", "yaxis");
  const clamped = (value, low, high) => Math.max(low, Math.min(high, value));

  // Heights, px, of the rows of axes: those that are given, of the lanes as many as fit, and the rest for the others.
  function heights({ stack: rows, gap, least, scroll }, room) {
    const lanes = scroll ? scroll.row * scroll.count : 0, open = rows.filter(([, px]) => px === null).length;
    const given = rows.reduce((sum, [axis, px]) => sum + (px !== null && !(scroll && axis === scroll.axis) ? px : 0), 0);
    const left = room - gap * (rows.length - 1) - given, most = open ? left - least * open : left;
    const whole = scroll ? Math.max(3, Math.floor(most / scroll.row)) * scroll.row : 0;
    const all = scroll && most >= scroll.count * TIGHT, seen = open ? Math.min(lanes, all ? most : whole) : left;
    return rows.map(([axis, px]) => (scroll && axis === scroll.axis ? seen : px === null ? (left - (scroll ? seen : 0)) / open : px));
  }

  // What a layout has to say for a height: the domain of each axis, and the lanes in sight.
  R.fitted = function ({ meta, margin }, height) {
    const room = height - margin.t - margin.b, high = heights(meta, room), found = {};
    let edge = room;
    meta.stack.forEach(([axis], i) => {
      found[`${key(axis)}.domain`] = [Math.max(0, (edge - high[i]) / room), edge / room];
      edge -= high[i] + meta.gap;
    });
    const { scroll } = meta, at = scroll ? meta.stack.findIndex(([axis]) => axis === scroll.axis) : -1;
    if (scroll) found[`${key(scroll.axis)}.range`] = inSight(meta, high[at]);
    return found;
  };

  // The lanes that a height shows, from the one on top.
  function inSight({ scroll, panels }, px) {
    const rows = px >= scroll.count * TIGHT ? scroll.count : px / scroll.row;
    const known = (panels.swimlanes.lanes || []).indexOf(kept);
    first = clamped(known < 0 ? first : known, 0, Math.max(0, scroll.count - rows));
    return [first + rows - 0.5, first - 0.5];
  }

  // A layout that is about to be drawn gets its heights, so that it is drawn once.
  R.fitLayout = function (layout, height) {
    if (!layout.meta || !layout.meta.stack || !height) return;
    for (const [path, value] of Object.entries(R.fitted(layout, height))) {
      const [axis, part] = path.split(".");
      layout[axis][part] = value;
    }
    kept = null;
  };

  // Whether a drawn chart has to be drawn again for its height.
  R.fit = function ({ gd }) {
    const { meta } = gd.layout;
    if (!meta || !meta.stack) return false;
    const full = gd._fullLayout, wanted = R.fitted({ meta, margin: gd.layout.margin }, full.height);
    const now = ([path]) => path.split(".").reduce((part, name) => part[name], full);
    const stale = Object.entries(wanted).filter((entry) => far(entry[1], now(entry)));
    if (stale.length) window.Plotly.relayout(gd, Object.fromEntries(stale));
    return stale.length > 0;
  };

  // Each region over the plot of its panel; of a panel that is not drawn, hidden.
  R.regions = function (chart) {
    for (const region of document.querySelectorAll(`[data-chart="${chart.name}"] > [data-view]`)) {
      const view = R.views[region.dataset.view], shown = Boolean(view) && view.gd === chart.gd;
      region.classList.toggle("hidden", !shown);
      if (!shown) continue;
      const [left, top, width, height] = R.place(view).area;
      Object.assign(region.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
    }
  };

  // The view of a chart at a height: the one whose plot is nearest.
  R.viewAt = function (chart, py) {
    const gap = (view) => {
      const [, top, , height] = R.place(view).area;
      return Math.max(top - py, py - top - height, 0);
    };
    return chart.views.reduce((best, view) => (best && gap(best) <= gap(view) ? best : view), null);
  };

  // ---- the list of lanes

  const drawn = () => {
    const view = R.views.swimlanes;
    return view && document.contains(view.gd) && view.meta.scroll ? view : null;
  };

  function seen(view) {
    const [low, high] = view.gd._fullLayout[key(view.meta.scroll.axis)].range;
    return low - high;
  }

  // Moves by so many lanes; at an end of what is drawn the list is turned.
  R.scrollLanes = function (step) {
    const view = drawn(), rows = view && seen(view);
    if (!view || R.pending()) return;
    const { count, page, pages } = view.meta.scroll, last = Math.max(0, count - rows), next = clamped(first + step, 0, last);
    if (next === first) return turn(view, page, step > 0 ? Math.min(pages, page + 2) : Math.max(1, page - 2), step > 0 ? last : 0);
    first = next;
    R.fit(view.chart);
  };

  function turn(view, page, next, lane) {
    if (next === page) return;
    kept = view.meta.lanes[Math.round(lane)];
    R.setQuery({ lane_page: next }, true);
  }

  R.canScroll = (step) => {
    const view = drawn();
    if (!view) return false;
    const { count, page, pages } = view.meta.scroll, last = count - seen(view);
    return step > 0 ? first < last - 0.01 || page < pages : first > 0.01 || page > 1;
  };

  // The lanes of whoever has just been lit come into sight.
  let shown;
  R.showLane = async function () {
    const view = drawn(), [patient] = R.lit().ids;
    if (!view || !view.meta.lanes || patient === shown || R.pending()) return;
    shown = patient;
    if (patient === undefined) return;
    const lane = view.meta.lanes.indexOf(patient), rows = seen(view);
    if (lane < 0) return R.findLane(patient);
    if (lane >= first - 0.01 && view.meta.lanes.lastIndexOf(patient) < first + rows) return;
    first = clamped(lane, 0, Math.max(0, view.meta.scroll.count - rows));
    R.fit(view.chart);
  };

  R.findLane = async function (patient) {
    R.fetching += 1;
    try {
      const { lane_page: place } = await R.post(`${R.prefix()}lanes`, { study: R.study, query: R.query, patient });
      kept = patient;
      if (place && R.lit().ids.has(patient)) R.setQuery({ lane_page: place }, true);
    } catch (error) {
      if (!error.said) throw error;
      R.say(error.said);
    } finally {
      R.fetching -= 1;
    }
  };

  document.addEventListener("wheel", function (event) {
    const chart = R.charts.time, step = Math.sign(event.deltaY) * FAST;
    if (!chart || !chart.gd.contains(event.target) || !step || event.ctrlKey) return;
    const view = R.viewAt(chart, event.clientY - chart.gd.getBoundingClientRect().top);
    if (view !== drawn() || !R.canScroll(step)) return;
    event.preventDefault();
    R.scrollLanes(step);
  }, { passive: false });

  document.addEventListener("keydown", function (event) {
    if (!(event.key in STEPS) || !event.target.matches('[data-view="swimlanes"]') || !drawn()) return;
    event.preventDefault();
    R.scrollLanes(STEPS[event.key] * Math.max(1, seen(drawn()) - 1));
  });
})(window.reprise);

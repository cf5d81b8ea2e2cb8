// Play: one week sweeps through every view. The time views show it as their crosshair; where marks are pairs, what comes
// later is dimmed and each patient's latest mark is ringed. All of it is drawn on the layer: no request, no state.
(function (R) {
  const SECONDS = 14; // from the first week to the last
  const STEP = 1000; // ms between two steps, where motion is not wanted
  const MANY = 60;
  const PAIRED = ["correlation", "multiples", "phase_plane"];
  const part = (name) => document.querySelector(name === "slider" ? "#play input" : `#play [data-play="${name}"]`);
  const paired = () => PAIRED.map((name) => R.views[name]).filter((view) => view && document.contains(view.gd) && view.gd.offsetParent);

  R.sweep = null; // { share: of the way, running }: shown, whether it moves or stands

  // Along the axis, not along the weeks: the lens gives most of the time to the weeks that have most of the width.
  const unitOf = (view, share) => view.meta.home[0] + share * (view.meta.home[1] - view.meta.home[0]);

  // A patient's weeks on the clock, less her weeks in the study.
  function shifts() {
    const found = new Map();
    for (const view of R.times()) {
      for (const set of [...view.sets, ...(view.others || [])]) {
        if (set.words || set.rule || set.bars) continue;
        for (const [id, [first]] of set.of) if (!found.has(id)) found.set(id, R.weekAt(view, set.x[first]) - set.week(first));
      }
    }
    return found;
  }

  function draw() {
    const [first] = R.times();
    if (!first || !R.sweep) return;
    const unit = unitOf(first, R.sweep.share), week = R.weekAt(first, unit), shift = shifts();
    R.cursor(first.chart, unit);
    for (const view of paired()) until(view, (id, at) => at + (shift.get(id) || 0) <= week + 1e-6);
    part("slider").value = R.sweep.share;
    part("week").textContent = `week ${R.fixed(week, 1)}`;
  }

  function until(view, past) {
    const pen = R.pen(view, "sweep"), at = R.place(view), lit = R.lit();
    pen.veil(at.area, [], at.card, 0.75);
    pen.clip(...at.area);
    for (const set of [...view.sets, ...(view.others || [])].filter((set) => set.markers && !(set.bars && set.event))) { // a follow-up is no visit
      const draw = set.of.size > MANY && !lit.any ? latest : path;
      for (const [id, all] of set.of) draw(pen, at, set, id, all.filter((i) => past(id, set.week(i))), lit);
    }
    pen.unclip();
  }

  // In a crowd, where each patient is by then, and no more.
  function latest(pen, at, set, id, positions) {
    const i = positions[positions.length - 1];
    if (i !== undefined) pen.box(at.x(set.x[i]) - 2, at.y(set.y[i], set.yaxis) - 2, 4, 4, set.color(id, i), null, 0, 0.8);
  }

  function path(pen, at, set, id, positions, lit) {
    if (!positions.length || (lit.any && !lit.ids.has(id))) return;
    const places = positions.map((i) => [at.x(set.x[i]), at.y(set.y[i], set.yaxis)]);
    if (set.lines) pen.line(places, set.color(id, positions[0]), 1.6);
    if (set.lines) R.arrows(pen, places, set.color(id, positions[0]));
    positions.forEach((i, n) => pen.mark(...places[n], set.shape(i), 3.5, set.fill(id, i), set.color(id, i), 1.4));
    pen.mark(...places[places.length - 1], "circle", 8, null, at.ink, 1.4);
  }

  function step(now) {
    if (!R.sweep || !R.sweep.running) return;
    const waits = R.calm() && now - R.sweep.at < STEP; // who asked for less motion gets steps
    if (!waits) R.sweep.share = Math.min(1, R.sweep.share + (now - R.sweep.at) / 1000 / SECONDS);
    if (waits) return requestAnimationFrame(step);
    R.sweep.at = now;
    if (R.sweep.share === 1) run(false);
    draw();
    requestAnimationFrame(step);
  }

  function run(running) {
    const share = R.sweep && (R.sweep.share < 1 || !running) ? R.sweep.share : 0;
    R.sweep = { share, running, at: performance.now() };
    part("toggle").textContent = running ? "❚❚" : "▶";
    part("toggle").setAttribute("aria-label", running ? "Pause" : "Play");
    document.getElementById("play").classList.add("shown");
    draw();
    if (running) requestAnimationFrame(step);
  }

  function stop() {
    if (!R.sweep) return;
    R.sweep = null;
    part("toggle").textContent = "▶";
    part("toggle").setAttribute("aria-label", "Play");
    document.getElementById("play").classList.remove("shown");
    if (R.charts.time) R.cursor(R.charts.time, null);
    for (const view of paired()) R.pen(view, "sweep");
  }

  const ACTS = { toggle: () => run(!(R.sweep && R.sweep.running)), stop };

  document.addEventListener("click", function (event) {
    const act = event.target.closest("#play [data-play]");
    if (act && ACTS[act.dataset.play]) ACTS[act.dataset.play]();
  });

  document.addEventListener("input", function (event) {
    if (event.target !== part("slider")) return;
    if (!R.sweep || R.sweep.running) run(false);
    R.sweep.share = Number(event.target.value);
    draw();
  });

  document.addEventListener("keydown", function (event) {
    if (event.target.closest("input:not([type=range]), select, textarea, .dash-dropdown-content, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "p") ACTS.toggle();
    if (event.key === "Escape") stop();
  });

  // What was drawn anew, or lit, under the sweep.
  R.listeners.push(() => requestAnimationFrame(draw));
  R.swept = draw;
})(window.reprise);

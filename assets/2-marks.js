// Marks: what is drawn for each patient in each chart, read from the chart's own traces, or from the columnar arrays
// of those who are not drawn one by one. Linking is by patient id and week, never by position.
(function (R) {
  const TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, i1: Int8Array, u1: Uint8Array, u2: Uint16Array, u4: Uint32Array };
  // before, after, restart, no phase; relapse, rebound, first response, nadir
  const SHAPES = ["square", "circle", "diamond", "triangle-up", "x", "circle-x", "star-triangle-up", "star", "triangle-down"];

  R.charts = {}; // chart -> { gd, views: those that it draws }
  R.views = {}; // view -> { gd, chart, sets: from its traces, others: from the server }
  R.fetching = 0;

  const plain = (array) => {
    if (!array || !array.bdata) return array;
    const bytes = Uint8Array.from(atob(array.bdata), (c) => c.charCodeAt(0));
    return new TYPES[array.dtype](bytes.buffer);
  };

  R.plain = plain;

  function grouped(count, idOf) {
    const of = new Map();
    for (let i = 0; i < count; i += 1) {
      const id = idOf(i);
      if (id === null || id === undefined) continue;
      if (!of.has(id)) of.set(id, []);
      of.get(id).push(i);
    }
    return of;
  }

  const each = (value, i) => (Array.isArray(value) || ArrayBuffer.isView(value) ? value[i] : value);

  // One set per trace: x, y in axis units, week(i), of: patient -> positions, and how a mark looks.
  function fromTrace(trace) {
    const data = trace.customdata;
    const { group, band, members, told, crowd } = trace.meta || {};
    if (!data || trace.type === "heatmap" || trace.visible === false || group || band || members || told) return null;
    if (trace.type === "bar" && trace.orientation !== "h") return null; // columns: found by their place
    const marker = crowd || trace.marker || {}, line = marker.line || {}, bars = trace.type === "bar", words = trace.mode === "text";
    return {
      curve: trace.index, bars, x: bars ? trace.base : trace.x, x1: bars ? trace.base.map((b, i) => b + trace.x[i]) : null, y: trace.y, yaxis: trace.yaxis || "y",
      lines: !bars && trace.mode.includes("lines"), markers: bars || Boolean(crowd) || trace.mode.includes("markers"), data, crowd: Boolean(crowd),
      event: Boolean(trace.meta && (trace.meta.event || trace.meta.followed)), rule: Boolean(trace.meta && trace.meta.rule), alone: Boolean(trace.meta && trace.meta.alone), count: Boolean(trace.meta && trace.meta.count), words: words ? trace.text : null, labels: !bars && /markers.*text/.test(trace.mode) ? trace.text : null,
      week: (i) => data[i] && data[i][1], of: grouped(data.length, (i) => data[i] && data[i][0]),
      dash: () => dashed(trace.line && trace.line.dash),
      color: (id, i) => solid(each(line.color, i) || (trace.line && trace.line.color) || each(marker.color, i) || (words && each(trace.textfont.color, i))),
      fill: (id, i) => solid(each(marker.color, i)), shape: (i) => each(marker.symbol, i) || "circle",
    };
  }

  // plotly's "7px,4px" as a pen takes it.
  const dashed = (dash) => (dash && /px/.test(dash) ? dash.split(",").map(parseFloat) : []);

  const solid = (color) => (typeof color === "string" ? color.replace(/rgba\((\d+),\s*(\d+),\s*(\d+),.*\)/, "rgb($1,$2,$3)") : color);

  function fromServer(raw, cohort) {
    const [patient, week, shape, pasi, end, hollow] = ["patient", "week", "shape", "pasi_week", "end_week", "hollow"].map((name) => plain(raw[name]) || []);
    const bars = raw.mode === "bars", of = grouped(patient.length, (i) => cohort.ids[patient[i]]);
    return {
      bars, x: bars ? plain(raw.x0) : plain(raw.x), x1: bars ? plain(raw.x1) : null, y: plain(raw.y), yaxis: raw.yaxis,
      lines: raw.mode.includes("lines"), markers: raw.mode.includes("markers"), base: Boolean(raw.base), rule: Boolean(raw.rule), alone: Boolean(raw.alone), text: bars ? raw.text : null,
      count: Boolean(raw.count),
      data: { at: (i) => [cohort.ids[patient[i]], week[i], pasi[i], null, null, end[i]] },
      week: (i) => week[i], of, patient, pasi,
      dash: (id) => (raw.rule || !cohort.dashes ? [] : dashed(cohort.dashes[patient[of.get(id)[0]]])),
      color: (id, i) => cohort.colors[patient[i]], fill: (id, i, card) => (hollow[i] ? card : cohort.colors[patient[i]]), shape: (i) => raw.symbol || SHAPES[shape[i]] || "circle",
      idAt: (i) => cohort.ids[patient[i]],
    };
  }

  R.read = (view) => {
    view.stale = true;
    const meta = view.gd._fullLayout.meta || view.gd.layout.meta || {}, { axes, ...own } = (meta.panels || {})[view.name] || {};
    const traces = view.gd._fullData.filter((trace) => !axes || axes.includes(trace.yaxis || "y"));
    view.meta = { ...meta, ...own, axes };
    view.sets = traces.map(fromTrace).filter(Boolean);
    view.groups = traces.filter((trace) => trace.meta && trace.meta.group);
    view.points = traces.filter((trace) => trace.meta && trace.meta.members).flatMap(pointsOf);
    const raw = view.meta.layer && R.cohort ? view.meta.marks || R.cohort.views[view.name] : null;
    const { rules } = view.meta;
    if (!view.meta.layer) view.others = rules ? rules.marks.map((trace) => fromServer(onPanel(view, trace), rules)) : [];
    else if (raw) view.others = raw.map((trace) => fromServer(onPanel(view, trace), R.cohort));
  };

  // The server names the axes of a view as if it were drawn alone.
  const onPanel = ({ meta: { axes } }, trace) => (axes ? { ...trace, yaxis: axes[Number(trace.yaxis.slice(1) || 1) - 1] } : trace);

  // Marks that stand for several patients each: `key` names who they are in the chart's `meta.members`.
  const pointsOf = (trace) => trace.customdata.map((row, i) => ({ key: row[0], x: trace.x[i], y: trace.y[i], yaxis: trace.yaxis || "y" }));

  R.membersOf = ({ members, ids }, key) => (members[key] || []).map((position) => ids[position]);

  // Marks of one patient: from the chart if it draws them, else from the server's arrays; and what the rules draw.
  R.setsOf = (view, id) => {
    const own = view.sets.filter((set) => set.of.has(id)), others = (view.others || []).filter((set) => set.of.has(id));
    return own.length ? [...own, ...others.filter((set) => set.rule)] : others;
  };

  // Whoever is not on the page (left out, or of another study) is not lit: a page dimmed for nobody says nothing.
  R.isDrawn = (id) => Object.values(R.views).some((view) => document.contains(view.gd) && R.setsOf(view, id).length > 0);

  // Asked for while a page's charts are being drawn, or for the charts just redrawn.
  R.fetchMarks = async (names) => {
    if (!document.getElementById("find")) return; // few patients: each is drawn
    const awaited = (view) => !view || !document.contains(view.gd);
    const views = names.filter((name) => awaited(R.views[name]) || (R.views[name].meta.layer && !R.views[name].meta.marks));
    R.fetching += 1;
    const [asked, study] = [R.query, R.study];
    try {
      const found = await R.post(`${R.prefix()}marks`, { study, query: asked, views });
      if (study !== R.study || JSON.stringify(asked) !== JSON.stringify(R.query)) return;
      R.cohort = { ...found, views: { ...(R.cohort && R.cohort.views), ...found.views } };
      for (const view of Object.values(R.views)) if (view.gd._fullData) R.read(view); // not a chart of the study before
    } catch (error) {
      if (!error.said) throw error;
      R.say(error.said);
    } finally {
      R.fetching -= 1;
      R.draw();
    }
  };

  // What a stored gesture found, under the query that it was made with: visits in a polygon, or whom a mark stands for.
  R.foundBy = async ({ view, x, y, key, ...fields }) => {
    const found = await R.post(`${R.prefix()}marks`, { study: R.study, query: { ...R.query, ...fields }, views: [view] });
    if (key !== undefined) return { patients: R.membersOf({ members: found.members[view], ids: found.ids }, key) };
    return { visits: R.visitsInside({ sets: [], others: found.views[view].map((raw) => fromServer(raw, found)) }, x, y) };
  };

  // What the server says to the reader of a request that it refused; nothing of one that was refused on the way to it.
  R.sentence = async (reply) => ((reply.headers.get("Content-Type") || "").startsWith("text/plain") ? reply.text() : "");

  // A request of dash's own that is refused before dash can answer: dash would say nothing of it.
  const ask = window.fetch;
  window.fetch = async (url, how) => {
    const reply = await ask(url, how);
    if (!reply.ok && String(url).includes("_dash-update-component")) R.sentence(reply.clone()).then((said) => said && R.say(said));
    return reply;
  };

  R.post = async (url, body) => {
    const reply = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!reply.ok) throw Object.assign(new Error(`${url}: ${reply.status}`), { said: await R.sentence(reply) });
    return reply.json();
  };

  // ---- who is lit

  const key = (id, week) => `${id}|${Math.round(week * 1e3)}`;

  R.lit = () => {
    const { patients, groups, visits, courses } = R.selection;
    const found = [...visits, ...(R.gestured.visits || [])];
    const ids = new Set([...patients, ...(R.gestured.patients || []), ...found.map((visit) => visit[0]), ...courses.map((course) => course.patient)]);
    if (groups.length && R.cohort) R.cohort.ids.forEach((id, i) => groups.includes(R.cohort.groups[i]) && ids.add(id));
    for (const id of ids) if (!R.isDrawn(id)) ids.delete(id);
    const spans = courses.map((course) => [course.patient, ...spanOf(course)]);
    const pasi = new Set(found.map((v) => key(v[0], v[1]))), immune = new Set(found.map((v) => key(v[0], v[2])));
    return {
      ids, any: ids.size > 0, whole: new Set([...patients, ...courses.map((course) => course.patient)]), visits: found.length > 0 || courses.length > 0,
      stands: (view, id, week) => {
        if (spans.some(([patient, start, end]) => id === patient && week >= start && week <= end)) return true;
        return (["pasi", "group_course"].includes(view) ? pasi : immune).has(key(id, week));
      },
    };
  };

  // A course's own weeks; without an end it goes on for ever.
  function spanOf(course) {
    const view = R.views.swimlanes;
    for (const set of view ? [...view.sets, ...(view.others || [])] : []) {
      for (const i of set.of.get(course.patient) || []) {
        const row = set.data.at(i), treatment = set.text ? set.text[i] : row[2];
        if (treatment === course.treatment && Math.abs(row[1] - course.start) < 1e-3) {
          const end = row[5];
          return [course.start, end === null || Number.isNaN(end) ? Infinity : end];
        }
      }
    }
    return [course.start, course.start];
  }

  // Visits inside a box or polygon of the scatter, given in data coordinates.
  R.visitsInside = (view, xs, ys) => {
    const found = [];
    for (const set of [...view.sets, ...(view.others || [])]) {
      if (!set.markers || set.alone) continue; // what found no partner is no pair
      for (const [id, positions] of set.of) {
        for (const i of positions) {
          if (inside(set.x[i], set.y[i], xs, ys)) found.push([id, set.data.at(i)[2], set.week(i)].map(rounded));
        }
      }
    }
    return found;
  };

  const rounded = (value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);

  function inside(x, y, xs, ys) {
    let odd = false;
    for (let i = 0, j = xs.length - 1; i < xs.length; j = i, i += 1) {
      if (ys[i] > y !== ys[j] > y && x < ((xs[j] - xs[i]) * (y - ys[i])) / (ys[j] - ys[i]) + xs[i]) odd = !odd;
    }
    return odd;
  }
})(window.reprise);

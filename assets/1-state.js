// The query (what is drawn) and the selection (what is highlighted). The address after the # carries both, and is the
// only way in: a control, a gesture, Back and a pasted link all end in adopt().
window.reprise = window.reprise || {};
window.dash_clientside = window.dash_clientside || {};

(function (R) {
  const NOTHING = Object.freeze({ patients: [], groups: [], visits: [], courses: [], gesture: null });
  const LONGEST = 3000; // characters of explicit patient-visits in an address; beyond, the gesture itself is stored
  const LAST_WEEK = 5200, FARTHEST = 1e9; // beyond these a zoom shows nothing
  const RESCALING = ["patients", "groups", "clock", "lens", "from_week", "to_week"];
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const keep = () => window.dash_clientside.no_update;

  R.NOTHING = NOTHING;
  R.query = null;
  R.selection = NOTHING;
  R.gestured = {}; // what the selection's stored gesture found: patients or visits
  R.zoom = { time: null, pairs: null };
  R.listeners = [];
  R.pending = () => !same(R.query, R.shown); // a query waits for its figures
  R.uploaded = (key) => /^[A-Za-z0-9_-]{40,}$/.test(key); // a key that only its address names
  R.chosen = () => !same(R.selection, NOTHING);
  // A number with so many digits and a true minus; what rounds to 0 has no sign.
  R.fixed = (value, digits) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
  R.prefix = () => JSON.parse(document.getElementById("_dash-config").textContent).requests_pathname_prefix;

  // ---- the address

  const list = (items) => items.map(encodeURIComponent).join(",");
  const unlist = (text) => (text === "" ? [] : text.split(",").map(decodeURIComponent));
  const number = (text) => (text === "" || !Number.isFinite(Number(text)) ? null : Number(text));
  // Rows of several values: each is encoded, so that neither "/" nor "," can come from a patient id.
  const rows = (items) => items.map((row) => row.map(encodeURIComponent).join("/")).join(",");
  const unrows = (text) => (text || "").split(",").filter(Boolean).map((row) => row.split("/").map(decodeURIComponent)).filter((row) => row.length === 3);
  const short = (value) => String(Number(value.toPrecision(6)));

  function encoded(value) {
    if (Array.isArray(value)) return list(value);
    if (typeof value === "boolean") return value ? "1" : "0";
    return value === null ? "" : encodeURIComponent(value);
  }

  function decoded(text, fallback) {
    if (Array.isArray(fallback)) return unlist(text);
    if (typeof fallback === "boolean") return text === "1";
    if (typeof fallback === "number" || fallback === null) return number(text) ?? fallback;
    return decodeURIComponent(text);
  }

  R.address = function () {
    const parts = R.study === R.home ? [] : [`study=${encodeURIComponent(R.study)}`];
    const unlike = (field) => !same(R.query[field], R.defaults[field]);
    for (const field of Object.keys(R.query)) {
      if (unlike(field) || (field === "panel" && Object.values(R.decks).some(unlike))) parts.push(`${field}=${encoded(R.query[field])}`);
    }
    const { patients, groups, visits, courses, gesture } = R.selection;
    if (patients.length) parts.push(`lit=${list(patients)}`);
    if (groups.length) parts.push(`litgroups=${list(groups)}`);
    if (gesture) parts.push(`gesture=${encodeURIComponent(JSON.stringify(gesture))}`);
    else if (visits.length) parts.push(`visits=${rows(visits)}`);
    if (courses.length) parts.push(`course=${rows(courses.map((c) => [c.patient, c.treatment, c.start]))}`);
    if (R.zoom.time) parts.push(`zoom=${R.zoom.time.map(short).join(",")}`);
    if (R.zoom.pairs) parts.push(`zoompairs=${R.zoom.pairs.map(short).join(",")}`);
    return parts.length ? `#${parts.join("&")}` : "#";
  };

  function parsed(hash) {
    const found = {};
    for (const part of hash.replace(/^#/, "").split("&")) {
      const at = part.indexOf("=");
      if (at > 0) found[part.slice(0, at)] = part.slice(at + 1);
    }
    return found;
  }

  // What a stored gesture is: the view it was made on, and a mark's key or a polygon.
  function gestureOf(text) {
    const gesture = JSON.parse(decodeURIComponent(text)), numbers = (list) => Array.isArray(list) && list.every(Number.isFinite);
    const whole = gesture && typeof gesture.view === "string" && (typeof gesture.key === "string" || (numbers(gesture.x) && numbers(gesture.y)));
    if (!whole) throw new Error("no gesture");
    return gesture;
  }

  function selectionOf(found) {
    return {
      patients: found.lit ? unlist(found.lit) : [],
      groups: found.litgroups ? unlist(found.litgroups) : [],
      visits: unrows(found.visits).map(([id, pasi, immune]) => [id, Number(pasi), Number(immune)]),
      courses: unrows(found.course).map(([patient, treatment, start]) => ({ patient, treatment, start: Number(start) })),
      gesture: found.gesture ? gestureOf(found.gesture) : null,
    };
  }

  function range(text, size, largest) {
    if (!text) return null;
    const numbers = text.split(",").map(Number);
    if (numbers.length !== size || !numbers.every((one) => Math.abs(one) <= largest)) throw new Error("no range");
    return numbers;
  }

  function adopt(hash) {
    const found = parsed(hash);
    const read = (get, fallback) => {
      try {
        return get();
      } catch {
        R.say("A part of this address could not be read; the page shows what it could.");
        return fallback;
      }
    };
    R.selection = read(() => selectionOf(found), NOTHING);
    R.query = Object.fromEntries(
      Object.entries(R.defaults).map(([field, value]) => [field, read(() => (field in found ? decoded(found[field], value) : value), value)]),
    );
    if (!("panel" in found)) followDecks(R.query, R.defaults);
    R.zoom = { time: read(() => range(found.zoom, 2, LAST_WEEK), null), pairs: read(() => range(found.zoompairs, 4, FARTHEST), null) };
    R.announce();
  }

  // Before there was one panel, each deck of views had a field of its own: one that changes opens its view.
  function followDecks(next, before) {
    const changed = Object.values(R.decks).find((deck) => next[deck] !== before[deck]), deck = R.decks[next.panel];
    if (next.panel === before.panel && changed) next.panel = next[changed];
    else if (next.panel !== before.panel && deck) next[deck] = next.panel;
  }

  function push() {
    history.pushState(null, "", R.address());
  }

  // ---- what may be called from elsewhere

  R.announce = () => R.listeners.forEach((listener) => listener());
  R.say = (text) => R.listeners.forEach((listener) => listener(text));

  R.select = function (selection, add = false) {
    const next = { ...NOTHING, ...selection };
    R.selection = add ? joined(R.selection, next) : next;
    push();
    R.announce();
  };

  function joined(old, extra) {
    const toggled = (a, b) => [...a.filter((x) => !b.includes(x)), ...b.filter((x) => !a.includes(x))];
    const known = new Set(old.visits.map(String));
    return {
      patients: toggled(old.patients, extra.patients),
      groups: toggled(old.groups, extra.groups),
      visits: [...old.visits, ...extra.visits.filter((visit) => !known.has(String(visit)))],
      courses: [...old.courses, ...extra.courses.filter((course) => !old.courses.some((other) => same(course, other)))],
      gesture: extra.gesture || old.gesture,
    };
  }

  // Patient-visits or patients: written out while they are few, as the gesture that found them when they are many.
  R.selectVisits = (visits, gesture, add) => selectFound({ visits }, rows(visits), gesture, add);
  R.selectPatients = (patients, gesture, add) => selectFound({ patients }, list(patients), gesture, add);

  function selectFound(found, written, gesture, add) {
    if (written.length <= LONGEST) return R.select(found, add);
    Object.assign(R, { gestured: found, evaluated: JSON.stringify(gesture) });
    return R.select({ gesture });
  }

  R.clear = () => R.select(NOTHING);

  // `instead`: what follows from the step before is no step of its own.
  R.setQuery = function (change, instead = false) {
    const next = settledQuery({ ...R.query, ...change });
    if (same(next, R.query)) return;
    R.query = next;
    if (instead) history.replaceState(null, "", R.address());
    else push();
    R.visit();
  };

  R.setZoom = function (change) {
    R.zoom = { ...R.zoom, ...change };
    history.replaceState(null, "", R.address());
    R.afterDrawing();
  };

  let visits = 0;
  R.visit = () => window.dash_clientside.set_props("address", { data: (visits += 1) });
  window.addEventListener("popstate", R.visit);

  // A window means weeks of one clock, and a zoom means one axis: neither outlives it.
  function settledQuery(next) {
    followDecks(next, R.query);
    if (next.clock !== R.query.clock) Object.assign(next, { from_week: null, to_week: null });
    if (RESCALING.some((field) => !same(next[field], R.query[field]))) R.zoom = { ...R.zoom, time: null };
    if (!same([next.subset, next.immune_scale, next.pasi_scale], [R.query.subset, R.query.immune_scale, R.query.pasi_scale])) {
      R.zoom = { ...R.zoom, pairs: null };
    }
    return next;
  }

  // ---- callbacks

  function usable(value, field) {
    if (value === undefined) return R.query[field];
    if (field === "subsets" && value) return value.slice(0, 6);
    const finite = value !== "" && value !== null && Number.isFinite(Number(value));
    if (R.defaults[field] === null) return finite ? Number(value) : null;
    if (typeof R.defaults[field] === "number") return finite ? Number(value) : R.defaults[field];
    return value ?? R.defaults[field];
  }

  function answer(ids, shown) {
    const values = ids.map(({ field }) => R.query[field]);
    const known = same(R.query, R.asked);
    R.asked = R.query;
    if (!known) R.redraw();
    return [known ? keep() : R.query, same(values, shown) ? keep() : values];
  }

  // A study's page arrived, the address changed, or a control did.
  function navigate(shown, _address, ids, defaults) {
    const { study, studies, decks, ...fields } = defaults;
    const wanted = parsed(location.hash).study;
    R.home = R.home || study;
    if (R.study !== study) {
      Object.assign(R, { study, decks, defaults: fields, asked: fields, shown: fields, used: fields, cohort: null });
      adopt(location.hash);
      R.arrived();
    }
    const target = wanted === undefined ? R.home : named(wanted);
    if (target !== study) {
      const known = studies.includes(target) || R.uploaded(target);
      if (known) window.dash_clientside.set_props("study", { data: target });
      else if (R.unknown !== target) R.say(`This server has no study “${(R.unknown = target)}”.`);
      if (known) return [keep(), keep()];
    }
    const triggers = window.dash_clientside.callback_context.triggered.map((t) => t.prop_id);
    if (triggers.some((id) => id.startsWith("address"))) adopt(location.hash);
    else if (triggers.length) {
      const next = { ...R.query };
      ids.forEach(({ field }, i) => (next[field] = usable(shown[i], field)));
      if (!same(next, R.query) && R.touched) {
        R.query = settledQuery(next);
        push();
        R.announce();
      }
    }
    R.touched = true;
    return answer(ids, shown);
  }

  function named(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  function openStudy(key, current) {
    if (!key || key === current) return keep();
    const theme = R.query.theme === R.defaults.theme ? [] : [`theme=${R.query.theme}`];
    const study = key === R.home ? [] : [`study=${encodeURIComponent(key)}`];
    history.pushState(null, "", `#${[...study, ...theme].join("&")}`);
    return key;
  }

  R.openStudy = function (key) {
    openStudy(key, R.study);
    window.dash_clientside.set_props("study", { data: key });
  };

  // A study that cannot be opened: its report, and the page as it was.
  function refused(report) {
    if (!report) return;
    history.replaceState(null, "", R.address());
    window.dash_clientside.set_props("study-menu", { value: R.study });
    window.dash_clientside.set_props("study", { data: R.study });
    document.getElementById("report").showModal();
  }

  // What the server could not use is shown as what it used instead.
  R.correct = function (used) {
    if (!same(R.shown, R.query) || same(used, R.query)) return;
    R.query = R.shown = R.asked = used;
    history.replaceState(null, "", R.address());
    R.visit();
  };

  window.dash_clientside.reprise = { navigate, openStudy, refused };
})(window.reprise);

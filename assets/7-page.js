// The page around the charts: chips, legend, theme, full screen, downloads, and when it has settled.
(function (R) {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const element = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  // ---- after every change of query or selection

  R.listeners.push(function (text) {
    if (text !== undefined) return say(text);
    document.documentElement.dataset.bsTheme = R.query.theme;
    R.evaluate(); // first: it forgets what a cleared gesture had found
    chips();
    R.draw();
    if (!R.pending()) R.applyZoom();
  });

  function say(text) {
    const toast = element("div", { className: "toast-line" }, text);
    document.body.append(toast);
    toast.addEventListener("animationend", () => toast.remove());
  }

  // Whoever is lit becomes whoever is kept: every n, rate and rule then speaks of them alone.
  const keepLit = () => R.setQuery({ patients: [...R.lit().ids] });

  // ---- chips

  const NAMES = { patients: "patients", groups: "groups", phase: "phase", tolerance: "pairs within, weeks", lag: "outcome later, weeks" };

  function chips() {
    const strip = $("#chips");
    if (!strip) return;
    const made = [...queryChips(), ...litChips()];
    if (litChips().length) made.push(button("Use only these", "keep-lit", keepLit), button("Clear (Esc)", "clear", R.clear));
    strip.replaceChildren(...made);
    for (const item of all(".legend-item")) {
      const { patients, groups } = R.selection;
      item.classList.toggle("on", patients.includes(item.dataset.patient) || groups.includes(item.dataset.group));
      item.setAttribute("aria-pressed", item.classList.contains("on"));
    }
  }

  function queryChips() {
    const q = R.query, d = R.defaults, found = [];
    for (const field of Object.keys(NAMES)) {
      if (JSON.stringify(q[field]) === JSON.stringify(d[field])) continue;
      found.push(chip(`${NAMES[field]}: ${shown(field)}`, () => R.setQuery({ [field]: d[field] })));
    }
    if (q.from_week !== null || q.to_week !== null) {
      found.push(chip(`weeks ${q.from_week ?? "first"} to ${q.to_week ?? "last"}`, () => R.setQuery({ from_week: null, to_week: null })));
    }
    return found;
  }

  function shown(field) {
    const value = R.query[field];
    if (Array.isArray(value)) return value.length > 4 ? `${value.length} kept` : value.join(", ");
    const option = $(`[data-control="${field}"] option[value="${CSS.escape(String(value))}"]`);
    return option ? option.textContent : value;
  }

  function litChips() {
    const { patients, groups, visits, courses, gesture } = R.selection, found = [];
    const without = (change) => () => R.select({ ...R.selection, ...change });
    if (patients.length > 6) found.push(chip(`${patients.length} patients lit`, without({ patients: [] }), true));
    else for (const id of patients) found.push(chip(R.isDrawn(id) ? id : `${id} (not shown)`, without({ patients: patients.filter((other) => other !== id) }), true));
    for (const name of groups) found.push(chip(name, without({ groups: groups.filter((other) => other !== name) }), true));
    const { visits: more = [], patients: many } = R.gestured;
    if (gesture && many) found.push(chip(`${many.length.toLocaleString("en")} patients of one mark`, without({ gesture: null }), true));
    const picked = [...visits, ...more];
    if (picked.length || (gesture && !many)) {
      const ids = new Set(picked.map((visit) => visit[0]));
      found.push(chip(`${picked.length.toLocaleString("en")} patient-visits of ${ids.size.toLocaleString("en")} patients`, without({ visits: [], gesture: null }), true));
    }
    for (const course of courses) {
      const text = `${course.patient} ${course.treatment} from study week ${course.start}`.replace(" -", " −");
      found.push(chip(text, without({ courses: courses.filter((other) => other !== course) }), true));
    }
    return found;
  }

  function chip(text, remove, lit = false) {
    const cross = button("✕", "chip-remove", remove);
    cross.setAttribute("aria-label", `Remove ${text}`);
    return element("span", { className: lit ? "chip chip-lit" : "chip" }, text, cross);
  }

  const button = (text, className, onclick) => element("button", { className, onclick, type: "button" }, text);
  R.chips = chips;
  R.card = (name, part) => $(`[data-view="${name}"] ${part}`);
  R.noteOf = (name) => $(`[data-note="${name}"] .card-note`);
  R.note = (name, text) => (R.noteOf(name).textContent = text);
  // The number of a view, what it stands on, and its caution.
  R.told = function (name, [number, rest, careful]) {
    const [big, small] = R.card(name, ".headline").children;
    [big.textContent, small.textContent, R.card(name, ".short").textContent] = [number, rest, careful];
  };
  // What was found, what to be careful about, and what to check.
  R.found = function ({ finding, caution, checks }) {
    $("#finding").textContent = finding;
    const careful = caution.map(([text]) => button(text, "careful"));
    caution.forEach(([, action], i) => (careful[i].dataset.action = action));
    $("#caution").replaceChildren(...careful);
    $("#to-check").replaceChildren(...checks.map((one) => element("li", {}, one)));
  };
  // Sentences, one a line; where there are several the strip says how many.
  R.notice = function (text) {
    const count = text ? text.split("\n").length : 0;
    Object.assign($("#notice"), { textContent: text, tabIndex: text ? 0 : -1 });
    $("#notice").dataset.count = count > 1 ? `${count} notices: ` : "";
  };
  R.recolor = (name, color) => {
    for (const item of all(".legend-item")) if ([item.dataset.patient, item.dataset.group].includes(name)) item.firstElementChild.style.color = color;
  };

  // ---- the response table

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    lit: (id) => R.lit().ids.has(id),
    dim: (id) => R.lit().any && !R.lit().ids.has(id),
    shown: (value, digits) => (value === null || value === undefined ? "–" : R.fixed(value, digits)),
  });

  const table = () => window.dash_ag_grid && window.dash_ag_grid.getApi && $("#response-table") && window.dash_ag_grid.getApi("response-table");

  function patientOf(row) {
    const node = table() && table().getDisplayedRowAtIndex(Number(row.getAttribute("row-index")));
    return node && node.data && node.data.patient_id;
  }

  R.tabled = () => Boolean(table());
  R.setRows = (rows) => table() && table().setGridOption("rowData", rows);

  R.rows = function () {
    const grid = table();
    if (!grid) return;
    const lit = R.lit();
    for (const row of all("#response-table .ag-row")) {
      const id = patientOf(row);
      row.classList.toggle("lit", lit.ids.has(id));
      row.classList.toggle("dim", lit.any && !lit.ids.has(id));
    }
    const first = [...lit.ids][0];
    if (first !== undefined && first !== R.scrolledTo) {
      const node = ["all", "after", "restart", "before"].map((phase) => grid.getRowNode(`${first}|${phase}`)).find(Boolean);
      if (node) requestAnimationFrame(() => grid.isDestroyed() || grid.ensureNodeVisible(node));
    }
    R.scrolledTo = first;
  };

  // ---- buttons and keys

  const ACTS = {
    theme: () => R.setQuery({ theme: R.query.theme === "dark" ? "light" : "dark" }),
    help: () => $("#help-text").showModal(),
    copy: copyLink,
  };

  document.addEventListener("click", function (event) {
    for (const menu of all("details.card-menu[open]")) if (!menu.contains(event.target) || event.target.closest(".menu button")) menu.open = false;
    const row = event.target.closest("#response-table .ag-center-cols-container .ag-row, #response-table .ag-pinned-left-cols-container .ag-row");
    if (row) R.select({ patients: [patientOf(row)] }, event.shiftKey);
    const found = event.target.closest("button");
    if (!found) return;
    if (ACTS[found.id]) ACTS[found.id]();
    if (found.dataset.patient) R.timed(() => R.select({ patients: [found.dataset.patient] }, event.shiftKey));
    if (found.dataset.group) R.timed(() => R.select({ groups: [found.dataset.group] }, event.shiftKey));
    if (found.dataset.action === "numbers" && document.fullscreenElement) document.exitFullscreen();
    const of = found.dataset.of || "time", card = $(`[data-chart="${of}"], [data-view="${of}"]`);
    if (found.dataset.save) ({ svg: R.saveSvg, png: R.savePng })[found.dataset.save](of, card);
    if (found.dataset.action === "full") full(card);
  });

  document.addEventListener("keydown", function (event) {
    R.shift = event.shiftKey;
    const busy = document.fullscreenElement || $("dialog[open]") || $(".modal.show") || event.target.closest("input, .dash-dropdown-content");
    if (event.key === "Escape" && !busy) R.clear();
    const cell = event.target.closest && event.target.closest("#response-table .ag-cell");
    if (cell && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      R.select({ patients: [patientOf(cell.closest(".ag-row"))] }, event.shiftKey);
    }
  });
  document.addEventListener("keyup", (event) => (R.shift = event.shiftKey));
  // a lasso adds if Shift was down when it began
  document.addEventListener("pointerdown", (event) => (R.shift = R.shiftDown = event.shiftKey), true);

  function full(card) {
    if (document.fullscreenElement) document.exitFullscreen();
    else card.requestFullscreen();
  }

  function copyLink() {
    const done = () => say("Link copied: it opens exactly this page.");
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(location.href).then(done);
    const field = element("textarea", { value: location.href });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    done();
  }
})(window.reprise);

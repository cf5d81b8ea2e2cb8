// The panel's tabs, the drawers and menus, what explains a control, and the keys of the page.
(function (R) {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const set = (field, props) => window.dash_clientside.set_props({ type: "control", field }, props);

  // ---- tabs

  const viewsOf = (tab) => JSON.parse(tab.dataset.views);
  const tabOf = (view) => all(".tab").find((tab) => view in viewsOf(tab));

  // The view that a tab opens: the one that was open there last, else its first.
  function openTab(tab) {
    const views = Object.keys(viewsOf(tab)), last = Object.values(R.decks).map((deck) => R.query[deck]);
    R.setQuery({ panel: last.find((view) => views.includes(view)) || views[0] });
  }

  R.listeners.push(function (text) {
    if (text !== undefined || !$(".panel")) return;
    const open = R.query.panel, tab = tabOf(open);
    for (const one of all(".tab")) one.setAttribute("aria-selected", one === tab);
    for (const one of all(".tab")) one.tabIndex = one === tab ? 0 : -1;
    for (const card of all(".panel [data-view]")) card.classList.toggle("hidden", card.dataset.view !== open);
    const broad = document.body.classList.toggle("broad", Boolean($(`[data-view="${open}"][data-wide]`)));
    if (R.broad !== broad) resized();
    R.broad = broad;
    for (const menu of all("[data-menu]")) menu.parentElement.classList.toggle("hidden", menu.dataset.menu !== open);
    for (const one of all("[data-views]:not(.tab)")) one.classList.toggle("hidden", !one.dataset.views.split(" ").includes(open));
    for (const note of all("[data-note]")) if (tabOf(note.dataset.note)) note.classList.toggle("hidden", note.dataset.note !== open);
    options(tab, open);
    rulesInForce();
  });

  function options(tab, open) {
    const views = Object.entries(viewsOf(tab)).map(([value, label]) => ({ value, label }));
    if (R.tab === `${R.study} ${tab.dataset.tab}` && $('[data-control="panel"] select').value === open) return;
    R.tab = `${R.study} ${tab.dataset.tab}`;
    set("panel", { options: views, value: open });
    $('[data-control="panel"]').classList.toggle("single", views.length < 2);
  }

  // The rules that are not asked for on the line, in a few words.
  function rulesInForce() {
    const { baseline, imputation, policy } = R.query;
    const said = [
      baseline === "phase" ? "own baseline" : "original baseline",
      { OC: "observed", NRI: "missed = failure", LOCF: "carried forward" }[imputation],
      policy === "composite" ? "restart = failure" : "",
    ];
    $('[data-action="rules"]').textContent = `${said.filter(Boolean).join(", ")}`;
    const count = ["patients", "groups", "from_week", "to_week"].filter((field) => String(R.query[field] ?? "") !== "").length;
    $('[data-action="filters"]').textContent = count ? `Filters (${count})` : "Filters";
  }

  // ---- drawers: they stay open beside the page while it changes

  const drawer = (name) => document.getElementById(`drawer-${name}`);
  let opener = null;

  function openDrawer(name, from) {
    const shown = drawer(name).open;
    for (const one of all(".drawer[open]")) one.close();
    document.body.dataset.rules = !shown && name === "rules" ? "open" : "";
    if (shown) return closed();
    opener = from || document.activeElement;
    drawer(name).show();
    R.draw();
  }

  function closed() {
    document.body.dataset.rules = "";
    R.draw();
    if (opener && opener.isConnected) opener.focus();
  }

  function closeDrawer() {
    const open = $(".drawer[open]");
    if (!open) return false;
    open.close();
    closed();
    return true;
  }

  // ---- what can be done

  const mode = () => (document.body.dataset.mode = document.body.dataset.mode || "explore");

  function present(on) {
    document.body.dataset.mode = on ? "present" : "explore";
    if (on && !document.fullscreenElement && document.documentElement.requestFullscreen) document.documentElement.requestFullscreen().catch(() => {});
    if (!on && document.fullscreenElement) document.exitFullscreen();
    resized();
  }

  function resized() { requestAnimationFrame(() => window.dispatchEvent(new Event("resize"))); }

  const ACTS = {
    filters: (from) => openDrawer("filters", from), rules: (from) => openDrawer("rules", from), method: (from) => openDrawer("method", from),
    signs: (from) => openDrawer("signs", from), illustrative: (from) => openDrawer("signs", from), checks: (from) => openDrawer("checks", from),
    report: () => $("#intake-report") && $("#intake-report").click(), present: () => present(mode() !== "present"), print: () => window.print(),
    wide: () => { document.body.classList.toggle("panel-wide"); resized(); },
  };
  const KEYS = { f: "filters", r: "rules", m: "method", w: "wide", ".": "present" };

  document.addEventListener("click", function (event) {
    const found = event.target.closest("button, summary");
    if (!found) return;
    const { action, closes, opens, tab } = found.dataset;
    if (ACTS[action] && found.matches("button")) ACTS[action](found.closest(".menu") ? found.closest("details").firstChild : found);
    if (closes) closeDrawer();
    if (opens) document.getElementById(opens).click();
    if (tab) openTab(found);
    if (found.dataset.found) pick(found.dataset.found, event.shiftKey);
  });

  const typing = (event) => event.target.closest("input:not([type=range]), select, textarea, .dash-dropdown-content, .ag-root") || event.ctrlKey || event.metaKey || event.altKey;

  document.addEventListener("keydown", function (event) {
    const menu = event.key === "Escape" && event.target.closest("details[open]");
    if (menu) {
      menu.open = false;
      menu.firstElementChild.focus();
      event.stopImmediatePropagation();
    } else if (event.key === "Escape" && (mode() === "present" ? (present(false), true) : closeDrawer())) event.stopImmediatePropagation();
    if (event.target.matches(".tab") && /^Arrow(Left|Right)$/.test(event.key)) nextTab(event.target, event.key === "ArrowRight" ? 1 : -1);
    if (typing(event) || $("dialog:modal")) return;
    if (KEYS[event.key]) ACTS[KEYS[event.key]]();
    if (event.key === "?") $("#help-text").showModal();
  }, true);

  function nextTab(from, step) {
    const tabs = all(".tab"), next = tabs[(tabs.indexOf(from) + step + tabs.length) % tabs.length];
    openTab(next);
    next.focus();
  }

  document.addEventListener("fullscreenchange", () => document.fullscreenElement || (mode() === "present" && present(false)));

  // ---- find a patient

  const known = () => (R.cohort ? R.cohort.ids : [...new Set(Object.values(R.views).flatMap((view) => view.sets.flatMap((set) => [...set.of.keys()])))]);

  function matches() {
    const wanted = $("#find").value.trim().toLowerCase();
    const ids = wanted ? known().filter((id) => String(id).toLowerCase().includes(wanted)) : [];
    return ids.sort((a, b) => String(a).length - String(b).length).slice(0, 8);
  }

  function pick(id, add) {
    R.timed(() => R.select({ patients: [id] }, add));
    document.activeElement.blur();
  }

  document.addEventListener("input", function ({ target }) {
    if (target.id !== "find") return;
    const found = matches().map((id) => Object.assign(document.createElement("button"), { type: "button", className: "menu-item", textContent: id }));
    for (const button of found) button.dataset.found = button.textContent;
    $("#found").replaceChildren(...found);
  });

  document.addEventListener("keydown", function (event) {
    if (event.target.id === "find" && event.key === "Enter" && matches().length) pick(matches()[0], event.shiftKey);
    if (event.target.id === "find" && event.key === "Escape") event.target.blur();
  });

  // ---- what a control does, beside it: on hover, focus or tap

  const bubble = Object.assign(document.createElement("div"), { className: "bubble hidden", role: "tooltip", id: "bubble" });
  let waiting = null, held = null;

  function explain(element) {
    if (!bubble.isConnected) document.body.append(bubble);
    held = element;
    bubble.textContent = element.dataset.about;
    bubble.classList.remove("hidden");
    const box = element.getBoundingClientRect(), { width, height } = bubble.getBoundingClientRect();
    const below = box.bottom + 4 + height < innerHeight;
    bubble.style.left = `${Math.max(4, Math.min(box.left, innerWidth - width - 4))}px`;
    bubble.style.top = `${below ? box.bottom + 4 : Math.max(4, box.top - height - 4)}px`;
  }

  function hush() {
    clearTimeout(waiting);
    held = null;
    bubble.classList.add("hidden");
  }

  const about = (event) => event.target.closest && event.target.closest("[data-about]");
  document.addEventListener("pointerover", function (event) {
    const found = about(event);
    if (found === held) return;
    hush();
    if (found && !found.closest(".explained") && !event.buttons) waiting = setTimeout(explain, event.pointerType === "mouse" ? 500 : 0, found);
  });
  document.addEventListener("focusin", function (event) {
    const found = about(event);
    if (found && !found.closest(".explained") && event.target.matches(":focus-visible")) explain(found);
    else hush();
  });
  document.addEventListener("pointerdown", (event) => event.pointerType === "mouse" && hush());
  document.addEventListener("keydown", (event) => event.key === "Escape" && hush(), true);

  // ---- how wide the figure is

  function split(percent) {
    const share = Math.min(80, Math.max(40, percent));
    $("main").style.setProperty("--figure", `${share}fr`);
    $("main").style.setProperty("--panel", `${100 - share}fr`);
    $(".divider").setAttribute("aria-valuenow", Math.round(share));
    resized();
  }

  document.addEventListener("pointerdown", function (event) {
    const divider = event.target.closest(".divider");
    if (!divider) return;
    const move = ({ clientX }) => split((100 * clientX) / innerWidth);
    divider.setPointerCapture(event.pointerId);
    divider.addEventListener("pointermove", move);
    divider.addEventListener("pointerup", () => divider.removeEventListener("pointermove", move), { once: true });
  });
  document.addEventListener("keydown", function (event) {
    if (!event.target.matches(".divider") || !/^Arrow(Left|Right)$/.test(event.key)) return;
    event.preventDefault();
    split(Number(event.target.getAttribute("aria-valuenow")) + (event.key === "ArrowRight" ? 2 : -2));
  });

  // ---- on paper: both parts 180 mm wide, and every row of the table

  const PAPER = 680; // px of 180 mm

  function paper(printing) {
    for (const part of all(".time, .panel")) {
      part.style.width = printing ? `${part.clientWidth}px` : "";
      part.style.zoom = printing ? Math.min(1.2, PAPER / part.clientWidth) : "";
    }
    const grid = $("#response-table") && window.dash_ag_grid && window.dash_ag_grid.getApi("response-table");
    if (grid) grid.setGridOption("domLayout", printing ? "print" : "normal");
  }
  window.addEventListener("beforeprint", () => paper(true));
  window.addEventListener("afterprint", () => paper(false));

  document.documentElement.lang = "en";
  mode();
})(window.reprise);

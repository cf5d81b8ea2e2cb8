// The panel: its tabs, which view is open, and which controls are of use to it.
import { onChange, setProps, setQuery, state } from "../state/state.mjs";
import { $, on, queryAll, resized } from "./dom.mjs";

const viewsOf = (tab) => JSON.parse(tab.dataset.views);
const tabOf = (view) => queryAll(".tab").find((tab) => view in viewsOf(tab));
let broad = false, listed = "";

/** The view that a tab opens: the one that was open there last, else its first. */
export function viewOf(tab) {
  const views = Object.keys(viewsOf(tab)), last = Object.values(state.decks).map((deck) => state.query[deck]);
  return last.find((view) => views.includes(view)) || views[0];
}
const openTab = (tab) => setQuery({ panel: viewOf(tab) });

onChange(() => {
  const { panel: open } = state.query || {}, tab = tabOf(open);
  if (!tab) return; // a view that there is not: the server's answer names another
  const hide = (one, shown) => one.classList.toggle("hidden", !shown);
  for (const one of queryAll(".tab")) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  const had = $(".panel [data-view]:focus-within");
  for (const card of queryAll(".panel [data-view]")) hide(card, card.dataset.view === open);
  if (had?.matches(".hidden")) $(`.panel [data-view="${open}"]`).focus(); // a cell of the matrix opens the scatter
  for (const menu of queryAll("[data-menu]")) hide(menu.parentElement, menu.dataset.menu === open);
  for (const one of queryAll("[data-views]:not(.tab)")) hide(one, one.dataset.views.split(" ").includes(open));
  for (const note of queryAll("[data-note]")) if (tabOf(note.dataset.note)) hide(note, note.dataset.note === open);
  const unlike = (field) => state.query[field] !== state.defaults[field];
  for (const one of queryAll("[data-only]")) hide(one, unlike(one.dataset.only));
  widen(open);
  listViews(tab, open);
  rulesInForce();
  toEntriesInForce();
});

function widen(open) {
  const was = broad;
  broad = document.body.classList.toggle("broad", Boolean($(`[data-view="${open}"][data-wide]`)));
  if (was !== broad) resized();
}

function listViews(tab, open) {
  const options = Object.entries(viewsOf(tab)).map(([value, label]) => ({ value, label }));
  const now = `${state.study} ${tab.dataset.tab}`;
  if (listed === now && $('[data-control="panel"] select').value === open) return;
  listed = now;
  setProps({ type: "control", field: "panel" }, { options, value: open });
  $('[data-control="panel"]').classList.toggle("single", options.length < 2);
}

const MISSED = { OC: "observed", NRI: "missed = failure", LOCF: "carried forward" };
const FILTERS = ["patients", "groups", "from_week", "to_week"];

// The rules that are not asked for on the line, in a few words.
function rulesInForce() {
  const { baseline, imputation, policy } = state.query;
  const own = baseline === "phase" ? "own baseline" : "original baseline";
  const said = [own, MISSED[imputation], policy === "composite" ? "restart = failure" : ""];
  $('[data-action="rules"]').textContent = said.filter(Boolean).join(", ");
  const count = FILTERS.filter((field) => String(state.query[field] ?? "") !== "").length;
  $('[data-action="filters"]').textContent = count ? `Filters (${count})` : "Filters";
}

// Links to the handbook lead to what is chosen now, as `components/page/handbook.py` names its places.
function toEntriesInForce() {
  for (const link of queryAll("[data-entry]")) {
    const { entry, stem } = link.dataset, name = stem.replace("{score}", state.query.score) + state.query[entry];
    link.hash = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  }
}

on("click", "button[data-tab]", openTab);

on("keydown", ".tab", (tab, { key }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key], tabs = queryAll(".tab");
  if (!step) return;
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  openTab(next);
  next.focus();
});

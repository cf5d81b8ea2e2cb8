// Drawers, which stay open beside the page while it changes; Present; and the keys of the page.
import { drawLayer } from "../charts/charts.mjs";
import { $, isTyping, on, resized } from "./dom.mjs";
import { renewNotes } from "./notes.mjs";

const { body, documentElement: root } = document;
let opener = null;
let pressed = null; // what was pressed last outside a dialog, or its menu

/** Whether keys without a chord do something, unless a reader turned them off in the help, which this browser keeps. */
export const hasSingleKeys = () => $("#single-keys")?.checked ?? true;

function openDrawer(name, from) {
  const drawer = $(`#drawer-${name}`);
  if (drawer.open) return closeDrawer();
  $(".drawer[open]")?.close();
  body.dataset.rules = name === "rules" ? "open" : "";
  opener = from || document.activeElement;
  drawer.show();
  renewNotes();
  drawLayer();
}

// Whether a drawer was open, which is closed.
function closeDrawer() {
  const open = $(".drawer[open]");
  if (!open) return false;
  open.close();
  body.dataset.rules = "";
  drawLayer();
  if (opener?.isConnected) opener.focus();
  return true;
}

// ---- Present

body.dataset.mode = "explore";
root.lang = "en";
export const isPresent = () => body.dataset.mode === "present";

/** @type {((on: boolean) => void)[]} */
const presents = [];
/** Calls `act` when Present begins or ends. */
export const onPresent = (act) => presents.push(act);

/** Begins or ends Present. */
export function present(on) {
  body.dataset.mode = on ? "present" : "explore";
  if (on && !document.fullscreenElement && root.requestFullscreen) root.requestFullscreen().catch(() => {});
  if (!on && document.fullscreenElement) document.exitFullscreen();
  for (const act of presents) act(on);
  resized();
  return true;
}

document.addEventListener("fullscreenchange", () => document.fullscreenElement || (isPresent() && present(false)));

// ---- what can be done

const drawer = (name) => (from) => openDrawer(name, from);
const ACTS = {
  filters: drawer("filters"), rules: drawer("rules"), method: drawer("method"), signs: drawer("signs"),
  illustrative: drawer("signs"), checks: drawer("checks"), notes: (from) => isPresent() || openDrawer("notes", from),
  story: drawer("story"), present: () => present(!isPresent()),
  report: () => $("#intake-report")?.click(), print: () => window.print(),
  wide: () => (body.classList.toggle("panel-wide"), resized()),
};
const KEYS = { f: "filters", r: "rules", m: "method", w: "wide", ".": "present" };

on("click", "button, summary", (found) => {
  const { action, closes, opens } = found.dataset;
  const from = found.closest("details")?.firstChild ?? found; // of what stands in a menu, the menu
  if (!found.closest("dialog")) pressed = from;
  if (ACTS[action] && found.matches("button")) ACTS[action](from);
  if (closes) closeDrawer();
  if (opens) document.getElementById(opens).click();
});

// A dialog that was opened from a menu, which is closed by now, gives the focus to the menu.
document.addEventListener("close", () => {
  const { activeElement: now } = document;
  if ((now === body || !now.checkVisibility()) && pressed?.isConnected) pressed.focus();
}, true);

// Escape closes one thing: a menu, Present or a drawer.
function escapes({ target }) {
  const menu = target.closest("details[open]");
  if (!menu) return isPresent() ? present(false) : closeDrawer();
  menu.open = false;
  menu.firstElementChild.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && escapes(event)) event.stopImmediatePropagation();
  if (isTyping(event) || $("dialog:modal") || !hasSingleKeys()) return;
  const within = isPresent() || event.target.closest("[data-view], .drawer"); // who dictates says letters elsewhere
  if (event.key !== "." && !within) return;
  if (event.key === "n") $("header [data-action=notes]").click();
  else if (KEYS[event.key]) ACTS[KEYS[event.key]]();
  if (event.key === "?") $("#help-text").showModal();
}, true);

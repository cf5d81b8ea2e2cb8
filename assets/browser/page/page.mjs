// The page around the charts: what the server says of them, chips, names, toasts.
import { paintCharts, showRows } from "../charts/charts.mjs";
import { timed } from "../charts/gestures.mjs";
import { highlighted, isDrawn } from "../charts/marks.mjs";
import { evaluateGesture } from "../charts/requests.mjs";
import { applyZoom } from "../charts/time_axis.mjs";
import { same } from "../state/address.mjs";
import {
  clearSelection, isPending, onChange, onHighlight, onSentence, select, setProps, setQuery, state,
} from "../state/state.mjs";
import { copyText } from "./copying.mjs";
import { $, make, queryAll } from "./dom.mjs";
import { savePng, saveSvg } from "./download.mjs";
import { lookBeyond } from "./goes_on.mjs";
import { writeTable } from "./table.mjs";

let painted = []; // who is highlighted in the charts
onHighlight(() => {
  evaluateGesture(); // first: it forgets what a cleared gesture had found
  const { selection, gestured } = state;
  if (same(selection, painted[0]) && gestured === painted[1]) return; // the query alone has changed
  painted = [selection, gestured];
  paintCharts();
});

onChange(() => {
  document.documentElement.dataset.bsTheme = state.query.theme;
  drawChips();
  showRows();
  if (!isPending()) applyZoom();
});

onSentence((text) => {
  const toast = make("div", { className: "toast-line" }, text);
  ($("dialog:modal") || document.body).append(toast); // nothing else is in sight over one
  toast.addEventListener("animationend", () => toast.remove());
});

// ---- chips

const NAMES = {
  patients: "patients", groups: "groups", phase: "phase", tolerance: "pairs within, weeks", lag: "outcome later, weeks",
};
const LONGEST = { lit: 6, kept: 4 }; // patients who are named each

const button = (text, className, onclick) => make("button", { className, onclick, type: "button" }, text);

function chip(text, remove, lit = false) {
  const cross = button("✕", "chip-remove", remove);
  cross.setAttribute("aria-label", `Remove ${text}`);
  return make("span", { className: lit ? "chip chip-lit" : "chip" }, text, cross);
}

/** Draws what is not as it was, and who is lit, each with a way back. */
export function drawChips() {
  const strip = $("#chips"), lit = litChips(), { patients, groups } = state.selection;
  if (!strip) return;
  // whoever is lit becomes whoever is kept: every n, rate and rule then speaks of them alone
  const keep = button("Use only these", "keep-lit", () => setQuery({ patients: [...highlighted().ids] }));
  const acts = lit.length ? [keep, button("Clear (Esc)", "clear", clearSelection)] : [];
  strip.replaceChildren(...lit, ...acts, ...queryChips());
  lookBeyond();
  for (const item of queryAll(".legend-item")) {
    const on = patients.includes(item.dataset.patient) || groups.includes(item.dataset.group);
    item.classList.toggle("on", on);
    item.setAttribute("aria-pressed", String(on));
  }
}

function queryChips() {
  const { query: q, defaults: d } = state, changed = Object.keys(NAMES).filter((field) => !same(q[field], d[field]));
  const back = (field) => () => setQuery({ [field]: d[field] });
  const found = changed.map((field) => chip(`${NAMES[field]}: ${shownAs(field)}`, back(field)));
  const [low, high] = [q.from_week ?? "first", q.to_week ?? "last"].map(fixedWeek), text = `weeks ${low} to ${high}`;
  const whole = { from_week: null, to_week: null };
  return q.from_week === null && q.to_week === null ? found : [...found, chip(text, () => setQuery(whole))];
}

function shownAs(field) {
  const value = state.query[field];
  if (Array.isArray(value)) return value.length > LONGEST.kept ? `${value.length} kept` : value.join(", ");
  const option = $(`[data-control="${field}"] option[value="${CSS.escape(String(value))}"]`);
  return option ? option.textContent : value;
}

const fixedWeek = (week) => String(week).replace("-", "−");

function litChips() {
  const { patients, groups, visits, courses, gesture } = state.selection;
  const { visits: more = [], patients: many } = state.gestured;
  const lit = (text, change) => chip(text, () => select({ ...state.selection, ...change }), true);
  const none = { patients: [] }, without = (list, one) => list.filter((other) => other !== one);
  const each = (id) => lit(isDrawn(id) ? id : `${id} (not shown)`, { patients: without(patients, id) });
  const picked = [...visits, ...more], ids = new Set(picked.map(([id]) => id));
  const counted = picked.length || (gesture && !many);
  const pairs = `${picked.length.toLocaleString("en")} patient-visits of ${ids.size.toLocaleString("en")} patients`;
  const from = ({ patient, treatment, start }) => `${patient} ${treatment} from study week ${fixedWeek(start)}`;
  return [
    ...(patients.length > LONGEST.lit ? [lit(`${patients.length} patients lit`, none)] : patients.map(each)),
    ...groups.map((name) => lit(name, { groups: without(groups, name) })),
    ...(gesture && many ? [lit(`${many.length.toLocaleString("en")} patients of one mark`, { gesture: null })] : []),
    ...(counted ? [lit(pairs, { visits: [], gesture: null })] : []),
    ...courses.map((one) => lit(from(one), { courses: without(courses, one) })),
  ];
}

// ---- what the server says

/** A part of a view's card. */
export const inCard = (name, part) => $(`[data-view="${name}"] ${part}`);
/** What stands in the sheet on a view. */
export const noteOf = (name) => $(`[data-note="${name}"] .card-note`);

// What was found, what to be careful about, and what to check.
function setFinding({ finding, caution, checks }) {
  const careful = ([text, action]) => {
    const made = button(text, "careful");
    made.dataset.action = action;
    return made;
  };
  $("#finding").textContent = finding;
  $("#caution").replaceChildren(...caution.map(careful));
  $("#to-check").replaceChildren(...checks.map((one) => make("li", {}, one)));
}

// Sentences, one a line; where there are several the strip says how many.
function setNotice(text) {
  const count = text ? text.split("\n").length : 0, strip = $("#notice");
  Object.assign(strip, { textContent: text, tabIndex: text ? 0 : -1 });
  strip.dataset.count = count > 1 ? `${count} notices: ` : "";
}

// The number of a view, what it stands on, and its caution.
function setHeadline(name, [number, rest, careful]) {
  const [big, small] = inCard(name, ".headline").children;
  [big.textContent, small.textContent, inCard(name, ".short").textContent] = [number, rest, careful];
}

function setTitle(name, title) {
  for (const one of queryAll(`[data-titled="${name}"], [data-view="${name}"] h2`)) one.textContent = title;
}

function setColor(name, color) {
  const named = queryAll(".legend-item").filter(({ dataset }) => [dataset.patient, dataset.group].includes(name));
  for (const item of named) item.firstElementChild.style.color = color;
}

// Parts of a redraw's answer that are by view, control or name -> what writes each.
const WRITERS = {
  captions: (name, text) => (inCard(name, ".caption").textContent = text),
  headlines: setHeadline,
  notes: (name, parts) => noteOf(name).replaceChildren(...parts.flatMap(([title, said]) =>
    [make("h4", {}, title), ...said.map((text) => make("p", {}, text))])),
  titles: setTitle,
  colors: setColor,
  choices: (field, options) => setProps({ type: "control", field }, { options }),
};

/** Writes what a redraw's answer says, beside its figures. */
export function write(found) {
  for (const [part, put] of Object.entries(WRITERS)) {
    for (const [name, value] of Object.entries(found[part] || {})) put(name, value);
  }
  setNotice(found.notice);
  if (found.finding !== undefined) setFinding(found);
  writeTable(found);
}

// ---- what a click on the page's own buttons does

const ACTS = {
  theme: () => setQuery({ theme: state.query.theme === "dark" ? "light" : "dark" }),
  help: () => $("#help-text").showModal(),
  copy: () => copyText("Link", location.href, "it opens exactly this page."),
};

document.addEventListener("click", ({ target, shiftKey }) => {
  for (const menu of queryAll("details.card-menu[open]")) {
    if (!menu.contains(target) || target.closest(".menu button")) menu.open = false;
  }
  const found = target.closest("button");
  if (!found) return;
  const { patient, group, action, save, of = "time" } = found.dataset;
  const card = $(`[data-chart="${of}"], [data-view="${of}"]`);
  if (ACTS[found.id]) ACTS[found.id]();
  if (patient) timed(() => select({ patients: [patient] }, shiftKey));
  if (group) timed(() => select({ groups: [group] }, shiftKey));
  if (document.fullscreenElement && ["numbers", "full"].includes(action)) document.exitFullscreen();
  else if (action === "full") card.requestFullscreen();
  if (save) ({ svg: saveSvg, png: savePng })[save](of);
});

document.addEventListener("keydown", (event) => {
  const busy = document.fullscreenElement || $("dialog[open]") || $(".modal.show");
  if (event.key === "Escape" && !busy && !event.target.closest("input, .dash-dropdown-content")) clearSelection();
});

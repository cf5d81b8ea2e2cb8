// The callbacks of the address and the controls, which dash calls.
import { addressParts, same } from "./address.mjs";
import { changedControls, readControls, tellLater } from "./controls.mjs";
import { arrived, redraw } from "./redraw.mjs";
import {
  adopt, askToDraw, isPending, isUpload, onQuery, replaceAddress, say, setProps, setQuery, state, visitAddress,
} from "./state.mjs";

const keep = () => window.dash_clientside.no_update;

/** The query is drawn, unless it is asked for already. Dash is told when that is done. */
function draw() {
  const known = same(state.query, state.asked);
  state.asked = state.query;
  if (!known) redraw();
  else if (!isPending()) tellLater();
}
onQuery(draw);

// The address has changed: of another study dash opens the page.
window.addEventListener("popstate", () => {
  const { study } = addressParts(location.hash);
  if ((study === undefined ? state.home : named(study)) !== state.study) visitAddress();
  else follow();
});

function follow() {
  adopt(location.hash);
  askToDraw();
}

/** A study's page arrived, drawn for a query; the address changed, or a control did. */
export function navigate(shown, _address, ids, defaults, drawn) {
  const { study, studies, decks, home, ...fields } = defaults;
  const wanted = addressParts(location.hash).study;
  state.home = state.home || home;
  if (state.study !== study) {
    Object.assign(state, { study, decks, defaults: fields, asked: drawn, shown: drawn, used: drawn, cohort: null });
    readControls(ids, shown);
    adopt(location.hash);
    arrived();
    askToDraw();
  }
  const target = wanted === undefined ? state.home : named(wanted);
  if (target !== study && elsewhere(target, studies)) return keep();
  const triggers = window.dash_clientside.callback_context.triggered.map((one) => one.prop_id);
  if (triggers.some((id) => id.startsWith("address"))) follow();
  else if (triggers.length) setQuery(changedControls(ids, shown));
  return keep();
}

// Another study is asked for: whether there may be one.
function elsewhere(target, studies) {
  const known = studies.includes(target) || isUpload(target);
  if (known) setProps("study", { data: target });
  else if (state.unknown !== target) say(`This server has no study “${(state.unknown = target)}”.`);
  return known;
}

function named(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function openedStudy(key, current) {
  if (!key || key === current) return keep();
  const theme = state.query.theme === state.defaults.theme ? [] : [`theme=${state.query.theme}`];
  const study = key === state.home ? [] : [`study=${encodeURIComponent(key)}`];
  history.pushState(null, "", `#${[...study, ...theme].join("&")}`);
  return key;
}

export function openStudy(key) {
  openedStudy(key, state.study);
  setProps("study", { data: key });
}

// A study that cannot be opened: its report, and the page as it was.
function refused(report) {
  if (!report) return;
  replaceAddress();
  setProps("study-menu", { value: state.study });
  setProps("study", { data: state.study });
  document.getElementById("report").showModal();
}

/** What dash calls by name. */
export const CALLBACKS = { navigate, draw, openStudy: openedStudy, refused };

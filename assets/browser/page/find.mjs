// Finding a patient by a part of their id.
import { timed } from "../charts/gestures.mjs";
import { select, state } from "../state/state.mjs";
import { $, make, on } from "./dom.mjs";

const MOST = 8;

function known() {
  const drawn = Object.values(state.views).flatMap((view) => view.sets.flatMap((set) => [...set.of.keys()]));
  return state.cohort ? state.cohort.ids : [...new Set(drawn)];
}

function matches() {
  const wanted = $("#find").value.trim().toLowerCase();
  const ids = wanted ? known().filter((id) => String(id).toLowerCase().includes(wanted)) : [];
  return ids.sort((a, b) => String(a).length - String(b).length).slice(0, MOST);
}

function pick(id, add) {
  timed(() => select({ patients: [id] }, add));
  document.activeElement.blur();
}

on("input", "#find", () => {
  const act = (id) => (event) => pick(id, event.shiftKey);
  const item = (id) => make("button", { type: "button", className: "menu-item", onclick: act(id) }, id);
  $("#found").replaceChildren(...matches().map(item));
});

on("keydown", "#find", (field, { key, shiftKey }) => {
  const [first] = matches();
  if (key === "Enter" && first !== undefined) pick(first, shiftKey);
  if (key === "Escape") field.blur();
});

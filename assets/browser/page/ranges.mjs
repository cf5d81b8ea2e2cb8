// "Select where … between …": the lasso's equal for who uses the keyboard.
import { selectInside } from "../charts/gestures.mjs";
import { isThere, visitsInside } from "../charts/marks.mjs";
import { say, state } from "../state/state.mjs";
import { on, queryAll } from "./dom.mjs";

const ANY = 1e9; // an end that is left empty
const ROUNDING = 1e-6; // so that visits on an end are within

function range(name) {
  const fields = queryAll(`[data-range="${name}"] input`);
  const [low, high] = fields.map(({ value }) => (value === "" ? null : Number(value)));
  return [(low ?? -ANY) - ROUNDING, (high ?? ANY) + ROUNDING].sort((a, b) => a - b);
}

on("click", '[data-action="ranges"]', (_, { shiftKey }) => {
  const view = state.views.correlation;
  if (!isThere(view)) return;
  const [left, right] = range("x"), [low, high] = range("y");
  const polygon = { x: [left, right, right, left], y: [low, low, high, high] };
  if (visitsInside(view, polygon.x, polygon.y).length) selectInside(view, polygon, shiftKey);
  else say("No visit lies there: nothing was selected.");
});

// A drag over rows of the matrix chooses up to six subsets for the small multiples (and the rows of the figure).
import { setQuery, state } from "../state/state.mjs";
import { penOn, placeOf, pointOf } from "./places.mjs";

const MOST = 6;
let from = null; // the view and the height where the drag began

function over({ target }) {
  const card = target.closest?.("section[data-view]"), view = card && state.views[card.dataset.view];
  return view?.meta.cells && view.gd.contains(target) ? view : null;
}

const height = (view, event) => pointOf(view, event)[1];
const moved = (event) => Math.abs(height(from.view, event) - from.py) > 8;

function rows({ view, py }, event) {
  const { row } = placeOf(view), [low, high] = [row(py), row(height(view, event))].sort((a, b) => a - b);
  return [Math.max(0, low), Math.min(view.meta.cells.subsets.length - 1, high, Math.max(0, low) + MOST - 1)];
}

function outline(event) {
  const { view } = from, at = placeOf(view), [low, high] = rows(from, event), pen = penOn(view, "cursor");
  const [top, bottom] = [at.y(low - 0.5), at.y(high + 0.5)];
  if (high >= low) pen.box(2, top + 1, at.area[0] + at.area[2] - 4, bottom - top - 2, null, at.ink, 1.5);
}

window.addEventListener("pointerdown", (event) => {
  const view = event.button === 0 && over(event);
  from = view ? { view, py: height(view, event) } : null;
}, true);

window.addEventListener("pointermove", (event) => from && moved(event) && outline(event), true);

window.addEventListener("pointerup", (event) => {
  if (!from) return;
  const [low, high] = rows(from, event), { subsets } = from.view.meta.cells;
  if (moved(event) && high >= low) setQuery({ subsets: subsets.slice(low, high + 1), panel: "multiples" });
  penOn(from.view, "cursor");
  from = null;
}, true);

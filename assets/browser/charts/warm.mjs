// A browser compiles what is done often: the first redraw of a page took a third longer than its fifth. While nobody
// has done anything yet, each chart is drawn again as it is.
import { state } from "../state/state.mjs";
import { isThere } from "./marks.mjs";

const ROUNDS = 4;
let touched = false;
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, () => (touched = true), true);

/** Draws every chart again, one at a time while nothing else is done, as long as the page is at rest.
 * @param {() => boolean} atRest */
export function warmUp(atRest) {
  const turns = Array.from({ length: ROUNDS }, () => Object.values(state.charts)).flat();
  requestIdleCallback(async function next() {
    const chart = turns.shift();
    if (!chart || touched || document.hidden || !atRest()) return;
    if (isThere(chart)) await again(chart);
    requestIdleCallback(next);
  });
}

// With copies of its numbers, which plotly takes for others.
function again({ gd }) {
  for (const trace of gd.data) if (trace.x?.slice) trace.x = trace.x.slice();
  return window.Plotly.react(gd, gd.data, { ...gd.layout });
}

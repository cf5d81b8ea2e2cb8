// What goes on beyond its edge: the style sheet fades that edge, and keys can scroll it.
import { queryAll } from "./dom.mjs";

const SCROLLERS = ".card-body, #chips, .ag-body-viewport, .ag-center-cols-viewport";
let waiting = 0;

function tell(one) {
  const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight, dataset } = one;
  const right = scrollLeft + clientWidth < scrollWidth - 1, below = scrollTop + clientHeight < scrollHeight - 1;
  dataset.more = `${right ? "right" : ""} ${below ? "below" : ""}`.trim();
  if (!one.matches(".card-body")) return;
  if (scrollHeight > clientHeight + 1 || scrollWidth > clientWidth + 1) one.tabIndex = 0;
  else one.removeAttribute("tabindex");
}

/** Looks, once what has changed is painted, at what is in sight of everything that scrolls. */
export function lookBeyond() {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => requestAnimationFrame(look), 50);
}

function look() {
  queryAll(SCROLLERS).forEach(tell);
  waiting = 0;
}

/** Whether that is done. */
export const hasLookedBeyond = () => !waiting;

document.addEventListener("scroll", ({ target }) => {
  if (target instanceof Element && target.matches(SCROLLERS)) tell(target);
}, { capture: true, passive: true });
window.addEventListener("resize", lookBeyond);

// A press in a chart is for its view, whose keys go over the marks.
document.addEventListener("focusin", ({ target }) => {
  const room = /** @type {HTMLElement} */ (target);
  if (room.matches(".card-body:not(:focus-visible)")) room.closest("[data-view]").focus({ preventScroll: true });
});

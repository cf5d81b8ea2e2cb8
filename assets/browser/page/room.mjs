// How much room the figure and the panel have: the divider between them, and paper.
import { $, queryAll, resized } from "./dom.mjs";
import { tableApi } from "./table.mjs";

const PAPER = 680; // px of 180 mm

function split(percent) {
  const share = Math.min(80, Math.max(40, percent)), { style } = $("main");
  style.setProperty("--figure", `${share}fr`);
  style.setProperty("--panel", `${100 - share}fr`);
  $(".divider").setAttribute("aria-valuenow", Math.round(share));
  resized();
}

document.addEventListener("pointerdown", ({ target, pointerId }) => {
  const divider = /** @type {Element} */ (target).closest(".divider");
  if (!divider) return;
  /** @param {any} event */
  const move = ({ clientX }) => split((100 * clientX) / innerWidth);
  divider.setPointerCapture(pointerId);
  divider.addEventListener("pointermove", move);
  divider.addEventListener("pointerup", () => divider.removeEventListener("pointermove", move), { once: true });
});

document.addEventListener("keydown", (event) => {
  const { target, key } = /** @type {any} */ (event), step = { ArrowLeft: -2, ArrowRight: 2 }[key];
  if (!step || !target.matches(".divider")) return;
  event.preventDefault();
  split(Number(target.getAttribute("aria-valuenow")) + step);
});

// On paper both parts are 180 mm wide, and every row of the table is there.
function paper(printing) {
  for (const part of queryAll(".time, .panel")) {
    part.style.width = printing ? `${part.clientWidth}px` : "";
    part.style.zoom = printing ? Math.min(1.2, PAPER / part.clientWidth) : "";
  }
  if (tableApi()) tableApi().setGridOption("domLayout", printing ? "print" : "normal");
}
window.addEventListener("beforeprint", () => paper(true));
window.addEventListener("afterprint", () => paper(false));

// How much room the figure and the panel have: the divider between them, and paper.
import { paintPrinted } from "../charts/layer.mjs";
import { isThere } from "../charts/marks.mjs";
import { state } from "../state/state.mjs";
import { $, on, queryAll, resized } from "./dom.mjs";
import { tableApi } from "./table.mjs";

const PAPER = 680; // px of 180 mm

function split(percent) {
  const share = Math.min(80, Math.max(40, percent)), { style } = $("main");
  style.setProperty("--figure", `${share}fr`);
  style.setProperty("--panel", `${100 - share}fr`);
  $(".divider").setAttribute("aria-valuenow", Math.round(share));
  resized();
}

on("pointerdown", ".divider", (divider, { pointerId }) => divider.setPointerCapture(pointerId));
on("pointermove", ".divider", (divider, { pointerId, clientX }) => {
  if (divider.hasPointerCapture(pointerId)) split((100 * clientX) / innerWidth);
});

on("keydown", ".divider", (divider, event) => {
  const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
  if (!step) return;
  event.preventDefault();
  split(Number(divider.getAttribute("aria-valuenow")) + step);
});

// On paper both parts are 180 mm wide, and every row of the table is there.
function paper(printing) {
  for (const part of queryAll(".time, .panel")) {
    part.style.width = printing ? `${part.clientWidth}px` : "";
    part.style.zoom = printing ? Math.min(1.2, PAPER / part.clientWidth) : "";
  }
  for (const chart of Object.values(state.charts).filter(isThere)) paintPrinted(chart, printing);
  if (tableApi()) tableApi().setGridOption("domLayout", printing ? "print" : "normal");
}
window.addEventListener("beforeprint", () => paper(true));
window.addEventListener("afterprint", () => paper(false));

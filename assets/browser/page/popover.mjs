// What a control does, beside it: on hover, focus or tap.
import { make } from "./dom.mjs";

const REST = 500; // ms that a mouse rests first
const EDGE = 4;
const bubble = make("div", { className: "bubble hidden", role: "tooltip", id: "bubble" });
let waiting = 0, held = null;

function explain(element) {
  if (!bubble.isConnected) document.body.append(bubble);
  held = element;
  bubble.textContent = element.dataset.about;
  bubble.classList.remove("hidden");
  const box = element.getBoundingClientRect(), { width, height } = bubble.getBoundingClientRect();
  const below = box.bottom + EDGE, above = Math.max(EDGE, box.top - height - EDGE);
  bubble.style.left = `${Math.max(EDGE, Math.min(box.left, innerWidth - width - EDGE))}px`;
  bubble.style.top = `${below + height < innerHeight ? below : above}px`;
}

function hush() {
  clearTimeout(waiting);
  held = null;
  bubble.classList.add("hidden");
}

const about = ({ target }) => target.closest?.("[data-about]");
const explained = (found) => !found || found.closest(".explained");

document.addEventListener("pointerover", (event) => {
  const found = about(event);
  if (found === held) return;
  hush();
  const rest = event.pointerType === "mouse" ? REST : 0;
  if (!explained(found) && !event.buttons) waiting = setTimeout(explain, rest, found);
});
document.addEventListener("focusin", (event) => {
  const found = about(event), seen = /** @type {Element} */ (event.target).matches(":focus-visible");
  if (!explained(found) && seen) explain(found);
  else hush();
});
document.addEventListener("pointerdown", (event) => event.pointerType === "mouse" && hush());
document.addEventListener("keydown", (event) => event.key === "Escape" && hush(), true);

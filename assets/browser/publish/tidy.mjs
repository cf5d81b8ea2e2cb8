// A drawing as other programs take it: nothing in it is drawn by lot, and no text hangs on what only browsers know.
import { asXml } from "../charts/renderers.mjs";
import { readable } from "./colours.mjs";

const READABLE = 4.6; // contrast, with room for rounding
const CENTRAL = 0.35; // of the type's size: from the middle of a line to its foot

/** The markup of an SVG whose parts are named in order, whose texts stand on their feet, and whose font is that of the
 * whole. @param {string} markup */
export function tidied(markup) {
  const { documentElement: root } = new DOMParser().parseFromString(asXml(markup), "image/svg+xml");
  tidy(/** @type {any} */ (root));
  return new XMLSerializer().serializeToString(root);
}

function tidy(root) {
  rename(root);
  for (const text of root.querySelectorAll("text")) onItsFoot(text);
  for (const text of root.querySelectorAll("text, tspan")) legible(text);
  for (const part of root.querySelectorAll("[style], [font-family]")) {
    part.removeAttribute("font-family");
    /** @type {any} */ (part).style.removeProperty("font-family");
  }
  for (const part of root.querySelectorAll("[class]")) part.removeAttribute("class");
}

// plotly draws the names of clips and patterns by lot.
function rename(root) {
  const names = new Map();
  for (const part of root.querySelectorAll("[id]")) {
    if (!names.has(part.id)) names.set(part.id, `p${names.size + 1}`);
  }
  const renamed = (value) => value.replace(/url\((['"]?)#(.+?)\1\)/g, (_, __, id) => `url(#${names.get(id) ?? id})`);
  for (const part of root.querySelectorAll("*")) {
    for (const { name, value } of [...part.attributes]) {
      if (name === "id") part.id = names.get(value);
      else if (value.includes("url(")) part.setAttribute(name, renamed(value.replaceAll("&quot;", "'")));
    }
  }
}

function legible(text) {
  const { fill } = text.style, given = text.getAttribute("fill");
  if (fill) text.style.fill = readable(fill, READABLE);
  else if (given) text.setAttribute("fill", readable(given, READABLE));
}

function onItsFoot(text) {
  if (text.getAttribute("dominant-baseline") !== "central") return;
  const size = Number(text.getAttribute("font-size")), y = Number(text.getAttribute("y"));
  text.removeAttribute("dominant-baseline");
  text.setAttribute("y", String(Math.round((y + CENTRAL * size) * 100) / 100));
}

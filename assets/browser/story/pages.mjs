// Pages of a story: each a step's sentence, what it says, its drawing or table, and what it stands on, in the size of a
// slide.
import { escaped, SvgPen } from "../charts/renderers.mjs";
import { widthOf } from "../charts/texts.mjs";

const WIDE = 1280, HIGH = 720, EDGE = 40, TOP = 120, BOTTOM = 684, INK = "#1c2733", FAINT = "#4a5764";
const SIZES = { title: 24, head: 15, cell: 12, foot: 9 };
const SLIDE = [338.6667, 190.5]; // mm
const ROW = 22, MOST_COLUMNS = 12, PAD = 12;

// Words in lines of a width.
function lines(text, size, width) {
  const found = [""];
  for (const word of text.split(/\s+/)) {
    const longer = `${found.at(-1)} ${word}`.trim();
    if (found.at(-1) && widthOf(longer, size) > width) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

function table(pen, rows) {
  const most = Math.floor((BOTTOM - TOP) / ROW) - 2;
  const shown = rows.slice(0, most).map((row) => row.slice(0, MOST_COLUMNS));
  const room = (WIDE - 2 * EDGE) / shown[0].length;
  const cut = (text) => {
    let fits = text;
    while (fits && widthOf(fits, SIZES.cell) > room - PAD) fits = fits.slice(0, -1);
    return fits === text ? text : `${fits.slice(0, -1)}…`;
  };
  shown.forEach((row, i) => row.forEach((cell, j) => {
    pen.text(EDGE + j * room, TOP + (i + 0.5) * ROW, cut(cell), INK, SIZES.cell, "left", i === 0);
  }));
  const left = [[rows.length - 1, shown.length - 1, "rows"], [rows[0].length, shown[0].length, "columns"]];
  const said = left.filter(([all, some]) => some < all).map(([all, some, noun]) => `${some} of ${all} ${noun}`);
  const rest = `${said.join(", ")} shown; all in the CSV of the page`;
  if (said.length) pen.text(EDGE, BOTTOM - ROW, rest, FAINT, SIZES.cell);
}

function placed({ text, width, height }) {
  const share = Math.min((WIDE - 2 * EDGE) / width, (BOTTOM - TOP) / height), left = (WIDE - width * share) / 2;
  return `<g transform="translate(${left} ${TOP}) scale(${share})">${text}</g>`;
}

/** A step as a page, an SVG; `about`: its stamp.
 * @param {import("./pictures.mjs").Drawing & { about: string }} drawing @param {string} font */
export function pageOf({ step, head, careful, drawn, rows, about }, font) {
  const pen = new SvgPen(), width = WIDE - 2 * EDGE;
  const titles = lines(step.sentence, SIZES.title, width * 0.92).slice(0, 2);
  titles.forEach((line, i) => pen.text(EDGE, 28 + i * 26, line, INK, SIZES.title, "left", true));
  const below = 28 + titles.length * 26, said = lines([head, careful].filter(Boolean).join(" · "), SIZES.head, width);
  said.forEach((line, i) => pen.text(EDGE, below + i * 18, line, FAINT, SIZES.head));
  lines(about.replaceAll("\n", " · "), SIZES.foot, width).slice(0, 3)
    .forEach((line, i) => pen.text(EDGE, BOTTOM + 9 + i * 11, line, FAINT, SIZES.foot));
  if (!drawn) table(pen, rows);
  const ground = `<rect width="${WIDE}" height="${HIGH}" fill="#fff"/><title>${escaped(step.sentence)}</title>`;
  const size = `width="${SLIDE[0]}mm" height="${SLIDE[1]}mm" viewBox="0 0 ${WIDE} ${HIGH}"`;
  const root = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escaped(font)}">`;
  return `${root}${ground}${drawn ? placed(drawn) : ""}${pen}</svg>`;
}

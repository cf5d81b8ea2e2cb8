// The check of a figure before it is saved: what the journal asks, and what a reader of the paper needs; a line each.
import { apartOf } from "./colours.mjs";
import { measured } from "./measured.mjs";
import { HOLLOW } from "./paper.mjs";

/** What a line says: whether it holds, and what was found.
 * @typedef {{ name: string, ok: boolean, said: string }} Line */

const READABLE = 4.5, APART = 10; // contrast; distance of colours (CIE 1976)
const where = ({ key }) => (key ? "in the key" : "the key is off: the legend of the paper must explain the signs");

/** @param {{ paper: import("./paper.mjs").Paper, choices: import("./paper.mjs").Choices, profile: any,
 *   hasFont: boolean }} of @returns {Line[]} */
export function checkLines({ paper, choices, profile, hasFont }) {
  const found = measured(paper), far = apartOf(paper.patients.map(({ color }) => color), choices.grey);
  const lines = [
    ...sizeLines(found, paper, choices, profile),
    ["Font", hasFont, hasFont ? "open font, embedded" : "a font of the system: “make install” gets the open one"],
    ["Contrast of text", found.contrast >= READABLE,
      `${whole(found.contrast)}:1 at “${found.worst}”, at least ${READABLE}:1`],
    ["Colours of patients", far >= APART, distanceWords(far, choices.grey)],
    ["Nothing cut", !found.cut.length, named(found.cut)],
    ["No text on another", !found.over.length, named(found.over)],
    ["Every sign explained", choices.key || !paper.signs, paper.signs ? where(choices) : "there are none"],
    ["Illustrative values said", !paper.illustrative || paper.text.includes(HOLLOW),
      paper.illustrative ? "the line stands in the figure" : "there are none"],
  ];
  return lines.map(([name, ok, said]) => ({ name: String(name), ok: Boolean(ok), said: String(said) }));
}

function sizeLines({ type: [small, large], line: thin }, { height }, { width, dpi, height: asked }, profile) {
  const { least_type: least, most_type: most, line, widths, height: high, label } = profile;
  const fits = !widths.length || widths.some((one) => Math.abs(one - width) < 0.05);
  const largest = most ? `; the largest ${whole(large)} pt, at most ${most} pt` : "";
  return [
    ["Type", small >= least - NEAR && (!most || large <= most + NEAR),
      `smallest ${whole(small)} pt, at least ${least} pt (${label})${largest}`],
    ["Thinnest line", thin >= line - NEAR, `${whole(thin)} pt, at least ${line} pt`],
    ["Width", fits, `${width} mm${widths.length ? `, columns of ${widths.join(", ")} mm` : ""}`],
    ["Height", (!high || height <= high) && (!asked || Math.abs(height - asked) < 0.5),
      `${height} mm, ${high ? `at most ${high} mm` : "no limit found"}${asked ? `, asked for ${asked} mm` : ""}`],
    ["Resolution of PNG and TIFF", dpi >= profile.dpi, `${dpi} dpi, for line art ${profile.dpi} dpi`],
  ];
}

const NEAR = 0.005; // of a point: what rounding does
const whole = (value) => Number(value.toFixed(2));
const named = (texts) => (texts.length ? texts.slice(0, 4).map((text) => `“${text}”`).join(", ") : "none");

const distanceWords = (far, grey) => (far === Infinity ? "one colour"
  : `least distance ${far.toFixed(0)} ${grey ? "as greys" : "under all kinds of colour vision"}, at least ${APART}`);

/** The check as a text file. @param {Line[]} lines @param {string} head */
export const checkText = (lines, head) =>
  `${head}\n\n${lines.map(({ name, ok, said }) => `${ok ? "pass" : "FAIL"}  ${name}: ${said}`).join("\n")}\n`;

// A figure for print: chosen panels on a grid, at a width in mm with type in points, whatever the window and the theme.
import { asXml, escaped, inFont, SvgPen } from "../charts/renderers.mjs";
import { widthOf } from "../charts/texts.mjs";
import { $, queryAll } from "../page/dom.mjs";
import { folded, paragraph } from "../page/folding.mjs";
import { inCard } from "../page/page.mjs";
import { drawnPatients, namesDrawn, signsDrawn } from "../page/signs.mjs";
import { stamped } from "../page/stamp.mjs";
import { withPanels } from "../charts/parts.mjs";
import { askForPaper, drawnAt, heightOf, TIME, within } from "./off_screen.mjs";

/** What a reader chooses for a figure: views from the top, columns of those below the first, sizes in mm (height 0: as
 * high as it must be) and type in points, and what stands in it.
 * @typedef {{ panels: string[], columns: number, profile: string, width: number, height: number, type: number,
 *   letters: string, key: boolean, titles: boolean, grey: boolean, dpi: number }} Choices */

/** A drawing: its markup, its size in mm, how many points a unit of it has, the patients in
 * it, what signs mean, and whether values are illustrative.
 * @typedef {{ text: string, width: number, height: number, scale: number,
 *   patients: { id: string, color: string }[], signs: string, illustrative: boolean }} Paper */

const INCH = 25.4, POINTS = 72, SMALL = 11, LINE = 15, GAP = 14, HEAD = 20, SHAPE = 0.72, LOW = 250, HIGH = 420;
/** What stands in every figure of illustrative values, whatever else is off. */
export const HOLLOW = "Illustrative: hollow marks were not measured.";
const INK = "#1c2733", GROUND = "#ffffff", SVG = "http://www.w3.org/2000/svg";

/** @param {Choices} choices @param {string} font @param {{ key: string, source: string, shape: number }[]} pictures
 * @returns {Promise<Paper>} */
export async function paperOf(choices, font, pictures) {
  const scale = choices.type / SMALL, width = Math.round((choices.width / INCH) * POINTS / scale);
  const found = await askForPaper(choices.panels.filter((panel) => !pictures.some(({ key }) => key === panel)));
  const about = await stamped(false); // with the day, the same state would not give the same bytes
  const sheet = { scale, width, font, found, about: about.text }, drawn = [];
  let cells = placed(choices, found, pictures, width);
  const drawAt = async (i) => {
    drawn[i]?.done?.();
    drawn[i] = await drawnIn(cells[i], font, found.cohort);
  };
  try {
    for (const i of cells.keys()) await drawAt(i);
    const asked = choices.height && heightAsked(choices, scale) - composed(choices, sheet, cells, drawn).high;
    const grown = stretched(cells, asked);
    const changed = [...cells.keys()].filter((i) => grown[i].height !== cells[i].height);
    cells = grown;
    for (const i of changed) await drawAt(i);
    return composed(choices, sheet, cells, drawn).paper;
  } finally {
    for (const one of drawn) one.done?.();
  }
}

// ---- the grid

const refuse = (said) => {
  throw Object.assign(new Error(said), { said });
};

const lettersOf = ({ panels, letters }) => {
  const named = (i) => (letters ? String.fromCharCode(letters.charCodeAt(0) + i) : "");
  return Object.fromEntries(panels.map((panel, i) => [panel, named(i)]));
};

// The panels on the weeks as one chart across, the others below in columns; each with its place in px.
function placed(choices, { figures }, pictures, width) {
  const letters = lettersOf(choices), onWeeks = TIME.filter((view) => choices.panels.includes(view));
  const there = onWeeks.filter((view) => figures.time?.layout.meta?.panels?.[view]);
  const time = there.length ? [timeCell(figures.time, there, letters, width)] : [];
  const others = choices.panels.filter((view) => !TIME.includes(view)), columns = Math.max(1, choices.columns);
  const wide = Math.floor((width - GAP * (columns - 1)) / columns), cells = [...time];
  let top = time.length ? time[0].height + GAP : 0;
  for (const views of rowsOf(others, columns)) {
    const across = views.length === 1 && isBroad(views[0]) ? width : wide;
    const row = views.map((view, k) => {
      const own = { views: [view], left: k * (wide + GAP), top: top + HEAD, width: across, letter: letters[view] };
      return { ...own, ...panelCell(view, figures, pictures, across), title: choices.titles };
    });
    top += Math.max(...row.map(({ height }) => height)) + HEAD + GAP;
    cells.push(...row);
  }
  return cells.length ? cells : refuse("These panels show nothing of this study: tick others.");
}

// Views that get more of the page have a row of their own here too.
const isBroad = (view) => Boolean($(`[data-view="${view}"][data-wide]`));

function rowsOf(views, columns) {
  const rows = [];
  for (const view of views) {
    const last = rows.at(-1), full = !last || last.length === columns || isBroad(last[0]);
    if (full || isBroad(view)) rows.push([view]);
    else last.push(view);
  }
  return rows;
}

function timeCell(figure, views, letters, width) {
  const own = withPanels(figure, views, letters);
  return { views, figure: own, left: 0, top: 0, width, height: heightOf(own), letter: "" };
}

function panelCell(view, figures, pictures, wide) {
  const picture = pictures.find(({ key }) => key === view);
  if (picture) return { picture, height: Math.round(wide * picture.shape) };
  const figure = figures[view], least = figure?.layout.meta?.min_height || 0;
  return { figure, height: Math.round(Math.max(least, LOW, Math.min(HIGH, wide * SHAPE))) };
}

// The first row takes what a height that is asked for leaves, and gives what it lacks.
function stretched(cells, more) {
  const [{ top: first }] = cells, least = (height) => Math.max(LOW / 2, height + more);
  const moved = Math.max(...cells.filter(({ top }) => top === first).map(({ height }) => least(height) - height));
  const own = (cell) => (cell.top === first ? { height: least(cell.height) } : { top: cell.top + moved });
  return more ? cells.map((cell) => ({ ...cell, ...own(cell) })) : cells;
}

/** @param {any} cell @param {string} font @param {any} cohort @returns {Promise<any>} */
async function drawnIn({ figure, picture, views, width, height }, font, cohort) {
  if (picture) return { markup: `<image width="${width}" height="${height}" href="${picture.source}"/>`, views: [] };
  if (!figure) refuse("One of these panels could not be drawn: tick another.");
  return drawnAt(figure, views, { width, height, font, cohort });
}

// ---- the whole

function composed(choices, { scale, width, font, found, about }, cells, drawn) {
  const views = drawn.flatMap(({ chart }) => chart?.views || []), chart = { views };
  const foot = within(chart, font, found.cohort, () => footOf(choices, found, views, width));
  const bottom = Math.max(...cells.map((cell) => cell.top + cell.height)) + GAP;
  const high = bottom + foot.length * LINE + 4, pen = new SvgPen();
  const parts = cells.map((cell, i) => {
    const group = `<g transform="translate(${cell.left} ${cell.top})">${drawn[i].markup}</g>`;
    return inFont(font, () => `${group}${headOf(cell)}`);
  });
  const write = (i) => ({ x, text, color }) => pen.text(x, bottom + LINE * (i + 0.5), text, color, SMALL);
  foot.forEach((line, i) => line.forEach(write(i)));
  const millimetres = Math.round(high * scale / POINTS * INCH * 100) / 100, patients = patientsOf(views);
  const size = `width="${choices.width}mm" height="${millimetres}mm" viewBox="0 0 ${width} ${high}"`;
  const said = `Patients drawn: ${patients.map(({ id }) => id).join(", ") || "none"}\n${about}`;
  const ground = `<rect width="${width}" height="${high}" fill="${GROUND}"/>`;
  const head = `<svg xmlns="${SVG}" ${size} font-family="${escaped(font)}">`;
  const text = asXml(`${head}<metadata>${escaped(said)}</metadata>${ground}${parts.join("")}${pen}</svg>`);
  const signs = within(chart, font, found.cohort, () => signsDrawn(views));
  const illustrative = illustrates();
  return { high, paper: { text, width: choices.width, height: millimetres, scale, patients, signs, illustrative } };
}

const heightAsked = ({ height }, scale) => Math.round((height / INCH) * POINTS / scale);

// What stands above a panel: its letter, and its title.
function headOf({ views: [view], letter, title, left, top, figure }) {
  const pen = new SvgPen(), words = title && figure ? titleOf(view) : "";
  if (letter) pen.text(left, top - HEAD / 2, letter, INK, 13, "left", true);
  if (words) pen.text(left + (letter ? 18 : 0), top - HEAD / 2, words, INK, SMALL);
  return String(pen);
}

const textIn = (element) => (element ? element.textContent : "");
const titleOf = (view) => textIn(inCard(view, "h2"));
const illustrates = () => Boolean($("header .warm"));

// Under the panels: how many each stands on, who is drawn, what signs mean, and what is illustrative.
function footOf(choices, { captions }, views, width) {
  const wide = (text) => widthOf(text, SMALL), letters = lettersOf(choices);
  const lines = (text) => paragraph(text, INK, width, wide);
  const counted = views.filter(({ name }) => captions[name]);
  const paper = (name) => captions[name].replace(", n on hover", "");
  const said = counted.map(({ name }) => `${letters[name] || titleOf(name)}: ${paper(name)}`).join(" · ");
  const hollow = illustrates() ? HOLLOW : "";
  const pages = views.map(({ meta }) => meta.scroll).find((scroll) => scroll?.pages > 1);
  const listed = pages ? `Lanes of list ${pages.page} of ${pages.pages}.` : "";
  const always = [lines([hollow, listed].filter(Boolean).join(" ")), lines(said)].flat();
  if (!choices.key) return always;
  const chips = queryAll("#chips .chip").map((chip) => chip.firstChild.textContent).join(" · ");
  return [...folded(namesDrawn(views), width, 12, wide), ...lines(signsDrawn(views)), ...lines(chips), ...always];
}

function patientsOf(views) {
  return [...new Map(views.flatMap(drawnPatients).map((one) => [one.id, one])).values()];
}


// The dialog of a figure for print: what is in it, how large, and the check before it is saved. What was chosen last is
// kept in this browser.
import { post, waiting } from "../charts/requests.mjs";
import { $, make, today } from "../page/dom.mjs";
import { address, isUpload, onChange, state } from "../state/state.mjs";
import { measured } from "./measured.mjs";
import { TIME } from "./off_screen.mjs";
import { HOLLOW, paperOf } from "./paper.mjs";
import { picturesOf, takePicture } from "./pictures.mjs";
import { copyPicture, fileOf, saveFile } from "./take.mjs";

const KEPT = "reprise-figure", MOST = 6, KINDS = ["svg", "pdf", "png", "tiff"];
let turn = null; // of the latest drawing
let shown = null; // what it drew, and its check

// ---- what is chosen

const data = (name) => JSON.parse($("#figure").dataset[name]);
const profiles = () => data("profiles");
const profileOf = ({ profile }) => profiles().find(({ key }) => key === profile) || profiles().at(-1);
const views = () => data("panels");
const onWeeks = () => views().filter((view) => TIME.includes(view));

/** @returns {import("./paper.mjs").Choices} */
function defaults() {
  const [{ key, widths, type, letters, dpi }] = profiles();
  const sizes = { profile: key, width: widths.at(-1), height: 0, type, letters, dpi };
  return { panels: onWeeks(), columns: 2, key: true, titles: true, grey: false, ...sizes };
}

/** @returns {import("./paper.mjs").Choices} */
function chosen() {
  const kept = JSON.parse(localStorage.getItem(KEPT) || "{}"), found = { ...defaults(), ...kept };
  const there = [...views(), ...picturesOf().map(({ key }) => key)];
  const panels = found.panels.filter((panel) => there.includes(panel));
  return { ...found, panels: panels.length ? panels : onWeeks() };
}

function choose(change) {
  localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...change }));
  sayChoices();
  fill();
  draw();
}

const words = ({ width, type, panels, grey }) =>
  `${width} mm, ${type} pt, ${panels.length} panel${panels.length === 1 ? "" : "s"}${grey ? ", grey" : ""}`;

function sayChoices() {
  if (!$("#figure")) return;
  for (const one of document.querySelectorAll(".figure-choices")) one.textContent = words(chosen());
}
onChange(sayChoices);

// ---- the form (components/page/figure_form.html)

const form = () => $("#figure form");

const within = ({ value, min, max }) => (Number(value) ? Math.min(max, Math.max(min, value)) : 0);
const READ = { checkbox: ({ checked }) => checked, number: within };
const CHANGES = {
  panels: () => ({ panels: new FormData(form()).getAll("panels").slice(0, MOST) }),
  column: ({ value }) => ({ width: Number(value) }),
  dpi: ({ value }) => ({ dpi: Number(value) }),
  profile({ value }) {
    const { widths, type, letters, dpi } = profileOf({ profile: value });
    return { profile: value, type, letters, dpi, ...(widths.length ? { width: widths.at(-1) } : {}) };
  },
};

function changed({ target }) {
  const { name, type, value } = target;
  if (type === "file") return waiting(() => addPicture(target));
  choose(CHANGES[name]?.(target) ?? { [name]: READ[type]?.(target) ?? value });
}

async function addPicture(field) {
  const [file] = field.files;
  field.value = "";
  const key = await takePicture(file);
  choose({ panels: [...chosen().panels, key].slice(0, MOST) });
}

function tick({ key, name }) {
  const box = make("input", { type: "checkbox", name: "panels", value: key });
  const made = make("label", { className: "tick" }, box, make("span", {}, name));
  made.dataset.panel = key;
  return made;
}

function fill() {
  const now = chosen(), { widths, source, seen } = profileOf(now), { column } = form().elements;
  const added = picturesOf().filter(({ key }) => !$(`#figure [data-panel="${key}"]`));
  $("#figure .figure-panels").append(...added.map(tick));
  $("#figure .figure-source").textContent = source ? `${source}, ${seen}` : "No rules of a journal are checked.";
  column.replaceChildren(...widths.map((width) => make("option", { value: width }, `${width} mm`)));
  column.parentElement.classList.toggle("hidden", !widths.length);
  for (const one of form().querySelectorAll("[name]")) show(one, { ...now, column: now.width });
}

function show(field, now) {
  const { name, type, value } = field;
  if (name === "panels") field.checked = now.panels.includes(value);
  else if (type === "checkbox") field.checked = now[name];
  else field.value = now[name] || "";
  field.disabled = name === "panels" && !field.checked && now.panels.length >= MOST;
}

function built() {
  const dialog = $("#figure");
  if (dialog.firstElementChild) return dialog;
  dialog.innerHTML = dialog.dataset.form; // the server's, escaped
  form().onchange = changed;
  return dialog;
}

// ---- drawing and saving

const fontsIn = new Map();
// The font of figures, once it is there: its `stack`, and whether it is more than the names of others.
async function figureFont() {
  const { family, stack, files } = data("font");
  const place = (file) => new URL(`../../${file}`, import.meta.url).href; // among the assets, as this module is
  const load = ([weight, file]) => new FontFace(family, `url(${place(file)})`, { weight }).load().catch(() => null);
  if (!fontsIn.has(family)) fontsIn.set(family, Promise.all(Object.entries(files).map(load)));
  const faces = (await fontsIn.get(family)).filter(Boolean);
  for (const face of faces) document.fonts.add(face);
  return { stack, hasFont: faces.length > 0 };
}

// The figure as it is chosen, the file of it as SVG, and its check, as lines and as a text.
async function made() {
  const choices = chosen(), { stack, hasFont } = await figureFont();
  const paper = await paperOf(choices, stack, picturesOf()), svg = await fileOf(paper.text, "svg", choices);
  return { choices, paper, svg, ...await checked(choices, paper, measured(await svg.text(), paper.scale), hasFont) };
}

// The key of an upload opens it, and stays out of files.
function checked({ profile, width, height, type, dpi, key, grey }, paper, found, font) {
  const says = paper.text.includes(HOLLOW), { illustrative } = paper, signs = Boolean(paper.signs);
  const patients = paper.patients.map(({ color }) => color), page = isUpload(state.study) ? "" : address();
  return post("check", {
    study: state.study, query: state.query, date: today(), page, profile,
    asked: { width, height, type, dpi, key, grey },
    measured: { ...found, patients, height: paper.height, font, signs, illustrative, says },
  });
}

async function draw() {
  const mine = (turn = {}), dialog = $("#figure");
  if (!dialog?.open) return;
  dialog.dataset.busy = "yes";
  await waiting(async () => {
    const found = await made();
    if (mine !== turn) return;
    shown = found;
    showDrawn(found);
  });
  if (mine === turn) delete dialog.dataset.busy;
}

function showDrawn({ paper, lines, svg }) {
  const source = URL.createObjectURL(svg), width = Math.round(paper.width / 25.4 * 96);
  const picture = make("img", { src: source, width, alt: `The figure, ${paper.width} × ${paper.height} mm` });
  picture.onload = () => URL.revokeObjectURL(source);
  $("#figure .figure-paper").replaceChildren(picture);
  const item = ([name, ok, said]) =>
    make("li", { className: ok ? "" : "warm" }, `${ok ? "✓" : "✕"} ${name}: ${said}`);
  $("#figure .figure-check").replaceChildren(...lines.map(item));
}

const save = (kind) => waiting(async () => {
  const { paper, choices, svg, text } = shown || (await made());
  saveFile(kind === "svg" ? svg : await fileOf(paper.text, kind, choices), kind, text);
});

const copy = () => waiting(async () => {
  const found = $("#figure").open && shown ? Promise.resolve(shown) : made();
  const png = async ({ paper, choices }) => fileOf(paper.text, "png", { ...choices, dpi: 300 });
  await copyPicture(found.then(async (one) => ({ svg: one.svg, png: await png(one) })));
});

function open() {
  shown = null;
  const dialog = built();
  sayChoices();
  fill();
  dialog.showModal();
  draw();
}

const ACTS = {
  figure: open, "copy-picture": copy, "figure-close": () => $("#figure").close(),
  ...Object.fromEntries(KINDS.map((kind) => [`figure-${kind}`, () => save(kind)])),
};

document.addEventListener("click", ({ target }) => {
  const { action } = target.closest("button")?.dataset || {};
  if (action in ACTS) ACTS[action]();
});

/** For tests: whether the figure in the dialog is drawn. */
export const figureDrawn = () => Boolean(shown) && !$("#figure").dataset.busy && state.fetching === 0;

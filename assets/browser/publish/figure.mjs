// The dialog of a figure for print: what is in it, how large, and the check before it is saved. What was chosen last is
// kept in this browser.
import { post, waiting } from "../charts/requests.mjs";
import { $, make, today } from "../page/dom.mjs";
import { inCard } from "../page/page.mjs";
import { address, isUpload, onChange, state } from "../state/state.mjs";
import { measured } from "./measured.mjs";
import { TIME } from "./off_screen.mjs";
import { HOLLOW, paperOf } from "./paper.mjs";
import { picturesOf, takePicture } from "./pictures.mjs";
import { copyPicture, fileOf, saveFile } from "./take.mjs";

const KEPT = "reprise-figure", MOST = 6, KINDS = ["svg", "pdf", "png", "tiff"];
const LETTERS = [["a", "a, b, c"], ["A", "A, B, C"], ["", "none"]];
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

// ---- the form

const labelled = (text, control) => make("label", {}, make("span", {}, text), control);
const numeric = (field, text, from, to, step) => labelled(text, make("input", {
  type: "number", min: from, max: to, step, value: chosen()[field] || "", placeholder: "auto",
  onchange: ({ target }) => choose({ [field]: within(Number(target.value), from, to) }),
}));
const within = (value, from, to) => (value ? Math.min(to, Math.max(from, value)) : 0);
const ticked = (text, on, change) => {
  const box = make("input", { type: "checkbox", checked: on, onchange: ({ target }) => change(target.checked) });
  return make("label", { className: "tick" }, box, make("span", {}, text));
};
const menuOf = (text, options, value, change) => {
  const is = (key) => String(key) === String(value);
  const items = options.map(([key, label]) => make("option", { value: key, selected: is(key) }, label));
  return labelled(text, make("select", { onchange: ({ target }) => change(target.value) }, ...items));
};

function panelTick(view) {
  const { panels } = chosen(), on = panels.includes(view), order = [...views(), ...picturesOf().map(({ key }) => key)];
  const next = (is) => order.filter((one) => (one === view ? is : panels.includes(one))).slice(0, MOST);
  const name = picturesOf().find(({ key }) => key === view)?.name || inCard(view, "h2")?.textContent || view;
  const made = ticked(name, on, (is) => choose({ panels: next(is) }));
  made.firstChild.disabled = !on && panels.length >= MOST;
  made.dataset.panel = view;
  return made;
}

function sizes() {
  const now = chosen(), own = profileOf(now), wide = own.widths.map((width) => [width, `${width} mm`]);
  const of = (key) => profiles().find((one) => one.key === key);
  const adopt = (key) => {
    const { widths, type, letters, dpi } = of(key);
    choose({ profile: key, type, letters, dpi, ...(widths.length ? { width: widths.at(-1) } : {}) });
  };
  const journals = profiles().map(({ key, label }) => [key, label]);
  const from = own.source ? `${own.source}, ${own.seen}` : "No rules of a journal are checked.";
  return [
    menuOf("Journal", journals, now.profile, adopt),
    make("p", { className: "figure-source" }, from),
    ...(wide.length ? [menuOf("Column", wide, now.width, (width) => choose({ width: Number(width) }))] : []),
    numeric("width", "Width, mm", 40, 300, 0.1), numeric("height", "Height, mm", 30, 400, 1),
    numeric("type", "Type, pt", 4, 14, 0.1), numeric("columns", "Columns of panels", 1, 3, 1),
    menuOf("Letters", LETTERS, now.letters, (letters) => choose({ letters })),
    menuOf("PNG and TIFF", [300, 600, 1000].map((dpi) => [dpi, `${dpi.toLocaleString("en")} dpi`]), now.dpi,
      (dpi) => choose({ dpi: Number(dpi) })),
    ticked("Key: names, signs, filters", now.key, (key) => choose({ key })),
    ticked("Titles of panels", now.titles, (titles) => choose({ titles })),
    ticked("Grey instead of colours", now.grey, (grey) => choose({ grey })),
  ];
}

function addPicture() {
  const accept = "image/png,image/jpeg,image/tiff";
  const file = make("input", { type: "file", accept, className: "spoken", onchange: () => waiting(async () => {
    const key = await takePicture(file.files[0]);
    choose({ panels: [...chosen().panels, key].slice(0, MOST) });
  }) });
  const about = "Flow plots or photographs: PNG, JPEG or TIFF. The picture stays in this browser, without metadata; "
    + "a TIFF goes to the server and back, which keeps nothing of it.";
  return make("label", { className: "quiet", title: about }, "Add a picture", file);
}

function fill() {
  const form = $("#figure .figure-form");
  const focus = [...form.querySelectorAll("input, select")].indexOf(document.activeElement);
  const panels = [...views(), ...picturesOf().map(({ key }) => key)].map(panelTick);
  const named = (text, ...parts) => make("fieldset", {}, make("legend", {}, text), ...parts);
  const list = make("div", { className: "figure-panels" }, ...panels);
  form.replaceChildren(named(`Panels, up to ${MOST}`, list, addPicture()), named("Size and looks", ...sizes()));
  form.querySelectorAll("input, select")[focus]?.focus();
}

function built() {
  const dialog = $("#figure");
  if (dialog.firstElementChild) return dialog;
  const act = (name, text) => {
    const made = make("button", { type: "button", className: "quiet" }, text);
    made.dataset.action = name;
    return made;
  };
  const acts = [...KINDS.map((kind) => act(`figure-${kind}`, `Save ${kind.toUpperCase()}`)),
    act("copy-picture", "Copy picture"), act("figure-close", "Close")];
  const head = make("div", { className: "figure-head" }, make("h3", {}, "Figure for a journal"), ...acts);
  const place = make("div", { className: "figure-paper", tabIndex: 0, role: "group", ariaLabel: "How it looks" });
  const side = make("div", { className: "figure-side" }, place, make("ul", { className: "figure-check" }));
  dialog.append(head, make("div", { className: "figure-body" }, make("form", { className: "figure-form" }), side));
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
    show(found);
  });
  if (mine === turn) delete dialog.dataset.busy;
}

function show({ paper, lines, svg }) {
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

// The reader's own files: chosen or dropped, sent with a progress bar, and what the server made of them. The files stay
// in this page, so that they can be read again with another mapping; the server keeps none.
import { post, posted } from "../charts/requests.mjs";
import { addressParts } from "../state/address.mjs";
import { openStudy } from "../state/navigate.mjs";
import { prefix, say, setProps, state } from "../state/state.mjs";
import { $, make, on, plural } from "./dom.mjs";
import { saveServed, saveText } from "./download.mjs";
import { listened } from "./listened.mjs";
import { keepingPlace, mappingShown } from "./mapping.mjs";

const OK = 200, BUSY = 503, MEGA = 1e6;
const SENT = 0.3; // the share of the bar that sending takes
const PAUSE = 500, AGAIN = 1000; // ms between a change and the look at what comes of it; and the next, of a busy server
const FORMS = { txt: "text/plain", csv: "text/csv", json: "application/json" };
const STOPPED = "The server stopped while it was reading these files.";
const UNREAD = "The server could not read these files.";
const SILENT = "The server did not answer.";
const CUT =
  "The server did not answer, or cut the line: is it busy with other files, or are these too large, or changed since " +
  "you chose them?";

let files = [], edits = null, asking = new AbortController(), timer = 0, found = null, opened = null;

const dialog = () => $("#intake");
const set = (id, children) => setProps(id, { children });
const tell = (sentence) => set("intake-said", sentence);

function view(name) {
  for (const other of ["pick", "wait", "show"]) $(`#intake-${other}`).classList.toggle("hidden", other !== name);
}

// What a fold holds comes when it is opened: a browser takes its time for a thousand fields.
document.addEventListener("toggle", ({ target }) => {
  const { dataset, open: isOpen } = /** @type {any} */ (target), name = dataset.fold;
  const inside = found?.folded?.[name];
  if (!isOpen || !inside) return;
  delete found.folded[name];
  set({ type: "fold", name }, inside);
}, true);

// What the server made of the files, as the server made it.
function show(answer) {
  found = answer;
  dialog().classList.add("wide");
  tell("");
  keepingPlace(() => set("intake-show", answer.page));
  view("show");
}

function open() {
  tell("");
  set("intake-show", []);
  view("pick");
  dialog().querySelector("h3").textContent = "Open your data";
  dialog().classList.remove("wide");
  if (!dialog().open) dialog().showModal();
}

function choose() {
  const input = make("input", { type: "file", multiple: true });
  input.addEventListener("change", () => take([...input.files]));
  input.click();
}

function take(chosen) {
  [files, edits] = [chosen.filter((file) => !file.name.startsWith(".")), null];
  stop();
  open();
  const { bytes, files: most } = dialog().dataset;
  const size = Math.ceil(files.reduce((sum, file) => sum + file.size, 0) / MEGA);
  const room = Number(bytes) / MEGA, { length } = files;
  if (size > room) return tell(`These files have ${size} MB; this server takes ${room} MB at once.`);
  if (length > Number(most)) return tell(`These are ${length} files; this server takes ${most} at once.`);
  if (files.length) send();
}

// A mapping that the reader has edited stays below the sentence.
function refused(sentence) {
  tell(sentence);
  view(edits ? "show" : "pick");
}

/** A change of what is said. What it makes of the files is looked at after a pause, of large ones when asked for. */
export function editMapping(change) {
  edits = change(edits || {});
  stop();
  for (const one of dialog().querySelectorAll(".intake-counts")) one.classList.add("waiting");
  if (!$("#intake-look")) timer = setTimeout(look, PAUSE);
}

/** Ends what is asked of the server, or waits to be. @returns {AbortSignal} of what is asked next */
function stop() {
  clearTimeout(timer);
  asking.abort();
  return (asking = new AbortController()).signal;
}

// What would come of the same files with other edits: nothing is kept, and a newer question cancels an older one.
async function look() {
  const signal = stop(), made = await listened("upload?look", body(), { signal }).catch(() => null);
  if (signal.aborted) return;
  if (!made) return refused("The server did not answer: the page shows what was read before.");
  const { status, said, last } = made;
  if (status === BUSY) timer = setTimeout(look, AGAIN);
  else if (last.page) show(last);
  else refused(said || last.refused || STOPPED);
}

function body() {
  const made = new FormData();
  if (edits) made.append("edits", JSON.stringify(edits));
  made.append("shown", JSON.stringify(mappingShown()));
  for (const file of files) made.append("files", file, file.name);
  return made;
}

// ---- sending

async function send() {
  const before = $("#intake-show").classList.contains("hidden") ? "pick" : "show", signal = stop();
  progress(0, `sending ${plural(files.length, "file")}`, true);
  view("wait");
  const sent = (share) =>
    share < 1 ? progress(SENT * share, `sending, ${Math.round(100 * share)} %`) : progress(SENT, "reading");
  const heard = ({ share, what }) => what && progress(SENT + (1 - SENT) * share, what);
  const reply = await listened("upload", body(), { signal, sent, heard }).catch(() => null);
  if (reply) answered(reply);
  else if (!signal.aborted) refused(CUT);
  else if (signal === asking.signal) view(before); // cancelled, and nothing else is asked
}

function progress(share, words, anew = false) {
  const bar = $("#intake-wait progress");
  bar.value = anew ? share : Math.max(bar.value, share);
  bar.nextElementSibling.textContent = words;
}

function answered({ status, said, last: made }) {
  if (made.study === undefined) return refused(said || made.refused || (status === OK ? STOPPED : UNREAD));
  if (made.study === null) return show(made);
  dialog().close();
  opened = { study: made.study, files, edits };
  openStudy(made.study);
  say(`${made.summary} “Report” says which rows were used, and lets you change how they were read.`);
}

// ---- the study that is kept

const WHEN = { dateStyle: "medium", timeStyle: "short" };

async function report() {
  edits = null;
  open();
  const kept = await post("uploaded", { study: state.study }).catch((error) => refused(error.said || SILENT));
  if (!kept) return;
  dialog().querySelector("h3").textContent = "What was read of your files";
  show(kept);
  const until = kept.expires && new Date(kept.expires * 1000).toLocaleString("en-GB", /** @type {any} */ (WHEN));
  set("intake-until", until || "somebody deletes it");
}

// Back to what every column was taken for. Only this page has the files; after a reload they are chosen again.
function reread() {
  if (!opened || opened.study !== state.study) {
    open();
    return tell("The server kept none of your files: choose them again, and say what is different.");
  }
  [files, edits] = [opened.files, opened.edits || {}];
  look();
}

async function keep() {
  const reply = await posted("written", { study: state.study }).catch(() => null);
  if (!reply?.ok) return tell(reply ? await reply.text() : SILENT);
  saveServed(await reply.blob(), "reprise-study.zip");
}

// Asked once more before it is done.
function remove(button) {
  const sure = button.classList.contains("danger");
  if (sure) return post("forget", { study: state.study }).then(gone, (error) => tell(error.said || SILENT));
  button.textContent = "Delete it for good?";
  button.classList.add("danger");
}

// Whoever is named sees the study from now on; whoever is not, no more.
async function share() {
  const body = { study: state.study, names: $("#intake-shared").value };
  const reply = await posted("share", body).catch(() => null);
  tell(!reply ? SILENT : reply.ok ? "Saved. Copy link (Share) has the address to send." : await reply.text());
}

function gone() {
  dialog().close();
  openStudy(state.home);
  say("Your study is deleted; its address leads nowhere now.");
}

function download(form) {
  if (form === "toml") saveText(found.toml, "study.toml", "text/plain");
  else saveText(found.report[form], `report.${form}`, FORMS[form]);
}

/** Files that the server was started with, and has to ask about: taken as if they were chosen here. */
export async function askOfServer() {
  const names = JSON.parse(dialog().dataset.asked);
  dialog().dataset.asked = "[]";
  const wanted = addressParts(location.hash).study ?? state.home; // which may still be on its way
  if (!names.length || wanted !== state.home) return;
  const contents = await Promise.all(names.map(async (_, at) => (await fetch(`${prefix()}asked/${at}`)).blob()));
  take(names.map((name, at) => new File([contents[at]], name)));
}

// ---- gestures

const ACTS = {
  open, choose, report, other: open, reread, save: keep, delete: remove, share, look,
  again: () => ((edits = edits || {}), send()), toml: () => download("toml"), undo: () => ((edits = {}), look()),
};

on("click", "button[id^=intake-]", (button) => ACTS[button.id.slice("intake-".length)]?.(button));
on("click", "#intake button[data-form]", ({ dataset }) => download(dataset.form));
on("click", "#intake-wait button", () => asking.abort());

document.addEventListener("close", ({ target }) => target === dialog() && stop(), true);

const carries = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
const dropping = (on) => document.body.classList.toggle("dropping", on);

document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  dropping(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget === null && dropping(false));
document.addEventListener("drop", async (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  dropping(false);
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
  const loose = [...event.dataTransfer.files].filter((_, i) => !entries[i]?.isDirectory);
  const inside = await Promise.all(entries.filter((entry) => entry?.isDirectory).map(listed));
  take([...loose, ...inside.flat()]);
});

// The files of a folder. A browser lists a hundred at a time.
async function listed(folder) {
  const reader = folder.createReader(), entries = [];
  const next = () => new Promise((done, failed) => reader.readEntries(done, failed));
  for (let some = await next(); some.length; some = await next()) entries.push(...some);
  const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
  return Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
}

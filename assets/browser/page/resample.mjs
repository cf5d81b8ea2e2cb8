// A permutation p or a bootstrap interval of the correlation shown: the states come line by line as the server computes
// them; who cancels stops reading, and nothing is kept anywhere. Where a queue computes, the first line names the job.
import { posted, refusalOf } from "../charts/requests.mjs";
import { onChange, state } from "../state/state.mjs";
import { $, on, queryAll } from "./dom.mjs";

const DEFINED_BY = [
  "study", "patients", "groups", "from_week", "to_week", "clock", "score", "pasi_scale", "immune_scale", "subset",
  "phase", "tolerance", "lag", "pair_phase", "statistic",
];
const TRIES = 5, PAUSE = 500;
const part = (selector) => $(`#drawer-method ${selector}`);
let running = null, about = null;

/** The analysis that a query's correlation is, as a text; `choices` differ from the page's. */
export function analysisOf(choices = {}) {
  const query = { ...state.query, ...choices, study: state.study };
  return JSON.stringify(DEFINED_BY.map((field) => query[field]));
}

function show(busy, text) {
  const starts = queryAll("[data-resample]:not([data-resample=cancel])");
  const during = [part("progress"), part("[data-resample=cancel]")];
  for (const start of starts) start.classList.toggle("hidden", busy);
  for (const one of during) one.classList.toggle("hidden", !busy);
  if (text !== undefined) part(".resampled").textContent = text;
}

function stop() {
  if (running) running.abort();
  running = null;
}

async function run(kind) {
  stop();
  const own = (running = new AbortController());
  about = analysisOf();
  part("progress").value = 0;
  show(true, "");
  try {
    await told({ study: state.study, query: state.query, kind }, own.signal, TRIES);
  } catch (error) {
    if (error.name !== "AbortError") show(false, "Not computed: the server did not answer.");
  }
  if (running === own) running = null;
}

/** Hears it to its end. Where the connection breaks, asks again for the job of a queue: any server knows it. */
async function told(asked, signal, tries) {
  const heard = { job: asked.job, ended: false };
  try {
    const reply = await posted("resample", asked, { signal });
    if (reply.ok) await read(reply.body.pipeThrough(new TextDecoderStream()).getReader(), heard);
    else show(false, (await refusalOf(reply)) || "Not computed: the server could not answer.");
    if (!reply.ok || heard.ended) return;
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (!heard.job || !tries) throw new Error("It broke off.");
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  await told({ ...asked, job: heard.job }, signal, tries - 1);
}

async function read(reader, heard) {
  let rest = "";
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const lines = (rest + next.value).split("\n");
    rest = lines.pop();
    for (const now of lines.filter(Boolean).map((line) => JSON.parse(line))) {
      if (now.job) {
        heard.job = now.job;
        continue;
      }
      part("progress").value = now.total ? now.done / now.total : 1;
      state.resampled = now;
      if (now.text) show(false, now.text);
      heard.ended ||= Boolean(now.text);
    }
  }
}

function cancel() {
  stop();
  const { done, total } = state.resampled || { done: 0, total: 0 };
  show(false, `Cancelled after ${done.toLocaleString("en")} of ${total.toLocaleString("en")}: nothing is told.`);
}

on("click", "[data-resample]", ({ dataset: { resample: kind } }) => (kind === "cancel" ? cancel() : run(kind)));

// What was found belongs to the pairs it was found for.
onChange(() => {
  if (!about || !part("progress") || about === analysisOf()) return;
  stop();
  about = null;
  show(false, "");
});

// A permutation p or a bootstrap interval of the correlation shown: the states come line by line as the server computes
// them; who cancels stops reading, and nothing is kept anywhere. Where a queue computes, the first line names the job.
import { onChange, state } from "../state/state.mjs";
import { $, on } from "./dom.mjs";
import { listened } from "./listened.mjs";

const DEFINED_BY = [
  "study", "patients", "groups", "from_week", "to_week", "clock", "score", "pasi_scale", "immune_scale", "subset",
  "phase", "tolerance", "lag", "pair_phase", "statistic",
];
const OK = 200, TRIES = 5, PAUSE = 500;
const part = (selector) => $(`#drawer-method ${selector}`);
let running = new AbortController(), about = null;

/** The analysis that a query's correlation is, as a text; `choices` differ from the page's. */
export function analysisOf(choices = {}) {
  const query = { ...state.query, ...choices, study: state.study };
  return JSON.stringify(DEFINED_BY.map((field) => query[field]));
}

function show(busy, text) {
  part(".resample-row").classList.toggle("busy", busy);
  part(".resampled").textContent = text;
}

async function run(kind) {
  running.abort();
  const { signal } = (running = new AbortController());
  about = analysisOf();
  part("progress").value = 0;
  show(true, "");
  try {
    await told({ study: state.study, query: state.query, kind }, signal, TRIES);
  } catch {
    if (!signal.aborted) show(false, "Not computed: the server did not answer.");
  }
}

/** Hears it to its end. Where the connection breaks, asks again for the job of a queue: any server knows it. */
async function told(asked, signal, tries) {
  let { job } = asked, isOver = false;
  const heard = (now) => {
    if (now.job) return (job = now.job);
    part("progress").value = now.total ? now.done / now.total : 1;
    state.resampled = now;
    if (now.text) show(false, now.text);
    isOver ||= Boolean(now.text);
  };
  const coming = listened("resample", JSON.stringify(asked), { signal, heard });
  const { status, said } = await coming.catch(() => (signal.throwIfAborted(), { status: OK, said: "" }));
  if (status !== OK) return show(false, said || "Not computed: the server could not answer.");
  if (isOver) return;
  if (!job || !tries) throw new Error("It broke off.");
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  await told({ ...asked, job }, signal, tries - 1);
}

function cancel() {
  running.abort();
  const { done, total } = state.resampled || { done: 0, total: 0 };
  show(false, `Cancelled after ${done.toLocaleString("en")} of ${total.toLocaleString("en")}: nothing is told.`);
}

on("click", "[data-resample]", ({ dataset: { resample: kind } }) => (kind === "cancel" ? cancel() : run(kind)));

// What was found belongs to the pairs it was found for.
onChange(() => {
  if (!about || !part("progress") || about === analysisOf()) return;
  running.abort();
  about = null;
  show(false, "");
});

// A permutation p or a bootstrap interval of the correlation shown: the states come line by line as the server computes
// them; who cancels stops reading, and nothing is kept anywhere.
(function (R) {
  const TOLD_BY = ["study", "patients", "groups", "from_week", "to_week", "clock", "score", "pasi_scale", "immune_scale", "subset", "phase", "tolerance", "lag", "pair_phase", "statistic"];
  const part = (selector) => document.querySelector(`#drawer-method ${selector}`);
  let running = null, about = null;

  const asked = (choices = {}) => JSON.stringify(TOLD_BY.map((field) => (field === "study" ? R.study : { ...R.query, ...choices }[field])));

  R.analysis = asked;

  function show(busy, text) {
    for (const start of document.querySelectorAll("[data-resample]:not([data-resample=cancel])")) start.classList.toggle("hidden", busy);
    part("progress").classList.toggle("hidden", !busy);
    part("[data-resample=cancel]").classList.toggle("hidden", !busy);
    if (text !== undefined) part(".resampled").textContent = text;
  }

  async function run(kind) {
    if (running) running.abort();
    const own = (running = new AbortController());
    about = asked();
    part("progress").value = 0;
    show(true, "");
    try {
      const body = JSON.stringify({ study: R.study, query: R.query, kind });
      const reply = await fetch(`${R.prefix()}resample`, { method: "POST", headers: { "Content-Type": "application/json" }, body, signal: own.signal });
      if (!reply.ok) return show(false, (await R.sentence(reply)) || "Not computed: the server could not answer.");
      await read(reply.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch (error) {
      if (error.name !== "AbortError") show(false, "Not computed: the server did not answer.");
    }
    if (running === own) running = null;
  }

  async function read(reader) {
    let rest = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const lines = (rest + next.value).split("\n");
      rest = lines.pop();
      for (const state of lines.map(JSON.parse)) {
        part("progress").value = state.total ? state.done / state.total : 1;
        R.resampled = state;
        if (state.text) show(false, state.text);
      }
    }
  }

  function cancel() {
    if (running) running.abort();
    running = null;
    const { done, total } = R.resampled || { done: 0, total: 0 };
    show(false, `Cancelled after ${done.toLocaleString("en")} of ${total.toLocaleString("en")}: nothing is told.`);
  }

  document.addEventListener("click", function (event) {
    const kind = event.target.closest("[data-resample]")?.dataset.resample;
    if (kind === "cancel") cancel();
    else if (kind) run(kind);
  });

  // What was found belongs to the pairs it was found for.
  R.listeners.push(function () {
    if (!about || !part("progress") || about === asked()) return;
    if (running) running.abort();
    running = about = null;
    show(false, "");
  });
})(window.reprise);

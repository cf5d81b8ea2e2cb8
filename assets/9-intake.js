// The reader's own files: chosen or dropped, sent with a progress bar, and what the server made of them. The files stay
// in this page, so that they can be read again with another mapping; the server keeps none.
(function (R) {
  const $ = (selector) => document.querySelector(selector);
  const dialog = () => $("#intake");
  const view = (name) => ["pick", "wait", "show"].forEach((other) => document.getElementById(`intake-${other}`).classList.toggle("hidden", other !== name));
  const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const BUSY = 503, STOPPED = "The server stopped while it was reading these files.";
  const MEGA = 1e6, SENT = 0.3; // the share of the bar that sending takes
  const PAUSE = 500; // between a change and the look at what comes of it
  const FORMS = { txt: "text/plain", csv: "text/csv", json: "application/json" };

  let files = [], edits = null, sending = null, looking = null, timer = 0, found = null, opened = null;

  const set = (id, children) => window.dash_clientside.set_props(id, { children });
  // What a fold holds comes when it is opened: a browser takes its time for a thousand fields.
  document.addEventListener("toggle", ({ target }) => {
    const name = target.dataset.fold, inside = found && found.folded && found.folded[name];
    if (!target.open || !inside) return;
    delete found.folded[name];
    set({ type: "fold", name }, inside);
  }, true);

  const tell = (sentence) => set("intake-said", sentence);

  // What the server made of the files, as the server made it.
  function show(answer) {
    found = answer;
    dialog().classList.add("wide");
    tell("");
    R.keepingPlace(() => set("intake-show", answer.page));
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
    const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
    input.addEventListener("change", () => take([...input.files]));
    input.click();
  }

  function take(chosen) {
    [files, edits] = [chosen.filter((file) => !file.name.startsWith(".")), null];
    stop();
    open();
    const { bytes, files: most } = dialog().dataset, size = files.reduce((sum, file) => sum + file.size, 0);
    const much = size > Number(bytes) && `These files have ${Math.ceil(size / MEGA)} MB; this server takes ${bytes / MEGA} MB at once.`;
    const many = files.length > Number(most) && `These are ${files.length} files; this server takes ${most} at once.`;
    if (much || many) return tell(much || many);
    if (files.length) send();
  }

  // A mapping that the reader has edited stays below the sentence.
  function refused(sentence) {
    tell(sentence);
    view(edits ? "show" : "pick");
  }

  // A change of what is said. What it makes of the files is looked at after a pause, of large ones when it is asked for.
  R.edit = function (change) {
    edits = change(edits || {});
    stop();
    for (const one of dialog().querySelectorAll(".intake-counts")) one.classList.add("waiting");
    if (!$("#intake-look")) timer = setTimeout(look, PAUSE);
  };

  function stop() {
    clearTimeout(timer);
    if (looking) looking.abort();
  }

  // What would come of the same files with other edits: nothing is kept, and a newer question cancels an older one.
  async function look() {
    stop();
    const { signal } = (looking = new AbortController());
    try {
      const answer = await fetch(`${R.prefix()}upload?look`, { method: "POST", body: posted(), signal });
      if (answer.status === BUSY) return setTimeout(() => signal.aborted || look(), 1000);
      if (answer.headers.get("Content-Type").startsWith("text/plain")) return refused(await answer.text());
      const made = whole(await answer.text(), 0).lines.pop() || {};
      made.page ? show(made) : refused(made.refused || STOPPED);
    } catch (error) {
      if (error.name !== "AbortError") refused("The server did not answer: the page shows what was read before.");
    }
  }

  function posted() {
    const body = new FormData();
    if (edits) body.append("edits", JSON.stringify(edits));
    body.append("shown", JSON.stringify(R.mappingShown()));
    for (const file of files) body.append("files", file, file.name);
    return body;
  }

  // ---- sending

  function send() {
    stop();
    const bar = $("#intake-wait progress"), before = $("#intake-show").classList.contains("hidden") ? "pick" : "show";
    let heard = 0;
    bar.value = 0;
    say(0, `sending ${counted(files.length, "file")}`);
    view("wait");
    const request = (sending = new XMLHttpRequest());
    request.open("POST", `${R.prefix()}upload`);
    request.upload.onprogress = ({ loaded, total }) => loaded < total && say(SENT * (loaded / total), `sending, ${Math.round((100 * loaded) / total)} %`);
    request.upload.onload = () => say(SENT, "reading");
    request.onprogress = () => {
      const { lines, next } = whole(request.responseText, heard);
      heard = next;
      for (const { share, what } of lines) if (what) say(SENT + (1 - SENT) * share, what);
    };
    request.onload = () => answered(request);
    request.onerror = () => refused("The server did not answer, or cut the line: is it busy with other files, or are these too large, or changed since you chose them?");
    request.onabort = () => view(before);
    request.send(posted());

    function say(share, words) {
      bar.value = Math.max(bar.value, share);
      bar.nextElementSibling.textContent = words;
    }
  }

  // The lines of JSON that have come whole since `from`, and where the next begins. A blank line only says that the server is there.
  function whole(text, from) {
    const next = text.lastIndexOf("\n") + 1;
    return { lines: text.slice(from, Math.max(next, from)).split("\n").filter(Boolean).map((line) => JSON.parse(line)), next };
  }

  function answered(request) {
    if (request.status !== 200) return refused(request.getResponseHeader("Content-Type").startsWith("text/plain") ? request.responseText : "The server could not read these files.");
    const made = whole(request.responseText, 0).lines.pop() || {};
    if (made.study === undefined) return refused(made.refused || STOPPED);
    if (made.study === null) return show(made);
    dialog().close();
    opened = { study: made.study, files, edits };
    R.openStudy(made.study);
    R.say(`${made.summary} “Report” says which rows were used, and lets you change how they were read.`);
  }

  // ---- the study that is kept

  async function report() {
    edits = null;
    open();
    const kept = await R.post(`${R.prefix()}uploaded`, { study: R.study }).catch((error) => refused(error.said || "The server did not answer."));
    if (!kept) return;
    dialog().querySelector("h3").textContent = "What was read of your files";
    show(kept);
    set("intake-until", new Date(kept.expires * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" }));
  }

  // Back to what every column was taken for. Only this page has the files; after a reload they are chosen again.
  function reread() {
    if (!opened || opened.study !== R.study) {
      open();
      return tell("The server kept none of your files: choose them again, and say what is different.");
    }
    [files, edits] = [opened.files, opened.edits || {}];
    look();
  }

  async function save() {
    const reply = await fetch(`${R.prefix()}written`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ study: R.study }) }).catch(() => null);
    if (!reply || !reply.ok) return tell(reply ? await reply.text() : "The server did not answer.");
    R.save(await reply.blob(), "reprise-study.zip", "application/zip");
  }

  // Asked once more before it is done.
  function remove(button) {
    if (button.classList.contains("danger")) return R.post(`${R.prefix()}forget`, { study: R.study }).then(gone, (error) => tell(error.said || "The server did not answer."));
    button.textContent = "Delete it for good?";
    button.classList.add("danger");
  }

  function gone() {
    dialog().close();
    R.openStudy(R.home);
    R.say("Your study is deleted; its address leads nowhere now.");
  }

  function again() {
    edits = edits || {};
    send();
  }

  function undo() {
    edits = {};
    look();
  }

  const download = (form) => (form === "toml" ? R.save(found.toml, "study.toml", "text/plain") : R.save(found.report[form], `report.${form}`, FORMS[form]));

  // Files that the server was started with, and has to ask about: taken as if they were chosen here.
  R.askOfServer = async function () {
    const names = JSON.parse(dialog().dataset.asked);
    dialog().dataset.asked = "[]";
    if (!names.length || R.study !== R.home) return;
    const contents = await Promise.all(names.map(async (_, at) => (await fetch(`${R.prefix()}asked/${at}`)).blob()));
    take(names.map((name, at) => new File([contents[at]], name)));
  };

  // ---- gestures

  const ACTS = {
    "intake-open": open, "intake-choose": choose, "intake-report": report, "intake-other": open, "intake-reread": reread, "intake-save": save,
    "intake-delete": remove, "intake-again": again, "intake-toml": () => download("toml"), "intake-look": look, "intake-undo": undo,
  };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button && ACTS[button.id]) ACTS[button.id](button);
    if (button && button.dataset.form && dialog().contains(button)) download(button.dataset.form);
    if (target.closest("#intake-wait button") && sending) sending.abort();
  });
  document.addEventListener("close", (event) => event.target === dialog() && (stop(), sending && sending.abort()), true);

  const carries = (event) => event.dataTransfer && event.dataTransfer.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("dropping"));
  document.addEventListener("drop", async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
    const loose = [...event.dataTransfer.files].filter((_, i) => !entries[i] || !entries[i].isDirectory);
    const inside = await Promise.all(entries.filter((entry) => entry && entry.isDirectory).map(listed));
    take([...loose, ...inside.flat()]);
  });

  // The files of a folder. A browser lists a hundred at a time.
  async function listed(folder) {
    const reader = folder.createReader(), found = [];
    const next = () => new Promise((done, failed) => reader.readEntries(done, failed));
    for (let some = await next(); some.length; some = await next()) found.push(...some);
    return Promise.all(found.filter((entry) => entry.isFile).map((entry) => new Promise((done, failed) => entry.file(done, failed))));
  }
})(window.reprise);

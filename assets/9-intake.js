// The reader's own files: chosen or dropped, sent with a progress bar, and what the server made of them. The files stay
// in this page, so that they can be read again with another mapping; the server keeps none.
(function (R) {
  const $ = (selector) => document.querySelector(selector);
  const dialog = () => $("#intake");
  const view = (name) => ["pick", "wait", "show"].forEach((other) => document.getElementById(`intake-${other}`).classList.toggle("hidden", other !== name));
  const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const BUSY = 503, STOPPED = "The server stopped while it was reading these files.";
  const MEGA = 1e6, SENT = 0.3; // the share of the bar that sending takes

  let files = [], edits = null, sending = null, looking = null, opened = null;

  // A tag with properties and children; text is never read as tags.
  R.made = function (tag, properties = {}, ...children) {
    const { data, ...others } = properties;
    const made = Object.assign(document.createElement(tag), others);
    Object.assign(made.dataset, data);
    made.append(...children.flat().filter((child) => child !== null));
    return made;
  };

  R.showIntake = function (...parts) {
    $("#intake-show").replaceChildren(...parts.flat(2).filter(Boolean));
    view("show");
  };

  function open() {
    for (const old of document.querySelectorAll("#intake-pick .intake-error")) old.remove();
    view("pick");
    dialog().querySelector("h3").textContent = "Open your data";
    dialog().classList.remove("wide");
    if (!dialog().open) dialog().showModal();
  }

  function choose() {
    const input = R.made("input", { type: "file", multiple: true });
    input.addEventListener("change", () => take([...input.files]));
    input.click();
  }

  function take(chosen) {
    [files, edits] = [chosen.filter((file) => !file.name.startsWith(".")), null];
    R.stopLooking();
    open();
    const { bytes, files: most } = dialog().dataset, size = files.reduce((sum, file) => sum + file.size, 0);
    const much = size > Number(bytes) && `These files have ${Math.ceil(size / MEGA)} MB; this server takes ${bytes / MEGA} MB at once.`;
    const many = files.length > Number(most) && `These are ${files.length} files; this server takes ${most} at once.`;
    if (much || many) return refused(much || many);
    if (files.length) send();
  }

  // A mapping that the reader has edited stays below the sentence.
  function refused(sentence) {
    const told = R.made("p", { className: "intake-error", role: "alert" }, sentence);
    if (!edits) return R.showIntake(told, again());
    for (const old of dialog().querySelectorAll("p.intake-error")) old.remove();
    (dialog().querySelector(".intake-top") || $("#intake-show")).append(told);
    view("show");
  }

  const again = () => R.made("button", { className: "quiet", type: "button", onclick: open }, "Choose other files");
  R.otherFiles = again;

  R.readAgain = function (changed) {
    edits = changed;
    send();
  };

  // What would come of the same files with other edits: nothing is kept, and a newer question cancels an older one.
  R.look = async function (changed) {
    edits = changed;
    R.stopLooking();
    const { signal } = (looking = new AbortController());
    try {
      const answer = await fetch(`${R.prefix()}upload?look`, { method: "POST", body: posted(), signal });
      if (answer.status === BUSY) return setTimeout(() => signal.aborted || R.look(changed), 1000);
      if (answer.headers.get("Content-Type").startsWith("text/plain")) return refused(await answer.text());
      const found = whole(await answer.text(), 0).lines.pop() || {};
      found.report ? R.showMapping(found, edits) : refused(found.refused || STOPPED);
    } catch (error) {
      if (error.name !== "AbortError") refused("The server did not answer: the page shows what was read before.");
    }
  };
  R.stopLooking = () => looking && looking.abort();
  R.small = () => files.reduce((sum, file) => sum + file.size, 0) < 20 * MEGA;

  function posted() {
    const body = new FormData();
    if (edits) body.append("edits", JSON.stringify(edits));
    for (const file of files) body.append("files", file, file.name);
    return body;
  }

  // ---- sending

  function send() {
    R.stopLooking();
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
    const found = whole(request.responseText, 0).lines.pop() || {};
    if (found.study === undefined) return refused(found.refused || STOPPED);
    if (found.study === null) return R.showMapping(found, edits);
    dialog().close();
    opened = { study: found.study, files, edits };
    R.openStudy(found.study);
    R.say(`${found.summary} “Report” says which rows were used, and lets you change how they were read.`);
  }

  // ---- the study that is kept

  async function report() {
    edits = null;
    open();
    const key = R.study;
    const found = await R.post(`${R.prefix()}uploaded`, { study: key }).catch((error) => refused(error.said || "The server did not answer."));
    if (!found) return;
    const until = new Date(found.expires * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
    const kept = `Only those who have its address see this study. It is deleted at ${until}, or now:`;
    dialog().classList.add("wide");
    dialog().querySelector("h3").textContent = "What was read of your files";
    const acts = [R.quiet("Change how it was read", () => reread(key), { id: "intake-reread" }), R.quiet("Save as Reprise study", () => save(key), { id: "intake-save" }), again()];
    R.showIntake(R.reportOf(found), R.made("p", { className: "intake-kept" }, `${kept} `, remove(key)), R.made("div", { className: "intake-acts" }, acts));
  }

  // Back to what every column was taken for. Only this page has the files; after a reload they are chosen again.
  function reread(key) {
    if (!opened || opened.study !== key) {
      open();
      return $("#intake-pick").prepend(R.made("p", { className: "intake-error", role: "alert" }, "The server kept none of your files: choose them again, and say what is different."));
    }
    files = opened.files;
    R.look(opened.edits || {});
  }

  async function save(key) {
    const reply = await fetch(`${R.prefix()}written`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ study: key }) }).catch(() => null);
    if (!reply || !reply.ok) return refused(reply ? await reply.text() : "The server did not answer.");
    R.save(await reply.blob(), "reprise-study.zip", "application/zip");
  }

  function remove(key) {
    const button = R.made("button", { className: "quiet", type: "button", id: "intake-delete" }, "Delete this study");
    button.onclick = () => {
      button.textContent = "Delete it for good?";
      button.classList.add("danger");
      button.onclick = () => R.post(`${R.prefix()}forget`, { study: key }).then(gone, (error) => refused(error.said || "The server did not answer."));
    };
    return button;
  }

  function gone() {
    dialog().close();
    R.openStudy(R.home);
    R.say("Your study is deleted; its address leads nowhere now.");
  }

  // ---- gestures

  const ACTS = { "intake-open": open, "intake-choose": choose, "intake-report": report };
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button && ACTS[button.id]) ACTS[button.id]();
    if (target.closest("#intake-wait button") && sending) sending.abort();
  });
  document.addEventListener("close", (event) => event.target === dialog() && [sending, looking].forEach((one) => one && one.abort()), true);

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

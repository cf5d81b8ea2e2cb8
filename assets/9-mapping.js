// What the server made of the reader's files: what every column is proposed to be, editable, and read again at every change.
(function (R) {
  const TUBES = { sample: "tube names" };
  const SYSTEMS = { reprise: "Reprise's own table", redcap: "REDCap", flowjo: "FlowJo", adam: "CDISC ADaM", sdtm: "CDISC SDTM", clinic: "a clinic's table" };
  const PAUSE = 500;
  const $ = (selector) => document.querySelector(selector);
  const key = (one) => JSON.stringify([one.file, one.sheet]);
  const title = ({ file, sheet }) => (sheet ? `${file} · ${sheet}` : file);

  let timer = 0, counted = {};

  R.showMapping = function (found, before) {
    clearTimeout(timer);
    const { proposal } = found, edits = before || {}, place = before ? here() : null;
    document.getElementById("intake").classList.add("wide");
    if (!proposal) return R.showIntake(head(found), R.reportOf(found), R.made("div", { className: "intake-acts" }, R.otherFiles()));
    const unclear = R.list("intake-unclear", proposal.unclear), { errors } = JSON.parse(found.report.json);
    const tables = ordered(proposal).map((table) => tableOf(table, proposal, edits)), asked = R.askedOf(proposal.questions, edits);
    R.showIntake(
      R.made("div", { className: "intake-top" }, head(found), counts(found, place), acts(found, edits)),
      R.list("intake-errors", errors.map((one) => one.message)), unclear && fold("unclear", true, [`To look at (${proposal.unclear.length})`], unclear),
      found.summary ? [asked, tables] : [tables, asked], fold("read", false, ["What was read, and which rows were used"], R.reportOf(found)),
    );
    if (place) back(place);
  };

  function head(found) {
    if (!found.proposal) return R.made("p", { className: "intake-error", role: "alert" }, "These files are not opened, and the study on the page stays. This is what to correct:");
    if (!found.summary) return R.made("p", { className: "intake-error", role: "alert" }, "These files are not opened yet, and the study on the page stays. Say what their columns are, or choose other files:");
    return R.made("p", {}, "Please look at what was not certain, change what is wrong, then open it. ", R.made("span", { className: "caption-line" }, found.summary));
  }

  // How much of everything there would be, and what the last change made of it.
  function counts({ counts: now }, place) {
    const was = place ? counted : now;
    counted = now;
    const told = Object.entries(now).map(([noun, count]) => {
      const changed = noun in was && was[noun] !== count ? R.made("small", {}, ` (was ${was[noun].toLocaleString("en")})`) : "";
      return R.made("span", { data: { count: noun } }, R.made("b", {}, count.toLocaleString("en")), ` ${noun}`, changed);
    });
    return R.made("p", { className: "intake-counts", role: "status" }, told);
  }

  function acts(found, edits) {
    return R.made(
      "div", { className: "intake-acts" },
      R.quiet("Open this study", () => R.readAgain(edits), { className: "quiet strong", id: "intake-again" }),
      R.quiet("Download study.toml", () => R.save(found.toml, "study.toml", "text/plain"), { id: "intake-toml" }),
      R.small() ? null : R.quiet("Read again", () => R.look(edits)),
      Object.keys(edits).length ? R.quiet("Undo all changes", () => R.look({})) : null, R.otherFiles(),
    );
  }

  // ---- a change: what it makes of the files is looked at after a pause, where the reader is

  R.put = function (edits, kind, about, value) {
    const same = JSON.stringify(about), others = (edits[kind] || []).filter((row) => JSON.stringify(row.slice(0, -1)) !== same);
    edits[kind] = [...others, [...about, value]];
    clearTimeout(timer);
    R.stopLooking();
    $(".intake-counts").classList.add("waiting");
    if (!R.small()) return;
    timer = setTimeout(() => R.look(edits), PAUSE);
  };
  const answered = (edits, kind, about) => (edits[kind] || []).some((row) => JSON.stringify(row.slice(0, -1)) === JSON.stringify(about));

  document.addEventListener("click", ({ target }) => target.closest("#intake-again") && clearTimeout(timer), true);
  document.addEventListener("close", (event) => event.target.id === "intake" && clearTimeout(timer), true);

  const named = (one) => one.dataset.edit || one.id || (one.matches("#intake-show summary") ? one.parentElement.dataset.fold : "");

  // Where the reader is: what is unfolded, how far it is scrolled, and in which field the cursor stands.
  function here() {
    const now = document.activeElement, text = now && now.matches("#intake-show input[type=text]");
    return {
      folds: new Map([...document.querySelectorAll("#intake-show [data-fold]")].map((one) => [one.dataset.fold, one.open])),
      scroll: $("#intake").scrollTop, field: now && named(now), caret: text ? [now.selectionStart, now.selectionEnd] : null,
    };
  }

  function back({ folds, scroll, field, caret }) {
    for (const one of document.querySelectorAll("#intake-show [data-fold]")) one.open = folds.get(one.dataset.fold) ?? one.open;
    $("#intake").scrollTop = scroll;
    const found = field && [...document.querySelectorAll("#intake-show :is([data-edit], [id], summary)")].find((one) => named(one) === field);
    if (found) found.focus({ preventScroll: true });
    if (found && caret) found.setSelectionRange(...caret);
  }

  const fold = (name, open, heading, ...parts) => R.made("details", { className: "intake-fold", open, data: { fold: name } }, R.made("summary", {}, heading), parts);
  R.fold = fold;

  // ---- the columns of a table: what is unclear first, the certain ones folded

  const doubt = (proposal, table) => proposal.columns.filter((one) => key(one) === key(table) && one.unclear).length;
  const ordered = (proposal) => [...proposal.tables].sort((a, b) => doubt(proposal, b) - doubt(proposal, a));

  function tableOf(table, proposal, edits) {
    const columns = proposal.columns.filter((one) => key(one) === key(table));
    const open = columns.filter((one) => one.unclear || answered(edits, "roles", [one.file, one.sheet, one.column]));
    const certain = columns.filter((one) => !open.includes(one));
    const part = (some) => (some.length ? grid(some.map((one) => rowOf(one, table, proposal, edits))) : null);
    const more = certain.length ? fold(`columns ${key(table)}`, !open.length && certain.length < 9, [kinds(certain, open.length)], part(certain)) : null;
    return R.made("section", {}, R.made("h4", {}, title(table), R.made("span", { className: "caption" }, ` ${SYSTEMS[table.layout]}: ${table.why}`)), part(open), more);
  }

  function kinds(columns, open) {
    const kept = columns.filter((one) => one.role === "covariate").length, unread = columns.filter((one) => !one.table).length;
    const parts = [`${columns.length - kept - unread} read`, kept && `${kept} kept as covariates`, unread && `${unread} not read`].filter(Boolean);
    return `${columns.length}${open ? " further" : ""} column${columns.length === 1 ? "" : "s"} that seem${columns.length === 1 ? "s" : ""} clear: ${parts.join(", ")}`;
  }

  function grid(rows) {
    const names = R.made("tr", {}, ["Column", "is", "goes to", "because", "its cells"].map((name) => R.made("th", {}, name)));
    return R.made("table", { className: "intake-columns" }, R.made("thead", {}, names), R.made("tbody", {}, rows));
  }

  function rowOf(one, table, { roles }, edits) {
    const about = [one.file, one.sheet, one.column];
    const is = table.open ? R.chooser({ ...(one.role in roles ? {} : { [one.role]: one.role }), ...roles }, one.role, (value) => R.put(edits, "roles", about, value)) : roles[one.role] || TUBES[one.role] || one.role;
    if (table.open) Object.assign(is.dataset, { column: one.column, edit: JSON.stringify(["roles", ...about]) });
    if (table.open) is.setAttribute("aria-label", `${one.column} is`);
    const cells = [one.column, is, one.table.replaceAll("_", " "), one.why, one.preview.join(", ")];
    return R.made("tr", { className: one.unclear ? "unclear" : one.role ? "" : "unread" }, cells.map((cell) => R.made("td", {}, cell)));
  }

  R.chooser = function (options, value, choose) {
    const select = R.made("select", { className: "form-select form-select-sm" }, Object.entries(options).map(([name, text]) => R.made("option", { value: name, selected: name === value }, text)));
    select.onchange = () => choose(select.value);
    return select;
  };
})(window.reprise);

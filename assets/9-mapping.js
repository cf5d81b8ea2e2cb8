// What the server made of the reader's files: what every column is proposed to be, editable; and what was read.
(function (R) {
  const FORMS = { txt: ["Text", "text/plain"], csv: ["CSV", "text/csv"], json: ["JSON", "application/json"] };
  const TUBES = { sample: "tube names" };
  const SYSTEMS = { reprise: "Reprise's own table", redcap: "REDCap", flowjo: "FlowJo", adam: "CDISC ADaM", sdtm: "CDISC SDTM", clinic: "a clinic's table" };
  const key = (one) => JSON.stringify([one.file, one.sheet]);
  const title = ({ file, sheet }) => (sheet ? `${file} · ${sheet}` : file);
  const list = (className, sentences) => (sentences.length ? R.made("ul", { className }, sentences.map((text) => R.made("li", {}, text))) : null);
  const button = (text, onclick, more = {}) => R.made("button", { className: "quiet", type: "button", ...more, onclick }, text);

  // ---- the mapping step

  R.showMapping = function (found, before) {
    const { proposal } = found, edits = before || { roles: [], patterns: [], reference: "" };
    document.getElementById("intake").classList.add("wide");
    if (!proposal) return R.showIntake(head(found), R.reportOf(found), R.made("div", { className: "intake-acts" }, R.otherFiles()));
    const acts = [
      button("Read again and open", () => R.readAgain(edits), { className: "quiet strong", id: "intake-again" }),
      button("Download study.toml", () => R.save(found.toml, "study.toml", "text/plain")),
      R.otherFiles(),
    ];
    const report = R.made("details", { className: "intake-read", open: !found.summary }, R.made("summary", {}, "What was read"), R.reportOf(found));
    R.showIntake(
      head(found), list("intake-unclear", proposal.unclear), R.made("div", { className: "intake-acts" }, acts), found.summary ? null : report,
      whole(proposal, edits), ordered(proposal).map((table) => tableOf(table, proposal, edits)), found.summary ? report : null,
    );
  };

  function head(found) {
    if (!found.proposal) return R.made("p", { className: "intake-error", role: "alert" }, "These files are not opened, and the study on the page stays. This is what to correct:");
    if (!found.summary) return R.made("p", { className: "intake-error", role: "alert" }, "These files are not opened yet, and the study on the page stays. Say what their columns are, or choose other files:");
    return R.made("p", { role: "status" }, R.made("b", {}, found.summary), " Please look at what was not certain, then open it:");
  }

  // What holds for all tables: what dates are counted from, and how tube names are read.
  function whole({ reference, references, patterns }, edits) {
    const fields = patterns.map(([file, sheet, pattern]) => {
      const input = R.made("input", { className: "form-control-sm form-control", value: pattern, spellcheck: false, data: { pattern: file } });
      input.oninput = () => (edits.patterns = [...edits.patterns.filter(([one, page]) => one !== file || page !== sheet), [file, sheet, input.value]]);
      return R.made("label", {}, `Tube names of ${title({ file, sheet })}`, input, R.made("small", {}, "{patient_id} and one of {week} {day} {month} {visit} {date}; * is anything"));
    });
    if (reference) {
      const select = chooser(Object.fromEntries(references.map((one) => [one, one])), reference, (value) => (edits.reference = value));
      select.dataset.reference = "";
      fields.unshift(R.made("label", {}, "Week 0 is each patient's", select));
    }
    return fields.length ? R.made("div", { className: "intake-whole" }, fields) : null;
  }

  const doubt = (proposal, table) => proposal.columns.filter((one) => key(one) === key(table) && one.unclear).length;
  const ordered = (proposal) => [...proposal.tables].sort((a, b) => doubt(proposal, b) - doubt(proposal, a));

  function tableOf(table, proposal, edits) {
    const columns = proposal.columns.filter((one) => key(one) === key(table)).sort((a, b) => b.unclear - a.unclear);
    const rows = columns.map((one) => rowOf(one, table, proposal, edits));
    const names = R.made("tr", {}, ["Column", "is", "goes to", "because", "its cells"].map((name) => R.made("th", {}, name)));
    return R.made("section", {}, R.made("h4", {}, title(table), R.made("span", { className: "caption" }, ` ${SYSTEMS[table.layout]}: ${table.why}`)), R.made("table", {}, R.made("thead", {}, names), R.made("tbody", {}, rows)));
  }

  function rowOf(one, table, { roles }, edits) {
    const choose = (value) => (edits.roles = [...edits.roles.filter(([file, sheet, column]) => file !== one.file || sheet !== one.sheet || column !== one.column), [one.file, one.sheet, one.column, value]]);
    const is = table.open ? chooser({ ...(one.role in roles ? {} : { [one.role]: one.role }), ...roles }, one.role, choose) : roles[one.role] || TUBES[one.role] || one.role;
    if (table.open) is.dataset.column = one.column;
    const cells = [one.column, is, one.table.replaceAll("_", " "), one.why, one.preview.join(", ")];
    return R.made("tr", { className: one.unclear ? "unclear" : one.role ? "" : "unread" }, cells.map((cell) => R.made("td", {}, cell)));
  }

  function chooser(options, value, choose) {
    const select = R.made("select", { className: "form-select form-select-sm" }, Object.entries(options).map(([name, text]) => R.made("option", { value: name, selected: name === value }, text)));
    select.onchange = () => choose(select.value);
    return select;
  }

  // ---- the report

  R.reportOf = function (found) {
    const { accounts, errors, warnings, notes } = JSON.parse(found.report.json);
    const told = (name, problems, className) => (problems.length ? [R.made("h4", {}, `${name} (${problems.length.toLocaleString("en")})`), list(className, problems.map((one) => one.message))] : []);
    const parts = [...told("To correct", errors, "intake-errors"), ...rowsOf(accounts), ...told("Warnings: worth a look", warnings, "intake-warnings")];
    if (notes.length) parts.push(R.made("h4", {}, "Notes"), list("intake-notes", notes));
    return R.made("div", { className: "intake-report" }, parts, downloads(found));
  };

  function rowsOf(accounts) {
    if (!accounts.length) return [];
    const rows = accounts.map(({ file, table, rows: all, kept, aside }) => [file, table, all, kept, all - kept, aside.map(reason).join("; ")]);
    const names = ["File", "table", "rows", "kept", "not kept", "set aside, and why"];
    return [R.made("h4", {}, "Rows"), R.made("table", {}, R.made("thead", {}, R.made("tr", {}, names.map((name) => R.made("th", {}, name)))), R.made("tbody", {}, rows.map((row) => R.made("tr", {}, row.map((cell) => R.made("td", {}, String(cell)))))))];
  }

  const reason = ({ reason: why, rows }) => `${why}: row${rows.length > 1 ? "s" : ""} ${rows.slice(0, 10).join(", ")}${rows.length > 10 ? ` and ${rows.length - 10} more` : ""}`;

  function downloads({ report, toml }) {
    const forms = Object.entries(FORMS).map(([form, [name, type]]) => button(name, () => R.save(report[form], `report.${form}`, type), { data: { form } }));
    if (toml) forms.push(button("study.toml", () => R.save(toml, "study.toml", "text/plain"), { data: { form: "toml" } }));
    return R.made("p", { className: "intake-forms" }, "Download: ", forms);
  }
})(window.reprise);

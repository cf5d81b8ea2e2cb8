// What was read of the reader's files: rows kept and set aside, what to correct, warnings and notes, to read and to save.
(function (R) {
  const FORMS = { txt: ["Text", "text/plain"], csv: ["CSV", "text/csv"], json: ["JSON", "application/json"] };

  R.list = (className, sentences) => (sentences.length ? R.made("ul", { className }, sentences.map((text) => R.made("li", {}, text))) : null);
  R.quiet = (text, onclick, more = {}) => R.made("button", { className: "quiet", type: "button", ...more, onclick }, text);

  R.reportOf = function (found) {
    const { accounts, errors, warnings, notes } = JSON.parse(found.report.json);
    const told = (name, problems, className) => (problems.length ? [R.made("h4", {}, `${name} (${problems.length.toLocaleString("en")})`), R.list(className, problems.map((one) => one.message))] : []);
    const parts = [...told("To correct", errors, "intake-errors"), ...rowsOf(accounts), ...told("Warnings: worth a look", warnings, "intake-warnings")];
    if (notes.length) parts.push(R.made("h4", {}, "Notes"), R.list("intake-notes", notes));
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
    const forms = Object.entries(FORMS).map(([form, [name, type]]) => R.quiet(name, () => R.save(report[form], `report.${form}`, type), { data: { form } }));
    if (toml) forms.push(R.quiet("study.toml", () => R.save(toml, "study.toml", "text/plain"), { data: { form: "toml" } }));
    return R.made("p", { className: "intake-forms" }, "Download: ", forms);
  }
})(window.reprise);

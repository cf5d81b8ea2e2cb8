// What a reader may say of the files besides their columns: the server's questions, subject by subject, each with a field.
(function (R) {
  R.askedOf = function (questions, edits) {
    const subjects = [...new Set(questions.map((one) => one.about))];
    return subjects.map((about, at) => subject(about, questions.filter((one) => one.about === about), edits, at === 0));
  };

  function subject(about, questions, edits, first) {
    const open = questions.filter((one) => one.unclear).length;
    const heading = [about, open ? R.made("small", {}, ` ${open} to look at`) : first ? "" : R.made("span", { className: "caption" }, ` ${questions.length}`)];
    const sorted = [...questions].sort((a, b) => b.unclear - a.unclear || 0);
    return R.fold(about, first || open > 0, heading, R.made("div", { className: "intake-asked" }, (first ? questions : sorted).map((one) => field(one, edits))));
  }

  function field(one, edits) {
    const say = (value) => R.put(edits, one.kind, one.key, value), input = FORMS[one.form](one, say);
    (input.querySelector("input") || input).dataset.edit = JSON.stringify([one.kind, ...one.key]);
    const why = one.why ? R.made("small", {}, one.why) : null;
    return R.made("label", { className: `${one.form}${one.unclear ? " unclear" : ""}` }, R.made("span", {}, one.label), input, why);
  }

  const typed = (type) => (one, say) => {
    const input = R.made("input", { type, className: "form-control form-control-sm", value: one.value, placeholder: one.hint, spellcheck: false });
    if (type === "number") input.step = "any";
    input.oninput = () => input.validity.badInput || say(input.value);
    return input;
  };

  function yes(one, say) {
    const [proposed] = Object.keys(one.choices);
    const input = R.made("input", { type: "checkbox", className: "form-check-input", checked: one.value !== "" });
    input.onchange = () => say(input.checked ? proposed : "");
    return R.made("span", { className: "intake-yes" }, input, ` ${proposed}`);
  }

  const FORMS = { text: typed("text"), number: typed("number"), choice: (one, say) => R.chooser(one.choices, one.value, say), yes };
})(window.reprise);

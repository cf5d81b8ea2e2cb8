// How many analyses of this study were looked at in this tab: distinct settings whose p stood on the scatter, or in the
// colours of a specification curve. Kept are numbers made of them, so that neither names nor the key of a study are stored.
(function (R) {
  const KEPT = "reprise-looked";
  const kept = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");
  const keep = (rows) => sessionStorage.setItem(KEPT, JSON.stringify(rows));
  const mine = (rows) => rows.filter(([study]) => study === number(R.study));

  function number(text) {
    let made = 2166136261;
    for (const sign of text) made = Math.imul(made ^ sign.codePointAt(0), 16777619) >>> 0;
    return made;
  }

  // After every redraw, and when a page has arrived.
  R.look = function () {
    const button = document.querySelector("[data-looked]");
    if (!button) return;
    const { gd } = R.views[R.query.panel] || {}, meta = (gd && gd.layout && gd.layout.meta) || {};
    count(number(R.study), tested(meta).map((choices) => number(R.analysis(choices) + R.query.p_by)));
    show(button);
  };

  // What differs from the page's own choices, of every analysis whose p the open card tells.
  function tested(meta) {
    if (R.query.panel === "correlation") return meta.p ? [{}] : [];
    return R.query.panel === "specifications" ? (meta.choices || []).filter(({ p }) => p).map(({ query }) => query) : [];
  }

  function count(study, analyses) {
    const rows = kept(), known = new Set(rows.filter(([one]) => one === study).map(([, analysis]) => analysis));
    const added = [...new Set(analyses)].filter((analysis) => !known.has(analysis));
    if (added.length) keep([...rows, ...added.map((analysis) => [study, analysis])]);
  }

  function show(button) {
    const { length } = mine(kept());
    button.classList.toggle("hidden", !length);
    button.textContent = `${length.toLocaleString("en")} looked at`;
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-looked]");
    if (!button) return;
    keep(kept().filter(([study]) => study !== number(R.study)));
    show(button);
  });
})(window.reprise);

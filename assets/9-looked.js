// How many analyses of this study were looked at in this tab: distinct settings whose p stood on the scatter. Kept are
// numbers made of them, so that neither names nor the key of a study are stored.
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
    const { gd } = R.views.correlation || {}, told = gd && gd.layout && gd.layout.meta && gd.layout.meta.p;
    if (told && R.query.pair_view === "correlation") count(number(R.study), number(R.analysis() + R.query.p_by));
    show(button);
  };

  function count(study, analysis) {
    const rows = kept();
    if (!rows.some(([one, other]) => one === study && other === analysis)) keep([...rows, [study, analysis]]);
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

// What a reader says in the fields of the mapping page, which the server makes.
(function (R) {
  const all = (selector) => [...document.querySelectorAll(`#intake-show ${selector}`)];

  // What the page shows now, for the server to make the next one by: the counts, and which folds are open.
  R.mappingShown = () => ({
    counts: Object.fromEntries(all("[data-count]").map((one) => [one.dataset.count, Number(one.dataset.value)])),
    folds: Object.fromEntries(all("[data-fold]").map((one) => [one.dataset.fold, one.open])),
  });

  const named = (one) => one.id || (one.closest("[data-edit]") || { dataset: {} }).dataset.edit || (one.matches("summary") ? one.parentElement.dataset.fold : "");

  // Calls `change`, which draws the page anew, and puts the reader back where they are: the scroll, the field, its caret.
  R.keepingPlace = function (change) {
    const now = document.activeElement, field = now && now.closest("#intake-show") && named(now), place = document.getElementById("intake").scrollTop;
    const caret = field && now.type === "text" ? [now.selectionStart, now.selectionEnd] : null;
    const drawn = new MutationObserver(() => {
      drawn.disconnect();
      const same = field && all("input, select, summary, button").find((one) => named(one) === field);
      if (same) same.focus();
      if (same && caret) same.setSelectionRange(...caret);
      document.getElementById("intake").scrollTop = place;
    });
    drawn.observe(document.getElementById("intake-show"), { childList: true });
    change();
  };

  // What is said of one thing, in the place of what was said of it before.
  function put(edits, [kind, ...about], value) {
    const same = JSON.stringify(about), others = (edits[kind] || []).filter((row) => JSON.stringify(row.slice(0, -1)) !== same);
    return { ...edits, [kind]: [...others, [...about, value]] };
  }

  const NOTHING = "–"; // as in components/mapping.py

  function said(field) {
    const tick = field.closest("[data-yes]");
    if (tick) return field.checked ? tick.dataset.yes : "";
    return field.matches("select") && field.value === NOTHING ? "" : field.value;
  }

  document.addEventListener("input", ({ target }) => {
    const about = target.closest("#intake-show [data-edit]");
    if (about && !target.validity.badInput) R.edit((edits) => put(edits, JSON.parse(about.dataset.edit), said(target)));
  });
})(window.reprise);

// A drag over rows of the matrix chooses up to six subsets for the small multiples (and the rows of the immune card).
(function (R) {
  const MOST = 6;
  let from = null; // the view and the height where the drag began

  const over = (event) => {
    const card = event.target.closest && event.target.closest("section[data-view]"), view = card && R.views[card.dataset.view];
    return view && view.meta.cells && view.gd.contains(event.target) ? view : null;
  };

  const height = (view, event) => event.clientY - view.gd.getBoundingClientRect().top;

  function rows(view, py) {
    const { yaxis } = view.gd._fullLayout, { subsets } = view.meta.cells;
    const [low, high] = [from.py, py].map((y) => Math.round(yaxis.p2l(y - yaxis._offset))).sort((a, b) => a - b);
    return [Math.max(0, low), Math.min(subsets.length - 1, high, Math.max(0, low) + MOST - 1)];
  }

  function outline(view, py) {
    const at = R.place(view), [low, high] = rows(view, py), pen = R.pen(view, "cursor");
    if (py === null || high < low) return;
    const top = at.y(low - 0.5);
    pen.box(2, top + 1, at.area[0] + at.area[2] - 4, at.y(high + 0.5) - top - 2, null, at.ink, 1.5);
  }

  const moved = (view, event) => Math.abs(height(view, event) - from.py) > 8;

  window.addEventListener("pointerdown", function (event) {
    const view = event.button === 0 && over(event);
    from = view ? { view, py: height(view, event) } : null;
  }, true);

  window.addEventListener("pointermove", (event) => from && moved(from.view, event) && outline(from.view, height(from.view, event)), true);

  window.addEventListener("pointerup", function (event) {
    if (!from) return;
    const { view } = from;
    if (moved(view, event)) {
      const [low, high] = rows(view, height(view, event));
      if (high >= low) R.setQuery({ subsets: view.meta.cells.subsets.slice(low, high + 1), panel: "multiples" });
    }
    R.pen(view, "cursor");
    from = null;
  }, true);
})(window.reprise);

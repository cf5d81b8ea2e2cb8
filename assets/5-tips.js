// Tooltips: they name whom a click would highlight. Where marks lie on one another both say how many there are, and go
// from one to the next.
(function (R) {
  const SAME = 3; // px between marks that lie on one another
  const NAMED = 4, REST = 90; // names in a tooltip; ms that a pointer rests before the layer's own marks are searched
  const NO_TURN = { key: "" };
  let turn = NO_TURN, hint = null, resting = 0;

  const chosenBy = ({ select }) => JSON.stringify(select);

  // Of marks near a place those that lie on the nearest, one for each that can be chosen; `here`: how many they are.
  R.stackOf = function (found) {
    if (!found.length) return null;
    const sorted = found.sort((a, b) => a.gap - b.gap), [{ x, y }] = sorted;
    const on = sorted.filter((mark) => Math.hypot(mark.x - x, mark.y - y) <= SAME);
    const each = [...new Map(on.reverse().map((mark) => [chosenBy(mark), mark])).values()].reverse();
    return Object.assign(each, { here: on.length });
  };

  // Whose turn it is in a stack: the first at the first click there, the next at each further one.
  R.turn = function (view, stack, clicked = false) {
    const names = stack.map(chosenBy), key = [view.name, ...[...names].sort()].join();
    if (turn.key !== key) turn = { key, names, at: 0, clicked: false, x: stack[0].x, y: stack[0].y };
    if (clicked) turn = { ...turn, at: turn.clicked ? (turn.at + 1) % names.length : turn.at, clicked: true };
    return stack[names.indexOf(turn.names[turn.at])];
  };

  // A pointer that goes elsewhere and comes back begins anew.
  R.moved = function (view, px, py) {
    if (Math.hypot(turn.x - px, turn.y - py) > 3 * SAME) (turn = NO_TURN), restore();
    R.tip(view);
    clearTimeout(resting);
    if ((view.others || []).some((set) => set.base)) resting = setTimeout(() => rested(view, px, py), REST);
  };

  // Marks that the layer drew have no tooltip of plotly's.
  function rested(view, px, py) {
    const found = document.contains(view.gd) && R.meant(view, px, py);
    if (found && found.stack && found.stack[0].curve === undefined) R.showTip(view, found.stack);
  }

  // plotly chose a mark to tell of: kept if it is of whom a click would highlight, else replaced.
  R.hovered = function (view, event) {
    if (!event || event.clientX === undefined) return;
    const box = view.gd.getBoundingClientRect();
    const found = R.meant(view, event.clientX - box.left, event.clientY - box.top);
    const [{ curveNumber: curve, pointNumber: i, customdata }] = view.gd._hoverdata;
    const id = Array.isArray(customdata) ? customdata[0] : null;
    if (!found || id === null) return;
    if (found.stack) R.showTip(view, found.stack, { curve, i, id });
    else if (found.patients && !found.patients.includes(id)) window.Plotly.Fx.unhover(view.gd);
  };

  // The tooltip of whose turn it is; `chosen` by plotly stays if it tells of the same patient and is none of the stack.
  R.showTip = function (view, stack, chosen) {
    const mine = R.turn(view, stack), more = others(stack);
    const same = (mark) => mark.curve === chosen.curve && mark.i === chosen.i;
    const apart = chosen && chosen.id === mine.id && !stack.some(same);
    const shown = apart ? chosen : mine;
    if (shown.curve === undefined) return R.tip(view, [R.markWords(view, mine), more].filter(Boolean), mine.x, mine.y);
    if (more || hint || !chosen || !same(shown)) native(view, shown, more);
  };

  // plotly's own tooltip of a mark, with a line more. It comes when plotly has the time for it, so that the line stays
  // in the trace until the pointer leaves.
  function native(view, { curve, i }, more) {
    const trace = view.gd._fullData[curve], { xaxis = "x", yaxis = "y" } = trace;
    restore();
    if (more) hint = { trace, template: trace.hovertemplate };
    if (more) trace.hovertemplate = hint.template.replace(/(?=<extra>|$)/, `<br>${R.inTemplate(more)}`);
    window.Plotly.Fx.hover(view.gd, [{ curveNumber: curve, pointNumber: i }], [xaxis + yaxis]);
  }

  function restore() {
    if (hint) hint.trace.hovertemplate = hint.template;
    hint = null;
  }

  R.inTemplate = (text) => R.safe(text).replace(/%\{/g, "%&#123;");

  const named = ({ id, select }) => (select.courses ? select.courses[0].treatment : id);
  const kind = (stack) => (stack[0].select.courses ? "courses" : "visits");

  // "3 visits here: P1, P2, P4; click again for the next"
  function others(stack) {
    if (stack.length < 2) return "";
    const names = stack.slice(0, NAMED).map(named), rest = stack.length - names.length;
    const told = rest ? [...names, `${rest} more`] : names;
    return `${stack.here} ${kind(stack)} here: ${told.join(", ")}; click again for the next`;
  }

  R.othersHere = others;
  R.markWords = (view, { id, set, i }) => {
    const week = set ? set.week(i) : null;
    return Number.isFinite(week) ? `${id}, study week ${R.fixed(week, 1)}` : String(id);
  };

  // A tooltip of the page's own beside a place of a chart; without lines, none.
  R.tip = function (view, lines = [], x = 0, y = 0) {
    const box = view.gd.querySelector(".svg-container"), old = box && box.querySelector(".tip");
    if (old) old.remove();
    if (!box || !lines.length) return;
    const tip = Object.assign(document.createElement("div"), { className: "tip" });
    tip.append(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })));
    box.append(tip);
    const { width } = view.gd._fullLayout;
    const left = Math.max(4, Math.min(x + 12, width - tip.offsetWidth - 4));
    Object.assign(tip.style, { left: `${left}px`, top: `${y + 12}px` });
  };
})(window.reprise);

// Reach: what a gesture did, said once for a screen reader; charts' names; what needs no motion.
(function (R) {
  const $ = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const plural = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
  const NAMED = 4;
  const CHANGES = [ // what is said after a change of these fields is drawn: a word, and the card whose caption follows
    ["Filtered", ["patients", "groups", "from_week", "to_week"], "[data-view]:not(.hidden)"],
    ["Pairs", ["subset", "phase"], ".panel [data-view]:not(.hidden)"],
  ];
  const drawn = CHANGES.map(() => "");
  let before = null, zoomed = "null";

  R.calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Says something for a screen reader; the same words twice are said twice.
  R.tell = function (text) {
    const live = $("#spoken");
    if (live && text) live.textContent = live.textContent === text ? `${text}\u00a0` : text;
  };

  const listed = (names) => [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
  const some = (names, noun) => (names.length > NAMED ? plural(names.length, noun) : listed(names));

  // What is highlighted, in words: "13 visits of P1 and P2 selected".
  function highlighted() {
    const { patients, groups, visits, courses } = R.selection, found = [...visits, ...(R.gestured.visits || [])];
    const whole = [...patients, ...(R.gestured.patients || [])], said = [];
    const drugs = courses.map(({ patient, treatment }) => `${treatment} of ${patient}`);
    const names = [...(whole.length ? [some(whole, "patient")] : []), ...groups, ...drugs];
    if (names.length) said.push(`${listed(names)} highlighted`);
    const ids = [...new Set(found.map(([id]) => id))];
    if (found.length) said.push(`${plural(found.length, "visit")} of ${some(ids, "patient")} selected`);
    return said.join("; ") || "Highlight cleared";
  }

  // How many are left, as a card's caption has it, once it is drawn.
  function counts() {
    if (!R.pending()) CHANGES.forEach(changed);
  }

  function changed([word, fields, card], i) {
    const now = JSON.stringify(fields.map((field) => R.query[field])), first = drawn[i] === "";
    const shown = all(`${card} .caption`).find(({ textContent }) => textContent);
    if (now !== drawn[i] && !first && shown) R.tell(`${word}: ${shown.textContent}`);
    drawn[i] = now;
  }

  function zoom() {
    const { time } = R.zoom, now = JSON.stringify(time);
    if (now === zoomed) return;
    zoomed = now;
    R.tell(time ? `Zoom: weeks ${time.map((week) => R.fixed(week, 0)).join(" to ")}` : "Zoom: all weeks");
  }

  R.listeners.push(function (text) {
    if (text !== undefined) return R.tell(text);
    const now = JSON.stringify([R.selection, R.gestured]);
    if (before !== null && now !== before) R.tell(highlighted());
    before = now;
    const unchosen = ({ dataset: { only } }) => R.query[only] === R.defaults[only];
    for (const control of all("[data-only]")) control.classList.toggle("hidden", unchosen(control));
  });
  R.afterDrawing = () => (counts(), zoom());

  // A chart is a group with its card's name; the canvases over it are for the eye.
  R.named = function ({ name, gd, several }) {
    const said = several ? "" : document.querySelector(`[data-view="${name}"]`).getAttribute("aria-label");
    gd.setAttribute("role", "group");
    gd.setAttribute("aria-label", several ? "The figure; its panels have names of their own" : `Chart: ${said || name}`);
    for (const canvas of gd.querySelectorAll("canvas")) canvas.setAttribute("aria-hidden", "true");
  };
})(window.reprise);

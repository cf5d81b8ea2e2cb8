// Redraws: a change of the query is one request, and what it answers is drawn here, with the reader's zoom, in one frame.
(function (R) {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const when = (ready, act) => (ready() ? act() : requestAnimationFrame(() => when(ready, act)));
  const inOrder = (query) => Object.fromEntries(Object.keys(R.query).map((field) => [field, query[field]]));
  const boxOf = (chart) => document.querySelector(`[data-chart="${chart}"]`) || document.querySelector(`[data-view="${chart}"]`);
  const plotted = () => all(":is([data-chart], [data-view]) .dash-graph").every((graph) => {
    const { chart, view } = graph.closest("[data-chart], [data-view]").dataset, own = R.charts[chart || view];
    return own && graph.contains(own.gd);
  });
  let bare = false; // the page has just come
  let turn = null; // of the latest page or redraw: it takes over from any before

  R.names = () => all("[data-view]:not(.hidden)").map((card) => card.dataset.view);
  // Marks on their way keep nobody waiting unless somebody is lit; `R.ready`: they have arrived too; `R.complete`: the
  // table, which stands below and takes a third of a page's load, has as well.
  R.settled = () => Boolean(R.query) && !R.pending() && !turn && !(R.fetching && R.chosen()) && !R.zooming && plotted();
  R.ready = () => R.settled() && !R.fetching;
  R.complete = () => R.ready() && (R.query.panel !== "response" || R.tabled());

  // A study's page arrived: dash draws its charts.
  R.arrived = function () {
    const mine = (turn = {});
    bare = true;
    R.fetchMarks(R.names());
    when(() => mine !== turn || plotted(), () => mine === turn && landed([]));
  };

  // The library of tables comes when one is first opened.
  function library(then) {
    if (window.dash_ag_grid) return then();
    const src = `${R.prefix()}_dash-component-suites/dash_ag_grid/dash_ag_grid.min.js`;
    const script = document.querySelector(`script[src="${src}"]`) || Object.assign(document.createElement("script"), { src });
    script.addEventListener("load", then);
    if (!script.isConnected) document.head.append(script);
  }

  function askForTable() {
    library(() => window.dash_clientside.set_props("table-due", { data: performance.now() }));
    when(R.tabled, R.rows);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest('[data-action="numbers"]');
    if (!button || window.dash_ag_grid) return;
    event.stopPropagation();
    library(() => button.click());
  }, true);

  R.redraw = async function () {
    const mine = (turn = {}), asked = R.query;
    const body = { study: R.study, query: asked, drawn: R.used };
    const found = await R.post(`${R.prefix()}redraw`, body).catch((error) => R.say(error.said || "The server did not answer: the charts show what was asked for before."));
    if (found) when(() => mine !== turn || plotted(), () => mine === turn && apply(found, asked, mine));
  };

  async function apply(found, asked, mine) {
    // read before anything is written, or every chart would lay out the page again
    const sizes = Object.fromEntries(Object.values(R.charts).map(({ name, gd }) => [name, [gd.clientWidth, gd.clientHeight]]));
    for (const [name, text] of Object.entries(found.captions)) R.card(name, ".caption").textContent = text;
    for (const [name, said] of Object.entries(found.headlines)) R.told(name, said);
    for (const [name, color] of Object.entries(found.colors || {})) R.recolor(name, color);
    for (const [name, text] of Object.entries(found.notes)) R.note(name, text);
    R.notice(found.notice);
    if (found.finding !== undefined) R.found(found);
    for (const [name, title] of Object.entries(found.titles || {})) for (const one of all(`[data-titled="${name}"], [data-view="${name}"] h2`)) one.textContent = title;
    for (const [field, options] of Object.entries(found.choices || {})) window.dash_clientside.set_props({ type: "control", field }, { options });
    if (found.columns && R.tabled()) window.dash_clientside.set_props("response-table", { columnDefs: found.columns });
    if (found.rows) R.setRows(found.rows);
    await Promise.all(Object.entries(found.figures).map(([name, figure]) => plot(name, figure, sizes[name])));
    R.used = found.used;
    if (mine !== turn) return;
    R.shown = asked;
    R.correct(inOrder(found.used));
    landed(Object.keys(found.figures));
  }

  function plot(name, { data, layout }, size) {
    const chart = boxOf(name).querySelector(".dash-graph") || mounted(name), gd = chart.querySelector(".js-plotly-plot") || chart.firstChild;
    const height = `${(layout.meta && layout.meta.min_height) || 0}px`;
    const opened = R.used.panel !== R.query.panel && name === R.query.panel;
    const same = !opened && chart.style.minHeight === height && size && gd._fullLayout && gd._fullLayout.width === size[0] && gd._fullLayout.height === size[1];
    chart.style.minHeight = height;
    if (!R.charts[name]) return window.Plotly.newPlot(gd, data, layout, JSON.parse(chart.parentElement.dataset.config)).then(R.attach);
    R.keepZoom(R.charts[name], layout);
    R.fitLayout(layout, same ? size[1] : Math.max(parseInt(height, 10), chart.parentElement.clientHeight));
    return window.Plotly.react(gd, data, same ? { ...layout, width: size[0], height: size[1] } : { ...layout, autosize: true });
  }

  // The chart of a view of the panel, made when it is first opened.
  function mounted(name) {
    const chart = Object.assign(document.createElement("div"), { className: "dash-graph", style: "height: 100%" });
    chart.append(Object.assign(document.createElement("div"), { style: "height: 100%; width: 100%" }));
    R.card(name, ".card-body").append(chart);
    return chart;
  }

  function landed(views) {
    turn = null;
    if (R.query.panel === "response" && !R.tabled()) askForTable();
    if (bare) R.askOfServer();
    bare = false;
    if (views.length) R.fetchMarks(views);
    R.applyZoom();
    R.draw();
    R.chips();
    R.look();
    R.afterDrawing();
  }
})(window.reprise);

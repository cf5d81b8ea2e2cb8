"""The same figures as a page of plotly.js alone, without a server: what the dashboard's gestures are compared with."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from analysis import query as queries
from components.layout import drawn
from data.catalog import open_study
from serving.bundle import plotly_js

CHARTS = {"time": 940, "correlation": 480}
"""Charts, and their widths in px."""
PAGE = """<!DOCTYPE html>
<meta charset="utf-8"><title>The same figures, without a server</title>
<style>body {{ display: flex; gap: 8px; margin: 28px 0 0 }} button {{ position: fixed; top: 2px }}</style>
{places}
<script>{plotly}</script>
<script>
const figures = {figures}, parse = (key) => JSON.parse(JSON.stringify(figures[key]));
const charts = () => [...document.querySelectorAll("[data-chart]")];
const patientOf = (point) => [point.customdata].flat()[0];
function draw(key) {{
  const figure = parse(key);
  return Promise.all(charts().map((chart) => Plotly.react(chart, figure[chart.dataset.chart].data, {{
    ...figure[chart.dataset.chart].layout, width: chart.clientWidth, height: 840}})));
}}
function light({{ points: [point] }}) {{
  const patient = patientOf(point);
  for (const chart of charts()) {{
    const found = chart.data.map((trace) => Array.isArray(trace.customdata) && trace.type === "scatter"
      ? trace.customdata.flatMap((one, at) => [one].flat()[0] === patient ? [at] : []) : null);
    Plotly.restyle(chart, {{ selectedpoints: found }});
  }}
}}
draw("").then(() => {{
  for (const chart of charts()) chart.on("plotly_click", light);
  requestAnimationFrame(() => {{ window.usableAfter = performance.now(); }});
}});
</script>
"""


def write(file: Path, study: Path, queries_of: Mapping[str, Mapping[str, object]]) -> Path:
    """The page of a study; `draw(name)` there draws one of the queries, "" the first."""
    opened = open_study(study)
    figures = {name: _figures(opened, fields) for name, fields in queries_of.items()}
    places = "".join(f'<div data-chart="{chart}" style="width:{width}px"></div>' for chart, width in CHARTS.items())
    content = orjson.dumps(figures, option=orjson.OPT_SERIALIZE_NUMPY).decode().replace("</", "<\\/")
    file.write_text(PAGE.format(places=places, plotly=plotly_js().read_text(), figures=content))
    return file


def _figures(study: object, fields: Mapping[str, object]) -> dict[str, object]:
    focused, query, _ = queries.asked(study, dict(fields))
    return {chart: _whole(drawn(chart, focused, query), focused.patient_ids) for chart in CHARTS}


def _whole(figure: Mapping[str, object], ids: Sequence[str]) -> dict[str, object]:
    """A figure with all that the dashboard draws itself as plotly's: the looks of its traces, and the marks of a large
    cohort as traces of their own."""
    layout = figure["layout"]
    marks = [one for one in (layout["meta"] or {}).get("marks", ()) if one.get("base")]
    look = {"type": "scatter", "mode": "markers"}
    traces = [
        {**look, "x": one["x"], "y": one["y"], "customdata": [ids[at] for at in one["patient"].tolist()]}
        for one in marks
    ]
    own = [{**one, **one.get("meta", {}).get("look", {})} for one in figure["data"]]
    return {"data": [*own, *traces], "layout": layout}

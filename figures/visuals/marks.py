"""What the time views and the scatter have in common: how a patient's marks are drawn, and the same marks as columnar
arrays for the layer, where a cohort is too large to draw everyone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.arrays import as_rows, patient_codes, taken
from data.deadline import check
from figures.visuals import formatting, style
from figures.visuals.frame import framed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.arrays import Flags, Rows
    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame


BANDS_FROM = 20
"""From this many patients on the groups' medians are drawn over their lines."""
MOST = 1000
"""Of more patients than this not every line is drawn, even where the query asks for all."""


@framed
def crowd(frame: Frame) -> str:
    """`few`, `some` or `many` kept patients: a line and colour each, thin lines by group, or bands only."""
    kept = _kept(frame)
    return "few" if kept <= style.FEW else "some" if kept <= style.MANY else "many"


def each_line(frame: Frame) -> bool:
    """Whether the time views draw every kept patient's own line; by their number, unless the query says."""
    by_size = {
        "few": True,
        "some": frame.query.lines != "median",
        "many": frame.query.lines == "all" and _kept(frame) <= MOST,
    }
    return by_size[frame.crowd]


@framed
def medians(frame: Frame, patients: int) -> bool:
    """Whether the time views draw the groups' medians, of so many patients with values."""
    if frame.crowd == "few" or not each_line(frame):
        return frame.crowd != "few"
    return frame.query.lines == "" and patients >= BANDS_FROM


def _kept(frame: Frame) -> int:
    return int(frame.kept.sum())


def lines(frame: Frame, table: pd.DataFrame | Rows, hover: str, columns: Sequence[str], **axes: Any) -> list[Trace]:
    """Line-and-marker traces of a timed table (patient_id, week, x, value, phase, provenance): one per patient when
    there are few, one per group with gaps between patients when there are some. A missing value breaks the line.
    `customdata` is patient_id, week, then `columns`."""
    rows = as_rows(table) if isinstance(table, pd.DataFrame) else table
    if frame.crowd == "few":
        return list(_each(frame, rows, hover, columns, axes))
    return list(_thin(frame, rows, hover, columns, axes))


def points(
    frame: Frame, table: pd.DataFrame | Rows, hover: str, columns: Sequence[str], size: int, **more: Any
) -> list[Trace]:
    """The marks of `lines` without their lines; `size` in px for a few patients, two thirds of it for more."""
    few, traces = frame.crowd == "few", lines(frame, table, hover, columns)
    for trace in traces:
        trace.pop("meta", None)
        trace["marker"]["size"] = size if few else round(size * 2 / 3)
        trace.update(mode="markers", showlegend=False, **more)
    return traces


def custom(table: pd.DataFrame | Rows, columns: Sequence[str]) -> list[list[Any]]:
    """`customdata` rows: patient_id, week, then `columns`; a missing number is None."""
    return custom_of(table, ("patient_id", "week", *columns))


def custom_of(table: pd.DataFrame | Rows, columns: Sequence[str]) -> list[list[Any]]:
    """`customdata` rows of these columns alone."""
    return [list(row) for row in zip(*(_cells(table[name]) for name in columns), strict=True)]


def _cells(column: pd.Series | np.ndarray) -> list[Any]:
    values = getattr(column, "array", column)
    if isinstance(values, pd.Categorical):
        names = [*values.categories, None]
        return [names[code] for code in values.codes.tolist()]
    return [None if value != value else value for value in column.tolist()]  # noqa: PLR0124 - NaN


def who(table: pd.DataFrame) -> list[str]:
    """Each row's patient id as it is shown: plotly would read tags in it."""
    column = table["patient_id"].array
    shown = [formatting.escaped(str(patient)) for patient in column.categories]
    return [shown[code] for code in column.codes.tolist()]


def shapes(table: pd.DataFrame | Rows) -> list[str]:
    """Each row's marker: its `symbol`, or else that of its phase."""
    if "symbol" in table:
        found: list[str] = table["symbol"].tolist()
        return found
    if isinstance(table, dict):
        return [style.SYMBOLS.get(phase, style.NO_PHASE) for phase in table["phase"].tolist()]
    phase = table["phase"].array
    of = [*(style.SYMBOLS.get(name, style.NO_PHASE) for name in phase.categories), style.NO_PHASE]
    return [of[code] for code in phase.codes.tolist()]


SHAPES = {shape: at for at, shape in enumerate(style.SIZES)}
"""The place of each marker, by which the layer knows it."""


def shape_places(table: pd.DataFrame) -> NDArray[np.uint8]:
    """The place in `SHAPES` of the marker of each row's phase."""
    phase = table["phase"].array
    of = [*(style.SYMBOLS.get(name, style.NO_PHASE) for name in phase.categories), style.NO_PHASE]
    return np.array([SHAPES[shape] for shape in of], np.uint8)[phase.codes]


def illustrative(table: pd.DataFrame) -> Flags:
    """Whether each row is illustrative."""
    column = table["provenance"].array
    if not isinstance(column, pd.Categorical):
        return np.asarray(column == "illustrative", bool)
    names = column.categories.tolist()
    return np.asarray(column.codes == (names.index("illustrative") if "illustrative" in names else len(names)), bool)


def columnar(study: Study, table: pd.DataFrame, **fixed: Any) -> dict[str, Any]:
    """One trace for the layer: positions in the study's patients, weeks, x and y as plain arrays; a missing value stays
    NaN, so that it breaks the line. `hollow` says which marks are illustrative, where any is; `shape` is the row's own,
    where `table` has it, else that of its phase."""
    rows = {name: table[name].to_numpy(float) for name in ("week", "x", "value")}
    rows["patient"], known = patient_codes(table), ~np.isnan(rows["x"])
    if "provenance" in table and (made := illustrative(table) & known).any():
        rows["hollow"] = made.astype(np.uint8)
    if "shape" in table or "phase" in table:
        rows["shape"] = table["shape"].to_numpy() if "shape" in table else shape_places(table)
    rows = rows if known.all() else taken(rows, known)
    return packed(rows, **fixed, **{name: rows[name] for name in ("hollow", "shape") if name in rows})


def packed(rows: Rows, **fixed: Any) -> dict[str, Any]:
    """One trace for the layer of arrays patient (position), week, x and value, in as few bytes as they are told in."""
    numbers = {to: rows[name].astype(np.float32) for to, name in (("week", "week"), ("x", "x"), ("y", "value"))}
    return {"patient": rows["patient"].astype(np.int32), **numbers, **fixed}


def bands(query: Query, table: pd.DataFrame, looks: dict[str, dict[str, str]], **axes: Any) -> list[Trace]:
    """Group medians with their quartiles, from `analysis.cohort.bands` plus `x`; `looks` are colour and dash of each
    group's line, those of all are in ink. One group's quartiles are a pale band; several would be mud: theirs are thin
    strokes at each visit, the groups beside each other."""
    columns: Rows = {str(name): np.asarray(table[name]) for name in table}
    traces, groups = [], list(dict.fromkeys(columns["group"].tolist()))
    for at, group in enumerate(groups):
        check()
        rows = taken(columns, columns["group"] == group)
        look = looks.get(group, {"color": style.theme(query).ink, "dash": "solid"})
        said = {"group": group} if group in looks else {"band": True}
        if len(groups) == 1:
            traces.append({**_ribbon(rows, look["color"]), **axes})
        traces.append({**_median(rows, look, at - (len(groups) - 1) / 2), "meta": said, **axes})
        if len(groups) == 1:
            del traces[-1]["error_y"]
    return traces


BESIDE = 0.16
"""Between the medians of two groups at one visit, in units of the axis (weeks where it is stretched)."""


def _ribbon(rows: Rows, color: str) -> Trace:
    return {
        "type": "scatter", "x": np.r_[rows["x"], rows["x"][::-1]], "y": np.r_[rows["q3"], rows["q1"][::-1]],
        "fill": "toself", "fillcolor": style.fade(color, 0.1), "line": {"width": 0}, "mode": "lines",
        "hoverinfo": "skip", "meta": {"band": True},
    }  # fmt: skip


def _median(rows: Rows, look: dict[str, str], place: float) -> Trace:
    group, middle = str(rows["group"][0]), rows["median"]
    hover = f"<b>{formatting.in_template(group)}</b>, week "
    hover += "%{customdata[1]:.4~g}<br>median %{y:.3~g} (IQR %{customdata[3]:.3~g} to "
    hover += "%{customdata[4]:.3~g})<br>n = %{customdata[2]}<extra></extra>"
    quartiles = {
        "type": "data", "symmetric": False, "array": rows["q3"] - middle, "thickness": 1, "width": 0,
        "arrayminus": middle - rows["q1"], "color": style.fade(look["color"], 0.7),
    }  # fmt: skip
    return {
        "type": "scatter", "x": rows["x"] + place * BESIDE, "y": middle, "mode": "lines+markers",
        "line": {**look, "width": 2.2}, "marker": {"size": 5, "color": look["color"]}, "error_y": quartiles,
        "customdata": custom_of(rows, ("group", "week", "n", "q1", "q3")), "hovertemplate": hover,
        "name": group,
    }  # fmt: skip


def _each(frame: Frame, table: Rows, hover: str, columns: Sequence[str], axes: dict[str, Any]) -> Iterator[Trace]:
    """One trace per patient, in their own colour: shape is the phase, hollow is illustrative."""
    palette, dashes = frame.colors, frame.dashes
    card, data = frame.theme.card, custom(table, columns)
    x, y = table["x"], table["value"]
    hollow, symbols = (table["provenance"] == "illustrative").tolist(), shapes(table)
    for start, end in stretches(table):
        patient, part = data[start][0], slice(start, end)
        color = palette[patient]
        marker = {
            "size": [style.SIZES[symbol] for symbol in symbols[part]],
            "symbol": symbols[part],
            "line": {"color": color, "width": 1.5},
            "color": [card if empty else color for empty in hollow[part]],
        }
        yield {
            "type": "scatter", "x": x[part], "y": y[part], "mode": "lines+markers", "marker": marker,
            "line": {"color": color, "width": 1.8, "dash": dashes[patient]}, "customdata": data[part],
            "hovertemplate": hover, "name": patient, **axes,
        }  # fmt: skip


def stretches(table: Rows) -> list[tuple[int, int]]:
    """First row and row after the last of each patient; a patient's rows stand together."""
    edges = np.flatnonzero(np.diff(table["patient"], prepend=-1, append=-1)).tolist()
    return list(pairwise(edges))


def _thin(frame: Frame, table: Rows, hover: str, columns: Sequence[str], axes: dict[str, Any]) -> Iterator[Trace]:
    """One trace per group; an empty point after each patient lifts the pen."""
    study, query = frame.study, frame.query
    group_of = study.patients["group"].astype(str).to_numpy()[table["patient"]]
    dashes = style.group_dashes(study)
    for group, color in style.group_colors(study, query.theme).items():
        rows = taken(table, group_of == group)
        if not len(rows["x"]):
            continue
        lifts = [end for _, end in stretches(rows)[:-1]]
        faint = style.fade(color, 0.4)
        fill = np.where(rows["provenance"] == "illustrative", frame.theme.card, faint)
        marker = {
            "size": 4,
            "symbol": np.insert(np.array(shapes(rows), dtype=object), lifts, "circle").tolist(),
            "color": np.insert(fill.astype(object), lifts, frame.theme.card).tolist(),
            "line": {"color": faint, "width": 0.8},
        }
        data = custom(rows, columns)
        for lift in lifts[::-1]:
            data.insert(lift, [None] * (len(columns) + 2))
        yield {
            "type": "scatter", "x": np.insert(rows["x"], lifts, np.nan),
            "y": np.insert(rows["value"], lifts, np.nan),
            "customdata": data, "mode": "lines+markers", "marker": marker,
            "line": {"color": style.fade(color, 0.25), "width": 1, "dash": dashes[group]},
            "meta": {"crowd": True}, "hovertemplate": hover, "name": group, **axes,
        }  # fmt: skip


def plain(column: pd.Series | np.ndarray) -> list[Any]:
    """The values of a column as a list that can be sent: numbers to four decimals, None for missing."""
    values = (column.round(4) + 0.0).tolist() if column.dtype.kind == "f" else column.tolist()
    return [None if missing else value for value, missing in zip(values, pd.isna(column), strict=True)]

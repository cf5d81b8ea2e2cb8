"""Treatment swimlanes: a patient's lanes together, as many as courses overlap, on the clock of the other time views; or
the share of the patients on each drug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import taken
from analysis.tracks import NO_TRACK
from data.study import MISSED, PLANNED
from figures.treatments import course_signs, dose_steps, drug_colors, events, follow_up, shares, tracks
from figures.treatments.lanes import laid, listed, page, pages
from figures.visuals import formatting, line_names, narrow, style, time_axis
from figures.visuals.frame import framed
from figures.visuals.reference_lines import bottom, reference_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.arrays import Flags, Rows
    from analysis.query import Query
    from figures.treatments.lanes import Laid, Lane
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

FEW, LANE = 5, (20, 17)
"""Height of a lane, px, below so many patients and from then on."""
TITLE = "<b>Treatments</b>"
ID = 6
"""Letters of the longest id beside which the left margin has room for the panel's title."""
FILL, PRIOR = 0.36, 0.14
"""Opacity of a course, and of one before week 0."""
NUMBERS = ("clock_start_week", "clock_end_week", "x0", "x1", "height", "exposure")
MARGINS = ("start_margin", "end_margin", "x0_low", "x0_high", "x1_low", "x1_high")
"""Columns of courses that are numbers; the second where the study has partial dates."""
HOVER = "%{customdata[6]}<br>%{customdata[7]}<br>%{customdata[8]}<extra></extra>"
ABSENT = "Nothing is known of the kept patients here.<br>Remove a chip above, or widen the week window."


@framed
def swimlanes(frame: Frame) -> Figure:
    """A patient's lanes together: their events, then their courses and infusions, their follow-up under the first."""
    study, query = frame.study, frame.query
    if query.lanes == "share" and not study.treatments.empty:
        return shares.shares(frame)
    found = laid(frame, page(frame))
    if not found.lanes:
        return style.empty(query, ABSENT)
    marked = reference_lines(frame)
    table = _rows(frame, found)
    traces = _traces(frame, found, table)
    marked["shapes"] += _separators(query, found.heads.values())
    marked["shapes"] += dose_steps.notches(traces[0], frame.theme.card)
    marked["annotations"].append(_title(frame, found))
    return style.figure(
        query, *traces, bargap=0.3, barmode="overlay",
        xaxis=time_axis.x_axis(frame), yaxis=_lane_axis(frame, found.lanes), **marked,
        margin={"l": style.LEFT, "r": line_names.margin(frame), "t": 4, "b": bottom(frame)},
        meta=time_axis.meta(frame) | _meta(frame, found)
        | {"texts": [_drugs(frame, found, table)], "lane_signs": _signs(found, table)},
    )  # fmt: skip


def _title(frame: Frame, found: Laid) -> dict[str, Any]:
    """What the panel is, where the names of its lanes leave room."""
    room = frame.query.track == NO_TRACK and max(map(len, found.heads)) <= ID
    return narrow.title(TITLE if room else " ", TITLE, "y domain")


def _meta(frame: Frame, found: Laid) -> dict[str, Any]:
    """For the layer: the patient of every lane, how high it is, and whether the list can be turned back or on."""
    patients, whole = [patient for patient, _, _ in found.lanes], listed(frame)
    row, count = LANE[len(whole) >= FEW], len(found.lanes)
    turns = {"page": min(frame.query.lane_page, pages(frame)), "pages": pages(frame)}
    return {
        "layer": pages(frame) > 1,
        "lanes": patients,
        "heights": {"y": row * count},
        "scroll": {"row": row, "count": count, **turns},
        "min_height": 24 + row * count,
    }


def _signs(found: Laid, table: Rows) -> list[str]:
    """Which signs of `components.signs.LANES` are drawn."""
    bars, infusions = taken(table, ~table["dose"]), taken(table, table["dose"])
    drawn = {
        "prior": (bars["role"] == "prior").any(), "hatched": (bars["role"] == "background").any(),
        "arrow": bars["open"].any(), "infusion": not _many(infusions).all(),
        "event": len(found.events["x"]), "followed": len(found.followed["x0"]),
        MISSED: (found.doses["status"] == MISSED).any(), PLANNED: (found.doses["status"] == PLANNED).any(),
    }  # fmt: skip
    return [sign for sign, is_drawn in drawn.items() if is_drawn]


def _drugs(frame: Frame, found: Laid, table: Rows) -> dict[str, Any]:
    """The names of drugs in their bars, clear of what stands on the lanes."""
    exposure, spans = table["exposure"], dict[float, dict[str, Any]]()
    names = ("patient", "treatment", "lane", "clock_start_week", "x0", "x1", "height")
    columns = {name: table[name].tolist() for name in names}
    for row in np.argsort(exposure, kind="stable")[: np.count_nonzero(~np.isnan(exposure))].tolist():
        one = {name: column[row] for name, column in columns.items()}
        span = spans.setdefault(exposure[row], one)
        span |= {name: min(span[name], one[name]) for name in ("clock_start_week", "x0", "height")}
        span["x1"] = max(span["x1"], one["x1"])
    doses = zip(found.doses["x"].tolist(), found.doses["lane"].tolist(), strict=True)
    given = zip(table["x0"][table["dose"]].tolist(), table["lane"][table["dose"]].tolist(), strict=True)
    return line_names.inside(list(spans.values()), [*given, *doses]) | {"color": frame.theme.ink}


def _rows(frame: Frame, found: Laid) -> Rows:
    """The columns of the courses as arrays, with color, fill, patient and dose (whether it lasts no time)."""
    courses, color = found.courses, drug_colors.of_rows(frame, found.courses)
    made, dose = courses["provenance"] == "illustrative", courses["start_week"] == courses["end_week"]
    numbers = {name: courses[name].astype(float) for name in (*NUMBERS, *(one for one in MARGINS if one in courses))}
    others = {name: courses[name] for name in ("open", "step", "ended", "custom", "lane", "treatment", "role")}
    shown = {"color": np.array(color, object), "fill": np.where(made, frame.theme.card, np.array(color, object))}
    return numbers | others | shown | {"made": made, "patient": courses["patient_id"], "dose": dose}


def _traces(frame: Frame, found: Laid, table: Rows) -> list[Trace]:
    """Bars for courses, marks for infusions and events, an arrow where a course is ongoing, a whisker where a date is
    partial."""
    bars, infusions = taken(table, ~table["dose"]), taken(table, table["dose"])
    return [
        _bars(dose_steps.whole(bars)), _arrows(taken(bars, bars["open"])), _infusions(infusions),
        *_partial(frame.query, table), *course_signs.ends(frame.query, table, frame.axis),
        *course_signs.doses(frame.query, found.doses, drug_colors.of_rows(frame, found.doses)),
        *follow_up.traces(frame, found.followed), events.trace(frame, found.events),
    ]  # fmt: skip


def _bars(table: Rows) -> Trace:
    """Prior courses are pale, background therapy is hatched, an illustrative course is hollow (or hatched thinly); a
    bar is as high as its dose, and `steps` says which begin with another one."""
    prior, background, made = table["role"] == "prior", table["role"] == "background", table["made"]
    # pale enough for a drug's name in ink
    solid = [style.fade(color, PRIOR if pale else FILL) for color, pale in zip(table["color"], prior, strict=True)]
    fill = np.where(made & ~prior, table["fill"], np.array(solid, object))
    marker = {
        # plotly hatches in the colour of the marker, whatever the pattern's own colour
        "color": np.where(background, table["color"], fill).tolist(),
        "line": {"color": table["color"].tolist(), "width": 1.2},
        "pattern": {
            "shape": np.where(background, "/", "").tolist(),
            "size": 6,
            "solidity": np.where(made, 0.15, 0.4).tolist(),
        },
    }
    return {
        "type": "bar", "orientation": "h", "base": table["x0"], "x": table["x1"] - table["x0"], "y": table["lane"],
        "width": table["height"].tolist(), "marker": marker, "customdata": table["custom"].tolist(),
        "hovertemplate": HOVER, "meta": {"steps": table["step"].tolist()},
    }  # fmt: skip


def _partial(query: Query, table: Rows) -> list[Trace]:
    """A whisker at each start and end of which only the month or year is known, as far as it may be."""
    found = []
    for x, margin in (("x0", "start_margin"), ("x1", "end_margin")):
        known = taken(table, table[margin] > 0) if margin in table else {"x0": np.zeros(0)}
        if not len(known["x0"]):
            continue
        reach = {
            "type": "data", "symmetric": False, "array": known[f"{x}_high"] - known[x],
            "arrayminus": known[x] - known[f"{x}_low"], "thickness": 1.2, "width": 5, "color": style.theme(query).muted,
        }  # fmt: skip
        found.append({
            "type": "scatter", "x": known[x], "y": known["lane"], "mode": "markers",
            "marker": {"symbol": "line-ns", "size": 8, "color": known["color"].tolist()}, "error_x": reach,
            "customdata": known["custom"].tolist(), "hovertemplate": HOVER,
        })  # fmt: skip
    return found


def _arrows(table: Rows) -> Trace:
    marker = {"symbol": "triangle-right", "size": 11, "color": table["color"].tolist()}
    return {
        "type": "scatter", "x": table["x1"], "y": table["lane"], "mode": "markers",
        "marker": marker, "customdata": table["custom"].tolist(), "hovertemplate": HOVER,
    }  # fmt: skip


def _infusions(table: Rows) -> Trace:
    """A mark per infusion; a lane of many doses gets small ones."""
    many = _many(table)
    marker = {
        "symbol": np.where(many, "line-ns", "triangle-down").tolist(),
        "size": np.where(many, 4, 10).tolist(),
        "color": table["fill"].tolist(),
        "line": {"color": table["color"].tolist(), "width": 1.5},
        "opacity": 1,
    }
    return {
        "type": "scatter", "x": table["x0"], "y": table["lane"], "mode": "markers",
        "marker": marker, "customdata": table["custom"].tolist(), "hovertemplate": HOVER,
    }  # fmt: skip


def _many(infusions: Rows) -> Flags:
    return np.bincount(infusions["lane"])[infusions["lane"]] > 6


def _lane_axis(frame: Frame, lanes: list[Lane]) -> dict[str, Any]:
    return {
        "range": [len(lanes) - 0.5, -0.5], "tickvals": [*range(len(lanes))], "ticktext": _labels(frame, lanes),
        "ticks": "", "fixedrange": True, "showgrid": False, "showline": False, "tickfont": {"size": 11},
    }  # fmt: skip


def _labels(frame: Frame, lanes: list[Lane]) -> list[str]:
    """A patient's first lane says whose they are, with their value of the track."""
    palette, patients = frame.inks, list(dict.fromkeys(patient for patient, _, _ in lanes))
    beside = tracks.beside(frame, patients)
    said = {one: _whose(one, palette[one], beside.get(one, "")) for one in patients}
    return [said.pop(patient, "") for patient, _, _ in lanes]


def _whose(patient: str, color: str, beside: str) -> str:
    name = f"<b>{style.tinted(formatting.short(patient, 9 if beside else 12), color)}</b>"
    return f"{name}  {beside}" if beside else name


def _separators(query: Query, heads: Iterable[int]) -> list[dict[str, Any]]:
    """Lines between patients, from the margin on, as one path: a shape for each would cost the browser as much as all
    courses do."""
    path = "".join(f"M-0.2,{lane - 0.5}H1" for lane in heads if lane)
    line = {"color": style.theme(query).grid, "width": 1}
    return [{"type": "path", "xref": "paper", "path": path, "layer": "below", "line": line}] if path else []

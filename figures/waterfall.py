"""Waterfall: the best improvement of each patient in a phase, from best to worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import patient_codes
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import phase_labels
from analysis.response import response
from analysis.response.rates import ENOUGH_PATIENTS
from analysis.response.rule_kinds import relative
from figures.treatments import tracks
from figures.visuals import curves, formatting, marks, style
from figures.visuals.empty_state import requires
from figures.visuals.frame import once

if TYPE_CHECKING:
    import pandas as pd

    from analysis.tracks import Track
    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

LEVELS = (50, 75, 90)
NAMED = 24
"""Up to this many patients stand under their bars."""
LOWEST = -100.0
"""A bar that goes below this is cut there and says so: one outlier would flatten all others, %."""
STRIP = 0.08
"""Height of a track, as a share of the plot."""
HOVER = (
    "<b>%{customdata[2]}</b><br>best improvement %{customdata[3]} at study week %{customdata[1]:.4~g}<br>"
    "{outcome} %{customdata[4]}, baseline %{customdata[5]}<br>%{customdata[6]} visits, %{customdata[7]}<extra></extra>"
)


@requires("pasi")
def waterfall(frame: Frame) -> Figure:
    """One bar per patient in their colour, hollow where illustrative, with lines at 50, 75 and 90 %."""
    study, query = frame.study, frame.query
    table = best_table(frame)
    shown = table[table["reason"] == ""]
    if shown.empty:
        return style.empty(query, barless(table))
    floor = max(LOWEST, min(0.0, float(shown["best_improvement"].min())))
    look = frame.theme
    ticks = [*([-100, -50] if floor < -50 else [-50] if floor < -10 else []), 0, 50, 75, 90, 100]
    outcome, name = outcome_of(study), formatting.escaped(outcome_name(study))
    if not outcome.relative:
        return style.empty(query, f"A percentage of a baseline of {name} means nothing.")
    named = ", ".join(formatting.escaped(relative(outcome, level).label) for level in LEVELS)
    said = f"{name} at its best, {phase_labels(study)[query.phase]}; at least 50, 75 or 90 % is {named}."
    found = tracks.strips(frame)
    under = {"yaxis2": tracks.axis(found, (0, STRIP * len(found)), anchor="x")} if found else {}
    return style.figure(
        query, _bars(frame, shown), *_strips(found, shown, look),
        bargap=0.15 if len(shown) <= NAMED else 0, dragmode=False,
        xaxis={**_patients(frame, shown), "anchor": "y2" if found else "y"}, **under,
        yaxis={
            "domain": [STRIP * len(found) + 0.02 * bool(found), 1], "range": [floor - 4, 104],
            "tickvals": ticks, "ticktext": [formatting.number(tick, 0) for tick in ticks],
            "fixedrange": True, "showgrid": False, "title": {"text": "best improvement (%)", "standoff": 2},
        },
        shapes=[_level(level, look) for level in (0, *LEVELS)],
        annotations=[_said(said, look), *([tracks.key(found, look)] if found else [])],
        margin={"l": 52, "r": 12, "t": 8 + tracks.LINE * len(found), "b": 52},
        meta={"min_height": 170 + 34 * len(found), "columns": _ids(shown)},
    )  # fmt: skip


@once
def best_table(frame: Frame) -> pd.DataFrame:
    """The response table of the kept patients in the query's phase, best first, plus illustrative (bool) and x (the
    bar's place; those without one, who have a reason, come last)."""
    study, query = frame.study, frame.query
    table = response.responses(study, [query.phase], query.rules(study))
    made = np.zeros(len(study.patients), bool)
    made[patient_codes(study.pasi)[(study.pasi["provenance"] == "illustrative").to_numpy(bool)]] = True
    table = table.assign(illustrative=made)[frame.kept]
    table = table.sort_values("best_improvement", ascending=False, kind="stable", na_position="last")
    return table.assign(x=range(len(table)))


def headline(frame: Frame) -> formatting.Headline:
    """The median of the best improvements; of few, from where to where they go."""
    table = best_table(frame)
    best = table.loc[table["reason"] == "", "best_improvement"].to_numpy(float)
    if not len(best) or not outcome_of(frame.study).relative:
        return formatting.unable(barless(table) if not len(best) else "A percentage means nothing here.")
    low, middle, high = (formatting.number(float(one), 0) for one in np.percentile(best, [25, 50, 75]))
    of = f"n = {len(best):,} of {formatting.plural(len(table), 'patient')}"
    if len(best) < ENOUGH_PATIENTS:
        ends = " to ".join(dict.fromkeys(formatting.number(float(one), 0) for one in (best.min(), best.max())))
        return f"{ends} %", f"best improvement of each; {of}"
    return f"Median {middle} %", f"best improvement, half of them from {low} to {high} %; {of}"


def barless(table: pd.DataFrame) -> str:
    """Why there is no bar, and what to do."""
    why = formatting.escaped(table["reason"].astype(str).mode().iloc[0]) if len(table) else "nobody is kept"
    return f"No improvement can be told: {why}.<br>Choose another phase or baseline, or remove a chip."


def _ids(table: pd.DataFrame) -> list[str]:
    ids: list[str] = table["patient_id"].astype(str).tolist()
    return ids


def _bars(frame: Frame, shown: pd.DataFrame) -> Trace:
    palette, card = frame.colors, frame.theme.card
    colors = [palette[patient] for patient in _ids(shown)]
    fill = [card if made else color for made, color in zip(shown["illustrative"], colors, strict=True)]
    width = 1.5 if len(shown) <= style.FEW else 0.6 if shown["illustrative"].any() else 0
    return {
        "type": "bar", "x": shown["x"].to_numpy(), "y": shown["best_improvement"].to_numpy(float),
        "marker": {"color": fill, "line": {"color": colors, "width": width}}, "customdata": _custom(frame.study, shown),
        "hovertemplate": formatting.of_outcome(HOVER, frame.study),
    }  # fmt: skip


def _strips(found: list[Track], shown: pd.DataFrame, look: style.Theme) -> list[Trace]:
    """The tracks under the bars, in their order."""
    rows, names = patient_codes(shown).tolist(), [formatting.escaped(patient) for patient in _ids(shown)]
    return [tracks.heat(one, rows, names, look, upright=False, at=at) for at, one in enumerate(found)]


def _custom(study: Study, shown: pd.DataFrame) -> list[list[Any]]:
    """patient_id, week, who, improvement, best value, baseline, visits, group."""
    group = study.patients["group"].astype(str).map(formatting.escaped).to_numpy()[patient_codes(shown)]
    named = shown.assign(
        week=shown["best_week"], who=marks.who(shown), group=group,
        percent=[f"{formatting.number(value, 1)} %" for value in shown["best_improvement"]],
    )  # fmt: skip
    return marks.custom(named, ("who", "percent", "best_pasi", "baseline", "visits", "group"))


def _patients(frame: Frame, shown: pd.DataFrame) -> curves.Part:
    """The horizontal axis: patients by name where they are few."""
    palette = frame.inks
    few = len(shown) <= NAMED
    names = [f"<span style='color:{palette[patient]}'>{formatting.short(patient, 8)}</span>" for patient in _ids(shown)]
    labels = {"tickvals": list(range(len(shown))), "ticktext": names} if few else {"tickvals": [], "ticktext": []}
    return {**labels, "range": [-0.6, len(shown) - 0.4], "fixedrange": True, "showgrid": False, "ticks": ""}


def _level(level: int, look: style.Theme) -> curves.Part:
    line = {"color": look.muted, "width": 0.8, "dash": "dot" if level else "solid"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": level, "y1": level, "line": line}


def _said(text: str, look: style.Theme) -> curves.Part:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -46, "yref": "paper", "y": 0, "yanchor": "top"}
    font = {"size": 11, "color": look.muted}
    return {
        **place,
        "yshift": -20,
        "text": formatting.wrap(text, 64),
        "align": "left",
        "showarrow": False,
        "font": font,
    }

"""Tracks: what is known of each patient once, as strips in the order of a figure's patients, or beside their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.arrays import Positions
from analysis.tracks import NO_TRACK, PRIOR, Track, subset_track, track, tracks
from figures.visuals import formatting, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.study import Study
    from figures.visuals.contract import Trace
    from figures.visuals.frame import Frame

NAMED = 5
"""Most values of a text that have a colour of their own: the most frequent ones; the others share a grey."""
NOT_STATED = "not stated"
SQUARE, HOLLOW = "██", "□"
APART, APART_UPRIGHT = 40, 20
"""Up to this many patients there is a gap between cells; in rows, which are lower, where a gap would hide the cell."""
LINE = 14
"""Height of a line of the key, px."""
NUMBERS = "①②③"


def strips(frame: Frame) -> list[Track]:
    """What stands along the patients of a figure: the chosen track, then the baseline of the panel's subset
    and the number of prior drugs; nothing where none is chosen."""
    study, query = frame.study, frame.query
    if query.track == NO_TRACK:
        return []
    found = [track(study, query.track)]
    if query.subset and not study.immune_subsets.empty:
        found.append(subset_track(study, query.subset))
    return found + ([track(study, PRIOR)] if PRIOR in tracks(study) and query.track != PRIOR else [])


def beside(frame: Frame, patients: Sequence[str]) -> dict[str, str]:
    """What stands beside a patient's name: their value of the chosen track with a square in its colour, hollow where
    none is stated; {} where no track is chosen."""
    study, query = frame.study, frame.query
    if query.track == NO_TRACK:
        return {}
    one, look, place = track(study, query.track), frame.theme, positions(study)
    rows = [place[patient] for patient in patients]
    shown = zip(patients, value_texts(one, rows), colors(one, look, rows), strict=True)
    return {patient: f"{formatting.short(text, 14)} {_square(shade, look)}" for patient, text, shade in shown}


def lines(frame: Frame, patients: Sequence[str]) -> list[str]:
    """For each of these patients a line of a tooltip with their value of the chosen track; "" where none is chosen."""
    study, query = frame.study, frame.query
    if query.track == NO_TRACK:
        return [""] * len(patients)
    one, place = track(study, query.track), positions(study)
    values = value_texts(one, [place[patient] for patient in patients])
    return [formatting.line(formatting.escaped(f"{one.label}: {value}")) for value in values]


def uncoloured(label: str) -> str:
    """A label without the square of `beside`, for where it cannot have its colour."""
    return label.replace(SQUARE, "").replace(HOLLOW, "")


def positions(study: Study) -> dict[str, int]:
    """Patient -> position in display order."""
    return {patient: at for at, patient in enumerate(study.patient_ids)}


def rows_of(frame: Frame, patient: Positions, patients: Sequence[str]) -> Positions:
    """Which rows are of these patients, of rows whose patients stand at the positions `patient`."""
    wanted, place = np.zeros(len(frame.study.patients), bool), positions(frame.study)
    wanted[[place[patient] for patient in patients]] = True
    return np.flatnonzero(wanted[patient])


def value_texts(one: Track, rows: Sequence[int]) -> list[str]:
    """The values of the patients at these positions, with their unit, not escaped."""
    values, gone = one.values.iloc[list(rows)], one.missing.iloc[list(rows)]
    unit = f" {one.unit}" if one.unit else ""
    texts = [formatting.significant(value, 4) if one.numeric else value for value in values]
    return [NOT_STATED if none else f"{text}{unit}" for text, none in zip(texts, gone, strict=True)]


def colors(one: Track, look: style.Theme, rows: Sequence[int]) -> list[str | None]:
    """The colours of the patients at these positions: from faint to strong over the range of the whole study, or by
    category; None without a value."""
    if one.numeric:
        shades = np.array([_between(look, share) for share in np.arange(101) / 100], object)
        found = shades[np.nan_to_num(np.round(100 * _share(one)[list(rows)])).astype(int)]
    else:
        known = _categories(one)
        palette = [*look.tracks[: len(known)], look.tracks[-1]]
        place = {value: at for at, value in enumerate(known)}
        found = np.array(palette, object)[[place.get(value, len(known)) for value in one.values.iloc[list(rows)]]]
    gone = one.missing.to_numpy(bool)[list(rows)]
    return [None if none else str(shade) for shade, none in zip(found, gone, strict=True)]


def heat(
    one: Track, rows: Sequence[int], patients: Sequence[str], look: style.Theme, *, upright: bool, at: int
) -> Trace:
    """A strip over the patients at these positions, as a heatmap at `at` of the second axis across it: along x, or
    along y (`upright`), where they have these names. A patient without a value is a gap with a tooltip."""
    shades = colors(one, look, rows)
    known = list(dict.fromkeys(shade for shade in shades if shade))
    code = {shade: float(place) for place, shade in enumerate(known)}
    z = np.array([code.get(shade or "", np.nan) for shade in shades], np.float32)
    values = zip(patients, value_texts(one, rows), strict=True)
    text = [f"<b>{name}</b><br>{formatting.escaped(f'{one.label}: {value}')}" for name, value in values]
    across, top = [at - 0.42, at + 0.42], max(len(known), 1)
    edges = np.repeat(np.arange(top + 1) / top, 2)[1:-1].tolist()
    scale = list(zip(edges, np.repeat(np.array(known or [look.card], object), 2).tolist(), strict=True))
    shape: dict[str, Any] = (
        {"z": z[:, None], "x": across, "y": list(patients), "xaxis": "x2", "hovertext": [[one] for one in text]}
        if upright
        else {"z": z[None, :], "x": list(range(len(rows))), "y": across, "yaxis": "y2", "hovertext": [text]}
    )
    gaps = {"xgap": 1, "ygap": 1} if len(rows) <= (APART_UPRIGHT if upright else APART) else {}
    return {
        "type": "heatmap", **shape, "zmin": -0.5, "zmax": top - 0.5, "showscale": False, "colorscale": scale,
        "hoverinfo": "text", "hoverongaps": True, **gaps,
    }  # fmt: skip


def axis(found: Sequence[Track], domain: tuple[float, float], **placed: Any) -> dict[str, Any]:
    """The second axis, across the strips; their numbers are those of the `key`."""
    return {
        "domain": domain, "range": [len(found) - 0.5, -0.5], "tickvals": list(range(len(found))),
        "ticktext": list(NUMBERS[: len(found)]), "ticks": "", "showgrid": False, "showline": False, "fixedrange": True,
        **placed,
    }  # fmt: skip


def key(found: Sequence[Track], look: style.Theme) -> dict[str, Any]:
    """An annotation above the plot: a line for each track, with its range or its values in their colours."""
    lines = [f"{NUMBERS[at]} {formatting.short(one.label, 24)}: {_keyed(one, look)}" for at, one in enumerate(found)]
    place = {"xref": "paper", "x": 0, "xanchor": "left", "yref": "paper", "y": 1, "yanchor": "bottom"}
    return {**place, "text": "<br>".join(lines), "align": "left", "showarrow": False, "font": {"size": 11}}


def wording(one: Track) -> str:
    """What a track says, in a sentence without colours."""
    gone = int(one.missing.sum())
    without = f"; {HOLLOW} {NOT_STATED} ({gone:,})" if gone else ""
    if not one.numeric:
        return f"{one.label}, as written beside each patient{without}."
    if one.missing.all():
        return f"{one.label}: {NOT_STATED} of anyone."
    unit = f" {one.unit}" if one.unit else ""
    return f"{one.label}: {_number(one.values.min())} (faint) to {_number(one.values.max())} (strong){unit}{without}."


def _keyed(one: Track, look: style.Theme) -> str:
    gap = f"  blank: {NOT_STATED}" if one.missing.any() else ""
    if one.missing.all():
        return "no values"
    if one.numeric:
        ends = [(_number(one.values.min()), _between(look, 0)), (_number(one.values.max()), _between(look, 1))]
        unit = f" {formatting.short(one.unit, 22)}" if one.unit else ""
        return " to ".join(_swatch(shade, text) for text, shade in ends) + unit + gap
    known = _categories(one)
    shown = [_swatch(look.tracks[at], formatting.short(value, 10)) for at, value in enumerate(known)]
    others = one.values[~one.missing].nunique() - len(known)
    return "  ".join([*shown, *([_swatch(look.tracks[-1], f"{others:,} others")] if others else [])]) + gap


def _square(shade: str | None, look: style.Theme) -> str:
    return style.tinted(SQUARE if shade else HOLLOW, shade or look.muted)


def _swatch(shade: str, text: str) -> str:
    return f"<span style='color:{shade}'>■</span> {text}"


def _number(value: float) -> str:
    return formatting.significant(value, 3)


def _categories(one: Track) -> list[str]:
    """The most frequent values, the first of the study first among equals."""
    stated = one.values[~one.missing]
    counts = stated.groupby(stated, sort=False).size().sort_values(ascending=False, kind="stable")
    return [str(value) for value in counts.index[:NAMED]]


def _share(one: Track) -> np.ndarray:
    """Where each number lies between the lowest and the highest of the study, 0 to 1."""
    values = one.values.to_numpy(float)
    low, high = (np.nan, np.nan) if one.missing.all() else (np.nanmin(values), np.nanmax(values))
    return (values - low) / (high - low) if high > low else np.where(np.isnan(values), np.nan, 1.0)


def _between(look: style.Theme, share: float) -> str:
    """A colour between the faint and the strong end of the theme's shades."""
    faint, strong = (np.array([int(end[i : i + 2], 16) for i in (1, 3, 5)]) for end in look.shades)
    return "#{:02x}{:02x}{:02x}".format(*np.round(faint + share * (strong - faint)).astype(int))

"""How everything looks: one palette, one template per theme, one constructor that every figure starts from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from figures.visuals.contract import Figure, Trace

if TYPE_CHECKING:
    from analysis.query import Query
    from data.study import Study

FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"
FEW = 8
"""Up to this many patients each has a colour of their own; beyond, colour is the group."""
MANY = 150
"""Up to this many patients every line is drawn; beyond, bands only, and the layer draws whoever is highlighted."""
LEFT, RIGHT = 124, 18
"""Plot margins, px; the time views share the left one, and have names in the right one (`line_names.margin`)."""
DASHES = ("solid", "7px,4px", "2px,3px", "9px,3px,2px,3px", "13px,4px", "4px,2px", "9px,3px,2px,3px,2px,3px", "1px,5px")
"""Of the lines of patients or groups, each beside the colour of the same place in `series`."""
SYMBOLS = {"before": "square", "after": "circle", "restart": "diamond"}
GLYPHS = {"square": "■", "circle": "●", "diamond": "◆", "triangle-up": "▲"}
"""The shapes of marks in a text."""
BLANK = " "
"""The text of a mark without one, among marks with text: for "" plotly takes the label away for good, and after a
redraw some other mark is without its own."""
NO_PHASE = "triangle-up"
"""For a visit of somebody who never got the index treatment: it is in no phase."""
SIZES = {
    "square": 7, "circle": 7, "diamond": 7, NO_PHASE: 7, "x": 9, "circle-x": 10, "star-triangle-up": 10, "star": 12,
    "triangle-down": 10,
}  # fmt: skip
"""How large each mark of a visit is, px; in the order in which the layer counts them."""


@dataclass(frozen=True)
class Theme:
    """Colours of a theme. `series` are lines, each at least 3:1 on the card and told apart by hue and luminance, for
    protan, deutan and tritan readers too (with `DASHES`); `inks` are the same where they are text: at least 4.5:1, on
    the shaded weeks as well. `cell` is the text on
    `diverging` where it cannot be left to plotly. `states` are those of `analysis.response.STATE_ORDER`, from best to
    worst: blue from strong to weak, then orange from weak to strong, and grey for what cannot be told. `drugs`, and
    `tracks` (values of a text; the last is for all others) share no colour with the patients and groups beside them,
    nor does `shades`, the faint and the strong end of a track of numbers."""

    card: str
    ink: str
    muted: str
    grid: str
    empty: str
    series: tuple[str, ...]
    inks: tuple[str, ...]
    diverging: tuple[str, str, str]
    cell: dict[str, str]
    states: tuple[str, ...]
    drugs: tuple[str, ...]
    tracks: tuple[str, ...]
    shades: tuple[str, str]


THEMES = {
    "light": Theme(
        "#ffffff", "#1c2733", "#5b6875", "#e6eaee", "#eceff2",
        ("#0d3b76", "#e06c00", "#007a5a", "#b074f1", "#5c150f", "#0f9fc4", "#9c07d5", "#4d4d4d"),
        ("#0d3b76", "#ad5200", "#007a5a", "#7d3fc4", "#5c150f", "#0b708b", "#9c07d5", "#4d4d4d"),
        ("#2166ac", "#f7f7f7", "#b2182b"), {},
        ("#08306b", "#2171b5", "#6baed6", "#c6dbef", "#fdd0a2", "#d94801", "#b8bec5"),
        ("#7b2fbe", "#8a1538", "#4b6e00", "#1f2a7a", "#5a3414", "#d6168b", "#4a47e0", "#4d4d4d"),
        ("#e3cf5e", "#f2a7c3", "#8fd6de", "#c3b2ef", "#b3db86", "#b8bec5"), ("#d3d9df", "#1c2733"),
    ),
    "dark": Theme(
        "#1a2129", "#e8edf2", "#9fadba", "#303a45", "#2a333d",
        ("#5b93e6", "#ef8a35", "#98f5c8", "#b574a7", "#fdfd50", "#4cbbd0", "#febd61", "#c8ccd0"),
        ("#6f9fea", "#ef8a35", "#98f5c8", "#c58bb8", "#fdfd50", "#4cbbd0", "#febd61", "#c8ccd0"),
        ("#2f74bd", "#222b35", "#c44a3d"), {"color": "#ffffff"},
        ("#d3e9fb", "#86bdea", "#4a8fc9", "#2b5f90", "#7a4a22", "#f5933c", "#5d6873"),
        ("#d26bff", "#ff5f9e", "#9be15d", "#9a8cff", "#c2a68c", "#ff9ab0", "#7fe8c8", "#c8ccd0"),
        ("#85731f", "#93406a", "#23707c", "#5f4fa8", "#4f7a2a", "#5d6873"), ("#465360", "#e8edf2"),
    ),
}  # fmt: skip


def theme(query: Query) -> Theme:
    """The theme that a query asks for."""
    return THEMES[query.theme]


def colors(study: Study, theme_name: str) -> dict[str, str]:
    """The colour of every patient: their own up to `FEW` patients, their group's beyond. It never depends on who is
    kept, so that a patient keeps their colour."""
    return _of_patients(study, THEMES[theme_name].series)


def dashes(study: Study) -> dict[str, str]:
    """The dash of every patient's line, as plotly writes it: told apart where `colors` are."""
    return _of_patients(study, DASHES)


def inks(study: Study, theme_name: str) -> dict[str, str]:
    """The colour of every patient where it is text."""
    return _of_patients(study, THEMES[theme_name].inks)


def inked(color: str) -> str:
    """A line's colour of either theme where it is text; any other as it is."""
    found = {line: ink for look in THEMES.values() for line, ink in zip(look.series, look.inks, strict=True)}
    return found.get(color, color)


def group_colors(study: Study, theme_name: str) -> dict[str, str]:
    """The colour of every group, in order of first appearance; more than eight groups share colours."""
    return _of_groups(study, THEMES[theme_name].series)


def group_dashes(study: Study) -> dict[str, str]:
    """The dash of every group's line."""
    return _of_groups(study, DASHES)


def group_inks(study: Study, theme_name: str) -> dict[str, str]:
    """The colour of every group where it is text."""
    return _of_groups(study, THEMES[theme_name].inks)


def group_looks(study: Study, theme_name: str) -> dict[str, dict[str, str]]:
    """Colour and dash of every group's line, as plotly's `line` takes them."""
    dashes = group_dashes(study)
    return {group: {"color": color, "dash": dashes[group]} for group, color in group_colors(study, theme_name).items()}


@lru_cache(maxsize=16)
def _of_patients(study: Study, series: tuple[str, ...]) -> dict[str, str]:
    if len(study.patients) <= FEW:
        return dict(zip(study.patient_ids, series, strict=False))
    own = _of_groups(study, series)
    groups = study.patients["group"].astype(str)
    return {patient: own[group] for patient, group in zip(study.patient_ids, groups, strict=True)}


@lru_cache(maxsize=16)
def _of_groups(study: Study, series: tuple[str, ...]) -> dict[str, str]:
    groups = study.patients["group"].astype(str).unique()
    return {group: series[i % len(series)] for i, group in enumerate(groups)}


def figure(query: Query, *traces: Trace, **layout: Any) -> Figure:
    """A figure in the query's theme. `layout` overrides what the template sets; plotly validates it in the tests, over
    every view, and not here."""
    # uirevision does nothing inside a template, so it is set here
    return {"data": list(traces), "layout": {"template": template(query.theme), "uirevision": "reader", **layout}}


def empty(query: Query, sentence: str) -> Figure:
    """A figure that holds one sentence: what is missing and what to do."""
    note = {
        "text": sentence,
        "showarrow": False,
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "align": "center",
    }
    hidden = {"visible": False, "range": [0, 1], "fixedrange": True}
    return figure(query, annotations=[note], xaxis=hidden, yaxis=hidden, margin={"l": 8, "r": 8, "t": 8, "b": 8})


def tinted(text: str, color: str | None) -> str:
    """A text (already escaped) in a colour; as it is without one."""
    return f"<span style='color:{color}'>{text}</span>" if color else text


def fade(color: str, opacity: float) -> str:
    """A hex colour with an opacity, as rgba()."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


@lru_cache(maxsize=4)
def template(name: str) -> dict[str, Any]:
    """The plotly template of a theme."""
    look = THEMES[name]
    axis = {
        "gridcolor": look.grid, "zeroline": False, "linecolor": look.muted, "showline": True, "linewidth": 1,
        "ticks": "outside", "ticklen": 3, "tickcolor": look.muted, "tickfont": {"size": 11}, "automargin": False,
        "title": {"font": {"size": 11}, "standoff": 4},
        # the browser need not measure every label for room: ours are placed apart
        "tickangle": 0, "ticklabeloverflow": "allow",
    }  # fmt: skip
    return {
        "layout": {
            "font": {"family": FONT, "size": 11, "color": look.ink},
            "paper_bgcolor": look.card, "plot_bgcolor": look.card, "colorway": list(look.series),
            "xaxis": axis, "yaxis": axis, "showlegend": False, "hovermode": "closest", "dragmode": "zoom",
            # a tooltip and a click mean the same mark: plotly adds a mark's radius to this
            "hoverdistance": 6,
            "margin": {"l": 48, "r": RIGHT, "t": 10, "b": 34},
            "hoverlabel": {
                "bgcolor": look.card, "bordercolor": look.muted, "align": "left",
                "font": {"family": FONT, "size": 13, "color": look.ink},
            },
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": look.muted, "activecolor": look.ink},
            "selections": [], "newselection": {"line": {"color": look.ink, "width": 1, "dash": "dot"}},
            "activeselection": {"fillcolor": look.ink, "opacity": 0.06},
        }
    }  # fmt: skip

"""The figure: the outcome with its rail, immune subsets and treatments as panels of one chart on one horizontal axis.

Each panel is drawn by its view's own function, as a chart by itself; here their axes, traces, shapes and texts are
renamed and stacked. Heights are px: the browser turns them into domains for the height that there is
(`assets/browser/charts/panels.mjs`), Python for the one of a laptop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from figures import swimlanes, timelines
from figures.visuals import line_names, narrow, style, time_axis
from figures.visuals.empty_state import absence
from figures.visuals.frame import framed, once
from figures.visuals.reference_lines import bottom

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from data.study import Study
    from figures.visuals.contract import Figure, Trace
    from figures.visuals.frame import Frame

PANELS = {"pasi": timelines.pasi, "immune": timelines.immune, "swimlanes": swimlanes.swimlanes}
"""Views from the top, each with what draws it."""
LACKING = {
    "immune": lambda study: study.immune_subsets.empty,
    "swimlanes": lambda study: study.treatments.empty and study.events.empty,
}
"""Panels that are left out of a study without such data; the outcome's says what to add."""
GAP, FOOT, TOP, LEAST, SENTENCE = 8, 5, 20, (220, 200), 56
"""Heights, px: between two axes, between the last and the weeks (half of their `//`), above them all, of the outcome's
plot at least (few patients, more), of a sentence."""
LAPTOP = 590
"""Height for which the domains are given."""
SHOWN = 3
"""So many lanes are in sight however little room there is."""

OF_PANEL = ("heights", "min_height", "scroll")
"""What a view says of itself for its place in the figure."""

Rows = list[tuple[str, float | None]]
"""Axes from the top with their heights, px; None: what is left."""


@framed
def timeline(frame: Frame, fields: Mapping[str, Collection[str]] | None = None) -> Figure:
    """The panels that there are data for; `fields`: view -> those of the query that it depends on, so that a panel is
    not drawn again when others change. `layout.meta`: what `time_axis.meta` says; `panels`, by view, the view's own
    meta and its `axes`, from the top; and `stack` (axis, px), `gap`, `foot`, `least` and `scroll` (the lanes'
    axis, the height of a lane, px, and how many there are), of which the browser makes the domains; `min_height`, px;
    `narrow`, the margins, the gap and the annotations of a phone (`visuals.narrow`)."""
    study, query = frame.study, frame.query
    own = {view: frame.only(fields[view]) if fields else frame for view in PANELS if _shown(study, view)}
    panels = [_panel(one, view) for view, one in own.items()]
    if not any(panel.data for panel in panels):
        said = absence(study, ["pasi"]) or next(iter(panels)).sentence
        return style.empty(query, said)
    names = _renamed(panels)
    rows = [(names[panel.view][axis], px) for panel in panels for axis, px in panel.rows]
    meta = _meta(frame, panels, names, rows)
    notes = _notes(frame, panels, names)
    meta["narrow"] = narrow.room(frame, [panel.layout for panel in panels], notes["annotations"])
    layout: dict[str, Any] = {
        "margin": {"l": style.LEFT, "r": line_names.margin(frame), "t": TOP, "b": bottom(frame)},
        "xaxis": time_axis.x_axis(frame) | {"anchor": "free", "position": 0},
        "barmode": "overlay",
        "bargap": 0.3,
    }
    room = max(LAPTOP, meta["min_height"]) - TOP - layout["margin"]["b"]
    domains = _domains(rows, meta["scroll"], room, meta["least"])
    return style.figure(
        query, *(trace for panel in panels for trace in panel.traces(names[panel.view])), meta=meta, **layout,
        **_axes(panels, names, domains), **notes,
    )  # fmt: skip


@once
def _panel(frame: Frame, view: str) -> _Panel:
    return _Panel(view, PANELS[view](frame))


def _shown(study: Study, view: str) -> bool:
    lacking = LACKING.get(view)
    return lacking is None or not lacking(study)


class _Panel:
    """A view's chart; one without data is its sentence, on an axis of its own."""

    def __init__(self, view: str, drawn: Mapping[str, Any]) -> None:
        self.view, self.data, self.layout = view, drawn["data"], drawn["layout"]
        self.meta = self.layout.get("meta") or {}

    @property
    def axes(self) -> dict[str, dict[str, Any]]:
        """Vertical axes by their names of traces, from the top."""
        return {key.replace("yaxis", "y"): axis for key, axis in self.layout.items() if key.startswith("yaxis")}

    @property
    def rows(self) -> Rows:
        heights = self.meta.get("heights", {}) if self.data else {"y": SENTENCE}
        return [(axis, heights.get(axis)) for axis in self.axes]

    @property
    def sentence(self) -> str:
        return str(self.layout["annotations"][0]["text"])

    def traces(self, names: Mapping[str, str]) -> Iterable[Trace]:
        # plotly makes no axis without a trace, and the sentence stands on one
        data = self.data or [{"type": "scatter", "x": [None], "y": [None], "hoverinfo": "skip", "showlegend": False}]
        return ({**trace, "yaxis": names[trace.get("yaxis", "y")]} for trace in data)

    def parts(self, kind: str, names: Mapping[str, str]) -> Iterable[dict[str, Any]]:
        """Its shapes or annotations; what hangs on the whole chart still does, but for a sentence."""
        for part in self.layout.get(kind, ()):
            axis, _, rest = part.get("yref", "y").partition(" ")
            place = {"yref": f"{names['y']} domain"} if not self.data else {}
            place = place or ({"yref": f"{names[axis]} {rest}".strip()} if axis in names else {})
            yield part | place


def _renamed(panels: Iterable[_Panel]) -> dict[str, dict[str, str]]:
    """View -> each of its axes' names -> its name in the figure."""
    found: dict[str, dict[str, str]] = {}
    count = 0
    for panel in panels:
        found[panel.view] = {}
        for axis in panel.axes:
            count += 1
            found[panel.view][axis] = "y" if count == 1 else f"y{count}"
    return found


def _meta(frame: Frame, panels: Iterable[_Panel], names: Mapping[str, dict[str, str]], rows: Rows) -> dict[str, Any]:
    shared, least = time_axis.meta(frame), LEAST[frame.crowd != "few"]
    own = {panel.view: _own_meta(panel, shared, names[panel.view]) for panel in panels}
    found = (panel.meta["scroll"] | {"axis": names[panel.view]["y"]} for panel in panels if "scroll" in panel.meta)
    scroll = next(found, None)
    px = [
        SHOWN * scroll["row"] if scroll and axis == scroll["axis"] else least if px is None else px for axis, px in rows
    ]
    high = sum(px) + GAP * (len(rows) - 1) + FOOT + TOP + bottom(frame)
    stack = {"stack": rows, "gap": GAP, "foot": FOOT, "least": least, "scroll": scroll}
    return shared | stack | {"panels": own, "min_height": high}


def _own_meta(panel: _Panel, shared: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    own = {key: value for key, value in panel.meta.items() if key not in shared and key not in OF_PANEL}
    if "texts" in own:
        own["texts"] = [text | {"yaxis": names[text["yaxis"]]} if "yaxis" in text else text for text in own["texts"]]
    return own | {"axes": list(names.values())}


def _domains(rows: Rows, scroll: Mapping[str, Any] | None, room: float, least: int) -> dict[str, list[float]]:
    """Each axis' share of the height: given heights first, the lanes as many as fit, the rest for the others."""
    given = sum(px for axis, px in rows if px and not (scroll and axis == scroll["axis"]))
    left = room - FOOT - GAP * (len(rows) - 1) - given
    open_rows = [axis for axis, px in rows if px is None]
    lanes = 0.0
    if scroll:
        full = scroll["row"] * scroll["count"]
        lanes = min(full, max(left - least * len(open_rows), SHOWN * scroll["row"]))
        lanes = left if not open_rows else lanes
    each = (left - lanes) / max(len(open_rows), 1)
    found, edge = {}, room
    for axis, px in rows:
        high = lanes if scroll and axis == scroll["axis"] else each if px is None else px
        found[axis] = [max(0.0, (edge - high) / room), edge / room]
        edge -= high + GAP
    return found


def _axes(
    panels: Iterable[_Panel], names: Mapping[str, dict[str, str]], domains: Mapping[str, list[float]]
) -> dict[str, Any]:
    found = {}
    for panel in panels:
        for axis, look in panel.axes.items():
            name = names[panel.view][axis]
            found[name.replace("y", "yaxis")] = look | {"domain": domains[name]}
    return found


def _notes(
    frame: Frame, panels: Iterable[_Panel], names: Mapping[str, dict[str, str]]
) -> dict[str, list[dict[str, Any]]]:
    """Shapes and annotations: those of the whole chart, which every panel brings, once."""
    found: dict[str, list[dict[str, Any]]] = {"shapes": [], "annotations": []}
    for letter, panel in zip("abc", panels, strict=False):
        for kind, parts in found.items():
            for part in panel.parts(kind, names[panel.view]):
                if part not in parts:
                    parts.append(part)
        found["annotations"].append(_letter(letter, names[panel.view]["y"], frame.theme.ink))
    return found


def _letter(letter: str, axis: str, color: str) -> dict[str, Any]:
    place = {"xref": "paper", "x": 0, "xanchor": "left", "xshift": -style.LEFT, "yref": f"{axis} domain", "y": 1}
    return {
        **place, "yanchor": "top", "text": f"<b>{letter}</b>", "name": f"<b>{letter}</b>", "showarrow": False,
        "borderpad": 0,
        "font": {"size": 13, "color": color},
    }  # fmt: skip

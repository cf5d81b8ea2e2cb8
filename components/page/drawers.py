"""Drawers beside the page, which stay open while it changes: filters, rules, how a view is computed, all signs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dash import html

from analysis.caution import concerns
from components import ids
from components.controls import CONTROLS, labelled
from components.page.buttons import button, icon
from components.page.handbook import ENTRIES, chosen, explained, in_force, of_view
from components.page.notes import notes_parts
from components.page.panel import PANEL, placed
from components.page.story import story_parts
from components.views import VIEWS
from figures.visuals.empty_state import absence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.query import Query
    from components.view import View
    from data.study import Study

FILTERS = (
    ("Who and when (changes numbers)", ("patients", "groups", "from_week", "to_week")),
    ("What is shown", ("score", "pasi_scale", "lines", "subsets", "immune_scale", "lens")),
    ("Treatments", ("lanes", "lane_sort", "lane_colour", "track", "lane_page")),
)
RULES = (
    ("Response and relapse", ("rebound", "baseline", "sustained")),
    ("Rates", ("imputation", "policy", "interval")),
)
RESAMPLE = {
    "permutation": (
        "Check p by shuffling",
        "Permutation p: outcomes exchanged within patients, in all orders if few, else in 10,000. It can be cancelled.",
    ),
    "bootstrap": (
        "Check interval by resampling",
        "Bootstrap interval: patients are drawn 2,000 times; refused below 10 patients. It can be cancelled.",
    ),
}
LOOKED = (
    "So many different analyses of this study were looked at since this tab was opened: distinct choices of subset, "
    "statistic, p, lag, tolerance, scale, phase, window and patients whose p stood on this page, and all of each "
    "specification curve. The more there are, the less a single p below 0.05 says. Click to count anew."
)
SIGNS = (
    ("★", "first visit with a response by the rule in force; its week stands below, beside the patient"),
    ("▾", "the best value (nadir) of the phase"),
    ("✕", "first visit of a relapse by the rule in force; in a ring (⊗) where illustrative"),
    ("⇈", "first visit of a rebound"),
    ("○ hollow", "illustrative: made to satisfy the published abstract, not measured"),
    ("□ ○ ◇", "a visit, a sample or a pair before the index treatment, after it, after the restart"),
    ("⊗ on a subset", "few counted cells: read it with care"),
    ("gap in a line", "a visit without a value; nothing is filled in"),
    ("▼", "an infusion; its dose is in its tooltip"),
    ("bar", "a course of a drug; with an arrow it goes on; pale: before week 0; hatched: over week 0"),
    ("thin line of a lane", "the patient's follow-up, first to last observation"),
    ("✎", "a note is pinned to this visit or course: point at it, or open Notes in ⋯"),
    ("✦", "an adverse event; filled: severe"),
    ("grey ground and //", "weeks that are drawn narrower than the others"),
    ("dotted vertical line", "an infusion of the study"),
    ("dashed vertical line", "a restart"),
)
SPELLED = (
    ("UC-MSC, MSC", "umbilical-cord mesenchymal stromal cells"),
    ("PASI", "Psoriasis Area and Severity Index, 0 to 72; PASI 75: an improvement of 75 % or more"),
    ("NPF", "the relapse of the US National Psoriasis Foundation: half of the best improvement lost"),
)
"""Abbreviations of the figure."""
PLACES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ids.DRAWER_FILTERS: ("using", "filters"),
        ids.DRAWER_RULES: ("rules", ""),
        ids.DRAWER_CHECKS: ("statistics", "checks-of-immune-samples"),
        ids.DRAWER_METHOD: ("statistics", ""),
        ids.DRAWER_STORY: ("using", "story"),
        ids.DRAWER_NOTES: ("using", "notes"),
        ids.DRAWER_SIGNS: ("using", "signs"),
    }
)
"""Drawer -> where the handbook tells of it: page and place."""
HELP = (
    "Click a line, a mark, a bar or a table row: that patient is highlighted everywhere. Shift adds. Esc clears.",
    "Click a bar or an infusion: its patient is highlighted, and the visits within that course stand out.",
    "Draw a lasso or box on the scatter, or give numbers in its menu ⬇: the same visits are highlighted in the figure.",
    "Drag over the figure to look closer; double-click to see everything. Looking closer changes no number.",
    "Click a cell of the matrix to see its pairs; drag over its rows to see several side by side.",
    "Press p (or ▶) to play the weeks through every view; drag the slider or use its arrow keys; Esc stops.",
    "Filters leave data out: n, fits and rates change, and a chip says so.",
    "Keys, in a chart: F filters, R rules, M how this is computed, N notes, W panel wide, . present, ? this page.",
    "Back and forward undo and redo. Copy link (in Share) shares exactly this page.",
)


def drawers(study: Study, query: Query) -> list[html.Dialog]:
    """The drawers, closed."""
    checks = [html.Li(one) for one in to_check(study, query)]
    return [
        _drawer(ids.DRAWER_FILTERS, "Filters", [_group(title, fields, study, query) for title, fields in FILTERS]),
        _drawer(ids.DRAWER_RULES, "Rules", [_group(title, fields, study, query) for title, fields in RULES]),
        _drawer(ids.DRAWER_CHECKS, "To check", [html.Ul(checks, id=ids.TO_CHECK)]),
        _drawer(ids.DRAWER_METHOD, "How this is computed", _method(study, query)),
        _drawer(ids.DRAWER_STORY, "Story", story_parts()),
        _drawer(ids.DRAWER_NOTES, "Notes", notes_parts()),
    ]


def to_check(study: Study, query: Query) -> list[str]:
    """What is to be checked of the values that are used: a sentence per kind, with counts."""
    return [one.sentence for one in concerns(study, query)]


def signs() -> html.Dialog:
    """Every sign of the page."""
    rows = [html.Tr([html.Th(sign, scope="row"), html.Td(text)]) for sign, text in (*SIGNS, *SPELLED)]
    return _drawer(ids.DRAWER_SIGNS, "All signs", [html.Table(html.Tbody(rows), className="signs")])


def _drawer(name: str, title: str, parts: list[Any]) -> html.Dialog:
    close = icon("✕", f"Close {title}", "Close (Esc)", closes="drawer")
    more = explained("Handbook", *PLACES[name])
    head = html.Div([html.H2(title), close, more], className="drawer-head")
    return html.Dialog([head, *parts], id=name, className=f"drawer {name}", **ids.aria(label=title))


def _group(title: str, fields: tuple[str, ...], study: Study, query: Query) -> html.Section:
    found = [_explained(field, study, query) for field in fields]
    return html.Section([html.H3(title), *(part for part in found if part)])


def _explained(field: str, study: Study, query: Query) -> html.Div | None:
    """A control with its sentence below it."""
    control = labelled(field, study, query)
    if control is None:
        return None
    more: list[Any] = [" ", chosen(field, query, "Handbook")] if field in ENTRIES else []
    said = html.P([CONTROLS[field].about, *more], className="about")
    return html.Div([control, said], className=f"explained explained-{field}")


def _method(study: Study, query: Query) -> list[Any]:
    """What the open view and the figure say of themselves, and how pairs are made and judged."""
    fields = dict.fromkeys(field for view in PANEL for field in view.method)
    starts = [button(label, said, resample=kind) for kind, (label, said) in RESAMPLE.items()]
    cancel = button("Cancel", "Stop; nothing is told", resample="cancel")
    bar = html.Progress(max="1", value="0", **ids.aria(label="Share that is computed"))
    looked = button("", LOOKED, look="quiet hidden", looked="count")
    said = html.Div(className="resampled", role="status", **ids.aria(live="polite"))
    look = f"resample-row{'' if query.panel == 'correlation' else ' hidden'}"
    row = html.Div([*starts, cancel, bar, looked], className=look, **ids.data(views="correlation"))
    controls = html.Div(placed(fields, study, query, "method"), className="method")
    return [controls, in_force(VIEWS.values(), query), row, said, *_notes(study, query)]


def _notes(study: Study, query: Query) -> list[html.Section]:
    return [_note(view, study, query) for view in (*PANEL, *(view for view in VIEWS.values() if not view.tab))]


def _note(view: View, study: Study, query: Query) -> html.Section:
    shown = view.open(query) and not (absence(study, view.needs) and not view.tab)
    head = html.H3(view.titled(study), **ids.data(titled=view.key))
    parts = [head, html.P([view.about, " ", of_view(view)]), html.Div(className="card-note")]
    return html.Section(parts, className="" if shown else "hidden", **ids.data(note=view.key))

"""What a figure is, as it is sent to the browser; `layout.meta` is what `assets/` reads of it besides what plotly does.

Units are those of the axes unless they are px; a patient is an id, or a position in `ids`."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple, TypedDict

Trace = dict[str, Any]
"""A trace of plotly. `customdata` is patient_id and week first; `meta` says what is no mark of one patient: `band`,
`group` (a group's median), `members` (a key of `Meta.members` first), `rule`, `event`, `followed`, `alone`, `count`,
`told`; whether it is of a `crowd`; and `look`, how the layer draws it in plotly's place (`visuals.ground`)."""


class Figure(TypedDict):
    """Traces, and plotly's layout with its axes, shapes, annotations and `meta` (a `Meta`)."""

    data: list[Trace]
    layout: dict[str, Any]


class Scroll(TypedDict, total=False):
    """A list of lanes: the height of one, px, how many are drawn, and which page of how many; `axis` theirs."""

    row: int
    count: int
    page: int
    pages: int
    axis: str


class Rules(TypedDict):
    """The lines of rules of a few patients: their `ids` and `colors`, and columns as in `Meta.marks`."""

    ids: list[str]
    colors: list[str]
    marks: list[dict[str, Any]]


class Cells(TypedDict):
    """Rows and columns of the matrix: subsets, and what of a query a click on a column chooses."""

    subsets: list[str]
    columns: list[dict[str, Any]]


class Meta(TypedDict, total=False):
    """What the browser reads; a figure has those that it needs.

    min_height        least height of the chart, px
    signs             sign -> what it means, not escaped
    layer             whether the layer draws marks of its own: `marks`, or else what `callbacks.highlight_data` answers
    marks             traces of columnar arrays (`visuals.marks.columnar`)
    members, ids      key of a mark or text -> positions in `ids` of those it stands for; `own`: beside own marks
    rows, columns     the patient of each row, or column; None: of nobody
    sets              what of a query a click on a row chooses, None: nothing
    choices           the same by `x`; `p`: whether it has one that can be checked
    cells             of the matrix
    paths             whether lines are paths through time, with arrows
    p                 whether the scatter's p can be checked by shuffling
    home              range of the axis when nothing is zoomed; of the scatter both, x first
    weeks, units      knots of the time axis: straight lines between them turn weeks into units
    ticks             where ticks stand and their texts when nothing is zoomed
    candidates        weeks that may be labelled, step by step, the most wanted first
    rules             lines of rules of a few patients
    texts             blocks of texts that move with a zoom; `kind` is one of `KINDS` in texts.mjs
    lanes, drugs      the patient of each lane, or the drug of each row; `lane_signs`: the names of the signs there
    scroll            the list of lanes
    heights           axis -> its height, px, for the chart that has several
    panels            view -> its own meta and `axes`, from the top
    stack             axes from the top with their heights, px; None: what is left
    gap, least        of a stack: px between two axes, and of those whose height is what is left
    narrow            margin, gap and annotations where there is little width
    """

    min_height: int
    signs: dict[str, str]
    layer: bool
    marks: list[dict[str, Any]]
    members: dict[str, list[int]]
    ids: list[str]
    own: bool
    rows: list[str | None]
    columns: list[str]
    sets: list[dict[str, Any] | None]
    choices: list[dict[str, Any]]
    cells: Cells
    paths: bool
    p: bool
    home: list[float]
    weeks: tuple[float, ...]
    units: tuple[float, ...]
    ticks: list[Any]
    candidates: list[list[float]]
    rules: Rules | None
    texts: list[dict[str, Any]]
    lanes: list[str]
    drugs: list[str]
    lane_signs: list[str]
    scroll: Scroll | None
    heights: dict[str, int]
    panels: dict[str, Meta]
    axes: list[str]
    stack: list[tuple[str, float | None]]
    gap: int
    least: int
    narrow: dict[str, Any]


class Note(NamedTuple):
    """How a view is computed, as sentences under the headings of `HEADINGS`, in that order; "" is left out."""

    computed: tuple[str, ...] = ()
    whom: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def parts(self) -> list[tuple[str, list[str]]]:
        """Each heading with what stands below it; a heading without a sentence is left out."""
        found = [(title, [text for text in said if text]) for title, said in zip(HEADINGS, self, strict=True)]
        return [(title, said) for title, said in found if said]

    @property
    def text(self) -> str:
        """All of it as one paragraph."""
        return " ".join(chain.from_iterable(said for _, said in self.parts()))

    def beside(self, other: Note) -> Note:
        """The sentences of both."""
        return Note(*(mine + more for mine, more in zip(self, other, strict=True)))


HEADINGS = ("What is computed", "Of whom and when", "p and interval", "What it does not say", "Sources")

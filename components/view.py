"""What a view is, what of it follows from what it draws, and the fields of the query that views depend on together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from analysis.query import Query, asked_by
from components.drawn import drawn_caption, drawn_headline, drawn_table

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from data.study import Study
    from figures.visuals.contract import Figure, Note

ALL = frozenset(field.name for field in fields(Query))
"""Every field: a view that names none is drawn anew at every change, which is never wrong."""
CAREFUL = "What it does not say is under How this is computed."
RULES = frozenset({"score", "response", "cutoff", "relapse", "rebound", "baseline", "phase"})
KEPT = frozenset({"patients", "groups", "from_week", "to_week", "clock"})
TIMED = KEPT | {"lens", "theme"}
ZOOM = ("zoom2d", "pan2d", "resetScale2d")
PAIRED = KEPT | {"score", "pasi_scale", "immune_scale", "tolerance", "lag", "pair_phase", "phase", "theme"}
TESTED = PAIRED | {"statistic", "p_by"}
PHASED = KEPT | {"score", "phase", "baseline", "theme"}
TOLD = PHASED | {"response", "cutoff"}
RATED = TOLD | {"imputation", "policy", "interval"}
FOLLOWED = TOLD | {"relapse", "measure", "curves_by", "at_restart", "gap"}


@dataclass(frozen=True)
class View:
    """What is shown of a study. `draw` makes its chart (None: it is a table), `table` the numbers behind it, `counted`
    its n; `fields` are the query's fields it depends on, `noted` those on which its note alone does; `marks` are the
    columnar arrays for the layer, where a cohort is too large to draw; `members` says whom a mark of several patients
    stands for, by its key, as positions in the study's patients; `controls` are the query's fields set on the panel's
    line, `method` those in its sheet, `note` what that sheet says, `headline` the number of the view and what it stands
    on, `short` a caution, `buttons` plotly's own that it keeps, `needs` the keys of `empty_state.NEEDS` without which
    it says what to add; `named` gives a title that depends on the study. Views with a `tab` stand in the panel, one at
    a time; those that are `wide` get more of the page; the others are panels of the figure."""

    key: str
    title: str
    about: str
    draw: Callable[[Study, Query], Figure] | None = None
    tab: str = ""
    table: Callable[[Study, Query], pd.DataFrame] | None = None
    counted: Callable[[Study, Query], str] | None = None
    fields: frozenset[str] = ALL
    noted: frozenset[str] = frozenset()
    marks: Callable[[Study, Query], list[dict[str, Any]]] | None = None
    members: Callable[[Study, Query], dict[str, list[int]]] | None = None
    controls: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    headline: Callable[[Study, Query], tuple[str, str]] | None = None
    short: Callable[[Study, Query], str] | None = None
    note: Callable[[Study, Query], Note] | None = None
    buttons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    wide: bool = False
    named: Callable[[Study], str] | None = None

    def titled(self, study: Study) -> str:
        """The title of the card of this study."""
        return self.named(study) if self.named else self.title

    def figure(self, study: Study, query: Query) -> Figure:
        """The chart."""
        if self.draw is None:
            raise TypeError(f"{self.key} is a table")
        return self.draw(study, self.asks(study, query))

    def asks(self, study: Study, query: Query) -> Query:
        """What of a query the view depends on: what is made of that is shared while other fields change."""
        return asked_by(study, query, self.fields)

    def words(self, study: Study, query: Query) -> Note | None:
        """What its sheet says; None where it says nothing."""
        return self.note(study, asked_by(study, query, self.fields | self.noted)) if self.note else None

    def numbers(self, study: Study, query: Query) -> pd.DataFrame:
        """The table behind the view."""
        return self.table(study, query) if self.table else drawn_table(self.figure(study, query))

    def caption(self, study: Study, query: Query) -> str:
        """The n of the view."""
        return self.counted(study, query) if self.counted else drawn_caption(self.numbers(study, query))

    def summary(self, study: Study, query: Query) -> tuple[str, str, str]:
        """The number of a view of the panel, what it stands on, and one sentence of caution."""
        if not self.tab:
            return "", "", ""
        asked = self.asks(study, query)
        number, rest = self.headline(study, asked) if self.headline else drawn_headline(self.numbers(study, asked))
        return number, rest, self.short(study, asked) if self.short else CAREFUL

    def open(self, query: Query) -> bool:
        """Whether the query shows this view."""
        return not self.tab or query.panel == self.key

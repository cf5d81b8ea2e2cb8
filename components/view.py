"""What a view is, and the fields of the query that views depend on together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.query import asked_by

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analysis.query import Query
    from data.study import Study
    from figures.visuals.contract import Figure, Note

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
    """What is shown of a study. `draw` makes its chart (None: it is a table), `numbers` the table behind it, `caption`
    its n; `fields` are the query's fields it depends on; `marks` are the columnar arrays for the layer, where a cohort
    is too large to draw; `members` says whom a mark of several patients stands for, by its key, as positions in the
    study's patients; `controls` are the query's fields set on the panel's line, `method` those in its sheet, `note`
    what that sheet says, `headline` the number of the view and what it stands on, `short` a caution, `buttons` plotly's
    own that it keeps, `needs` the keys of `empty_state.NEEDS` without which it says what to add; `named` gives a title
    that depends on the study. Views with a `tab` stand in the panel, one at a time; those that are `wide` get more of
    the page; the others are panels of the figure."""

    key: str
    title: str
    about: str
    numbers: Callable[[Study, Query], pd.DataFrame]
    caption: Callable[[Study, Query], str]
    fields: frozenset[str]
    draw: Callable[[Study, Query], Figure] | None = None
    marks: Callable[[Study, Query], list[dict[str, Any]]] | None = None
    members: Callable[[Study, Query], dict[str, list[int]]] | None = None
    controls: tuple[str, ...] = ()
    method: tuple[str, ...] = ()
    headline: Callable[[Study, Query], tuple[str, str]] | None = None
    short: Callable[[Study, Query], str] | None = None
    note: Callable[[Study, Query], Note] | None = None
    buttons: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tab: str = ""
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

    def told(self, study: Study, query: Query) -> tuple[str, str, str]:
        """The number of the view, what it stands on, and one sentence of caution."""
        if not self.headline or not self.short:
            return "", "", ""
        asked = self.asks(study, query)
        return *self.headline(study, asked), self.short(study, asked)

    def open(self, query: Query) -> bool:
        """Whether the query shows this view."""
        return not self.tab or query.panel == self.key

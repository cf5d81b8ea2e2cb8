"""The frame of what is drawn: a study, what is asked of it, and what every chart of the two derives of them, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, update_wrapper
from itertools import compress
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

import numpy as np

from analysis.arrays import patient_codes
from analysis.filters import kept_patients, narrow
from analysis.phases import on_clock
from analysis.query import asked_by
from figures.visuals import style
from figures.visuals.time_scale import Lens, lens

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analysis.arrays import Flags, Positions
    from analysis.query import Query
    from data.study import Study

P = ParamSpec("P")
T = TypeVar("T")
FRAMES = 8
"""Frames that are remembered: chart, caption, headline, marks and numbers of one query share two. At 1,000 patients two
take 9 MB."""


@dataclass(frozen=True, eq=False)
class Frame:
    """A study and a query, with what the charts of both share. Functions marked `once` keep in `made` what they make
    of it; nothing in a frame depends on anything but the two."""

    study: Study
    query: Query
    made: dict[Any, Any] = field(default_factory=dict, repr=False)

    @staticmethod
    def of(study: Study, query: Query) -> Frame:
        """The frame of the two, the same one while it is remembered."""
        return _remembered(study, query)

    def only(self, fields: Iterable[str]) -> Frame:
        """The frame of these fields of the query, the others as they are by default: what depends on no other is made
        once for all queries that differ in those."""
        return Frame.of(self.study, asked_by(self.study, self.query, fields))

    @cached_property
    def theme(self) -> style.Theme:
        """The colours of the query's theme."""
        return style.THEMES[self.query.theme]

    @cached_property
    def axis(self) -> Lens:
        """Where weeks stand: from the first to the last that any time view shows, or exactly the week window."""
        query = self.query
        low, high = _extent(self.study, query.clock, query.patients, query.groups)
        low = low if query.from_week is None else query.from_week
        return lens(low, high if query.to_week is None else query.to_week, query.clock, on=query.lens)

    @cached_property
    def kept(self) -> Flags:
        """Whether each patient is kept, in display order."""
        return kept_patients(self.study, self.query.patients or None, self.query.groups or None)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The kept patients, in display order."""
        return tuple(compress(self.study.patient_ids, self.kept.tolist()))

    @cached_property
    def crowd(self) -> str:
        """`few`, `some` or `many` kept patients: a line and colour each, thin lines by group, or bands only."""
        kept = len(self.ids)
        return "few" if kept <= style.FEW else "some" if kept <= style.MANY else "many"

    @cached_property
    def colors(self) -> dict[str, str]:
        """The colour of every patient."""
        return style.colors(self.study, self.query.theme)

    def colors_of(self, table: pd.DataFrame) -> list[str]:
        """The colour of each row's patient."""
        return self.colors_at(patient_codes(table))

    def colors_at(self, patient: Positions) -> list[str]:
        """The colours of the patients at these positions."""
        palette = [self.colors[one] for one in self.study.patient_ids]
        return [palette[code] for code in patient.tolist()]

    @cached_property
    def dashes(self) -> dict[str, str]:
        """The dash of every patient's line."""
        return style.dashes(self.study)

    @cached_property
    def inks(self) -> dict[str, str]:
        """The colour of every patient where it is text."""
        return style.inks(self.study, self.query.theme)


@lru_cache(maxsize=32)
def _extent(study: Study, clock: str, patients: tuple[str, ...], groups: tuple[str, ...]) -> tuple[float, float]:
    """First and last clock week over visits, samples, courses and events of the kept patients."""
    weeks = [np.zeros(1)]
    for table in (study.pasi, study.immune_subsets, study.treatments, study.events):
        kept = on_clock(study, narrow(study, table, patients or None, groups or None), clock)
        weeks += [kept[name].to_numpy(float) for name in kept if str(name).startswith("clock_")]
    every = np.concatenate(weeks)
    return float(np.nanmin(every)), float(np.nanmax(every))


@lru_cache(maxsize=FRAMES)
def _remembered(study: Study, query: Query) -> Frame:
    return Frame(study, query)


class Framed(Generic[P, T]):
    """A function of a frame (and of more) that may be called with a study and a query in its place."""

    def __init__(self, make: Callable[Concatenate[Frame, P], T]) -> None:
        self.make = make
        update_wrapper(self, make)

    @overload
    def __call__(self, given: Frame, /, *args: P.args, **named: P.kwargs) -> T: ...
    @overload
    def __call__(self, given: Study, query: Query, /, *args: P.args, **named: P.kwargs) -> T: ...
    def __call__(self, *args: Any, **named: Any) -> T:  # type: ignore[misc] # of which mypy knows no overlap with P
        """What the function makes of the frame."""
        if isinstance(args[0], Frame):
            return self.make(*args, **named)
        study, query, *rest = args
        return self.make(Frame.of(study, query), *rest, **named)


def framed(make: Callable[Concatenate[Frame, P], T]) -> Framed[P, T]:
    """Of a function of a frame that is called from outside `figures` too: it takes a study and a query as well."""
    return Framed(make)


def once(make: Callable[Concatenate[Frame, P], T]) -> Framed[P, T]:
    """`framed`, and computed once for each frame, and for each of what else it takes."""

    def kept(frame: Frame, /, *args: P.args, **named: P.kwargs) -> T:
        key = (make, *args, *named.items())
        if key not in frame.made:
            frame.made[key] = make(frame, *args, **named)
        found: T = frame.made[key]
        return found

    shared = Framed(kept)
    update_wrapper(shared, make)
    return shared

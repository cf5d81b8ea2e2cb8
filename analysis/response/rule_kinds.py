"""What a rule is: a response, a relapse, a rebound, a sustained response, and how to make one with an own cut-off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from analysis.arrays import Flags, Floats
from analysis.response.response import EXACT, reached

Compare = Callable[[Floats, Floats], Flags]
Line = Callable[[Floats, Floats], Floats]

COMPARATORS: Mapping[str, Compare] = MappingProxyType(
    {
        "≤": lambda value, line: value - line <= EXACT,
        "<": lambda value, line: value - line < -EXACT,
        "≥": lambda value, line: value - line >= -EXACT,
        ">": lambda value, line: value - line > EXACT,
        "none": lambda value, line: np.zeros(np.broadcast_shapes(np.shape(value), np.shape(line)), bool),
    }
)
"""value against line, exact ties told apart from rounding; False where either is missing. none: PASI does not count."""

OWN = "the reader's own cut-off"


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself; `comparator` (a key of `COMPARATORS`) stands between a PASI and its line."""

    key: str
    label: str
    wording: str
    comparator: str
    source: str


@dataclass(frozen=True)
class Response(Rule):
    """A response at a visit. `holds` takes (baseline, PASI) and is False where it cannot be told; `line` takes the
    baseline and gives the PASI to reach; `relative`: it can be told only from a baseline above 0."""

    holds: Compare
    line: Callable[[Floats], Floats]
    relative: bool

    def evaluable(self, baseline: Floats) -> Flags:
        """True for each baseline (NaN: none) from which the rule can be told."""
        return baseline > 0 if self.relative else np.ones(np.shape(baseline), bool)


@dataclass(frozen=True)
class Relapse(Rule):
    """A relapse within a phase. `line` takes (baseline, lowest PASI so far in the phase) and gives the PASI to cross,
    NaN where PASI does not count; a patient is at risk from the first visit on that fulfils `after`; `restart`: a
    restart of treatment is a relapse too, in the week of the restart."""

    after: Response
    line: Line
    restart: bool = False

    def crossed(self, value: Floats, line: Floats) -> Flags:
        """True where the PASI `value` crosses `line`."""
        return COMPARATORS[self.comparator](value, line)


@dataclass(frozen=True)
class Rebound(Rule):
    """A PASI above baseline soon after stopping: `line` takes the baseline; `weeks` after stopping, the last included.
    New morphology, which the NPF counts too, cannot be told from PASI."""

    line: Callable[[Floats], Floats]
    weeks: float


@dataclass(frozen=True)
class Sustained(Rule):
    """A response that is never lost again: at its first visit and at every later one of the phase, the last of them at
    least `weeks` after the first, so that there are two."""

    weeks: float


def relative(percent: float, wording: str = "", source: str = OWN) -> Response:
    """At least `percent` % improvement from baseline, ties included: PASI75 for 75."""
    return Response(
        f"PASI{percent:g}",
        f"PASI{percent:g}",
        wording or f"PASI at least {percent:g} % below baseline.",
        "≤",
        source,
        lambda baseline, value: reached(baseline, value, percent),
        lambda baseline: share(baseline, 100 - percent),
        relative=True,
    )


def at_most(cutoff: float, source: str = OWN) -> Response:
    """PASI at or below `cutoff`, whatever the baseline."""
    return _absolute(f"at_most_{cutoff:g}", "≤", cutoff, f"PASI at most {cutoff:g}, whatever the baseline.", source)


def below(cutoff: float, source: str = OWN) -> Response:
    """PASI below `cutoff`, whatever the baseline."""
    return _absolute(f"below_{cutoff:g}", "<", cutoff, f"PASI below {cutoff:g}, whatever the baseline.", source)


def sustained(weeks: float) -> Sustained:
    """Response at its first visit and at every later one, for at least `weeks` from the first to the last."""
    wording = f"Response at a visit and at every later visit of the phase, the last one at least {weeks:g} weeks later."
    source = "the case series, doi 10.3389/fimmu.2025.1656724, for restart" if weeks == 104 else OWN
    return Sustained(f"sustained_{weeks:g}", f"sustained ≥ {weeks:g} weeks", wording, "≥", source, weeks)


def _absolute(key: str, comparator: str, cutoff: float, wording: str, source: str) -> Response:
    def holds(baseline: Floats, value: Floats) -> Flags:
        return COMPARATORS[comparator](value, np.full(np.shape(value), cutoff))

    return Response(
        key,
        f"PASI {comparator} {cutoff:g}",
        wording,
        comparator,
        source,
        holds,
        lambda baseline: np.full(np.shape(baseline), cutoff),
        relative=False,
    )


def share(baseline: Floats, percent: float) -> Floats:
    """`percent` % of a baseline above 0, NaN of another."""
    return np.where(baseline > 0, baseline * percent / 100, np.nan)

"""What a rule is: a response, a relapse, a rebound, a sustained response, and how to make one with an own cut-off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from analysis.arrays import Flags, Floats
from analysis.response.thresholds import EXACT, reached
from data.study import Outcome

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
"""value against line, exact ties told apart from rounding; False where either is missing. none: the value does not
count."""
OWN = "the reader's own cut-off"


@dataclass(frozen=True)
class Rule:
    """What every rule says of itself; `comparator` (a key of `COMPARATORS`) stands between a value and its line."""

    key: str
    label: str
    wording: str
    comparator: str
    source: str


@dataclass(frozen=True)
class Response(Rule):
    """A response at a visit. `holds` takes (baseline, value) and is False where it cannot be told; `line` takes the
    baseline and gives the value to reach; `relative`: it can be told only from a baseline above 0, and of at least
    `least`."""

    holds: Compare
    line: Callable[[Floats], Floats]
    relative: bool
    least: float = 0.0

    def evaluable(self, baseline: Floats) -> Flags:
        """True for each baseline (NaN: none) from which the rule can be told."""
        if not self.relative:
            return np.ones(np.shape(baseline), bool)
        return (baseline > 0) & (baseline >= self.least - EXACT)


@dataclass(frozen=True)
class Relapse(Rule):
    """A relapse within a phase. `line` takes (baseline, best value so far in the phase) and gives the value to cross,
    NaN where it does not count; a patient is at risk from the first visit on that fulfils `after`; `restart`: a restart
    of treatment is a relapse too, in the week of the restart."""

    after: Response
    line: Line
    restart: bool = False

    def crossed(self, value: Floats, line: Floats) -> Flags:
        """True where `value` crosses `line`."""
        return COMPARATORS[self.comparator](value, line)


@dataclass(frozen=True)
class Rebound(Rule):
    """A value worse than at baseline soon after stopping: `line` takes the baseline; `weeks` after stopping, the last
    included. New morphology, which the NPF counts too, cannot be told from PASI."""

    line: Callable[[Floats], Floats]
    weeks: float


@dataclass(frozen=True)
class Sustained(Rule):
    """A response that is never lost again: at its first visit and at every later one of the phase, the last of them at
    least `weeks` after the first, so that there are two."""

    weeks: float


def written(cutoff: float) -> str:
    """A cut-off as it stands in a key, which reads back as the same number: 75, 2.5, 0.00001."""
    return str(np.format_float_positional(cutoff, trim="-"))


def is_acronym(outcome: Outcome) -> bool:
    """Whether the field writes a response as the outcome's name with a number: EASI75."""
    return outcome.short.isupper() and outcome.short.isalnum()


def begins(outcome: Outcome) -> str:
    """How the keys of an outcome's relative responses begin."""
    return outcome.short if is_acronym(outcome) else f"{outcome.name}_"


def relative(outcome: Outcome, percent: float, source: str = OWN) -> Response:
    """At least `percent` % improvement from baseline, ties included: PASI 75 for 75."""
    sign = -1.0 if outcome.better == "higher" else 1.0
    beyond, comparator = ("above", "≥") if sign < 0 else ("below", "≤")
    name = outcome.short
    wording = f"{name} at least {percent:g} % {beyond} baseline."
    if percent == 100 and sign > 0:
        wording = f"{name} 0, from a baseline above 0."
    return Response(
        f"{begins(outcome)}{written(percent)}",
        f"{name} {written(percent)}{'' if is_acronym(outcome) else ' % better'}",
        wording,
        comparator,
        source,
        lambda baseline, value: reached(baseline, value, percent, sign),
        lambda baseline: share(baseline, 100 - sign * percent),
        relative=True,
    )


def at_most(outcome: Outcome, cutoff: float, source: str = OWN) -> Response:
    """The outcome at or below `cutoff` (at or above it, where higher is better), whatever the baseline."""
    if outcome.better == "higher":
        return _absolute(outcome, f"at_least_{written(cutoff)}", "≥", cutoff, "at least", source)
    return _absolute(outcome, f"at_most_{written(cutoff)}", "≤", cutoff, "at most", source)


def below(outcome: Outcome, cutoff: float, source: str = OWN) -> Response:
    """The outcome below `cutoff` (above it, where higher is better), whatever the baseline."""
    if outcome.better == "higher":
        return _absolute(outcome, f"above_{written(cutoff)}", ">", cutoff, "above", source)
    return _absolute(outcome, f"below_{written(cutoff)}", "<", cutoff, "below", source)


def fall(outcome: Outcome, points: float, key: str, label: str, wording: str, source: str, **more: float) -> Response:
    """At least `points` below baseline, and at most `top` where that is given; told from a baseline of `least`."""
    top, least = more.get("top", np.inf), more.get("least", 0.0)

    def line(baseline: Floats) -> Floats:
        return np.minimum(baseline - points, top)

    def holds(baseline: Floats, value: Floats) -> Flags:
        return (value - line(baseline) <= EXACT) & (baseline >= least - EXACT)

    return Response(key, label, wording, "≤", source, holds, line, relative=True, least=least)


def sustained(weeks: float) -> Sustained:
    """Response at its first visit and at every later one, for at least `weeks` from the first to the last."""
    wording = f"Response at a visit and at every later visit of the phase, the last one at least {weeks:g} weeks later."
    source = "the case series, doi 10.3389/fimmu.2025.1656724, for restart" if weeks == 104 else OWN
    return Sustained(f"sustained_{weeks:g}", f"sustained ≥ {weeks:g} weeks", wording, "≥", source, weeks)


def _absolute(outcome: Outcome, key: str, comparator: str, cutoff: float, words: str, source: str) -> Response:
    def holds(baseline: Floats, value: Floats) -> Flags:
        return COMPARATORS[comparator](value, np.full(np.shape(value), cutoff))

    return Response(
        key,
        f"{outcome.short} {comparator} {written(cutoff)}",
        f"{outcome.short} {words} {written(cutoff)}, whatever the baseline.",
        comparator,
        source,
        holds,
        lambda baseline: np.full(np.shape(baseline), cutoff),
        relative=False,
    )


def share(baseline: Floats, percent: float) -> Floats:
    """`percent` % of a baseline above 0, NaN of another."""
    return np.where(baseline > 0, baseline * percent / 100, np.nan)

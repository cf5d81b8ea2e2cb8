"""Where a patient stands at a visit, from best to worst: the states of an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Flags, Floats, categorical
from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import relative
from analysis.response.rules import rules_for
from analysis.response.thresholds import EXACT, PERCENTS, evaluable, worse
from data.study import Outcome, Study

NOT_EVALUABLE = "not_evaluable"


@dataclass(frozen=True)
class State:
    """Where a patient stands at a visit; `holds` takes (baseline, value); `shade` is a position in a theme's colours of
    states, which go from best (0) over just better (4) and worse (5) to what cannot be told (6)."""

    key: str
    label: str
    holds: Callable[[Floats, Floats], Flags]
    shade: int


def states_of(study: Study) -> Mapping[str, State]:
    """The states of the outcome that a study is focused on, from best to worst."""
    return states_for(outcome_of(study))


@lru_cache(maxsize=64)
def states_for(outcome: Outcome) -> Mapping[str, State]:
    """The states of an outcome, from best to worst: its usual improvements or, where a percentage means nothing, its
    first response, better, as and worse than at baseline."""
    found = _relative(outcome) if outcome.relative else _plain(outcome)
    return MappingProxyType({state.key: state for state in found})


def states(study: Study, baseline: Floats, value: Floats) -> pd.Categorical:
    """The key of the state of each (baseline, value), an ordered categorical from best to worst: what cannot be told,
    else the first that holds."""
    known = states_of(study)
    order = [NOT_EVALUABLE, *(key for key in known if key != NOT_EVALUABLE)]
    codes = np.select([known[key].holds(baseline, value) for key in order], [list(known).index(key) for key in order])
    return categorical(codes, known, ordered=True)


def _sign(outcome: Outcome) -> float:
    return -1.0 if outcome.better == "higher" else 1.0


def _relative(outcome: Outcome) -> list[State]:
    sign, responses = _sign(outcome), [relative(outcome, percent) for percent in sorted(PERCENTS, reverse=True)]
    least = responses[-1]
    return [
        *(State(one.key, one.label, one.holds, shade) for shade, one in enumerate(responses)),
        State(f"below_{least.key}", f"below {least.label}", lambda baseline, value: ~worse(baseline, value, sign), 4),
        State("worse", "worse than baseline", lambda baseline, value: worse(baseline, value, sign), 5),
        State(NOT_EVALUABLE, "not evaluable", lambda baseline, value: ~evaluable(baseline, value), 6),
    ]


def _plain(outcome: Outcome) -> list[State]:
    sign, rules = _sign(outcome), rules_for(outcome)
    first = rules.responses[rules.first_response]
    return [
        State(first.key, first.label, first.holds, 0),
        State("better", "better than baseline", lambda baseline, value: worse(value, baseline, sign), 2),
        State("same", "as at baseline", lambda baseline, value: np.abs(value - baseline) <= EXACT, 4),
        State("worse", "worse than baseline", lambda baseline, value: worse(baseline, value, sign), 5),
        State(NOT_EVALUABLE, "not evaluable", lambda baseline, value: np.isnan(baseline) | np.isnan(value), 6),
    ]

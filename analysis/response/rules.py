"""The rules a reader may choose from: response, relapse, rebound, sustained response. Each entry holds its wording, its
comparator and its source beside the function that computes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from analysis.arrays import Floats
from analysis.response.response import THRESHOLDS
from analysis.response.rule_kinds import (
    Rebound,
    Relapse,
    Response,
    Rule,
    Sustained,
    at_most,
    below,
    relative,
    share,
    sustained,
)

NPF = "National Psoriasis Foundation, doi 10.1016/j.jaad.2005.10.029"
EMA = "EMA guideline CHMP/EWP/2454/02"
REVIEW = "no agreed definition: doi 10.1007/s40257-022-00679-y"

R = TypeVar("R", bound=Rule)


def _registry(*rules: R) -> Mapping[str, R]:
    return MappingProxyType({rule.key: rule for rule in rules})


RESPONSES: Mapping[str, Response] = _registry(
    *(relative(threshold.percent, threshold.wording, EMA) for threshold in THRESHOLDS.values()),
    at_most(1, "PSoHO"),
    at_most(2, "PSoHO; near PASI90: BADBIR, doi 10.1111/bjd.18333"),
    at_most(3, "PSoHO"),
)

_PASI50, _PASI90 = RESPONSES["PASI50"], RESPONSES["PASI90"]


def _half_lost(baseline: Floats, nadir: Floats) -> Floats:
    """Half of the best improvement so far is lost at this PASI."""
    return nadir + (baseline - nadir) / 2


def _no_pasi50(baseline: Floats, nadir: Floats) -> Floats:
    return _PASI50.line(baseline)


def _no_pasi90(baseline: Floats, nadir: Floats) -> Floats:
    return _PASI90.line(baseline)


def _three(baseline: Floats, nadir: Floats) -> Floats:
    return np.full(np.shape(nadir), 3.0)


def _five_above(baseline: Floats, nadir: Floats) -> Floats:
    return nadir + 5


def _no_line(baseline: Floats, nadir: Floats) -> Floats:
    return np.full(np.shape(nadir), np.nan)


def _rebound(key: str, comparator: str, words: str, source: str, months: int, weeks: float) -> Rebound:
    wording = (
        f"PASI {words} 125 % of baseline within {months} months ({weeks:g} weeks) of the last infusion or the end of "
        "the course."
    )
    return Rebound(key, f"{key} rebound", wording, comparator, source, lambda baseline: share(baseline, 125), weeks)


RELAPSES: Mapping[str, Relapse] = _registry(
    Relapse(
        "NPF",
        "NPF",
        "At least half of the best improvement so far is lost, in someone who had reached PASI50.",
        "≥",
        NPF,
        _PASI50,
        _half_lost,
    ),
    Relapse(
        "EMA",
        "EMA",
        "More than half of the best improvement so far is lost, or treatment is restarted, in someone who had reached "
        "PASI50.",
        ">",
        EMA,
        _PASI50,
        _half_lost,
        restart=True,
    ),
    Relapse(
        "loss_of_PASI50",
        "loss of PASI50",
        "PASI50 was reached and is no longer held: PASI above 50 % of baseline.",
        ">",
        REVIEW,
        _PASI50,
        _no_pasi50,
    ),
    Relapse(
        "loss_of_PASI90",
        "loss of PASI90",
        "PASI90 was reached and is no longer held: PASI above 10 % of baseline.",
        ">",
        REVIEW,
        _PASI90,
        _no_pasi90,
    ),
    Relapse(
        "absolute_3",
        "PASI ≥ 3",
        "PASI of 3 or more, in someone who had been below 3.",
        "≥",
        REVIEW,
        below(3, REVIEW),
        _three,
    ),
    Relapse(
        "rise_5",
        "rise of ≥ 5",
        "PASI at least 5 points above its lowest so far, in someone who had reached PASI50.",
        "≥",
        REVIEW,
        _PASI50,
        _five_above,
    ),
    Relapse(
        "treatment_restarted",
        "treatment restarted",
        "A biologic is started after the last infusion, in someone who had reached PASI50.",
        "none",
        EMA,
        _PASI50,
        _no_line,
        restart=True,
    ),
)

RELAPSE_JUDGED = (
    "Judged within a phase, at visits after the response that puts at risk, against the phase's own lowest PASI so "
    "far; someone who never responded is not at risk, which is not the same as no relapse."
)

REBOUNDS: Mapping[str, Rebound] = _registry(
    _rebound("NPF", "≥", "at least", NPF, 3, 13.0),
    _rebound("EMA", ">", "more than", EMA, 2, 8.7),
)

SUSTAINED: Mapping[str, Sustained] = _registry(sustained(52), sustained(104))

_OWN_CUTOFF = re.compile(r"(PASI|at_most_|below_)(\d+(?:\.\d+)?)")
_CONSTRUCTORS: Mapping[str, tuple[Callable[[float], Response], float]] = MappingProxyType(
    {"PASI": (relative, 100.0), "at_most_": (at_most, 72.0), "below_": (below, 72.0)}
)


def response_rule(key: str) -> Response:
    """The response called `key`: an entry of `RESPONSES`, or an own cut-off such as PASI80, at_most_4 or below_2.5.
    KeyError if it is neither, or the cut-off is not above 0 and at most 100 % (or 72 points)."""
    if key in RESPONSES:
        return RESPONSES[key]
    match = _OWN_CUTOFF.fullmatch(key)
    if match is None:
        raise KeyError(key)
    make, top = _CONSTRUCTORS[match[1]]
    if not 0 < float(match[2]) <= top:
        raise KeyError(key)
    return make(float(match[2]))


def sustained_rule(key: str) -> Sustained:
    """The sustained response called `key`: an entry of `SUSTAINED`, or own weeks such as sustained_26. KeyError if it
    is neither."""
    if key in SUSTAINED:
        return SUSTAINED[key]
    match = re.fullmatch(r"sustained_(\d+(?:\.\d+)?)", key)
    if match is None:
        raise KeyError(key)
    return sustained(float(match[1]))

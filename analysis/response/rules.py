"""The rules a reader may choose from: response, relapse, rebound, sustained response, of each outcome. Each entry holds
its wording, its comparator and its source beside the function that computes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from analysis.arrays import Floats
from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import (
    OWN,
    Rebound,
    Relapse,
    Response,
    Rule,
    Sustained,
    at_most,
    begins,
    below,
    fall,
    relative,
    share,
    sustained,
)
from analysis.response.thresholds import PERCENTS
from data.study import OUTCOMES, Outcome, Study

NPF = "National Psoriasis Foundation, doi 10.1016/j.jaad.2005.10.029"
EMA = "EMA guideline CHMP/EWP/2454/02"
REVIEW = "no agreed definition: doi 10.1007/s40257-022-00679-y"
TARGET_NPF = "National Psoriasis Foundation 2017, pii S0190-9622(16)30909-4"
LIKE_NPF = "the reader's choice, after the National Psoriasis Foundation's rule for psoriasis"
TRIALS = "trials NCT05149313 and NCT05990725"
QUARTER = 13.0
"""Weeks of three months."""

R = TypeVar("R", bound=Rule)


@dataclass(frozen=True)
class Rules:
    """The rules of one outcome, by key; `first_response` and `first_relapse` are shown unless others are chosen, `half`
    is the least response that is usual, and `lasting` the relapse from the best: durability is the time to it."""

    responses: Mapping[str, Response]
    relapses: Mapping[str, Relapse]
    rebounds: Mapping[str, Rebound]
    first_response: str
    first_relapse: str
    half: str
    lasting: str


def _registry(rules: Iterable[R]) -> Mapping[str, R]:
    return MappingProxyType({rule.key: rule for rule in rules})


def rules_of(study: Study) -> Rules:
    """The rules of the outcome that a study is focused on."""
    return rules_for(outcome_of(study))


@lru_cache(maxsize=64)
def rules_for(outcome: Outcome) -> Rules:
    """The rules of an outcome: PASI's own, or those that any outcome can have."""
    responses = _registry(_responses(outcome))
    first = FIRST_RESPONSES.get(outcome.name, f"{begins(outcome)}75")
    first = first if first in responses else next(iter(responses))
    half, best = (responses.get(f"{begins(outcome)}{percent}", responses[first]) for percent in (50, 90))
    if outcome.name == "pasi":
        relapses = _registry(_of_pasi(outcome, half, best))
        rebounds = _registry(
            (_rebound("NPF", "≥", "at least", NPF, 3, 13.0), _rebound("EMA", ">", "more than", EMA, 2, 8.7))
        )
        return Rules(responses, relapses, rebounds, first, "NPF", half.key, "loss_of_PASI90")
    relapses = _registry(_of_any(outcome, half, best))
    return Rules(responses, relapses, _registry([_above(outcome)]), first, "half_lost", half.key, f"loss_of_{best.key}")


FIRST_RESPONSES: Mapping[str, str] = MappingProxyType(
    {"dlqi": "at_most_1", "iga": "clear_fall_2", "pga": "clear_fall_2", "itch_nrs": "fall_4", "poem": "at_most_2"}
)
"""What is shown first where it is not an improvement of 75 %."""
TARGET_SOURCES: Mapping[tuple[str, float], str] = MappingProxyType(
    {
        ("pasi", 1.0): "PSoHO",
        ("pasi", 2.0): "PSoHO; near PASI 90: BADBIR, doi 10.1111/bjd.18333",
        ("pasi", 3.0): "PSoHO",
        ("bsa", 1.0): f"{TARGET_NPF}: target at three months",
        ("bsa", 3.0): f"{TARGET_NPF}: acceptable at three months",
        ("easi", 7.0): TRIALS,
        ("dlqi", 1.0): "no effect on the patient's life, as the index is read",
    }
)


def _responses(outcome: Outcome) -> list[Response]:
    """Improvements by a percentage where one means anything, falls by points where the field has them, and targets."""
    name = outcome.short
    found = [relative(outcome, percent, EMA if outcome.name == "pasi" else OWN) for percent in PERCENTS]
    found = found if outcome.relative else []
    if outcome.name in {"iga", "pga"}:
        wording = f"{name} 0 or 1, at least 2 points below baseline."
        found.append(fall(outcome, 2, "clear_fall_2", f"{name} 0/1, fall ≥ 2", wording, TRIALS, top=1.0))
    if outcome.name == "itch_nrs":
        wording = f"{name} at least 4 points below a baseline of at least 4."
        found.append(fall(outcome, 4, "fall_4", f"{name} fall ≥ 4", wording, TRIALS, least=4.0))
    targets = [at_most(outcome, target, TARGET_SOURCES.get((outcome.name, target), OWN)) for target in outcome.targets]
    best = outcome.high if outcome.better == "higher" else outcome.low
    return found + targets if found or targets else [at_most(outcome, best)]


def _half_lost(baseline: Floats, best: Floats) -> Floats:
    """Half of the best improvement so far is lost at this value."""
    return best + (baseline - best) / 2


def _line_of(response: Response, baseline: Floats, best: Floats) -> Floats:
    return response.line(baseline)


def _constant(value: float, baseline: Floats, best: Floats) -> Floats:
    return np.full(np.shape(best), value)


def _five_above(baseline: Floats, best: Floats) -> Floats:
    return best + 5


def _no_line(baseline: Floats, best: Floats) -> Floats:
    return np.full(np.shape(best), np.nan)


def _rebound(key: str, comparator: str, words: str, source: str, months: int, weeks: float) -> Rebound:
    wording = (
        f"PASI {words} 125 % of baseline within {months} months ({weeks:g} weeks) of the last infusion or the end of "
        "the course."
    )
    return Rebound(key, f"{key} rebound", wording, comparator, source, lambda baseline: share(baseline, 125), weeks)


def _above(outcome: Outcome) -> Rebound:
    """The rebound of an outcome for which the field has no rule."""
    name = outcome.short
    wording = f"{name} worse than at baseline within 3 months ({QUARTER:g} weeks) of the last infusion or the end of "
    wording += "the course."
    comparator = "<" if outcome.better == "higher" else ">"
    return Rebound(
        "worse", "worse than baseline", wording, comparator, LIKE_NPF, lambda baseline: baseline * 1.0, QUARTER
    )


def _of_pasi(outcome: Outcome, half: Response, best: Response) -> list[Relapse]:
    """What the field calls a relapse of psoriasis."""
    lost = "half of the best improvement so far is lost"
    who = f"in someone who had reached {half.label}"
    under = below(outcome, 3, REVIEW)
    rise = f"PASI at least 5 points above its lowest so far, {who}."
    return [
        Relapse("NPF", "NPF", f"At least {lost}, {who}.", "≥", NPF, half, _half_lost),
        Relapse(
            "EMA",
            "EMA",
            f"More than {lost}, or treatment is restarted, {who}.",
            ">",
            EMA,
            half,
            _half_lost,
            restart=True,
        ),
        _loss(outcome, half),
        _loss(outcome, best),
        Relapse(
            "absolute_3",
            "PASI ≥ 3",
            "PASI of 3 or more, in someone who had been below 3.",
            "≥",
            REVIEW,
            under,
            partial(_constant, 3.0),
        ),
        Relapse("rise_5", "rise of ≥ 5", rise, "≥", REVIEW, half, _five_above),
        _restarted(half),
    ]


def _of_any(outcome: Outcome, half: Response, best: Response) -> list[Relapse]:
    """What may be called a relapse of any outcome."""
    wording = f"At least half of the best improvement of {outcome.short} so far is lost, in someone who had reached "
    wording += f"{half.label}."
    comparator = "≤" if outcome.better == "higher" else "≥"
    return [
        Relapse("half_lost", "half of the improvement lost", wording, comparator, LIKE_NPF, half, _half_lost),
        *(_loss(outcome, response) for response in dict.fromkeys([half, best])),
        _restarted(half),
    ]


def _loss(outcome: Outcome, response: Response) -> Relapse:
    """A response is no longer held."""
    comparator = {"≤": ">", "<": "≥", "≥": "<", ">": "≤"}[response.comparator]
    held = f": {outcome.short} {_beyond(outcome, response)} % of baseline" if _is_percent(outcome, response) else ""
    wording = f"{response.label} was reached and is no longer held{held}."
    line = partial(_line_of, response)
    return Relapse(f"loss_of_{response.key}", f"loss of {response.label}", wording, comparator, REVIEW, response, line)


def _is_percent(outcome: Outcome, response: Response) -> bool:
    return re.fullmatch(rf"{re.escape(begins(outcome))}\d+(\.\d+)?", response.key) is not None


def _beyond(outcome: Outcome, response: Response) -> str:
    """Where a value lies that holds a percentage no more: "above 10"."""
    percent = float(response.key.removeprefix(begins(outcome)))
    return f"below {100 + percent:g}" if outcome.better == "higher" else f"above {100 - percent:g}"


def _restarted(half: Response) -> Relapse:
    wording = f"A biologic is started after the last infusion, in someone who had reached {half.label}."
    return Relapse("treatment_restarted", "treatment restarted", wording, "none", EMA, half, _no_line, restart=True)


RELAPSE_JUDGED = (
    "Judged within a phase, at visits after the response that puts at risk, against the phase's own best value so far; "
    "someone who never responded is not at risk, which is not the same as no relapse."
)

SUSTAINED: Mapping[str, Sustained] = _registry((sustained(52), sustained(104)))
PASI = OUTCOMES["pasi"]
RESPONSES, RELAPSES, REBOUNDS = rules_for(PASI).responses, rules_for(PASI).relapses, rules_for(PASI).rebounds
"""The rules of PASI."""


def response_rule(key: str, outcome: Outcome = PASI) -> Response:
    """The response of an outcome called `key`: one of its rules, or an own cut-off such as PASI80, at_most_4 or
    below_2.5. KeyError if it is neither, or the cut-off is not above 0 and at most 100 %, or beyond the range."""
    known = rules_for(outcome).responses
    if key in known:
        return known[key]
    names = "at_least_|above_" if outcome.better == "higher" else "at_most_|below_"
    match = re.fullmatch(rf"({re.escape(begins(outcome))}|{names})(-?\d+(?:\.\d+)?)", key)
    if match is None:
        raise KeyError(key)
    cutoff, kind = float(match[2]), match[1]
    if kind == begins(outcome):
        if not (outcome.relative and 0 < cutoff <= 100):
            raise KeyError(key)
        return relative(outcome, cutoff)
    make = below if kind in {"below_", "above_"} else at_most
    if not outcome.low <= cutoff <= outcome.high or (make is below and cutoff in {outcome.low, outcome.high}):
        raise KeyError(key)
    return make(outcome, cutoff)


def sustained_rule(key: str) -> Sustained:
    """The sustained response called `key`: an entry of `SUSTAINED`, or own weeks such as sustained_26. KeyError if it
    is neither."""
    if key in SUSTAINED:
        return SUSTAINED[key]
    match = re.fullmatch(r"sustained_(\d+(?:\.\d+)?)", key)
    if match is None:
        raise KeyError(key)
    return sustained(float(match[1]))

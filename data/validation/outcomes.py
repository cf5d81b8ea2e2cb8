"""The scores that a study states of its own (`[outcomes.NAME]`): which can be, and what is wrong with others."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from data.privacy.masking import masked
from data.problems import Problem, Report
from data.study import BETTER, SCORES, Outcome
from data.tables.outcome_names import is_free, is_name

MOST, MOST_TARGETS, MOST_DECIMALS = 30, 10, 6
"""Outcomes of one study, targets of one of them, and decimals of its values."""
LONGEST = 60
"""Letters of a label."""
LARGEST = 1e6
"""No end of a range lies farther from 0."""
UNBOUNDED = (-math.inf, math.inf)


def outcomes_of(about: Mapping[str, Any], file: str, report: Report) -> tuple[Outcome, ...]:
    """The outcomes that `about` states. What cannot be one goes to the report, each with a sentence; where only its
    range is wrong, it is kept without one, so that nothing else is said of its column."""
    stated = about.get("outcomes", {})
    if not isinstance(stated, Mapping):
        report.add(Problem(file, None, "outcomes", "no table", "[outcomes.NAME] with a label and a range"))
        return ()
    if len(stated) > MOST:
        advice = "Leave out those that nobody will look at."
        report.add(Problem(file, None, "outcomes", f"{len(stated):,} scores", f"at most {MOST}", advice))
        return ()
    found: list[Outcome] = []
    for name, said in stated.items():
        if one := _outcome(str(name), said, found, _Complaint(file, f"outcomes.{str(name)[:LONGEST]}", report)):
            found.append(one)
    return tuple(found)


def stated_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a study.toml states it."""
    said = {name: value for name, value in asdict(outcome).items() if name not in {"name", "low", "high"}}
    said |= {"range": [outcome.low, outcome.high], "targets": list(outcome.targets)}
    return {name: value for name, value in said.items() if value is not None and value != []}


class _Complaint:
    """Says what is wrong at one place of a file."""

    def __init__(self, file: str, place: str, report: Report) -> None:
        self.file, self.place, self.report = file, place, report

    def __call__(self, found: str, expected: str, advice: str = "", *, key: str = "") -> None:
        place = f"{self.place}.{key}" if key else self.place
        self.report.add(Problem(self.file, None, place, found, expected, advice))


def _outcome(name: str, said: object, others: Sequence[Outcome], tell: _Complaint) -> Outcome | None:
    if not is_name(name):
        expected = "the name of a column: letters, digits and _, at most 40, the first no _"
        tell(f"the name '{name[:LONGEST]}'", expected, "What it is called on the page is its label.")
        return None
    if not is_free(name):
        tell(f"the name '{name}'", "a name that means nothing else", "A study calls another column so. Choose another.")
        return None
    if not isinstance(said, Mapping):
        tell("no table", "a table with a label and a range")
        return None
    label = _label(said, others, tell)
    low, high = _range(said, label or name, tell)
    for key, (fits, expected) in FURTHER.items():
        if key in said and not fits(said[key], low, high):
            tell(f"{said[key]!r}"[:LONGEST], expected, key=key)
            return None
    further = {key: said[key] for key in FURTHER if key in said}
    further |= {"targets": tuple(map(float, said["targets"]))} if "targets" in said else {}
    return Outcome(name, label or name, low, high, **further)


def _label(said: Mapping[str, Any], others: Sequence[Outcome], tell: _Complaint) -> str:
    """What the score is called, "" where that cannot be."""
    label = said.get("label", "")
    bare = label.strip().removesuffix("(%)").strip().casefold() if isinstance(label, str) else ""
    if not bare or len(label) > LONGEST or not label.isprintable():
        expected = f"what the score is called, in at most {LONGEST} letters"
        tell(f"{label!r}"[: 2 * LONGEST] if label else "no label", expected, 'Write label = "…".', key="label")
        return ""
    labels = (*SCORES.values(), *(one.label for one in others))
    if bare in {name.removesuffix("(%)").strip().casefold() for name in (*SCORES, *labels)}:
        advice = "A score of the study is called so already: name the column so, if it is that one."
        tell(f"'{label.strip()}'", "a label that no other score has", advice, key="label")
    return masked(label.strip())


def _range(said: Mapping[str, Any], label: str, tell: _Complaint) -> tuple[float, float]:
    """The range, unbounded where it is not stated as one."""
    stated = said.get("range")
    ends = stated if isinstance(stated, (list, tuple)) and len(stated) == 2 else ()
    if ends and all(map(_is_number, ends)) and ends[0] < ends[1] and max(map(abs, ends)) <= LARGEST:
        return float(ends[0]), float(ends[1])
    found = f"{stated!r}"[:LONGEST] if stated is not None else f"no range of {label}"
    expected = "its lowest and its highest possible value, such as 0 to 5"
    tell(found, expected, "Say it on the page, or write range = [0, 5].", key="range")
    return UNBOUNDED


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_direction(value: object, *_: float) -> bool:
    return isinstance(value, str) and value in BETTER


def _is_flag(value: object, *_: float) -> bool:
    return isinstance(value, bool)


def _are_targets(value: object, low: float, high: float) -> bool:
    few = isinstance(value, (list, tuple)) and len(value) <= MOST_TARGETS
    return few and all(_is_number(one) and low <= one <= high for one in value)  # type: ignore[attr-defined]


def _are_decimals(value: object, *_: float) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DECIMALS


FURTHER: Mapping[str, tuple[Callable[..., bool], str]] = MappingProxyType(
    {
        "better": (_is_direction, f"one of {', '.join(BETTER)}"),
        "decimals": (_are_decimals, f"a whole number from 0 to {MOST_DECIMALS}"),
        "relative": (_is_flag, "true or false"),
        "targets": (_are_targets, f"at most {MOST_TARGETS} numbers within the range"),
    }
)
"""What may be said besides: whether a value can be, given the range, and what is expected."""

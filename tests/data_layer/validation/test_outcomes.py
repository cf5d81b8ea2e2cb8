"""Scores that a study states of its own: what cannot be one is a problem that says where and what is expected."""

import pytest

from data.problems import Report
from data.study import Outcome
from data.validation.outcomes import MOST, outcomes_of, stated_of

GOOD = {"label": "Skin", "range": [0, 5]}
BAD = {
    "a name with a space": ({"a b": GOOD}, "outcomes.a b", "the name 'a b'"),
    "a name that is another column": ({"week": GOOD}, "outcomes.week", "the name 'week'"),
    "a known score": ({"dlqi": GOOD}, "outcomes.dlqi", "the name 'dlqi'"),
    "a baseline's name": ({"x_base": GOOD}, "outcomes.x_base", "the name 'x_base'"),
    "no table": ({"x": 3}, "outcomes.x", "no table"),
    "no label": ({"x": {"range": [0, 5]}}, "outcomes.x.label", "no label"),
    "a label of another score": ({"x": {**GOOD, "label": "pasi"}}, "outcomes.x.label", "'pasi'"),
    "two of one label": ({"x": GOOD, "y": {**GOOD, "label": "skin"}}, "outcomes.y.label", "'skin'"),
    "a label of another in percent": ({"x": {**GOOD, "label": "PASI (%)"}}, "outcomes.x.label", "'PASI (%)'"),
    "a label of nothing but a unit": ({"x": {**GOOD, "label": " (%)"}}, "outcomes.x.label", "' (%)'"),
    "no range": ({"x": {"label": "Skin"}}, "outcomes.x.range", "no range of Skin"),
    "a range of one end": ({"x": {**GOOD, "range": [5]}}, "outcomes.x.range", "[5]"),
    "a range upside down": ({"x": {**GOOD, "range": [5, 0]}}, "outcomes.x.range", "[5, 0]"),
    "a range in words": ({"x": {**GOOD, "range": "five"}}, "outcomes.x.range", "'five'"),
    "an endless range": ({"x": {**GOOD, "range": [0, float("inf")]}}, "outcomes.x.range", "[0, inf]"),
    "no direction": ({"x": {**GOOD, "better": "up"}}, "outcomes.x.better", "'up'"),
    "half a decimal": ({"x": {**GOOD, "decimals": 0.5}}, "outcomes.x.decimals", "0.5"),
    "no flag": ({"x": {**GOOD, "relative": "no"}}, "outcomes.x.relative", "'no'"),
    "a target outside": ({"x": {**GOOD, "targets": [6]}}, "outcomes.x.targets", "[6]"),
    "very many": ({f"x{at}": {**GOOD, "label": f"S{at}"} for at in range(MOST + 1)}, "outcomes", f"{MOST + 1} scores"),
}


@pytest.mark.parametrize(("stated", "place", "found"), BAD.values(), ids=BAD)
def test_what_cannot_be_an_outcome_is_told(stated, place, found):
    report = Report()
    outcomes_of({"outcomes": stated}, "study.toml", report)
    assert [(one.column, one.found) for one in report.problems] == [(place, found)]


def test_what_is_stated_comes_back_as_it_was():
    stated = {**GOOD, "better": "higher", "decimals": 1, "relative": False, "targets": [1.0, 2.0]}
    report = Report()
    (outcome,) = outcomes_of({"outcomes": {"x": stated}}, "study.toml", report)
    assert not report.problems
    assert outcome == Outcome("x", "Skin", 0, 5, "higher", 1, False, (1, 2))
    assert stated_of(outcome) == stated

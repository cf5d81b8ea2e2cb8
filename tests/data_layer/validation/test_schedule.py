from __future__ import annotations

import pytest

from data.problems import Report
from data.validation.schedule import schedule_of, too_long


def test_planned_weeks_are_ascending_and_each_once():
    assert schedule_of({"schedule": {"weeks": [8, 0, 4.5, 8.0]}}, "study.toml", Report()) == (0.0, 4.5, 8.0)
    assert schedule_of({}, "study.toml", Report()) == ()


@pytest.mark.parametrize(
    ("weeks", "said"),
    [([0, "four"], "'four'"), ([True], "True"), ([1e309], "inf"), ([6000], "6000"), (list(range(501)), "501 weeks")],
)
def test_what_cannot_be_a_week_is_a_problem_that_names_it(weeks, said):
    report = Report()
    assert schedule_of({"schedule": {"weeks": weeks}}, "study.toml", report) == ()
    assert [(one.file, one.column) for one in report.problems] == [("study.toml", "schedule.weeks")]
    assert said in report.problems[0].found


def test_no_more_visits_are_planned_than_can_be_laid_out():
    assert too_long(tuple(range(50)), 20_000, "study.toml") is None
    problem = too_long(tuple(range(51)), 20_000, "study.toml")
    assert problem.found == "51 weeks of 20,000 patients: 1,020,000 visits"
    assert problem.expected == "at most 1,000,000"

"""How severe an event was, as far as its words say."""

import math

import pytest

from analysis.severity import GRADES, grade


@pytest.mark.parametrize(
    ("severity", "wanted"),
    [
        ("mild", 1), ("MODERATE", 2), (" Severe ", 3), ("life-threatening", 4), ("fatal", 5), ("3", 3), ("3.0", 3),
        ("Grade 3", 3), ("grade3", 3), ("G4", 4), ("CTCAE 2", 2), ("grade 3 (severe)", 3),
    ],
)  # fmt: skip
def test_a_grade_in_digits_or_in_the_words_of_ctcae(severity, wanted):
    assert grade(severity) == wanted


@pytest.mark.parametrize(
    "severity", ["", "serious", "related", "6", "0", "33", "3-4", "not severe", "mild to moderate"]
)
def test_other_words_are_not_guessed(severity):
    assert math.isnan(grade(severity))


def test_there_are_five_grades():
    assert list(GRADES) == [1, 2, 3, 4, 5]

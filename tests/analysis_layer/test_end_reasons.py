"""Why a course ended, from free text: one of a few kinds, and never a guess between two."""

import pandas as pd
import pytest

from analysis.end_reasons import REASONS, kinds


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", ""), ("  ", ""), ("Lack of efficacy", "effect"), ("LOSS OF RESPONSE", "effect"), ("Wirkverlust", "effect"),
        ("secondary failure", "effect"), ("ADVERSE EVENT", "adverse"), ("side effects: nausea", "adverse"),
        ("SAE", "adverse"), ("Completed", "planned"), ("as planned", "planned"), ("per protocol", "planned"),
        ("WITHDRAWAL BY SUBJECT", "patient"), ("patient's wish", "patient"), ("Patientenwunsch", "patient"),
        ("PHYSICIAN DECISION", "other"), ("lost to follow-up", "other"), ("dose change", "other"), ("death", "other"),
    ],
)  # fmt: skip
def test_words_of_each_kind(text, kind):
    assert kinds(pd.Series([text])).tolist() == [kind]


@pytest.mark.parametrize(
    "text",
    ["not completed", "incomplete", "unplanned", "planned pregnancy", "no side effects", "renal failure", "usage"],
)
def test_what_says_the_opposite_or_something_else_is_another_reason(text):
    assert kinds(pd.Series([text])).tolist() == ["other"]


def test_two_reasons_at_once_are_no_choice_between_them():
    assert kinds(pd.Series(["lack of efficacy and adverse event"])).tolist() == ["other"]


def test_every_kind_has_a_letter_of_its_own():
    assert len({reason.sign for reason in REASONS.values()}) == len(REASONS)


def test_a_long_hostile_text_takes_no_time():
    assert kinds(pd.Series(["patient " * 20_000 + "x", "withdrawal of " * 20_000])).tolist() == ["other", "other"]

"""What is checked of a figure before it is saved."""

from dataclasses import replace

import pytest

from publishing.figure_files.check import Asked, Measured, check, headed, written
from publishing.figure_files.profiles import OWN, profile_of

GOOD = Measured(
    (7, 8), 0.5, (), (), (("#000000", "P1"), ("#ffffff", "on dark")), ("#0d3b76", "#e06c00"), 100,
    font=True, signs=True, illustrative=True, says=True,
)  # fmt: skip
ASKED = Asked(190, 0, 7, 1000, key=True, grey=False)


def failed(found=GOOD, asked=ASKED, profile="elsevier"):
    return {name: said for name, holds, said in check(found, asked, profile_of(profile)) if not holds}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Type", {"type": (6.9, 8)}),
        ("Thinnest line", {"line": 0.2}),
        ("Font", {"font": False}),
        ("Contrast of text", {"inks": (("#e0e000", "pale"),)}),
        ("Colours of patients", {"patients": ("#0d3b76", "#0d3b78")}),
        ("Nothing cut", {"cut": ("CD4…",)}),
        ("No text on another", {"over": ("a / b",)}),
        ("Illustrative values said", {"says": False}),
    ],
)
def test_what_does_not_hold_fails_alone(line, found):
    assert failed() == {}
    assert failed(replace(GOOD, **found)).keys() == {line}


@pytest.mark.parametrize(
    ("line", "asked"),
    [("Width", {"width": 100}), ("Height", {"height": 140}), ("Resolution of PNG and TIFF", {"dpi": 300}),
     ("Every sign explained", {"key": False})],
)  # fmt: skip
def test_what_was_chosen_and_does_not_fit_fails_alone(line, asked):
    assert failed(asked=replace(ASKED, **asked)).keys() == {line}


def test_a_journal_bounds_type_and_height_and_own_sizes_bound_little():
    found = replace(GOOD, type=(5, 9), height=300)
    assert failed(found, replace(ASKED, width=89), "nature") == {
        "Type": "smallest 5 pt, at least 5 pt (Nature); the largest 9 pt, at most 7 pt",
        "Height": "300 mm, at most 247 mm",
    }
    assert failed(found, profile="own") == failed(found, profile="unknown") == {}


def test_without_lines_colours_or_signs_nothing_fails():
    assert failed(replace(GOOD, line=None, patients=(), inks=(), signs=False), replace(ASKED, key=False)) == {}


def test_the_text_says_of_what_it_is_and_what_holds():
    head = headed("A study", GOOD, ASKED, OWN)
    assert head == "A study: figure of 190 × 100 mm, 7 pt, for Own sizes"
    assert written([("Type", True, "7 pt"), ("Font", False, "none")], head).splitlines()[1:] == [
        "", "pass  Type: 7 pt", "FAIL  Font: none",
    ]  # fmt: skip

"""Ids replaced wherever they stand, whole or cut."""

import pytest

from publishing.masking import can_mask, masking

PEOPLE = ("NCL-PSO-0012", "NCL-PSO-0013", "Eve", "A\x07B")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Eve, Evelyn and NCL-PSO-0013", "Pt 3, Evelyn and Pt 2"),
        ("NCL-PSO-001", "NCL-PSO-001"),
        ("NCL-P…0013: 4", "a patient: 4"),
        ("★ NCL-PSO-001… 8", "★ a patient 8"),
        ("Ev… at week 4", "Pt 3 at week 4"),
        ("Outcome … weeks later", "Outcome … weeks later"),
        ("AB, A\x07B", "Pt 4, Pt 4"),
    ],
)
def test_ids_are_replaced_as_words_of_their_own_cut_or_as_they_are_drawn(text, masked):
    assert masking(PEOPLE)(text) == masked


@pytest.mark.parametrize("people", [["1"], ["A"], ["A\x07B", "AB"], ["\x07\x08"]])
def test_ids_that_are_no_names_or_look_alike_cannot_be_replaced(people):
    assert can_mask(PEOPLE)
    assert not can_mask(people)


def test_without_patients_nothing_is_replaced():
    assert masking([])("Eve…") == "Eve…"

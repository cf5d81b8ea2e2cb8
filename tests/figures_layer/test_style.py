"""Colours: what they say, and that they can be read."""

from itertools import combinations

import pytest

from figures.visuals.style import THEMES


def luminance(color):
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_patients_drugs_tracks_and_states_share_no_colour(theme):
    meanings = {
        "patient": theme.series[:-1], "drug": theme.drugs[:-1], "category": theme.tracks[:-1], "shade": theme.shades,
        "state": theme.states[:-1],
    }  # fmt: skip
    for one, other in combinations(meanings, 2):
        assert not set(meanings[one]) & set(meanings[other]), (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_drugs_name_can_be_read_in_its_colour(theme):
    for color in theme.drugs:
        assert contrast(color, theme.card) >= 4.5, color

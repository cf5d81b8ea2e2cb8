"""Colours: what they say, and that they can be read."""

from itertools import combinations

import numpy as np
import pytest

from figures.visuals.style import DASHES, THEMES

VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What each reader sees of linear RGB: Machado, Oliveira and Fernandes 2009, at full severity."""
LMS = [[0.412221, 0.536333, 0.051446], [0.211903, 0.680700, 0.107397], [0.088302, 0.281719, 0.629979]]
OKLAB = [[0.210454, 0.793618, -0.004072], [1.977998, -2.428592, 0.450594], [0.025904, 0.782772, -0.808676]]


def linear(color):
    parts = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def apart(one, other, vision):
    """How different two colours look, in hundredths of Oklab: 2 is just seen."""
    seen = np.clip(np.array([linear(one), linear(other)]) @ np.array(VISION[vision]).T, 0, 1)
    lab = np.cbrt(seen @ np.array(LMS).T) @ np.array(OKLAB).T
    return 100 * float(np.linalg.norm(lab[0] - lab[1]))


def luminance(color):
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_patients_drugs_tracks_and_states_share_no_colour(theme):
    meanings = {
        "patient": theme.series[:-1],
        "drug": theme.drugs[:-1],
        "category": theme.tracks[:-1],
        "shade": theme.shades,
        "state": theme.states[:-1],
    }
    for one, other in combinations(meanings, 2):
        assert not set(meanings[one]) & set(meanings[other]), (one, other)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_a_drugs_name_can_be_read_in_its_colour(theme):
    for color in theme.drugs:
        assert contrast(color, theme.card) >= 4.5, color


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_lines_are_seen_on_the_ground_and_names_are_read_on_it_and_on_the_shaded_weeks(theme):
    for line, ink in zip(theme.series, theme.inks, strict=True):
        assert contrast(line, theme.card) >= 3, line
        assert min(contrast(ink, ground) for ground in (theme.card, theme.empty)) >= 4.5, ink


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_any_two_lines_are_told_apart_by_colour_and_by_dash(theme, vision):
    assert len(set(DASHES)) == len(DASHES) == len(theme.series)
    for one, other in combinations(theme.series, 2):
        assert apart(one, other, vision) >= 6, (one, other)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_first_three_differ_in_luminance_too(theme, vision):
    for one, other in combinations(theme.series[:3], 2):
        assert apart(one, other, vision) >= 9, (one, other)
        assert contrast(one, other) >= 1.15, (one, other)

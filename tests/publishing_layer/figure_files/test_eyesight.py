"""Colours as eyes see them."""

import math
import re

import pytest

from publishing.figure_files.eyesight import apart, contrast_to_white, readable


def test_contrast_with_white_is_that_of_wcag():
    assert contrast_to_white("#000000") == pytest.approx(21)
    assert contrast_to_white("rgb(118, 118, 118)") == pytest.approx(4.54, abs=0.005)
    assert [contrast_to_white(one) for one in ("none", "#000", "rgb(.)")] == pytest.approx([21] * 3)


def test_a_pale_colour_of_a_text_becomes_dark_enough_and_keeps_its_hue():
    darker = readable("#e06c00", 4.5)
    red, green, blue = map(int, re.findall(r"\d+", darker))
    assert 4.5 <= contrast_to_white(darker) < 4.8
    assert red > green > blue
    assert [readable(color, 4.5) for color in ("#0d3b76", "#ffffff")] == ["#0d3b76", "#ffffff"]


def test_colours_that_some_eyes_take_for_one_another_are_near():
    assert apart([]) == apart(["#0d3b76"]) == apart(["#0d3b76", "rgb(13, 59, 118)"]) == math.inf
    assert apart(["#0d3b76", "#e06c00", "#007a5a"]) > 20
    assert apart(["#b00000", "#5a5a00"]) < 20  # red and olive, for protan readers
    assert apart(["#e06c00", "#7f7f7f"]) > apart(["#e06c00", "#898989"], grey=True)

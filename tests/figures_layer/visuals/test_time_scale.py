"""The time lens: one monotone map from weeks to the shared axis, with a break where the scale changes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.query import default
from figures.visuals.formatting import escaped
from figures.visuals.time_scale import FOCUS, lens
from figures_layer.cases import TIMES, drawn
from studies import make_study

WEEK = st.floats(-600, 600, allow_nan=False).map(lambda week: round(week, 3))
CLOCK = st.sampled_from(sorted(FOCUS))


@st.composite
def lenses(draw):
    low, high = sorted((draw(WEEK), draw(WEEK)))
    assume(high - low > 0.5)
    return lens(low, high, draw(CLOCK), on=draw(st.booleans()))


@given(lenses(), st.lists(WEEK, min_size=2, max_size=30))
def test_a_later_week_lies_further_right(axis, weeks):
    ordered = np.unique(weeks)
    assert (np.diff(axis.forward(ordered)) > 0).all()


@given(lenses())
def test_the_knots_are_where_the_lens_says(axis):
    np.testing.assert_allclose(axis.forward(axis.weeks), axis.units)
    assert list(axis.weeks) == sorted(axis.weeks)
    assert axis.breaks == axis.weeks[1:-1]


@given(WEEK, WEEK, CLOCK, st.lists(WEEK, min_size=1))
def test_without_the_lens_a_week_is_a_unit(low, high, clock, weeks):
    assume(high > low)
    axis = lens(low, high, clock, on=False)
    np.testing.assert_allclose(axis.forward(weeks), weeks, atol=1e-9)
    assert axis.breaks == ()


@given(lenses())
def test_missing_stays_missing(axis):
    assert np.isnan(axis.forward([np.nan, 0.0])).tolist() == [True, False]


@given(lenses(), st.sampled_from([400.0, 560.0, 760.0]))
def test_ticks_are_30_px_apart_and_inside_the_range(axis, width):
    drawn = axis.axis(width)
    low, high = drawn["range"]
    places = (np.array(drawn["tickvals"]) - low) / (high - low) * width
    assert ((places >= 0) & (places <= width)).all()
    # the range is a little wider than the weeks for which the ticks were chosen
    assert (np.diff(places) >= 30 / 1.024 - 0.01).all()
    assert len(drawn["ticktext"]) == len(places)


@given(lenses())
def test_a_lens_that_is_off_or_has_nothing_to_compress_has_no_break(axis):
    assert len(axis.weeks) in {2, 3, 4}
    widths = np.diff(axis.units) / np.diff(axis.weeks)
    assert (widths <= 1 + 1e-9).all()
    assert widths.max() == pytest.approx(1)


@pytest.mark.parametrize(("clock", "start", "end"), [("index", -6, 26), ("restart", -28, 26)])
def test_the_weeks_of_interest_get_most_of_the_width_and_the_later_ones_over_a_quarter(clock, start, end):
    axis = lens(-208, 130, clock, on=True)
    assert axis.breaks == (start, end)
    shares = np.diff(axis.units) / (axis.units[-1] - axis.units[0])
    np.testing.assert_allclose(shares, [0.09, 0.63, 0.28])


def test_weeks_before_the_first_that_is_drawn_get_no_width():
    axis = lens(0, 130, "index", on=True)
    assert axis.weeks[0] == axis.units[0] == 0
    assert (axis.units[-1] - axis.forward(26)) / axis.units[-1] > 0.28


def test_a_study_of_days_has_more_than_one_label():
    assert lens(0, 2 / 7, "index", on=True).axis()["ticktext"] == ["0", "0.1", "0.2"]
    assert lens(-1, 1.5, "index", on=True).axis()["ticktext"] == ["−1", "−0.5", "0", "0.5", "1", "1.5"]


def test_weeks_inside_the_focus_alone_are_not_compressed():
    assert lens(0, 20, "index", on=True).breaks == ()
    assert lens(30, 200, "index", on=True).breaks == ()
    assert lens(0, 200, "index", on=True).breaks == (26,)


@pytest.mark.parametrize(
    ("week_zero", "name"),
    [
        ("week 0", ["weeks since week 0"]),
        ("start of phototherapy", ["weeks since start of", "phototherapy"]),
        (
            "<b>a</b> day that takes very many words to say",
            ["weeks since &lt;b&gt;a&lt;/b&gt; day", "that takes very many wo…"],
        ),
    ],
)
def test_the_axis_says_what_week_0_is_on_at_most_two_lines_and_in_full_on_hover(week_zero, name):
    study = replace(make_study({"P1": {0: 20, 4: 5}}, {"treg": {"P1": {0: 2, 4: 3}}}), week_zero=week_zero)
    for figure in drawn(study, default(study), TIMES).values():
        (note,) = [note for note in figure["layout"]["annotations"] if note["text"].startswith("weeks since")]
        assert note["text"].split("<br>") == name
        assert note["hovertext"] == f"weeks since {escaped(week_zero)}"
        assert figure["layout"]["margin"]["b"] == 8 + 12 * len(name)

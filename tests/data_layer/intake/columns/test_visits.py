"""Names of visits as weeks: each name by itself, and what only the other names of its series can tell."""

import pytest

from data.intake.columns.visits import read_visits, week_of, weeks_of
from data.intake.columns.wide_headers import grid_of

MONTH = 365.25 / 12 / 7


@pytest.mark.parametrize(
    ("name", "week"),
    [
        ("Week 4", 4), ("W04", 4), ("wk-12", 12), ("W_4", 4), ("Week-4", 4), ("week_8_arm_1", 8), ("Week 52 (EOT)", 52),
        ("Week -4", -4), ("Week −4", -4), ("W−4", -4), ("Week –4", -4), ("week minus 2", -2), ("Day (-14)", -2),
        ("Screening (Day -14)", -2), ("Screening week -2", -2), ("Month -1", -MONTH), ("Month 3", 3 * MONTH),
        ("0 weeks", 0), ("12 weeks", 12), ("12-week visit", 12), ("6m", 6 * MONTH), ("3 months", 3 * MONTH),
        ("1 year", 12 * MONTH), ("Woche 4", 4), ("4. Woche", 4), ("Semaine 12", 12), ("Semana 12", 12), ("J29", 4),
        ("12 weeks after baseline", 12), ("12 weeks post baseline", 12), ("2 weeks before baseline", -2),
        ("4 weeks post MSC", 4), ("Visit 2, 4 weeks", 4), ("visit_2_week_4_arm_1", 4), ("Month 3 (Week 12)", 12),
        ("Week 4 (Day 29)", 4), ("Week 4 pre-dose", 4), ("Baseline", 0), ("baseline_arm_2", 0), ("BL", 0), ("pre", 0),
        ("Day 1 (Baseline)", 0), ("Cycle 1 Day 1", 0), ("Day 15", 2), ("Day 1", 0),
    ],
)  # fmt: skip
def test_a_name_that_says_a_week(name, week):
    assert week_of(name) == pytest.approx(week)


@pytest.mark.parametrize(
    ("name", "week"),
    [
        ("Week 6 (±2 days)", 6), ("Week 6 ± 2d", 6), ("W6 (+/- 2 days)", 6), ("W6±2", 6), ("Week 6 [± 1 week]", 6),
        ("Woche 6 (± 3 Tage)", 6), ("Semaine 6 (± 2 jours)", 6), ("Week 6 (Day 43 ± 3)", 6), ("Day 43 (+/−3)", 6),
        ("Month 3 (± 7 days)", 3 * MONTH), ("Baseline (Day -14 to -1)", 0), ("Baseline (Day −14 to Day −1)", 0),
        ("Week 6 (Day 36 to 50)", 6), ("Week 6, days 36-50", 6), ("Week -2 (±3 days)", -2), ("Screening (Day -14)", -2),
    ],
)  # fmt: skip
def test_a_name_goes_before_its_window(name, week):
    assert weeks_of([name, "Day 1"])[name] == pytest.approx(week)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Day -14 to -1", -7.5), ("Screening (Day -14 to -1)", -7.5), ("Day −21 to Day −7", -14), ("Tag -28 bis 0", -14),
        ("Day -14 – -2", -8), ("Day -7 to Day 3", -2), ("Day 37-51", 44), ("Day -4-2", -4),
    ],
)  # fmt: skip
def test_a_range_that_no_name_stands_before_is_its_middle(name, day):
    assert week_of(name) == pytest.approx(day / 7)


@pytest.mark.parametrize("window", ["(±3 days)", "± 3d", "(+/- 2 days)", "(± 1 week)", "[Day 36 to 50]"])
def test_a_window_in_a_header_leaves_the_visit(window):
    grid = grid_of(["PASI Baseline (Day -14 to -1)", f"PASI Week 6 {window}", "DLQI W6 (±3)", "DLQI BL"], {})
    assert list(grid.weeks["pasi"].values()) == [0, 6]
    assert sorted(grid.weeks["dlqi"].values()) == [0, 6]


@pytest.mark.parametrize(
    "name",
    [
        "Visit 3", "V2", "EOT", "post", "T4", "Unscheduled 4.1", "Pre-screening", "Screening", "post baseline", "Baseline 2",
        "Cycle 2 Day 1", "C2D15", "Follow-up", "Week 1 Day 1", "W4D3", "Panel1", "CD4", "IL17A",
    ],
)  # fmt: skip
def test_a_name_that_says_none(name):
    assert week_of(name) is None


@pytest.mark.parametrize(
    ("names", "weeks"),
    [
        (["W-4", "W0", "W4"], [-4, 0, 4]),
        (["W-2", "W0", "W12"], [-2, 0, 12]),
        (["Week-0", "Week-4", "Week-12"], [0, 4, 12]),
        (["Week-4", "Week 4"], [-4, 4]),
        (["Screening (Day-14)", "Day 1"], [-2, 0]),
    ],
)
def test_a_hyphen_is_a_minus_by_the_other_names(names, weeks):
    assert list(weeks_of(names).values()) == weeks


def test_a_hyphen_that_may_be_either_is_asked():
    weeks, said = read_visits(["Week-4", "Week 12"])
    assert weeks == {"Week 12": 12}
    assert "'Week-4' may be before or after week 0" in said[0]


@pytest.mark.parametrize(
    ("names", "study_days", "weeks", "sentence"),
    [
        (["Day 0", "Day 7", "Day 28"], False, [0, 1, 4], "day 0, which is week 0"),
        (["day_0_arm_1", "day_28_arm_1"], True, [0, 4], "day 0, which is week 0"),
        (["Day -14", "Day 1", "Day 29"], False, [-2, 0, 4], "day 1 is week 0"),
        (["Day 7", "Day 28"], True, [6 / 7, 27 / 7], "day 1 is week 0"),
        (["Baseline", "Day 7", "Day 28"], False, [0, 1, 4], "is day 1 week 0?"),
        (["Day 1 (Baseline)", "Day 28"], False, [0, 27 / 7], "day 1 is week 0"),
    ],
)
def test_which_day_is_week_0(names, study_days, weeks, sentence):
    found, said = read_visits(names, study_days=study_days)
    assert list(found.values()) == pytest.approx(weeks)
    assert sentence in said[0]


def test_follow_up_weeks_count_from_week_0_where_no_other_weeks_are():
    weeks, said = read_visits(["Baseline", "Week 12 (EOT)", "Follow-up week 8"])
    assert weeks == {"Baseline": 0, "Week 12 (EOT)": 12}
    assert "may count from something after week 0" in said[0]
    weeks, said = read_visits(["Baseline", "Follow-up week 4", "Follow-up week 8"])
    assert list(weeks.values()) == [0, 4, 8]
    assert "is it?" in said[0]
    assert weeks_of(["Week 4", "4 weeks after last dose"]) == {"Week 4": 4}


def test_a_range_is_its_middle_and_says_so():
    weeks, said = read_visits(["Week 0", "Week 4-6", "Week 10 to 12"])
    assert list(weeks.values()) == [0, 5, 11]
    assert said == ["'Week 4-6', 'Week 10 to 12' is read as the middle of the range."]

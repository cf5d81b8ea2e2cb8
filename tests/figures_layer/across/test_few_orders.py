"""Where orders are too few for a p: what every card of pairs, its numbers and the report say instead."""

import re
from dataclasses import replace

import pytest

from analysis.query import default
from analysis.report.__main__ import main
from components.views import CHARTS, VIEWS
from data.csv_export import csv_text
from figures import figure as as_plotly
from figures.visuals import formatting, pairs
from studies import make_study

TOLD = "no p: the smallest possible is 0.25"


@pytest.fixture(scope="module")
def study():
    """Three patients whose PASI falls between two visits while the subset rises."""
    falls = {"A": {0: 20.0, 1: 19.9}, "B": {0: 10.0, 1: 2.0}, "C": {0: 15.0, 1: 14.0}}
    return make_study(falls, {"x": {"A": {0: 5.0, 1: 6.0}, "B": {0: 3.0, 1: 7.0}, "C": {0: 8.0, 1: 9.0}}})


@pytest.fixture(scope="module")
def query(study):
    return replace(default(study), statistic="rank_repeated_measures", p_by="own")


@pytest.mark.parametrize("view", ["correlation", "multiples", "matrix", "lag_profile"])
def test_the_card_says_why_there_is_no_p_and_draws_no_interval(study, query, view):
    shown = as_plotly(CHARTS[view].draw(study, replace(query, subsets=("x",)))).to_json()
    shown = re.sub(r"(\\u003c|<)br(\\u003e|>)", " ", shown)
    told = " ".join(VIEWS[view].summary(study, query)) if view == "correlation" else shown
    assert TOLD in told
    assert "p < 0.0001" not in shown
    assert "nan" not in shown
    assert "95 % CI" not in shown


def test_the_printed_sentence_has_the_coefficient_and_the_reason(study, query):
    told = pairs.correlation(pairs.pair_table(study, query), query.statistic)
    assert formatting.sentence(told) == (
        "ρ(rm) = −1.00, no interval<br>df 2, no p: the smallest possible is 0.25; 3 patients, 6 pairs"
    )
    assert formatting.brief(told) == "ρ(rm) −1.00 (no CI)<br>df 2, no p: the smallest<br>possible is 0.25<br>3 | 6"


def test_an_exact_p_says_so(study, query):
    told = pairs.correlation(pairs.pair_table(study, query), "pooled_spearman")
    assert "(exact over all 720 orders)" in formatting.sentence(told)


def test_its_numbers_leave_p_and_q_blank(study, query):
    lines = csv_text(VIEWS["matrix"].numbers(study, query)).splitlines()
    (row,) = (
        cells
        for line in lines
        if (cells := dict(zip(lines[0].split(","), line.split(","), strict=True)))["phase"] == "all"
    )
    assert [row[name] for name in ("low", "high", "p", "q", "note")] == ["", "", "", "", TOLD.removeprefix("no p: ")]


def test_influence_draws_the_estimate_of_all_without_an_interval(study, query):
    table = {"D": {0: 12.0, 1: 9.0, 2: 8.0}, "A": {0: 20.0, 1: 19.9}, "B": {0: 10.0, 1: 2.0}, "C": {0: 15.0, 1: 14.0}}
    values = {patient: {week: 3.0 + week for week in rows} for patient, rows in table.items()}
    more = make_study(table, {"x": values})
    drawn = CHARTS["influence"].draw(more, replace(default(more), statistic="rank_repeated_measures"))
    shown = as_plotly(drawn).to_json()
    assert "no interval" in shown
    assert "nan" not in shown


def test_the_report_says_so_too(tmp_path):
    (tmp_path / "pasi.csv").write_text(
        "patient_id,week,pasi\n"
        + "".join(
            f"{patient},{week},{pasi}\n"
            for patient, week, pasi in [
                ("A", 0, 20),
                ("A", 1, 19.9),
                ("B", 0, 10),
                ("B", 1, 2),
                ("C", 0, 15),
                ("C", 1, 14),
            ]
        )
    )
    (tmp_path / "immune_subsets.csv").write_text(
        "patient_id,week,x\n"
        + "".join(
            f"{patient},{week},{value}\n"
            for patient, week, value in [("A", 0, 5), ("A", 1, 6), ("B", 0, 3), ("B", 1, 7), ("C", 0, 8), ("C", 1, 9)]
        )
    )
    main([str(tmp_path), "--out", str(tmp_path / "out"), "--statistic", "rank_repeated_measures"])
    assert TOLD in (tmp_path / "out" / "correlations.csv").read_text(encoding="utf-8-sig")

"""Scores beyond PASI on the first card."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.outcomes import focused
from analysis.query import asked, default, read
from analysis.scales import PASI_SCALES, axis_title, scaled_score, study_scores
from components import tables
from components.controls import CONTROLS
from components.views import VIEWS
from data.csv_export import csv_text
from data.study import Outcome
from figures import timelines
from figures.visuals import milestones
from figures_layer.cases import bundled, only_samples, only_treatments, other_scores
from studies import make_study


def scored(**scores):
    """P1 with PASI 20, 5 at weeks 0 and 4, and further scores."""
    study = make_study({"P1": {0: 20, 4: 5}})
    return replace(study, pasi=study.pasi.assign(**scores))


def drawn(study, **wanted):
    study, query, complaints = asked(study, wanted)
    assert not complaints
    return query, timelines.pasi(study, query)


def test_a_study_offers_the_scores_that_it_has_values_of():
    study = scored(dlqi=[10.0, 4.0], bsa=[np.nan, np.nan], itch_nrs=[np.nan, 2.0])
    assert study_scores(study) == {"pasi": "PASI", "dlqi": "DLQI", "itch_nrs": "Itch NRS"}
    assert CONTROLS["score"].needed(study)
    assert not CONTROLS["score"].needed(bundled())
    assert read(study, {"score": "bsa"})[1]


def test_without_pasi_everything_is_told_of_the_first_score():
    study = other_scores()
    assert study_scores(study) == {"dlqi": "DLQI", "bsa": "BSA"}
    query, figure = drawn(study)
    assert query.score == "dlqi"
    assert [list(trace["y"]) for trace in figure["data"] if trace.get("mode") == "lines+markers"] == [
        [18, 6],
        [12, pytest.approx(np.nan, nan_ok=True)],
    ]
    reasons = set(tables.responses(focused(study, "dlqi"), query)["reason"])
    assert "" in reasons
    assert not [reason for reason in reasons if "PASI" in reason]


@pytest.mark.parametrize("study", [only_samples, only_treatments])
def test_without_any_score_the_first_card_says_what_to_add(study):
    query, figure = drawn(study())
    assert figure["data"] == []
    assert "Add <b>pasi.csv</b>" in figure["layout"]["annotations"][0]["text"]
    assert tables.pasi_caption(study(), query) == "no PASI"
    shown = {name for name, control in CONTROLS.items() if control.needed(study())}
    assert not shown & {"pasi_scale", "response", "relapse", "rebound", "imputation", "statistic", "tolerance"}


def test_without_pasi_what_is_open_first_is_what_can_be_told():
    assert default(only_samples()).cohort_view == "heatmap"
    assert (default(only_treatments()).cohort_view, default(only_treatments()).measure) == ("survival", "drug_survival")
    assert VIEWS["survival"].draw(only_treatments(), default(only_treatments()))["data"]


@pytest.mark.parametrize(
    ("score", "scale", "title"),
    [
        ("dlqi", "absolute", "DLQI (0–30)"),
        ("bsa", "absolute", "BSA (%)"),
        ("napsi", "absolute", "NAPSI (0–160)"),
        ("itch_nrs", "percent_improvement", "Itch NRS improvement (%) from baseline (last at or before week 0)"),
    ],
)
def test_the_axis_names_the_score(score, scale, title):
    assert axis_title(scored(), PASI_SCALES[scale], score=score) == title


def test_another_score_is_drawn_counted_and_listed_as_itself_with_its_own_rules():
    study = scored(dlqi=[10.0, 4.0])
    query, figure = drawn(study, score="dlqi")
    (line,) = [trace for trace in figure["data"] if trace.get("mode") == "lines+markers"]
    assert list(line["y"]) == [10, 4]
    assert "DLQI %{customdata[2]}" in line["hovertemplate"]
    notes = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "DLQI" in notes
    (levels,) = [block for block in figure["layout"]["meta"]["texts"] if block["kind"] == "levels"]
    assert "≤ 1" in levels["text"]
    study = focused(study, "dlqi")
    assert VIEWS["pasi"].titled(study) == "DLQI"
    assert tables.pasi_caption(study, query).startswith("1 patient, 2 values")
    assert tables.pasi(study, query)["dlqi"].tolist() == [10, 4]
    assert "★ first response DLQI ≤ 1: DLQI at most 1" in milestones.wording(study, query).text


def test_improvement_is_from_the_scores_own_baseline():
    table = scaled_score(scored(dlqi=[10.0, 4.0]), "dlqi", "percent_improvement")
    assert table["value"].tolist() == [0, 60]


def test_a_score_of_few_points_fills_its_axis():
    _, figure = drawn(scored(iga=[4.0, 1.0]), score="iga")
    assert figure["layout"]["yaxis"]["range"][1] < 6


def test_a_card_as_csv_holds_no_formula():
    study = bundled()
    study = replace(study, events=study.events, treatments=study.treatments.assign(note="=1+1"))
    text = csv_text(VIEWS["swimlanes"].numbers(study, default(study)))
    assert "'=1+1" in text
    assert ",=1+1" not in text


def own(**further):
    """P1 with PASI 20, 5 at weeks 0 and 4, and Skin 2, 3 of -4 to 4."""
    outcome = Outcome("skin", "Skin <b> %{x}", -4, 4, **further)
    return replace(scored(skin=[2.0, 3.0]), outcomes=(outcome,))


@pytest.mark.parametrize(("better", "value", "said"), [("lower", -50, ""), ("higher", 50, ", higher is better")])
def test_a_score_of_the_studys_own_is_drawn_with_its_label_range_and_direction(better, value, said):
    study = own(better=better)
    assert study_scores(study) == {"pasi": "PASI", "skin": "Skin <b> %{x}"}
    assert axis_title(study, PASI_SCALES["absolute"], score="skin") == f"Skin <b> %{{x}} (-4–4{said})"
    assert scaled_score(study, "skin", "percent_improvement")["value"].tolist() == [0, value]
    _, figure = drawn(study, score="skin")
    low, high = figure["layout"]["yaxis"]["range"]
    assert (low < 0, 3 < high < 5) == (True, True)
    assert "Skin &lt;b&gt; %&#123;x}" in figure["data"][0]["hovertemplate"]
    texts = " ".join(str(one["text"]) for one in figure["layout"]["annotations"])
    assert "<b>" not in texts
    assert "Skin &lt;b&gt;" in texts
    assert "&amp;" not in texts  # escaped once: plotly shows what is escaped twice with its entities


def test_a_score_whose_baseline_no_percentage_has_a_meaning_for_says_so():
    _, figure = drawn(own(relative=False), score="skin", pasi_scale="percent_improvement")
    assert "means nothing" in figure["layout"]["annotations"][0]["text"]

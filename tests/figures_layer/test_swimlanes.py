"""A start or end of which only the month or year is known has a whisker as long as it may be, and its words say so."""

import pytest

from analysis.query import default
from data.files import open_files
from figures import figure as as_plotly
from figures.swimlanes import swimlanes
from studies import make_study

COURSES = "patient_id,treatment,kind,start_week,end_week,start_margin,end_margin\n"


@pytest.fixture
def study(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nS1,0,9\nS1,8,3\nS2,0,9\n")
    rows = "S1,x,biologic,-90,-40,26,2\nS1,y,biologic,2,,,\nS1,z,biologic,4,6,,\n"
    (tmp_path / "treatments.csv").write_text(COURSES + rows)
    return open_files([tmp_path])


def whiskers(traces):
    return [trace for trace in traces if "error_x" in trace]


def test_each_partial_end_has_a_whisker(study):
    starts, ends = whiskers(swimlanes(study, default(study))["data"])
    for trace, margin in ((starts, 26), (ends, 2)):
        assert len(trace["x"]) == 1
        reach = trace["error_x"]
        assert 0 < reach["array"][0] + reach["arrayminus"][0] <= 2 * margin
        assert trace["customdata"][0][0] == "S1"


def test_the_words_say_how_far(study):
    said = str([trace["customdata"] for trace in swimlanes(study, default(study))["data"]])
    assert "week -90 ± 26 to week -40 ± 2" in said
    assert "week 4 to week 6" in said


def test_the_whole_figure_is_drawn(study):
    assert len(whiskers(as_plotly(swimlanes(study, default(study))).to_dict()["data"])) == 2


def test_the_lines_between_patients_are_one_shape_with_a_line_for_each_but_the_first():
    study = make_study({key: {0: 20.0, 4: 5.0} for key in "ABC"}, treatments=[("A", "X", 0, 2), ("C", "X", 1, 3)])
    figure = swimlanes(study, default(study))
    [lines] = [shape for shape in figure["layout"]["shapes"] if shape.get("xref") == "paper"]
    lanes = figure["layout"]["meta"]["lanes"]
    heads = [lanes.index(patient) for patient in dict.fromkeys(lanes)]
    assert sorted(lines["path"].split("M")[1:]) == [f"-0.2,{head - 0.5}H1" for head in heads[1:]]

"""What the tab of a patient says: the numbers of the response table, the study's outcome, and what is missing."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.patient_course import patient_courses
from analysis.phases import phase_labels
from analysis.query import asked, default
from components.tables import responses
from components.views import VIEWS
from figures_layer.cases import STUDIES

ASKED = (
    {},
    {"baseline": "original", "relapse": "EMA"},
    {"response": "PASI90", "relapse": "none"},
    {"to_week": 9.0},
    {"clock": "restart"},
)


def week(value):
    return f"(week {round(value, 1):.6g}".replace("-", "−")


def said_of(row, label, relapse):
    """What has to stand in the text of a phase for a row of the response table."""
    last = f"last {row.last_pasi:.4g} {week(row.last_week)}"
    best = "nadir and last" if row.best_week == row.last_week else f"nadir {row.best_pasi:.4g} {week(row.best_week)}"
    if row.phase == "before":
        return [best, last if best != "nadir and last" else best]
    start = "baseline not measured" if np.isnan(row.baseline) else f"baseline {row.baseline:.4g} "
    reached = f"week {round(row.first_response_week, 1):.6g}" if row.first_response_week >= 0 else "not "
    told = [] if relapse == "none" else [f"✕ {'relapse ' if row.relapse.startswith('week') else ''}{row.relapse[:9]}"]
    return [start, best, row.state_label, f"★ {label} {reached}", *told]


@pytest.mark.parametrize("name", ["bundled", "untreated_arm", "awkward", "thirty"])
@pytest.mark.parametrize("fields", ASKED, ids=str)
def test_a_course_says_what_the_response_table_says(name, fields):
    study = STUDIES[name]()
    study, query, complaints = asked(study, fields)
    if complaints:
        pytest.skip("the study has no such rule or clock")
    table, names = responses(study, query), phase_labels(study)
    courses = patient_courses(study, query, study.patient_ids)
    label = query.rules(study).response_of(study).label
    checked = 0
    for row in table[(table["phase"] != "all") & (table["visits"] > 0)].itertuples():
        told = " ".join(dict(courses[str(row.patient_id)].phases)[names[row.phase]])
        for part in said_of(row, label, query.relapse):
            assert part in told, (row, told)
            checked += 1
    assert checked > 10


@pytest.mark.parametrize("name", ["bundled", "untreated_arm", "awkward", "other_scores", "unmeasured"])
def test_the_chart_has_every_word_of_each_patient_in_their_rows(name):
    study = STUDIES[name]()
    query = default(study)
    figure = VIEWS["one_patient"].draw(study, query)
    words = next(trace for trace in figure["data"] if trace["mode"] == "text")
    owners = figure["layout"]["meta"]["rows"]
    assert words["textfont"]["size"] >= 11
    assert max(len(text) for text in words["text"]) < 140
    for patient, course in patient_courses(study, query, study.patient_ids).items():
        own = " ".join(t for t, row in zip(words["text"], words["y"], strict=True) if owners[row] == patient)
        plain = own.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        for text in (*course.given, course.outcome, *(line for _, lines in course.phases for line in lines)):
            assert text in plain, (patient, text)


def test_another_outcome_is_named_and_what_is_missing_is_said():
    study = STUDIES["other_scores"]()
    told = str(patient_courses(study, default(study), study.patient_ids))
    assert "DLQI" in told
    assert "PASI" not in told
    assert "DLQI: no baseline and no phase, since UC-MSC was not given" in told


def test_a_control_is_not_called_unmeasured():
    study = STUDIES["untreated_arm"]()
    course = patient_courses(study, default(study), ["C1"])["C1"]
    assert course.given == ("never got UC-MSC", "no restart")
    assert "not measured" not in course.outcome
    assert course.phases == ()


def test_weeks_of_the_study_are_said_to_be_those_where_the_figure_counts_others():
    study = STUDIES["bundled"]()
    texts = [
        VIEWS["one_patient"].draw(study, replace(default(study), clock=clock))["data"][-1]["text"][0]
        for clock in ("index", "restart")
    ]
    assert "study weeks" in texts[1]
    assert "study weeks" not in texts[0]

from __future__ import annotations

import pytest

from data.catalog import open_study
from data.problems import Report, StudyError
from data.study import PANEL, Step
from data.validation.story import story_of

STEP = {"address": "#lit=P1", "sentence": " P1 clears ", "notes": "Say so", "shown": "panel", "data": "0f"}


def test_steps_are_as_they_are_stated_in_order():
    stated = {"story": [STEP, {"address": "", "sentence": "All"}]}
    assert story_of(stated, "study.toml", Report()) == (
        Step("lit=P1", "P1 clears", "Say so", PANEL, "0f"),
        Step("", "All"),
    )
    assert story_of({}, "study.toml", Report()) == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"sentence": "x" * 121}, "sentence of 121 characters"),
        ({"sentence": " "}, "no sentence"),
        ({"address": "x" * 4001}, "address of 4001 characters"),
        ({"shown": "pasi"}, "shown 'pasi'"),
        ({"notes": 3}, "no step"),
    ],
)
def test_what_cannot_be_a_step_is_a_problem_that_names_it(change, said):
    report = Report()
    assert story_of({"story": [{"address": "", "sentence": "All"}, STEP | change]}, "study.toml", report) == (
        Step("", "All"),
    )
    assert [(one.file, one.column, one.found) for one in report.problems] == [("study.toml", "story, step 2", said)]


def test_no_story_is_longer_than_anybody_listens():
    report = Report()
    assert story_of({"story": [STEP] * 61}, "study.toml", report) == ()
    assert report.problems[0].found == "61 steps"


def test_a_sentence_and_notes_are_told_without_what_identifies():
    [step] = story_of({"story": [{"address": "", "sentence": "Seen on 03.04.2021"}]}, "study.toml", Report())
    assert "2021" not in step.sentence


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('sentense = "All"', "'sentence'"),
        ('sentence = "All"\nshown = "pasi"', "one of figure, panel"),
        ("sentence = 3", "text in quotes"),
    ],
)
def test_a_misspelt_step_of_a_study_toml_is_refused_with_what_to_write(tmp_path, line, said):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\n")
    (tmp_path / "study.toml").write_text(f'[[story]]\naddress = ""\n{line}\n')
    with pytest.raises(StudyError) as refused:
        open_study(tmp_path)
    assert said in str(refused.value)


def test_long_notes_are_no_cell(tmp_path):
    (tmp_path / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,20\n")
    (tmp_path / "study.toml").write_text(f'[[story]]\naddress = ""\nsentence = "All"\nnotes = "{"so " * 900}"\n')
    assert len(open_study(tmp_path).story[0].notes) > 2000

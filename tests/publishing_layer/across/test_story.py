"""The stories that come with studies."""

import pytest

from analysis.query import read
from components.views import VIEWS
from data.catalog import open_study
from publishing.stamp import study_digest


def test_the_case_series_is_told_in_eight_steps_on_its_own_data():
    study = open_study()
    assert len(study.story) == 8
    assert {step.data for step in study.story} == {study_digest(study)}


@pytest.mark.parametrize("step", open_study().story, ids=lambda step: step.sentence[:30])
def test_every_step_asks_for_what_the_study_has(step):
    study = open_study()
    asked = dict(part.split("=", 1) for part in step.address.split("&") if part)
    highlights = {"lit", "zoom"}
    query, complaints = read(study, {key: value for key, value in asked.items() if key not in highlights})
    assert complaints == []
    assert set(asked) - highlights <= set(vars(query))
    assert step.shown == ("panel" if "panel" in asked else "figure")
    assert VIEWS[query.panel].tab

"""The n that each card prints for the two real files, and that every view draws them."""

import os
from pathlib import Path

import pytest

from analysis.query import default
from components.views import CHARTS, VIEWS
from data.catalog import open_study
from figures import figure as as_plotly
from figures.visuals.empty_state import absence

ROOT = Path(__file__).parents[3]
CAPTIONS = {
    "tests/data_studies/uvb/study.toml": {
        "pasi": "96 patients, 863 values, ",
        "immune": "no immune data",
        "swimlanes": "2,346 ",
        "response": "96 patients, ",
    },
    "data/vissig_sustained/WWW_SustainedResponse.csv": {
        "pasi": "900 patients, 8,007 values, 93 missing",
        "immune": "no immune data",
        "swimlanes": "no treatments",
        "response": "900 patients, ",
    },
}


@pytest.fixture(params=CAPTIONS, ids=["uvb", "vissig"])
def real(request):
    """A real file and its captions; skipped where the third-party data is not: that of a study in tests/ must stand
    beside the checkout, as its study.toml says."""
    named, beside = request.param, ROOT.parent / "shared"
    ours = named.startswith("tests")
    shared = beside if ours else Path(os.environ.get("REPRISE_SHARED", beside))
    if not (shared / "data").is_dir():
        pytest.skip(f"third-party data is not at {shared}")
    return open_study((ROOT if ours else shared) / named), CAPTIONS[named]


def test_each_card_prints_its_n(real):
    study, captions = real
    for view, words in captions.items():
        assert words in VIEWS[view].caption(study, default(study)), view


def test_every_view_draws_or_says_what_is_missing(real):
    study, _ = real
    for view in CHARTS.values():
        figure = as_plotly(view.draw(study, default(study)))
        missing = absence(study, view.needs) != ""
        refused = (
            not missing and not figure.data and figure.layout.annotations[0].text.startswith("Refused for everyone")
        )
        assert bool(figure.data) != (missing or refused)
        assert not refused or view.key == "one_patient"
        assert ("Add <b>" in figure.layout.annotations[0].text) if missing else True


def test_the_csv_of_the_real_cohort_has_every_visit(real):
    study, _ = real
    table = VIEWS["pasi"].numbers(study, default(study))
    assert len(table) == len(study.pasi)
    assert int(table["pasi"].notna().sum()) == int(study.pasi["pasi"].notna().sum())

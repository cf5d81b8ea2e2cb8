"""The n that each card prints for the two real files, and that every view draws them."""

import pytest

from analysis.query import default
from components.views import CHARTS, VIEWS
from figures import figure as as_plotly
from figures.visuals.empty_state import absence

NAMES = ("uvb", "vissig")
REFUSALS = {"one_patient": "Refused for everyone", "goals": "No goal can be judged in anybody"}
"""What a view that has all it needs may say instead of drawing."""


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture
def real(name, uvb, vissig, known):
    """A real file as it is read, and what is known of it."""
    return dict(zip(NAMES, (uvb, vissig), strict=True))[name], known[name]


def captions(about):
    """What the cards begin with."""
    said = f"{about['patients']} patients, "
    missing = "" if "doses" in about else f"{about['missing']} missing"
    lanes = f"{about['doses']:,} " if "doses" in about else "no treatments"
    values = f"{said}{about['values']:,} values, {missing}"
    return {"pasi": values, "immune": "no immune data", "swimlanes": lanes, "response": said}


def test_each_card_prints_its_n(real):
    study, about = real
    for view, words in captions(about).items():
        assert words in VIEWS[view].caption(study, default(study)), view


def test_every_view_draws_or_says_what_is_missing(real):
    study, _ = real
    for view in CHARTS.values():
        figure = as_plotly(view.draw(study, default(study)))
        said = "" if figure.data else figure.layout.annotations[0].text
        if absence(study, view.needs):
            assert "Add <b>" in said, view.key
        else:
            assert said.startswith(REFUSALS[view.key] if said else ""), view.key


def test_the_csv_of_the_real_cohort_has_every_visit(real):
    study, _ = real
    table = VIEWS["pasi"].numbers(study, default(study))
    assert len(table) == len(study.pasi)
    assert int(table["pasi"].notna().sum()) == int(study.pasi["pasi"].notna().sum())

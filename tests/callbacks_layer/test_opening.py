"""An address is drawn once, as it asks: its query is read as the browser reads it, and what the server cannot use of it is left to the browser."""

from dataclasses import asdict, replace

import pytest

from analysis.query import default, read
from callbacks import opening
from callbacks.draw import redraw
from components import ids
from data.shelf import Catalog
from figures_layer.cases import bundled, two_hundred
from studies import make_study

ADDRESSES = {
    "": {},
    "#": {},
    "to_week=26&from_week=-2.5": {"to_week": 26.0, "from_week": -2.5},
    "patients=P1,P3&subset=th17": {"patients": ("P1", "P3")},
    "patients=": {},
    "lens=0&panel=matrix": {"lens": False, "panel": "matrix"},
    "theme=dark&theme=light&theme=dark": {"theme": "dark"},
    "cohort_view=rates": {"cohort_view": "rates", "panel": "rates"},
    "cohort_view=rates&panel=response": {"cohort_view": "rates", "panel": "response"},
    "lit=P1&zoom=0,20&gesture=%7B&story=x": {},
    "tolerance=nonsense": {},
    "from_week=": {},
    "to_week=26&phase=nowhere": {},
    "to_week=26&panel=nowhere": {},
    "to_week=26&patients=nobody": {},
    "to_week=26&tolerance=nan": {},
    "to_week=26&tolerance=-4": {},
    "%ff=%ff&=&&=3&study": {},
}


def parts(address):
    return dict(part.split("=", 1) for part in address.removeprefix("#").split("&") if "=" in part)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_is_the_query_that_it_says_or_the_usual_one_where_not_all_of_it_is_known(address):
    changed = dict(ADDRESSES[address])
    if "subset" in address:
        first = str(bundled().subset_definitions["subset"].iloc[-1])
        address, changed = address.replace("th17", first), changed | {"subset": first}
    assert opening.query_of(parts(address), bundled()) == replace(default(bundled()), **changed)


def test_what_people_called_a_patient_is_read_whole():
    study = make_study({"P 1,%/": {0: 20, 4: 5}, "B": {0: 20, 4: 5}})
    assert opening.query_of({"patients": "P%201%2C%25%2F"}, study).patients == ("P 1,%/",)


@pytest.mark.parametrize(
    "address", ["panel=rates&to_week=26", "theme=dark&panel=lasagna", "lanes=patients&panel=matrix"]
)
@pytest.mark.parametrize("of", [bundled, two_hundred])
def test_the_page_of_an_address_is_what_a_redraw_would_have_made_of_the_usual_one(address, of):
    study = of()
    wanted = opening.query_of(parts(address), study)
    assert wanted != default(study)
    redrawn = redraw(study, asdict(wanted), asdict(default(study)))
    shown = components(opening.page(Held(study), address))
    figures = {one["id"]["view"]: one["figure"] for one in shown if "figure" in one}
    assert redrawn["figures"].keys() <= figures.keys()
    assert all(repr(figures[name]) == repr(figure) for name, figure in redrawn["figures"].items())
    assert next(one for one in shown if one.get("id") == ids.QUERY)["data"] == asdict(wanted)


class Held:
    """A catalog of one study."""

    def __init__(self, study):
        self.first, self.titles = study, {study.key: study.title}


def components(shown):
    """The properties of every component of a page as JSON."""
    if isinstance(shown, list):
        return [found for one in shown for found in components(one)]
    return [shown["props"], *components(shown["props"].get("children"))] if isinstance(shown, dict) else []


@pytest.fixture
def two(tmp_path):
    for name in ("alpha", "beta"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pasi.csv").write_text(f"patient_id,week,pasi\n{name},0,20\n{name},4,5\n")
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "pasi.csv").write_text("patient_id,week,pasi\nP1,0,2000\n")
    return Catalog(str(tmp_path))


@pytest.mark.parametrize(
    ("address", "key", "window"),
    [
        ("", "alpha", None), ("#study=beta", "beta", None), ("#study=beta&to_week=3", "beta", 3.0), ("#to_week=3", "alpha", 3.0),
        ("#study=nowhere", "alpha", None), ("#study=wrong", "alpha", None), (f"#study={'x' * 43}", "alpha", None), ("#study=%ff", "alpha", None),
    ],
)  # fmt: skip
def test_the_study_of_an_address_is_opened_and_one_that_there_is_not_is_left_to_the_browser(two, address, key, window):
    stores = {one["id"]: one["data"] for one in components(opening.page(two, address)) if "data" in one}
    told = {name: stores[ids.DEFAULTS][name] for name in ("study", "home", "studies", "to_week")}
    assert told == {"study": key, "home": "alpha", "studies": ["alpha", "beta", "wrong"], "to_week": None}
    assert (stores[ids.STUDY], stores[ids.QUERY]["to_week"]) == (key, window)
    assert read(two.load(key), stores[ids.QUERY])[1] == []

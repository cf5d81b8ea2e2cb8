"""Legend and methods say n, statistic, interval, baseline, missing values and what is illustrative, of the study's own outcome."""

import re
from pathlib import Path

import pytest

from callbacks.publish import legend
from components.views import VIEWS
from data.catalog import load
from publishing.references import CITED, REFERENCES, numbered
from studies import make_study, msc

ROOT = Path(__file__).parents[2]
UNVERIFIED = {"10.1016/j.jaad.2005.10.029", "10.1007/s40257-022-00679-y", "10.1111/bjd.18333", "10.1111/jdv.19236"}
"""Whose titles were not looked up: they are cited by their DOI alone."""


def test_the_words_of_the_case_series_have_what_a_journal_asks_for():
    text = legend(load("case-series"), {"panel": "correlation"}, [])["text"]
    for said in (
        "3 patients, 28 pairs", "95 % CI −0.88 to −0.50", "p = 0.0037", "repeated-measures correlation", "at most 1 week away",
        "baseline was each phase's own", "never taken for zero", "must not be quoted", "51 observed values of PASI", "(d) Scatter",
    ):  # fmt: skip
        assert said in text, said
    assert not re.search("click|hover|drag", text)


def test_filters_and_rules_in_force_are_those_of_the_page():
    state = {
        "patients": ["P1", "P2"],
        "to_week": 30,
        "response": "PASI90",
        "relapse": "none",
        "panel": "rates",
        "interval": "clopper_pearson",
    }
    text = legend(load("case-series"), state, [])["text"]
    for said in ("2 of 3 patients", "patients P1, P2; to week 30", "PASI at least 90 % below", "Clopper and Pearson"):
        assert said in text, said
    assert "Relapse (" not in text


def test_numbers_of_references_are_those_of_the_list_and_of_the_bibtex():
    found = legend(load("case-series"), {"panel": "correlation"}, [])
    listed = dict(re.findall(r"^(\d+)\. (?:.*)https://doi.org/(\S+)$", found["text"], re.MULTILINE))
    assert set(re.findall(r"\[(\d+)\]", found["text"])) == set(listed)
    assert re.findall(r"doi = {(.+)}", found["bibtex"]) == [listed[key] for key in sorted(listed, key=int)]


def test_every_doi_that_the_code_cites_is_known():
    texts = [
        path.read_text(encoding="utf-8") for room in ("analysis", "figures") for path in (ROOT / room).rglob("*.py")
    ]
    cited = {found for text in texts for found in CITED.findall(text)}
    assert len(cited) > 20
    assert cited - set(REFERENCES) <= UNVERIFIED
    assert not UNVERIFIED & set(REFERENCES)


def test_a_work_is_numbered_once():
    told, works = numbered(
        ["A (Wilson 1927, doi 10.1080/01621459.1927.10502953).", "B, doi 10.1080/01621459.1927.10502953."]
    )
    assert told == ["A (Wilson 1927 [1]).", "B [1]."]
    assert [work.key for work in works] == ["wilson1927"]


@pytest.mark.whole
def test_every_view_has_words_and_another_outcome_its_own_name():
    study = make_study(
        {"P1": {0: 20.0, 4: 5.0}, "P2": {0: 10.0, 4: 9.0}},
        {"treg": {"P1": {0: 5.0, 4: 6.0}, "P2": {0: 4.0, 4: 4.5}}},
        msc("P1", 0),
        scores={"dlqi": {"P1": {0: 18.0, 4: 2.0}, "P2": {0: 11.0, 4: 9.0}}},
    )
    for key in (view.key for view in VIEWS.values() if view.tab):
        text = legend(study, {"panel": key, "score": "dlqi"}, [])["text"]
        assert "The outcome was DLQI" in text
        assert "PASI" not in text or key == "goals", key
        assert "nan" not in text.split()

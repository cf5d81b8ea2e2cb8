"""A study with a clinical score from 0 to 5 and no PASI, two treatments and forty subsets, from first look to report."""

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from dash._utils import to_json

from analysis import query as queries
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import focused
from analysis.report.__main__ import write
from analysis.report.options import ReportOptions
from analysis.response.imputation import IMPUTATIONS
from analysis.response.rules import rules_for
from analysis.response.time_to_event import MEASURES, RESTARTS
from callbacks.draw import redraw
from callbacks.highlight_data import marks
from callbacks.numbers import csv, shown
from components.layout import body
from components.views import VIEWS
from data.study import Outcome
from studies import make_study, msc

SCORE = Outcome("clinical_score", "Clinical score <b>%{x}", 0, 5, decimals=0, targets=(1.0,))
WORD = re.compile("pasi", re.IGNORECASE)
KEPT = {"pasi_scale", "_pasi", "best_pasi", "last_pasi", "pasi_week", "raw_pasi", "weeks_to_pasi75", "weeks_to_pasi90"}
"""Names that are the page's own, and no words for a reader: fields of the query and of rows."""


@cache
def study(subsets=40):
    draw = np.random.default_rng(3)
    ids, weeks = [f"P{n}" for n in range(1, 7)], (0, 2, 4, 8, 12, 24)
    scores = {patient: {week: float(draw.integers(0, 6)) for week in weeks} for patient in ids}
    for patient in ids:
        scores[patient][0] = 4.0
    samples = {
        f"s{n}": {patient: {week: float(draw.uniform(1, 40)) for week in weeks} for patient in ids}
        for n in range(subsets)
    }
    courses = [course for patient in ids for course in msc(patient)]
    courses += [(patient, "adalimumab", "biologic", 12, None) for patient in ids[:3]]
    made = make_study(immune=samples, treatments=courses, scores={SCORE.name: scores})
    columns = made.pasi.assign(pasi=np.nan)
    return type(made)(**{**vars(made), "pasi": columns, "outcomes": (SCORE,)})


def words(part, inside=""):
    """Every text that a reader could see, with the name of what holds it."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in {
                "id",
                "data-view",
                "data-views",
                "data-of",
                "data-menu",
                "data-titled",
                "data-note",
                "data-control",
                "className",
                "field",
                "rowClassRules",
            }:
                yield from words(value, str(key))
            elif key == "data" and isinstance(value, dict):
                continue
    elif isinstance(part, list | tuple):
        for one in part:
            yield from words(one, inside)
    elif isinstance(part, str) and part not in KEPT:
        yield inside, part


def met(part):
    plain = json.loads(to_json(part))
    return [(inside, text) for inside, text in words(plain) if WORD.search(text) and not is_own_name(inside, text)]


def is_own_name(inside, text):
    """A value of a menu or of the query, or a part of a page's address: nothing that is read."""
    return (
        inside in {"value", "href", "htmlFor", "tooltipField", "namespace", "function_name", "score", "data-panels"}
        or text == "pasi"
    )


CHOICES = [
    {},
    {"pasi_scale": "percent_improvement"},
    *({"cohort_view": view} for view in queries.DECKS["cohort_view"]),
    *({"pair_view": view} for view in queries.DECKS["pair_view"]),
    *({"table_view": view} for view in queries.DECKS["table_view"]),
    *({"cohort_view": "survival", "measure": key, "at_restart": how} for key in MEASURES for how in RESTARTS),
    *({"cohort_view": "rates", "imputation": key, "policy": "composite"} for key in IMPUTATIONS),
    *({"statistic": key, "lag": 4.0, "phase": "restart"} for key in STATISTICS),
    *({"relapse": key, "rebound": "worse"} for key in rules_for(SCORE).relapses),
    *({"response": key} for key in (*rules_for(SCORE).responses, *queries.OWN_CUTOFFS)),
    *(
        {"response": kind, "cutoff": cutoff}
        for kind in queries.OWN_CUTOFFS
        for cutoff in (1e-9, 1e-5, 4.9999999, -3, 1e6)
    ),
    {"phase": "before"},
    {"from_week": 500, "to_week": 600},
]


@pytest.mark.parametrize("wanted", CHOICES, ids=[json.dumps(one) for one in CHOICES])
def test_no_card_says_pasi_of_another_outcome(wanted):
    found = redraw(study(), {**wanted, "theme": "dark"}, {"theme": "light"})
    assert found["notice"] == ""
    found.pop("used")
    rows = found.pop("rows", [])
    assert met(found) == []
    assert not [cell for row in rows for cell in row.values() if isinstance(cell, str) and WORD.search(cell)]


def test_neither_the_page_nor_its_layer_nor_its_tables_do():
    page = [part for part in body(study(), {}) if part is not None and type(part).__name__ != "Store"]
    assert met(page) == []
    assert met(marks(study(), {}, list(VIEWS))) == []
    for view in VIEWS:
        _, title, grid = shown(study(), view, {})
        assert not WORD.search(title)
        assert not [column["headerName"] for column in grid.columnDefs if WORD.search(column["headerName"])], view
        file = csv(study(), view, {})
        assert not WORD.search(file["content"] + file["filename"]), view


def test_the_report_does_not_either_and_names_the_outcome(tmp_path):
    write(focused(study(subsets=3), SCORE.name), ReportOptions(subsets=("s0",)), tmp_path)
    for file in tmp_path.iterdir():
        assert not WORD.search(file.read_text()), file.name
    assert "clinical_score" in (tmp_path / "correlations.csv").read_text()
    assert "at most 1, whatever the baseline" in (tmp_path / "README.txt").read_text()


def test_another_outcome_brings_its_rules_and_another_ones_rules_give_way_without_a_word():
    both = replace(study(), pasi=study().pasi.assign(pasi=20.0))
    found = redraw(both, {"score": SCORE.name, "response": "PASI90", "relapse": "NPF"}, {})
    assert found["notice"] == ""
    assert (found["used"]["response"], found["used"]["relapse"]) == ("clinical_score_75", "half_lost")
    assert [one["value"] for one in found["choices"]["relapse"]][:1] == ["half_lost"]
    assert found["titles"]["pasi"] == SCORE.label
    assert found["columns"][2]["headerName"] == f"Baseline {SCORE.label}"
    back = redraw(both, {**found["used"], "score": "pasi"}, found["used"])
    assert (back["used"]["response"], back["used"]["relapse"]) == ("PASI75", "NPF")
    assert redraw(both, {"response": "PASI55"}, {})["notice"]

"""A permutation p and a bootstrap interval, told line by line."""

import json
from pathlib import Path

import pytest

from analysis.correlation import bootstrap, permutation
from analysis.correlation.correlation import points
from analysis.query import default
from callbacks.resample import RESAMPLINGS, TIMES, states, whole
from data import alone
from data.deadline import carried
from figures.visuals import pairs
from figures_layer.cases import bundled, no_immune, no_pasi, only_samples, only_treatments, thirty

ROOT = Path(__file__).parents[2]


def lines(study, kind, **wanted):
    return [json.loads(line) for line in states(study, wanted, kind)]


def test_progress_is_told_and_the_last_line_has_the_p_its_seed_and_the_caveat():
    study = bundled()
    told = lines(study, "permutation")
    done = [line["done"] for line in told]
    assert done == sorted(done)
    assert [bool(line["text"]) for line in told] == [False] * (len(told) - 1) + [True]
    *_, last = permutation.permuted(points(pairs.as_pairs(pairs.pair_table(study, default(study)))))
    assert f"p = {last.p:.2g}" in told[-1]["text"]
    assert f"seed {permutation.SEED}" in told[-1]["text"]
    assert "not exchangeable" in told[-1]["text"]


def test_the_bootstrap_is_refused_below_ten_patients_and_says_why():
    (only,) = lines(bundled(), "bootstrap")
    assert "refused below 10 patients" in only["text"]
    assert "ten different resamples" in only["text"]


def test_the_bootstrap_of_a_cohort_gives_an_interval_and_its_rule():
    told = lines(thirty(), "bootstrap", tolerance=8.0)
    assert told[-1]["done"] == told[-1]["total"]
    assert told[-1]["text"].startswith("Bootstrap 95 % CI ")
    assert "drawn with replacement" in told[-1]["text"]
    assert bootstrap.COVERAGE in told[-1]["text"]


def test_a_large_study_is_resampled_in_its_turn_which_ends_when_its_reader_leaves(monkeypatch):
    monkeypatch.setattr(alone, "LARGE", 1)
    monkeypatch.setattr(alone, "PATIENCE", 0.1)
    first = carried(whole(states(thirty(), {}, "permutation")), TIMES)
    next(first)
    assert alone.TURN.locked()
    (refused,) = whole(states(thirty(), {}, "permutation"))
    assert f"Not computed. {alone.BUSY}" in refused
    first.close()
    assert not alone.TURN.locked()
    assert json.loads([*whole(states(thirty(), {}, "permutation"))][-1])["text"].startswith("Permutation p")
    assert not alone.TURN.locked()


def test_the_coverage_of_the_bootstrap_is_what_the_simulation_found():
    third = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").partition("## The bootstrap")[2]
    rows = [[cell.strip() for cell in line.split("|")[1:3]] for line in third.splitlines() if line.startswith("| ")]
    (_, *found) = rows
    assert found == [["10", "90.0"], ["20", "92.6"], ["30", "94.5"]]
    assert bootstrap.COVERAGE.count(" %") == 4
    assert all(f"{held} %" in bootstrap.COVERAGE and patients in bootstrap.COVERAGE for patients, held in found)


@pytest.mark.parametrize("study", [no_immune, no_pasi, only_samples, only_treatments])
@pytest.mark.parametrize("kind", RESAMPLINGS)
def test_without_pairs_there_is_one_line_that_says_so(study, kind):
    assert [line["text"] for line in lines(study(), kind)] == ["Not computed: no pairs."]

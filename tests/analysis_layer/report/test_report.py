import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.comparisons.before_after import before_after
from analysis.comparisons.group_course import group_course
from analysis.comparisons.phase_samples import Compared
from analysis.comparisons.responders import at_baseline
from analysis.correlation.matrix import by_phase, grid
from analysis.correlation.specifications import MOST, Specification, specifications
from analysis.correlation.statistics import STATISTICS
from analysis.phases import PHASES
from analysis.query import default
from analysis.report.__main__ import main, write
from analysis.report.options import ReportOptions
from analysis.response.imputation import IMPUTATIONS
from analysis.response.rates import rates
from analysis.response.relapse import relapses
from analysis.response.rules import REBOUNDS, RELAPSES, RESPONSES
from analysis.response.survival import curves, medians, times
from analysis.response.time_to_event import Followed
from analysis.samples import samples
from data.catalog import open_study
from data.csv_export import csv_text
from studies import make_study, msc

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[3]
CASE_SERIES = ROOT / "data" / "case_series"
RATES = [
    "group", "phase", "baseline", "week", "rule", "imputation", "responders", "evaluable", "due", "rate_percent",
    "low_percent", "high_percent", "note",
]  # fmt: skip
CORRELATIONS = [
    "score", "subset", "phase", "lag_weeks", "statistic", "estimate", "low", "high", "p", "q", "df", "patients", "pairs",
    "note",
]  # fmt: skip
FILES = [
    "responses.csv",
    "patients.csv",
    "relapses.csv",
    "survival.csv",
    "correlations.csv",
    "specifications.csv",
    "pairs.csv",
    "comparisons.csv",
    "README.txt",
]


OF_GROUPS = ("group_course", "auc", "follow_up")


@pytest.fixture
def report(tmp_path, capsys):
    """Runs the command on a study and returns its tables by name."""

    def run(study, *options):
        assert main([str(study), "--out", str(tmp_path / "out"), *options]) == 0
        assert [Path(line).name for line in capsys.readouterr().out.splitlines()] == FILES
        return {name[:-4]: pd.read_csv(tmp_path / "out" / name, keep_default_na=False) for name in FILES[:-1]}

    return run


@pytest.fixture
def refused(tmp_path, capsys):
    """Runs the command and returns its sentence; nothing may have been written."""

    def run(*arguments):
        assert main([*map(str, arguments), "--out", str(tmp_path / "none")]) == 2
        assert not (tmp_path / "none").exists()
        return capsys.readouterr().err

    return run


def test_without_options_every_rule_imputation_and_phase_is_there(report):
    tables = report(CASE_SERIES)
    assert tables["responses"].columns.tolist() == RATES
    assert tables["relapses"].columns.tolist() == ["patient_id", "phase", "rule", "threshold", "week", "state"]
    first = ["patient_id", "phase", "baseline", "nadir", "nadir_week", "first_response_week", "relapse_week"]
    assert tables["patients"].columns.tolist()[:7] == first
    phases = ["before", "after", "restart", "all"]
    for column, known in {"rule": RESPONSES, "imputation": IMPUTATIONS, "phase": phases}.items():
        assert set(tables["responses"][column]) == set(known)
    assert len(tables["relapses"]) == 3 * 4 * len(RELAPSES)
    assert len(tables["patients"]) == 3 * 4


def test_the_numbers_are_those_of_the_page(report, case_series):
    tables = report(CASE_SERIES)
    expected = rates(case_series)
    np.testing.assert_array_equal(tables["responses"]["note"], expected["note"])
    shown = pd.to_numeric(tables["responses"]["rate_percent"])
    np.testing.assert_allclose(shown, expected["rate_percent"], rtol=1e-7)
    np.testing.assert_allclose(pd.to_numeric(tables["relapses"]["week"]), relapses(case_series)["week"])


def test_a_reader_sees_when_and_under_which_rules_each_woman_relapsed(report):
    table = report(CASE_SERIES)["relapses"]
    mine = table[(table["patient_id"] == "P1") & (table["phase"] == "after")].set_index("rule")
    assert mine.loc["NPF", ["threshold", "week", "state"]].tolist() == ["12.65", "8", "relapsed"]
    assert mine.loc["treatment_restarted", ["threshold", "week", "state"]].tolist() == ["", "9", "relapsed"]
    assert mine.loc["loss_of_PASI90", "state"] == "not at risk: never responded"


def test_a_trial_and_a_cohort_are_reported(report, vissig_path, uvb_path, known):
    table = report(vissig_path)["responses"]
    assert len(table[table["phase"] == "all"]) == 3 * 8 * len(RESPONSES) * len(IMPUTATIONS)
    table = report(uvb_path)["responses"].set_index(["phase", "week", "rule", "imputation"])
    assert table.loc[("all", 10, "PASI75", "LOCF"), ["responders", "evaluable"]].tolist() == [
        str(known["uvb"]["last"]["PASI75"]),
        str(known["uvb"]["patients"]),
    ]


def test_every_statistic_is_written_for_every_subset_and_phase(report, case_series):
    table = report(CASE_SERIES)["correlations"]
    assert table.columns.tolist() == CORRELATIONS
    keys = itertools.product(STATISTICS, samples(case_series).subsets, PHASES)
    assert table[["statistic", "subset", "phase"]].apply(tuple, axis=1).tolist() == list(keys)
    assert set(table["score"]) == {"pasi"}
    expected = grid(case_series, by_phase(), p_by="shift").set_index(["subset", "phase"]).loc[("treg", "all")]
    treg = table[(table["subset"] == "treg") & (table["phase"] == "all")].iloc[0]
    names = ["estimate", "low", "high", "p", "q", "df", "patients", "pairs"]
    np.testing.assert_allclose(pd.to_numeric(treg[names]), expected[names].astype(float), rtol=1e-7)
    refused = table[table["estimate"].astype(str) == ""]
    assert refused["note"].str.startswith("not computed: ").all()
    assert (refused[["low", "high", "p", "q"]] == "").all(axis=None)


def test_the_pairs_and_what_stands_alone_are_written_with_gaps_and_reasons(report, case_series):
    table = report(CASE_SERIES, "--subset", "treg", "--lag", "4")["pairs"]
    pair = table["kind"] == "pair"
    assert pd.to_numeric(table.loc[pair, "gap_weeks"]).abs().le(1).all()
    gap = pd.to_numeric(table.loc[pair, "pasi_week"]) - pd.to_numeric(table.loc[pair, "immune_week"]) - 4
    np.testing.assert_allclose(gap, pd.to_numeric(table.loc[pair, "gap_weeks"]), atol=1e-9)
    assert (table["reason"] == "").equals(pair)
    taken = np.isfinite(samples(case_series).value[:, samples(case_series).subsets.index("treg")]).sum()
    assert (table["kind"] != "visit").sum() == taken


def test_correlations_narrow_by_statistic_subset_lag_and_phase_and_always_have_all_visits(report):
    options = ["--statistic", "week_detrended,pooled_pearson", "--subset", "treg", "--lag=-4,0", "--phase", "after"]
    table = report(CASE_SERIES, *options, "--tolerance", "2", "--immune-scale", "fold")["correlations"]
    assert set(table["statistic"]) == {"week_detrended", "pooled_pearson"}
    assert set(table["subset"]) == {"treg"}
    assert table["lag_weeks"].astype(float).tolist() == [-4, 0, -4, 0] * 2
    assert table["phase"].tolist() == ["after", "after", "all", "all"] * 2


def test_without_immune_samples_there_are_headers_and_a_sentence(report, vissig_path, tmp_path):
    tables = report(vissig_path)
    assert tables["correlations"].columns.tolist() == CORRELATIONS
    assert tables["correlations"].empty
    assert tables["pairs"].empty
    text = " ".join((tmp_path / "out" / "README.txt").read_text(encoding="utf-8").split())
    assert "No immune samples: correlations.csv, specifications.csv and pairs.csv hold their header only" in text


def test_times_to_an_event_are_the_steps_of_the_page_and_their_medians(report):
    study = open_study()
    table = report(CASE_SERIES)["survival"]
    assert table.columns.tolist() == [
        "measure", "group", "phase", "kind", "week", "at_risk", "events", "censored", "survival", "low", "high", "note",
    ]  # fmt: skip
    assert set(table["measure"]) == {"response", "relapse", "durability", "drug_survival"}
    for measure in ("relapse", "drug_survival"):
        found = times(study, measure, Followed(phase="after"))
        own = table[(table["measure"] == measure) & table["phase"].isin(["after", ""])]
        steps = own[own["kind"] == "step"].astype({"week": float, "survival": float})
        expected = curves(found)
        assert steps[["group", "week", "at_risk", "survival"]].values.tolist() == (
            expected[["group", "week", "at_risk", "survival"]].sort_values("group", kind="stable").values.tolist()
        )
        reached = own[own["kind"] == "median"].set_index("group")["week"].replace("", "nan").astype(float)
        known = medians(found).set_index("group")["median_weeks"]
        assert reached.sort_index().tolist() == pytest.approx(known.sort_index().tolist(), nan_ok=True)
    assert table.loc[(table["kind"] == "median") & (table["week"] == ""), "note"].eq("not reached").all()


def test_options_narrow(report):
    options = ["--rule", "PASI75,NPF", "--rule", "at_most_4", "--imputation", "OC", "--phase", "restart"]
    tables = report(CASE_SERIES, *options, "--from-week", "10", "--to-week", "30")
    assert set(tables["responses"]["rule"]) == {"PASI75", "at_most_4"}
    assert set(tables["responses"]["imputation"]) == {"OC"}
    assert tables["responses"]["week"].between(10, 30).all()
    assert tables["relapses"]["rule"].tolist() == ["NPF"] * 3
    assert tables["patients"][["response_rule", "relapse_rule"]].drop_duplicates().values.tolist() == [
        ["PASI75", "NPF"]
    ]
    assert pd.to_numeric(tables["patients"]["last_week"]).le(30).all()


def test_weeks_are_told_on_the_clock(report):
    patients = report(CASE_SERIES, "--clock", "restart", "--phase", "restart")["patients"]
    assert patients["baseline_week"].astype(float).tolist() == [0, 0, 0]
    assert patients["last_week"].astype(float).tolist() == [121, 108, 53]
    assert patients["auc_per_week"].astype(float).gt(0).all()


def test_a_patient_off_the_clock_is_left_out_and_counted(tmp_path):
    study = make_study({"P1": {0: 20, 4: 2, 9: 3, 12: 1}, "P2": {0: 20, 4: 2}}, treatments=[
        *msc("P1"), *msc("P2"), ("P1", "adalimumab", "biologic", 9, None),
    ])  # fmt: skip
    write(study, ReportOptions(clock="restart"), tmp_path)
    assert set(pd.read_csv(tmp_path / "relapses.csv")["patient_id"]) == {"P1"}
    text = " ".join((tmp_path / "README.txt").read_text(encoding="utf-8").split())
    assert "without a week 0 on this clock: 1" in text


def test_the_readme_has_every_rules_wording_and_source_and_every_choice(tmp_path, case_series):
    write(case_series, ReportOptions(), tmp_path)
    text = " ".join((tmp_path / "README.txt").read_text(encoding="utf-8").split())
    for rule in (*RESPONSES.values(), *RELAPSES.values(), *REBOUNDS.values()):
        assert rule.wording in text
        assert rule.source in text
    for imputation in IMPUTATIONS.values():
        assert imputation.wording in text
    for statistic in STATISTICS.values():
        for words in (statistic.wording, statistic.assumption, statistic.caveat, statistic.coverage, statistic.source):
            assert words in text
    for words in ("treatment policy", "illustrative", "no nominal visits", "10.3389/fimmu.2025.1656724", "Wilson"):
        assert words in text


def test_the_same_report_twice_is_the_same_bytes(tmp_path, case_series):
    for name in ("one", "two"):
        write(case_series, ReportOptions(), tmp_path / name)
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in FILES)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_text_that_a_spreadsheet_would_calculate_is_escaped_and_a_number_is_not(start):
    table = pd.DataFrame(
        {"patient_id": pd.Categorical([f"{start}1+1", "P2"]), "note": ["-", "a=b"], "week": [-4.0, 0.0]}
    )
    lines = csv_text(table).splitlines()
    assert lines[1] == f"'{start}1+1,'-,-4"
    assert lines[2] == "P2,a=b,0"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rule", "PASI755"], "There is no rule 'PASI755'. There are PASI50, "),
        (["--imputation", "MI"], "There is no imputation 'MI'. There are OC, NRI, LOCF."),
        (["--phase", "later"], "There is no phase of this study 'later'."),
        (["--clock", "moon"], "There is no clock 'moon'."),
        (["--policy", "none"], "There is no policy 'none'."),
        (["--interval", "wald"], "There is no interval 'wald'."),
        (["--baseline", "worst"], "There is no baseline 'worst'."),
        (["--baseline", ""], "There is no baseline ''."),
        (["--from-week", "9", "--to-week", "4"], "Week 9 to 4 is no window"),
        (["--from-week", "nan"], "Week nan is no window"),
        (["--statistic", "kendall"], "There is no statistic 'kendall'. There are repeated_measures, "),
        (["--subset", "b_cell"], "There is no subset of this study 'b_cell'."),
        (["--lag", "soon"], "A lag is a number of weeks, such as -4 or 2; "),
        (["--lag", "inf"], "inf weeks is no lag"),
        (["--tolerance=-1"], "-1 weeks is no tolerance: it is a number of 0 or more."),
        (["--immune-scale", "log"], "There is no immune scale 'log'."),
        (["--pasi-scale", "log"], "There is no scale of the outcome 'log'."),
    ],
)
def test_what_is_not_there_is_a_sentence(refused, options, sentence):
    assert refused(CASE_SERIES, *options).startswith(sentence)


def test_a_clock_that_nobody_is_on_is_a_sentence(refused, vissig_path):
    assert refused(vissig_path, "--clock", "restart").startswith("No patient of this study has a week 0 on the clock")


def test_a_study_that_is_none_is_a_sentence(refused, tmp_path):
    assert "no such file or folder" in refused(tmp_path / "nothing")


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main([str(CASE_SERIES), "--out", str(tmp_path / "file" / "out")]) == 2
    assert capsys.readouterr().err.startswith("The report cannot be written to")


def test_a_study_without_pasi_after_its_start_is_reported(tmp_path):
    for study in (make_study({"P1": {0: 20}}), make_study({}, {"treg": {"P1": {0: 1}}}, msc("P1"))):
        assert len(write(replace(study, title=""), ReportOptions(), tmp_path)) == len(FILES)


def test_as_a_command_it_speaks_and_exits_with_2():
    command = [sys.executable, "-m", "analysis.report", str(CASE_SERIES)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "--out" in found.stderr
    assert "Traceback" not in found.stderr


def test_specifications_are_those_of_the_page_of_the_subsets_asked_for(report, case_series):
    table = report(CASE_SERIES, "--subset", "treg", "--tolerance", "2", "--lag", "4")["specifications"]
    own = Specification(tolerance=2.0, lag=4.0)
    found = specifications(case_series, "treg", own, p_by="shift")
    assert len(table) == len(found) <= MOST
    assert set(table["subset"]) == {"treg"}
    for name in ("estimate", "low", "high", "p", "oriented", "oriented_low", "oriented_high"):
        np.testing.assert_allclose(pd.to_numeric(table[name].replace("", np.nan)), found[name], rtol=1e-6)
    for name, other in {
        "tolerance_weeks": "tolerance",
        "lag_weeks": "lag",
        "outcome_scale": "pasi_scale",
        "pairs": "pairs",
    }.items():
        assert table[name].tolist() == found[other].tolist()
    assert (table["note"].str.startswith("not computed: ") == (found["reason"] != "")).all()
    assert table["chosen"].astype(str).str.lower().eq("true").sum() == 1


def test_without_a_subset_asked_for_the_curves_are_of_the_first_two(report, case_series):
    table = report(CASE_SERIES)["specifications"]
    assert table["subset"].drop_duplicates().tolist() == list(default(case_series).subsets)
    assert set(table["score"]) == {"pasi"}


def test_comparisons_are_those_of_the_page_under_both_adjustments(report, case_series):
    table = report(CASE_SERIES, "--phase", "after", "--phase", "all")["comparisons"]
    assert set(table["comparison"]) == {"before_after", "several_visits", "responders", *OF_GROUPS}
    for visit in ("week", "first", "last"):
        found = before_after(case_series, Compared("after", visit=visit)).table
        rows = table[(table["comparison"] == "before_after") & (table["phase"] == "after") & (table["visit"] == visit)]
        assert pd.to_numeric(rows["p"]).tolist() == pytest.approx(found["p"].tolist())
        assert pd.to_numeric(rows["holm_p"]).tolist() == pytest.approx(found["adjusted"].tolist())
        assert (pd.to_numeric(rows["p"]) >= pd.to_numeric(rows["smallest_p"])).all()
    split = table[(table["comparison"] == "responders") & (table["phase"] == "after")]
    assert split["rule"].unique().tolist() == ["PASI75"]
    assert pd.to_numeric(split["estimate"]).tolist() == at_baseline(case_series, Compared("after"))["auc"].tolist()


def test_rows_of_groups_are_those_of_the_page_and_stand_without_samples_too(report, case_series, tmp_path):
    table = report(CASE_SERIES, "--subset", "treg", "--phase", "after")["comparisons"]
    course = table[table["rule"] == "median, percent_improvement"]
    found = group_course(case_series, Compared("after", scale="percent_improvement")).table
    for column, own in {"n": "n", "estimate": "median", "week": "week"}.items():
        np.testing.assert_allclose(pd.to_numeric(course[column]), found[own])
    assert pd.to_numeric(course["left_out"]).tolist() == (found["due"] - found["n"]).tolist()
    tested = table[table["other_group"] != ""]
    assert tested[["n", "other_n", "p"]].astype(str).to_numpy().tolist() == [["2", "1", ""]]
    assert tested["note"].tolist() == ["no p: 2 and 1 patients can reach no p below 0.67"]
    assert table.loc[table["comparison"] == "follow_up", "note"].str.startswith("not reached").all()
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "pasi.csv").write_text("patient_id,week,pasi\nA,0,20\nA,4,5\n")
    alone = report(tmp_path / "study", "--policy", "composite")["comparisons"]
    assert set(alone["comparison"]) == set(OF_GROUPS)
    assert (tmp_path / "out" / "README.txt").read_text().count("comparisons.csv has no row of a subset") == 1

"""study.toml: what it says of the study, and how files in other shapes map to the tables."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import stand_ins
from data.catalog import open_study
from data.intake.build.extract import KEYS
from data.problems import StudyError
from data.study import Index

UVB = Path(__file__).parents[2] / "data_studies" / "uvb" / "study.toml"
DRUGS = "patient_id,treatment,kind,start_week\nP1,apremilast,systemic,0\nP2,UC-MSC,cell_therapy,0\n"
WIDE = "who,pre,v1,v2,v3,age\n01,20,10,,,\n02,30,,3,,\n"


def test_it_names_the_study_and_its_index(folder):
    toml = 'title = "T"\ncitation = "C"\nweek_zero = "Z"\n[index]\ntreatment = "apremilast"\nlabel = "APR"\n'
    study = open_study(folder(treatments=DRUGS, **{"study.toml": toml}))
    assert (study.key, study.title, study.citation, study.week_zero) == ("study", "T", "C", "Z")
    assert study.index == Index("apremilast", "APR")


def test_the_index_label_is_the_treatment_without_uc(folder):
    assert open_study(folder(treatments=DRUGS)).index == Index("UC-MSC", "MSC")


def test_tables_in_other_files_with_other_names_and_clocks(folder):
    toml = """
        [tables.pasi]
        file = "visits.csv"
        time = "study days"
        columns = { patient_id = "who", week = "day", pasi = "score" }
        constants = { provenance = "illustrative" }
        [tables]
        events = "ae.csv"
    """
    home = folder(
        pasi=None,
        **{"study.toml": toml, "visits.csv": "who,day,score\n01,1,20\n01,15,4\n01,-6,21\n"},
        ae="patient_id,week,event\n01,2,fever\n",
    )
    study = open_study(home / "study.toml")
    assert study.pasi["week"].tolist() == [-6 / 7, 0, 2]
    assert study.patient_ids == ["01"]
    assert study.illustrative
    assert study.events["event"].tolist() == ["fever"]


TIMED = {
    "dates": ("dates", "2021-03-01", "2021-03-29"),
    "visits": ("visits", "Baseline", "Week 4"),
    "days": ("days", "0", "28"),
}


@pytest.mark.parametrize(("time", "first", "second"), TIMED.values(), ids=TIMED)
def test_a_table_of_ours_may_count_in_whatever_sources_may(folder, time, first, second):
    toml = f'[tables.pasi]\nfile = "v.csv"\ntime = "{time}"\ncolumns = {{ week = "When" }}\n'
    rows = f"patient_id,When,pasi\n01,{first},20\n01,{second},4\n"
    study = open_study(folder(pasi=None, **{"study.toml": toml, "v.csv": rows}))
    assert study.pasi[["week", "pasi"]].to_numpy().tolist() == [[0, 20], [4, 4]]


def test_one_column_of_the_file_may_be_two_of_ours(folder):
    toml = '[tables.treatments]\nfile = "t.csv"\ncolumns = { start_week = "Day", end_week = "Day" }\ntime = "days"\n'
    rows = "patient_id,treatment,kind,Day\nP1,UC-MSC,cell_therapy,0\nP1,UC-MSC,cell_therapy,7\n"
    study = open_study(folder(**{"study.toml": toml, "t.csv": rows}))
    assert study.treatments[["start_week", "end_week"]].to_numpy().tolist() == [[0, 0], [1, 1]]


OWN = '[[sources]]\nfile = "v.csv"\ntable = "{}"\nlayout = "reprise"\ncolumns = {{ {} }}\n'
OURS = {
    "pasi": ('week = "Day"', "patient_id,Day,pasi\n01,0,20\n01,0,20\n"),
    "treatments": ('treatment = "Drug"', "patient_id,Drug,kind,start_week,end_week\n01,x,other,9,3\n"),
    "events": ('event = "What"', "patient_id,week,What\n01,0,fever\n01,2,\n"),
}


@pytest.mark.parametrize("form", ["tables", "sources"])
@pytest.mark.parametrize(("table", "columns", "rows"), [(name, *how) for name, how in OURS.items()], ids=OURS)
def test_a_table_of_ours_is_read_strictly_however_it_is_stated(folder, form, table, columns, rows):
    tables = f'[tables.{table}]\nfile = "v.csv"\ncolumns = {{ {columns} }}\n'
    toml = tables if form == "tables" else OWN.format(table, columns)
    with pytest.raises(StudyError) as error:
        open_study(folder(pasi=None, **{"study.toml": toml, "v.csv": rows}))
    assert [(one.file, one.row) for one in error.value.problems] == [("v.csv", 2 if table == "treatments" else 3)]


@pytest.mark.parametrize("table", ["pasi", "events"])
@pytest.mark.parametrize("form", ["tables", "sources"])
def test_a_table_of_ours_whose_file_is_not_there_is_a_problem(folder, form, table):
    toml = f'[tables]\n{table} = "gone.csv"\n' if form == "tables" else OWN.format(table, "").replace("v.", "gone.")
    with pytest.raises(StudyError) as error:
        open_study(folder(**{"study.toml": toml}))
    place = f"tables.{table}" if form == "tables" else "sources.file"
    assert [(one.file, one.advice) for one in error.value.problems] == [("gone.csv", f"Check {place} in study.toml.")]


def test_a_column_that_is_not_there_is_told_at_its_header_with_what_it_was_to_be(folder):
    toml = '[tables.pasi]\nfile = "v.csv"\ncolumns = { pasi = "scor" }\n'
    rows = "Visits of all patients,,\n,,\npatient_id,week,score\n01,0,20\n"
    with pytest.raises(StudyError) as error:
        open_study(folder(pasi=None, **{"study.toml": toml, "v.csv": rows}))
    (problem,) = error.value.problems
    assert (problem.row, problem.expected) == (3, "the column 'scor', which study.toml names as pasi")


def wide(blanks=""):
    return f"""
        tables.pasi.file = "wide.csv"
        tables.pasi.columns.patient_id = "who"
        tables.pasi.wide.weeks = {{ pre = -1 }}
        tables.pasi.wide.pattern = "v{{week}}"
        {blanks}
    """


@pytest.mark.parametrize(
    ("blanks", "weeks"),
    [
        ("", [-1, 1, 2, -1, 1, 2]),
        ('tables.pasi.wide.blanks = "tail"', [-1, 1, -1, 1, 2]),
        ('tables.pasi.wide.blanks = "nothing"', [-1, 1, -1, 2]),
    ],
)
def test_what_a_blank_visit_means(folder, blanks, weeks):
    study = open_study(folder(pasi=None, **{"study.toml": wide(blanks), "wide.csv": WIDE}))
    assert study.pasi["week"].tolist() == weeks
    assert study.pasi["pasi"].dropna().tolist() == [20, 10, 30, 3]
    assert study.patient_ids == ["01", "02"]


def test_wide_doses_are_sessions_on_the_days_of_the_week(folder):
    toml = """
        [tables.treatments]
        file = "doses.csv"
        constants = { treatment = "UVB", kind = "phototherapy", dose_unit = "J/cm²" }
        wide = { pattern = "D{n}", days = [0, 2, 4] }
    """
    doses = "patient_id,D1,D2,D3,D4,D5\nP1,0.1,,0.3,0.4,\n"
    study = open_study(folder(**{"study.toml": toml, "doses.csv": doses}))
    assert study.treatments["start_week"].tolist() == [0, 4 / 7, 1]
    assert study.treatments["end_week"].tolist() == [0, 4 / 7, 1]
    assert study.treatments["dose"].tolist() == [0.1, 0.3, 0.4]
    assert set(study.treatments["dose_unit"]) == {"J/cm²"}


BAD = {
    "bad TOML": ('title = "a"\nweek_zero = x', 2, None, "text that is not TOML"),
    "not UTF-8": (b'title = "\xe9"', None, None, "text that is not TOML"),
    "unknown key": ('titel = "a"', 1, "titel", "the key 'titel'"),
    "unknown index key": ('\n[index]\ndrug = "a"', 3, "index.drug", "the key 'drug'"),
    "unknown table": ('[tables]\npatiens = "p.csv"', 2, "tables.patiens", "the key 'patiens'"),
    "unknown table key": ('[tables.pasi]\nfil = "p.csv"', 2, "tables.pasi.fil", "the key 'fil'"),
    "unknown wide key": ('[tables.pasi.wide]\nweek = "p"', 2, "tables.pasi.wide.week", "the key 'week'"),
    "a number for a text": ("title = 3", 1, "title", "3"),
    "a number for a table": ("index = 3", 1, "index", "3"),
    "unknown clock": ('[tables.pasi]\ntime = "fortnights"', 2, "tables.pasi.time", "'fortnights'"),
    "unknown treatment": ('[index]\ntreatment = "x"', None, "index.treatment", "'x'"),
    "unknown column of ours": ('tables.pasi.columns = { passi = "pasi" }', None, "tables.pasi.columns", "'passi'"),
    "unknown constant": ('tables.pasi.constants = { colour = "x" }', None, "tables.pasi.constants", "'colour'"),
    "a pattern without a hole": ('tables.pasi.wide.pattern = "w"', None, "tables.pasi.wide.pattern", "'w'"),
    "a week in words": ('tables.pasi.wide.weeks = { pasi = "x" }', None, "tables.pasi.wide.weeks.pasi", "'x'"),
    "a source without a table": ('[[sources]]\nfile = "pasi.csv"', None, "sources.*", "no such key"),
    "a sample without a column": (
        '[[sources]]\nfile = "pasi.csv"\ntable = "pasi"\nsample = { pattern = "x" }',
        None,
        "sources.*.sample",
        "no such key",
    ),
    "a visit in words": (
        '[[sources]]\nfile = "pasi.csv"\ntable = "pasi"\nvisits = { EOT = "soon" }',
        4,
        "sources.*.visits.EOT",
        "'soon'",
    ),
    "a wide week in words": (
        '[[sources]]\nfile = "pasi.csv"\ntable = "pasi"\nwide = { weeks = { pasi = "x" } }',
        2,
        "sources.*.wide.weeks.pasi",
        "'x'",
    ),
    "a patient that is no text": ("[patients]\nP01 = 1", 2, "patients.P01", "1"),
    "a text of half a million letters": (f'title = "{"x" * 501}"', None, "title", "a text of 501 characters"),
    "a label that each mark would repeat": (f'index.label = "{"x" * 900}"', None, "index.label", "of 900 characters"),
    "a long name": (f'[index]\n{"x" * 501} = "a"', None, f"index.{'x' * 60}", "a text of 501 characters"),
    "a long word of a code": (
        f'[[sources]]\nfile = "pasi.csv"\ntable = "pasi"\nvalues = {{ sex = {{ 1 = "{"x" * 501}" }} }}',
        None,
        "sources.values.sex.1",
        "a text of 501 characters",
    ),
    "a long word in a list": (f'[privacy]\nkeep = ["{"x" * 501}"]', None, "privacy.keep", "a text of 501 characters"),
    "days in words": (
        'tables.pasi.wide = { pattern = "w{n}", days = ["x"] }',
        None,
        "tables.pasi.wide.pattern",
        "'w{n}' and days = ['x']",
    ),
}


@pytest.mark.parametrize(("toml", "row", "column", "found"), BAD.values(), ids=BAD)
def test_problems_in_the_toml(folder, toml, row, column, found):
    with pytest.raises(StudyError) as error:
        open_study(folder(**{"study.toml": toml}))
    problem = next(problem for problem in error.value.problems if problem.file == "study.toml")
    assert (problem.row, problem.column) == (row, column)
    assert found in problem.found


@pytest.mark.parametrize("more", ["", "wide = { weeks = { c = 0 } }", 'constants = { note = "x" }'])
@pytest.mark.parametrize("table", KEYS)
def test_a_source_without_what_its_table_needs_is_a_problem(folder, table, more):
    toml = f'[[sources]]\nfile = "own.csv"\ntable = "{table}"\n{more}\n'
    with pytest.raises(StudyError) as error:
        open_study(folder(**{"study.toml": toml, "own.csv": "a,b,c\n1,0,3\n"}))
    assert any(one.column == "sources.columns" and KEYS[table][0] in one.found for one in error.value.problems)


MISSING = {
    "file": ('tables.pasi = "gone.csv"', "gone.csv: found no such file"),
    "column": ('tables.pasi.columns.pasi = "score"', "pasi.csv, row 1, column 'score': found the columns 'patient_id'"),
    "visit column": ("tables.pasi.wide.weeks.pre = 0", "pasi.csv, row 1, column 'pre': found the columns"),
    "visits": ('tables.pasi.wide.pattern = "V{week}"', "pasi.csv: found the columns 'patient_id', 'week', 'pasi'"),
    "wide patients": ('tables.pasi.wide.pattern = "v{week}"\ntables.pasi.file = "wide.csv"', "column 'patient_id'"),
    "wide table": (
        'tables.events.wide.pattern = "v{week}"\ntables.events.file = "wide.csv"',
        "tables.events.wide",
    ),
}


@pytest.mark.parametrize(("toml", "words"), MISSING.values(), ids=MISSING)
def test_what_the_toml_names_must_be_there(folder, toml, words):
    with pytest.raises(StudyError) as error:
        open_study(folder(**{"study.toml": toml, "wide.csv": WIDE}))
    assert words in str(error.value)


def test_the_uvb_toml_opens_as_it_is_beside_the_data(tmp_path):
    home = tmp_path / "reprise" / "tests" / "data_studies" / "uvb"
    home.mkdir(parents=True)
    stand_ins.write(tmp_path / "shared" / "data")
    copied = shutil.copy(UVB, home)
    assert len(open_study(copied).patients) == len(stand_ins.LAST_WEEKS)


def test_the_uvb_workbook_has_its_patients_values_and_doses(uvb, known):
    about = known["uvb"]
    assert uvb.key == "uvb"
    assert len(uvb.patients) == about["patients"]
    assert uvb.pasi["pasi"].notna().sum() == about["values"]
    assert uvb.pasi["pasi"].isna().sum() == about["missing"]
    assert len(uvb.treatments) == uvb.treatments["dose"].notna().sum() == about["doses"]
    assert set(uvb.treatments["kind"]) == {"phototherapy"}
    assert set(uvb.patient_ids) - set(uvb.treatments["patient_id"]) == set(about["without_doses"])
    assert uvb.index == Index(None, "week 0")


def test_the_uvb_weeks_follow_three_sessions_a_week(uvb):
    sessions = (uvb.treatments["start_week"] * 7 % 7).round(6)
    assert set(sessions) == {0, 2, 4}
    assert uvb.treatments["start_week"].max() < 10
    assert (uvb.treatments["start_week"] == uvb.treatments["end_week"]).all()


@pytest.mark.parametrize("percent", [75, 90])
def test_the_uvb_response_rates_are_the_published_ones(uvb, known, percent):
    seen = uvb.pasi.dropna(subset=["pasi"]).groupby("patient_id", observed=True)["pasi"]
    baseline, last = seen.first(), seen.last()
    assert len(last) == known["uvb"]["patients"]
    assert np.sum(100 * (baseline - last) - percent * baseline >= -1e-9) == known["uvb"]["last"][f"PASI{percent}"]

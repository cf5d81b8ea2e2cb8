"""Bad input: the report names the file, the row, the column, what was found and what was expected; all at once."""

import pytest

from data.catalog import open_study
from data.problems import FEW, Problem, StudyError

HEAD = "patient_id,week,pasi\n"
DRUG = "patient_id,treatment,kind,start_week,end_week\n"
FACS = "patient_id,week,treg,nk\n"
TREG = "subset,unit\ntreg,% of parent\n"

BAD = {
    "no table of visits": (
        {"pasi": None, "patients": "patient_id\nP1\n"},
        "patients.csv",
        None,
        None,
        "1 table(s) without any score, sample, treatment or event",
        "a patient, a week or date",
    ),
    "missing column": (
        {"pasi": "patient_id,week,passi\nP1,0,2\n"},
        "pasi.csv",
        1,
        "pasi",
        "'passi'",
        "a column 'pasi'",
    ),
    "unknown patient": (
        {"patients": "patient_id\nP1\n"},
        "pasi.csv",
        4,
        "patient_id",
        "'P2'",
        "a patient of patients.csv",
    ),
    "text in a number": (
        {"pasi": HEAD + "P1,0,2\nP1,1,severe\n"},
        "pasi.csv",
        3,
        "pasi",
        "'severe'",
        "a number from 0 to 72 (PASI)",
    ),
    "a number with a sign of doubt": ({"pasi": HEAD + "P1,0,<2\n"}, "pasi.csv", 2, "pasi", "'<2'", "a number"),
    "true is not a number": ({"pasi": HEAD + "P1,0,True\n"}, "pasi.csv", 2, "pasi", "'True'", "a number"),
    "PASI above 72": ({"pasi": HEAD + "P1,0,72.1\n"}, "pasi.csv", 2, "pasi", "72.1", "from 0 to 72"),
    "PASI below 0": ({"pasi": HEAD + "P1,0,-1\n"}, "pasi.csv", 2, "pasi", "-1", "from 0 to 72"),
    "infinite PASI": ({"pasi": HEAD + "P1,0,inf\n"}, "pasi.csv", 2, "pasi", "inf", "from 0 to 72"),
    "a date as a week": ({"pasi": HEAD + "P1,45291,3\n"}, "pasi.csv", 2, "week", "45291", "weeks since week 0"),
    "blank week": ({"pasi": HEAD + "P1,,3\n"}, "pasi.csv", 2, "week", "a blank cell", "a number"),
    "blank patient": ({"pasi": HEAD + " ,0,3\n"}, "pasi.csv", 2, "patient_id", "a blank cell", "text"),
    "percentage above 100": (
        {"immune_subsets": FACS + "P1,0,101,3\n", "subset_definitions": TREG},
        "immune_subsets.csv",
        2,
        "treg",
        "101",
        "a percentage from 0 to 100",
    ),
    "percentage below 0": (
        {"immune_subsets": FACS + "P1,0,-1,3\n", "subset_definitions": TREG},
        "immune_subsets.csv",
        2,
        "treg",
        "-1",
        "a percentage from 0 to 100",
    ),
    "text in a wide table": (
        {"immune_subsets": FACS + "P1,0,none,some\nP1,4,1,low\n"},
        "immune_subsets.csv",
        3,
        "nk",
        "'low'",
        "a number",
    ),
    "more cells than the parent": (
        {"immune_subsets": "patient_id,week,subset,value,count,parent_count\nP1,0,a,2,20,10\n"},
        "immune_subsets.csv",
        2,
        "count",
        "20",
        "at most the row's parent_count",
    ),
    "immune table without week": (
        {"immune_subsets": "patient_id,treg\nP1,3\n"},
        "immune_subsets.csv",
        1,
        "week",
        "'treg'",
        "a column 'week'",
    ),
    "long table without value": (
        {"immune_subsets": "patient_id,week,subset\nP1,3,a\n"},
        "immune_subsets.csv",
        1,
        "value",
        "'subset'",
        "a column 'value'",
    ),
    "end before start": (
        {"treatments": DRUG + "P1,x,biologic,9,8\n"},
        "treatments.csv",
        2,
        "end_week",
        "8, before the start 9",
        "at or after start_week",
    ),
    "unknown kind": (
        {"treatments": DRUG + "P1,x,biologics,9,\n"},
        "treatments.csv",
        2,
        "kind",
        "'biologics'",
        "cell_therapy, biologic, systemic",
    ),
    "blank kind": (
        {"treatments": DRUG + "P1,x,,9,\n"},
        "treatments.csv",
        2,
        "kind",
        "a blank cell",
        "one of cell_therapy",
    ),
    "blank treatment": (
        {"treatments": DRUG + "P1,,other,9,\n"},
        "treatments.csv",
        2,
        "treatment",
        "a blank cell",
        "text",
    ),
    "unknown provenance": (
        {"pasi": "patient_id,week,pasi,provenance\nP1,0,3,guessed\n"},
        "pasi.csv",
        2,
        "provenance",
        "'guessed'",
        "published, observed, illustrative",
    ),
    "a patient that no browser can name": (
        {"pasi": HEAD + "P1,0,2\n__proto__,0,3\n"},
        "pasi.csv",
        3,
        "patient_id",
        "'__proto__'",
        "another name",
    ),
    "a subset that no browser can name": (
        {"immune_subsets": "patient_id,week,__proto__,nk\nP1,0,3,4\n"},
        "immune_subsets.csv",
        2,
        "__proto__",
        "'__proto__'",
        "another name",
    ),
    "too many subsets": (
        {"immune_subsets": "patient_id,week,subset,value\n" + "".join(f"P1,0,s{at},3\n" for at in range(2001))},
        "immune_subsets.csv",
        None,
        "subset",
        "2,001 different subsets",
        "at most 2,000 (MAX_COLUMNS)",
    ),
    "samples of one subset each": (
        {
            "immune_subsets": "patient_id,week,subset,value\n"
            + "".join(f"P1,{at},s{at % 1900},3\n" for at in range(6000))
        },
        "immune_subsets.csv",
        None,
        None,
        "11,400,000 values if each of 6,000 samples had each of 1,900 subsets",
        "at most 4,000,000 (MAX_SAMPLE_VALUES)",
    ),
    "patients of few samples": (
        {
            "pasi": "patient_id,week,pasi\n" + "".join(f"P{at},0,3\n" for at in range(10_001)),
            "immune_subsets": "patient_id,week,subset,value\n" + "".join(f"P1,0,s{at},3\n" for at in range(1000)),
        },
        "immune_subsets.csv",
        None,
        None,
        "10,001,000 values if each of 10,001 patients had each of 1,000 subsets",
        "at most 4,000,000 (MAX_SAMPLE_VALUES)",
    ),
    "more patients than any view lays out": (
        {"pasi": "patient_id,week,pasi\n" + "".join(f"P{at},0,3\n" for at in range(20_001))},
        "pasi.csv",
        None,
        None,
        "20,001 patients",
        "at most 20,000 (MAX_PATIENTS)",
    ),
    "patients of whom each table names others, and none all": (
        {
            "pasi": "patient_id,week,pasi\n" + "".join(f"A{at},0,3\n" for at in range(12_000)),
            "treatments": "patient_id,treatment,kind,start_week\n"
            + "".join(f"B{at},x,biologic,0\n" for at in range(12_000)),
        },
        "pasi.csv and treatments.csv",
        None,
        None,
        "24,000 patients",
        "at most 20,000 (MAX_PATIENTS)",
    ),
    "samples of other patients than the visits": (
        {
            "pasi": "patient_id,week,pasi\n" + "".join(f"A{at},0,3\n" for at in range(3000)),
            "immune_subsets": "patient_id,week,subset,value\n"
            + "".join(f"B{at},0,s{at % 1000},3\n" for at in range(3000)),
        },
        "immune_subsets.csv",
        None,
        None,
        "6,000,000 values if each of 6,000 patients had each of 1,000 subsets",
        "at most 4,000,000 (MAX_SAMPLE_VALUES)",
    ),
    "duplicate visit": (
        {"pasi": HEAD + "P1,4,2\nP2,4,2\nP1,4.0,3\n"},
        "pasi.csv",
        4,
        "week",
        "patient_id 'P1', week 4 again (first in row 2)",
        "one row per patient_id and week",
    ),
    "duplicate patient": (
        {"patients": "patient_id\nP1\nP2\nP1\n"},
        "patients.csv",
        4,
        "patient_id",
        "'P1' again (first in row 2)",
        "one row per patient_id",
    ),
    "duplicate sample": (
        {"immune_subsets": FACS + "P1,0,1,3\nP1,0,1,3\n"},
        "immune_subsets.csv",
        3,
        "week",
        "again (first in row 2)",
        "one row per patient_id and week",
    ),
    "duplicate definition": (
        {"subset_definitions": "subset\na\na\n"},
        "subset_definitions.csv",
        3,
        "subset",
        "'a' again",
        "one row per subset",
    ),
    "duplicate column": (
        {"pasi": "patient_id,week,pasi,pasi\nP1,0,3,4\n"},
        "pasi.csv",
        1,
        None,
        "'pasi' more than once",
        "each name once",
    ),
    "column in two spellings": (
        {"pasi": "patient_id,week,pasi,PASI\nP1,0,3,3\n"},
        "pasi.csv",
        1,
        "pasi",
        "'pasi', 'PASI'",
        "one of them",
    ),
    "two encodings": (
        {"pasi": HEAD.encode() + "P1,0,3\nJosé,0,3\n".encode() + b"Jos\xe9,4,3\n"},
        "pasi.csv",
        4,
        None,
        "byte 0xE9 at position 41 ('\xe9' in Latin-1)",
        "text in one encoding",
    ),
    "a workbook named csv": (
        {"pasi": b"PK\x03\x04\x00"},
        "pasi.csv",
        None,
        None,
        "a workbook that cannot be read",
        "an Excel workbook",
    ),
    "zero bytes": ({"pasi": HEAD.encode() + b"P1,\x00,3\n"}, "pasi.csv", 2, None, "byte 0x00", "text in one encoding"),
    "empty file": ({"pasi": ""}, "pasi.csv", None, None, "an empty file", "a header and at least one row"),
    "blank file": (
        {"pasi": "\ufeff \r\n,,\r\n"},
        "pasi.csv",
        None,
        None,
        "an empty file",
        "a header and at least one row",
    ),
    "empty table": ({"treatments": DRUG}, "treatments.csv", None, None, "no rows below the header", "at least one row"),
    "blank rows only": (
        {"treatments": DRUG + ",,,,\n"},
        "treatments.csv",
        None,
        None,
        "no rows below the header",
        "at least one row",
    ),
    "most rows too long": (
        {"pasi": HEAD + "P1,0,3,5\nP1,1,3,5\nP1,2,3\n"},
        "pasi.csv",
        2,
        None,
        "4 cells",
        "3 cells, as in the header",
    ),
    "an open quote": (
        {"pasi": HEAD + 'P1,0,3\n"P1,1,3\nP1,2,3\n'},
        "pasi.csv",
        3,
        None,
        "1 cell",
        "3 cells, as in the header",
    ),
    "one column only": ({"pasi": "P1\nP2\n"}, "pasi.csv", None, None, "no score", "a patient, a week or date"),
    "empty folder": ({"pasi": None}, "study", None, None, "an empty folder", "tables"),
}


@pytest.mark.parametrize(("files", "file", "row", "column", "found", "expected"), BAD.values(), ids=BAD)
def test_each_kind_of_problem_has_its_place_and_its_words(folder, files, file, row, column, found, expected):
    with pytest.raises(StudyError) as error:
        open_study(folder(**files))
    matching = [
        problem
        for problem in error.value.problems
        if (problem.file, problem.row, problem.column) == (file, row, column) and found in problem.found
    ]
    assert matching, str(error.value)
    assert expected in matching[0].expected
    sentence = str(matching[0])
    assert sentence.startswith(file)
    assert sentence in str(error.value)
    assert all(
        words in sentence for words in (found, expected, f"row {row}" if row else "", f"'{column}'" if column else "")
    )


def test_every_problem_of_every_file_is_in_one_report(folder):
    home = folder(
        patients="patient_id,age\nP1,old\nP2,400\n",
        pasi=HEAD + "P1,0,x\nP1,1,80\nP3,0,4\n",
        immune_subsets=b"patient_id,week,caf\xe9\xc3\xa9\n",
        treatments=DRUG + "P1,x,pill,9,8\n",
        events="",
    )
    with pytest.raises(StudyError) as error:
        open_study(home)
    report = str(error.value)
    places = [
        "patients.csv, row 2, column 'age'",
        "patients.csv, row 3, column 'age'",
        "pasi.csv, row 2, column 'pasi'",
        "pasi.csv, row 3, column 'pasi'",
        "pasi.csv, row 4, column 'patient_id'",
        "immune_subsets.csv, row 1",
        "treatments.csv, row 2, column 'kind'",
        "treatments.csv, row 2, column 'end_week'",
        "events.csv",
    ]
    assert all(place in report for place in places)
    assert report.startswith("The study cannot be opened: 9 problems in 5 files.")


def test_a_thousand_rows_with_one_problem_are_a_few_lines_and_a_count(folder):
    rows = "".join(f"P{row},0,bad\n" for row in range(1000))
    with pytest.raises(StudyError) as error:
        open_study(folder(pasi=HEAD + rows))
    assert len(error.value.problems) == FEW
    assert error.value.problems[-1].more == 995
    assert "1000 problems in 1 file" in str(error.value)
    assert "and 995 more such rows" in str(error.value)


def test_a_problem_reads_as_a_sentence():
    problem = Problem("pasi.csv", 5, "pasi", "'abc'", "a number from 0 to 72", "Write the number alone.")
    words = "pasi.csv, row 5, column 'pasi': found 'abc', expected a number from 0 to 72. Write the number alone."
    assert str(problem) == words


def test_near_misses_are_suggested(folder):
    with pytest.raises(StudyError, match=r"Did you mean 'P1'\?"):
        open_study(folder(patients="patient_id\nP1\nP2\n", pasi=HEAD + "P1,0,3\nP1x,0,3\n"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "no such file or folder, expected a file"),
        ("nowhere.csv", "no such file or folder, expected a file"),
        ("notes.docx", r"neither text nor a workbook, expected a SAS .* Save it as CSV or \.xlsx"),
    ],
)
def test_a_path_that_is_no_study(tmp_path, name, said):
    (tmp_path / "notes.docx").write_bytes(b"x")
    with pytest.raises(StudyError, match=said):
        open_study(tmp_path / name)


def test_a_folder_named_like_a_file(tmp_path):
    (tmp_path / "pasi.csv").mkdir()
    with pytest.raises(StudyError, match="found an empty folder, expected tables"):
        open_study(tmp_path)

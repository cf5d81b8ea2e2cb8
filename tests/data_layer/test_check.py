"""`python -m data.check`: what is asked, which exit status, and the study written."""

import json

import pytest

from data.catalog import open_study
from data.check import main
from data.schema import TABLES

OWN = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
LONE = "Subject,DPO,Clinical score,CD4 T\nA,0,5,40\nA,14,3,44\nB,0,6,38\n"
CASES = {
    "our own": ({"pasi.csv": OWN}, 0, ""),
    "nothing known": ({"scores.csv": LONE}, 1, "What is the column 'Clinical score'?"),
    "a table beside it": (
        {"pasi.csv": OWN, "box.csv": "Box,Shelf\na,1\nb,2\n"},
        1,
        "Tables that gave nothing: box.csv",
    ),
    "tubes": ({"flow.csv": ",A/CD4+ | Freq. of Parent\nblood.fcs,45\nserum.fcs,46\n"}, 1, "Names of tubes"),
    "no time": ({"scores.csv": "Patient,PASI\nA,20\nA,4\n"}, 1, "Times: Week of the rows in scores.csv"),
    "a range": ({"s.csv": "Patient,Visit,PASI\nA,Day -9 to -2,20\nA,Week 4,9\n"}, 1, "Weeks of visits in s.csv"),
    "pairs without a row": (
        {"f.csv": "Patient,Week,Subset,Value\nA,0,Treg,5\nA,0,NK,7\nB,0,Treg,4\nB,4,Treg,4\nB,4,NK,8\n"},
        1,
        "Values of samples: A subset without a row",
    ),
    "a wrong cell": ({"pasi.csv": OWN + "P1,4,6\n"}, 2, None),
    "no table": ({"x.csv": ""}, 2, None),
}


@pytest.mark.parametrize(("files", "status", "asked"), CASES.values(), ids=CASES)
def test_the_status_says_whether_answers_would_open_it(tmp_path, capsys, files, status, asked):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert main([*map(str, sorted(tmp_path.iterdir())), "--json"]) == status
    questions = json.loads(capsys.readouterr().out)["questions"]
    if asked is not None:
        assert any(one["sentence"].startswith(asked) for one in questions) if asked else not questions
    fields = {"kind", "file", "sheet", "column", "sentence", "proposed", "choices"}
    assert all(set(one) == fields for one in questions)


def test_no_title_or_citation_is_asked_for(tmp_path, capsys):
    (tmp_path / "scores.csv").write_text(LONE)
    main([str(tmp_path / "scores.csv"), "--json"])
    assert not [one for one in json.loads(capsys.readouterr().out)["questions"] if one["kind"] in {"about", "index"}]


def test_the_study_is_written_into_an_empty_folder_alone(tmp_path, capsys):
    place = tmp_path / "out" / "study"
    assert main(["data/case_series", "--tables", str(place)]) == 0
    assert open_study(place).title == open_study().title
    assert {file.stem for file in place.glob("*.csv")} == {*TABLES}
    capsys.readouterr()
    assert main(["data/case_series", "--tables", str(place)]) == 2
    assert "it holds other files" in capsys.readouterr().err

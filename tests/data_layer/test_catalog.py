"""Where studies are found, how they are called, and what the command line says of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from data.catalog import BUNDLED, load, open_study, studies
from data.check import main
from data.problems import StudyError

ROOT = Path(__file__).parents[2]
PASI = "patient_id,week,pasi\nP1,0,20\n"


@pytest.fixture
def shelf(tmp_path):
    """A folder of studies: two folders, a CSV file, and things that are none."""
    for name in ("Alpha One", "beta"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pasi.csv").write_text(PASI)
    (tmp_path / "beta.csv").write_text(PASI)
    (tmp_path / "readme.md").write_text("x")
    (tmp_path / ".hidden.csv").write_text("x")
    (tmp_path / "~$open.xlsx").write_text("x")
    (tmp_path / "empty").mkdir()
    return tmp_path


def test_the_bundled_study_is_the_default():
    assert studies() == {"case-series": BUNDLED}
    assert open_study().title == load("case-series").title


def test_a_folder_of_studies(shelf):
    found = studies(shelf)
    assert {key: path.name for key, path in found.items()} == {
        "alpha-one": "Alpha One",
        "beta": "beta",
        "beta-2": "beta.csv",
    }


@pytest.mark.parametrize("name", ["beta", "beta.csv"])
def test_one_study_is_a_list_of_one(shelf, name):
    assert studies(shelf / name) == {"beta": shelf / name}


def test_a_study_toml_is_called_after_its_folder(shelf):
    (shelf / "beta" / "study.toml").write_text("title = 'B'")
    assert list(studies(shelf / "beta" / "study.toml")) == ["beta"]


def test_loading_remembers_and_keeps_the_key(shelf):
    study = load("beta-2", shelf)
    assert study.key == "beta-2"
    assert load("beta-2", shelf) is study
    with pytest.raises(KeyError):
        load("gamma", shelf)


def test_no_study_anywhere(tmp_path):
    with pytest.raises(StudyError, match="a folder without any study"):
        studies(tmp_path)


def test_check_says_what_is_there_and_exits_with_0(capsys):
    assert main([str(BUNDLED)]) == 0
    words = "3 patients, 51 PASI values (1 missing), 168 values of 6 immune subsets, 21 treatments, 11 events."
    assert words in capsys.readouterr().out


def test_check_exits_with_1_for_notes_and_2_for_problems(shelf, capsys):
    (shelf / "beta" / "extra.csv").write_text("x")
    assert main([str(shelf / "beta")]) == 1
    assert "warning: extra.csv: found no rows below the header" in capsys.readouterr().out
    (shelf / "beta.csv").write_text("x")
    assert main([str(shelf / "beta.csv")]) == 2
    assert "The study cannot be opened" in capsys.readouterr().err
    assert main([]) == 2


def test_check_runs_from_the_command_line(tmp_path):
    call = [sys.executable, "-m", "data.check", str(tmp_path / "nowhere")]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert "no such file or folder" in run.stderr

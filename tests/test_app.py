"""Bad input ends with one report and status 2, however the app is started; never with a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.settings import SETTINGS

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[1]
PERSON = (sys.executable, "app.py")
GUNICORN = (sys.executable, "-m", "gunicorn", "app:server", "--config", "gunicorn.conf.py")
OURS = frozenset(SETTINGS)
BAD = {
    "pasi.csv": "patient_id,week,pasi\nP1,0,20\nP1,4,ninety\nP2,0,80\nP1,0,21\n",
    "treatments.csv": "patient_id,treatment,kind,start_week,end_week\nP1,UC-MSC,cell_therapy,5,1\n",
    "patients.csv": "patient_id,group\nP1,A\n",
}
PROBLEMS = ("ninety", "80", "P2", "end", "duplicate|twice|two|already|again")


def run(*command, **env):
    """The app as a process that ends on its own."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    settings = inherited | {"HOST": "127.0.0.1", "PORT": "0", **env}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def bad(tmp_path):
    """A folder with five things wrong in three files."""
    for name, text in BAD.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_bad_study_ends_with_2_and_a_report_of_every_problem(bad):
    done = run(*PERSON, str(bad))
    assert done.returncode == 2
    assert_report(done.stderr)
    assert done.stdout == ""


def assert_report(text):
    assert "Traceback" not in text
    problems = [line for line in text.splitlines() if line.lstrip().startswith("-")]
    assert len(problems) >= 4, text
    assert all(".csv" in line and "found" in line and "expected" in line for line in problems), text
    assert "row 3" in text
    assert "column 'pasi'" in text
    for problem in PROBLEMS:
        assert any(word in text for word in problem.split("|")), problem


@pytest.mark.parametrize("path", ["nowhere", "nowhere.csv", "README.md"])
def test_a_path_without_a_study_ends_with_2_and_a_sentence(path):
    done = run(*PERSON, path)
    assert done.returncode == 2
    assert path in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_study_from_the_environment_is_refused_in_the_same_way(bad):
    done = run(*PERSON, STUDY=str(bad))
    assert done.returncode == 2
    assert_report(done.stderr)


def test_gunicorn_gives_up_with_the_report_and_no_traceback(bad):
    done = run(*GUNICORN, STUDY=str(bad), WEB_CONCURRENCY="1")
    assert done.returncode not in {0, None}
    assert_report(done.stderr)


def test_usage_is_told():
    done = run(*PERSON, "--help")
    assert done.returncode == 0
    assert "usage: python app.py [STUDY | FILES…]" in done.stdout


def test_several_files_are_one_study_and_bad_ones_are_told():
    done = run(*PERSON, "a.csv", "b.csv")
    assert done.returncode == 2
    assert "a.csv: found no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr

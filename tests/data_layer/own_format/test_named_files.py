"""What a study.toml may name: of files that were sent or zipped, one of them; nothing outside can be read or guessed."""

import zipfile

import pytest

from data.files import take_in
from data.formats.file_names import fitting
from data.row_report import as_json, as_text

PASI = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
CANARY = "patient_id,week,pasi\nCANARY,0,20\nCANARY,4,5\n"
SOURCE = '{{file = "{}", table = "pasi", columns = {{patient_id = "patient_id", week = "week", pasi = "pasi"}}}}'
FORMS = {
    "a table": '[tables]\npasi = "{}"\n',
    "a table's file": '[tables.pasi]\nfile = "{}"\n',
    "a source": '[[sources]]\nfile = "{}"\ntable = "pasi"\n'
    'columns = {{patient_id = "patient_id", week = "week", pasi = "pasi"}}\n',
    "an inline source": f"sources = [{SOURCE}]\n",
}
NAMES = (
    "{outside}/pasi.csv",
    "{outside}/none.csv",
    "{outside}/words.conf",
    "../outside/pasi.csv",
    "sub/../../outside/pasi.csv",
    "..\\\\outside\\\\pasi.csv",
    "C:/outside/pasi.csv",
    "file:///outside/pasi.csv",
    "link.csv",
    ".hidden.csv",
    "..",
    "",
    "pasi.csv\\u0000",
)


@pytest.fixture
def outside(tmp_path):
    """A folder beside that of the files, with what must not be told."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "pasi.csv").write_text(CANARY)
    (tmp_path / "outside" / "words.conf").write_text("CANARY = 1\n")
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "link.csv").symlink_to(tmp_path / "outside" / "pasi.csv")
    (tmp_path / "sent" / ".hidden.csv").write_text(CANARY)
    return tmp_path / "outside"


def alone(home, toml):
    (home / "study.toml").write_text(toml)
    return [home / "study.toml"]


def beside_a_table(home, toml):
    (home / "events.csv").write_text("patient_id,week,event\nP1,0,fever\n")
    return [*alone(home, toml), home / "events.csv"]


def beside_pasi_of_another_name(home, toml):
    (home / "visits.csv").write_text(PASI)
    return [*alone(home, toml), home / "visits.csv"]


def under_another_name(home, toml):
    (home / "mine.toml").write_text(toml)
    return [home / "mine.toml"]


def zipped(home, toml):
    with zipfile.ZipFile(home / "all.zip", "w") as parts:
        parts.writestr("study.toml", toml)
        parts.writestr("events.csv", "patient_id,week,event\nP1,0,fever\n")
    return [home / "all.zip"]


WAYS = (alone, beside_a_table, beside_pasi_of_another_name, under_another_name, zipped)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_outside_is_a_problem_and_tells_nothing(outside, way, form, name):
    home = outside.parent / "sent"
    taken = take_in(way(home, FORMS[form].format(name.format(outside=outside))), sent=True)
    said = as_text(taken.report) + as_json(taken.report)
    assert taken.study is None or taken.study.patient_ids == ["P1"]  # by its columns, as another month's file
    assert "CANARY" not in said
    assert str(outside.parent) not in said
    assert "nobody thought of" not in said


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("form", FORMS)
def test_the_answer_is_the_same_whether_a_file_is_there_or_not(outside, way, form):
    home = outside.parent / "sent"
    answers = {
        as_text(take_in(way(home, FORMS[form].format(outside.with_name(name) / "pasi.csv")), sent=True).report)
        for name in ("outside", "nowhere")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("form", FORMS)
def test_what_lies_in_a_zip_never_points_outside_of_it_for_the_operator_either(outside, form):
    home = outside.parent / "sent"
    for name in (f"{outside}/pasi.csv", "../outside/pasi.csv"):
        assert take_in(zipped(home, FORMS[form].format(name))).study is None


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["../outside/pasi.csv", "{outside}/pasi.csv"])
@pytest.mark.parametrize("way", [alone, under_another_name])
def test_the_operators_own_study_toml_may_point_anywhere(outside, form, name, way):
    home = outside.parent / "sent"
    taken = take_in(way(home, FORMS[form].format(name.format(outside=outside))))
    assert taken.study.patient_ids == ["CANARY"]


@pytest.mark.parametrize("form", FORMS)
def test_a_plain_name_among_the_files_sent_is_found(tmp_path, form):
    (tmp_path / "visits.csv").write_text(PASI)
    paths = [*alone(tmp_path, FORMS[form].format("visits.csv")), tmp_path / "visits.csv"]
    assert take_in(paths, sent=True).study.pasi["pasi"].tolist() == [20, 5]


def test_the_problem_says_which_names_there_are(outside):
    paths = beside_pasi_of_another_name(outside.parent / "sent", '[tables]\npasi = "../outside/pasi.csv"\n')
    (problem,) = take_in(paths, sent=True).report.problems
    assert str(problem).startswith("study.toml, column 'tables.pasi': found a path, expected the plain name of a file")
    assert "'visits.csv'" in str(problem)


def test_what_lies_beside_a_study_toml_that_was_sent_is_not_looked_at(tmp_path):
    (tmp_path / "pasi.csv").write_text(CANARY)
    taken = take_in(alone(tmp_path, 'title = "x"\n'), sent=True)
    assert taken.study is None
    assert "CANARY" not in as_text(taken.report)


@pytest.mark.parametrize("name", ["link.csv", "."])
def test_a_link_or_a_folder_is_never_what_was_sent(outside, name):
    (problem,) = take_in([outside.parent / "sent" / name], sent=True).report.problems
    assert problem.found == "a link or a folder"


@pytest.mark.parametrize(
    "name", ["\U0001d482" * 100 + ".csv", "x" * 4000, "a." + "b" * 4000, "é" * 200 + ".tar.gz", "pasi.csv"]
)
def test_a_name_fits_every_file_system_and_keeps_its_suffix(tmp_path, name):
    (tmp_path / fitting(name)).touch()
    assert fitting(name).endswith(name[name.rindex(".") :] if name.endswith((".csv", ".gz")) else name[-1])

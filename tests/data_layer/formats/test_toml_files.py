"""TOML is looked at before it is parsed: a small file cannot ask for much time or memory."""

import tomllib

import pytest

from data.files import take_in
from data.formats.toml_files import MOST_PARTS, parsed
from data.problems import Report

LONG = ".".join("a" * 20_000)
REFUSED = {
    "a key": f"{LONG} = 1",
    "spaces": f"{LONG.replace('.', ' . ')} = 1",
    "quoted": ".".join(['"a"'] * 20_000) + " = 1",
    "literal": ".".join(["'a.b'"] * 20_000) + " = 1",
    "a table": f"[{LONG}]\nx = 1",
    "an array of tables": f"[[{LONG}]]\nx = 1",
    "an inline table": f"x = {{ {LONG} = 1 }}",
    "in an array": f"x = [ {{ {LONG} = 1 }} ]",
    "after a text": f'x = [ """a"""", {{ {LONG} = 1 }} ]',
    "after a text of four quotes": f"x = [ '''a'''', {{ {LONG} = 1 }} ]",
    "after a comment": f"# it's \"\n{LONG} = 1",
    "after an escape": f'x = "\\\\" \n{LONG} = 1',
    "after a long text": f'x = """\n\\""" # \n"""\n{LONG} = 1',
}
READ = {
    "numbers": f"x = [{', '.join(['1.5'] * 30_000)}]",
    "points in a text": f'x = "{LONG}"',
    "points in a long text": f"x = '''\n{LONG}\n'''",
    "points in a comment": f"# {LONG}\nx = 1",
    "a key of many letters": f"{'a' * 100_000} = 1",
    "as many parts as may be": ".".join("a" * MOST_PARTS) + " = 1",
}


@pytest.fixture
def refuse(monkeypatch):
    """A parser that no file may reach."""
    monkeypatch.setattr(tomllib, "loads", lambda text: pytest.fail("parsed"))


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_a_key_of_very_many_parts_is_not_parsed(tmp_path, refuse, text):
    (tmp_path / "study.toml").write_text(text)
    report = Report()
    assert parsed(tmp_path / "study.toml", report)[1] is None
    assert "a key of 20,000 parts, expected at most 20" in str(report.problems[0])


@pytest.mark.parametrize("text", READ.values(), ids=READ)
def test_what_only_looks_like_one_is_parsed(tmp_path, text):
    (tmp_path / "study.toml").write_text(text)
    report = Report()
    assert parsed(tmp_path / "study.toml", report)[1] == tomllib.loads(text)
    assert report.problems == []


def test_a_toml_of_more_than_a_megabyte_is_not_parsed(tmp_path, refuse):
    (tmp_path / "study.toml").write_text("# " + "x" * 1_000_000)
    (problem,) = take_in([tmp_path / "study.toml"]).report.problems
    assert "1.0 MB, expected at most 1 MB in a TOML file" in str(problem)


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 50_000, "x = " + "{a=" * 50_000, f"x = {'1' * 5000}", "\0", "x = \ud800"]
)
def test_what_the_parser_cannot_take_is_a_problem_with_its_file(tmp_path, text):
    (tmp_path / "study.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    (problem,) = take_in([tmp_path / "study.toml"]).report.problems
    assert problem.file == "study.toml"
    assert problem.found.startswith("text that is not TOML (")


@pytest.mark.parametrize("text", ["title = 0x{}", "[[sources]]\nfile = [[1, {{ a = 0x{} }}]]", "week_zero = -1{}"])
def test_a_whole_number_that_is_none_of_toml_is_a_problem(tmp_path, text):
    (tmp_path / "study.toml").write_text(text.format("0" * 4000 if "-" in text else "f" * 20_000))
    (problem,) = take_in([tmp_path / "study.toml"]).report.problems
    assert (problem.file, problem.found) == ("study.toml", "a whole number beyond 64 bits")


def test_very_many_unknown_keys_are_told_of_once_and_in_no_time(tmp_path):
    (tmp_path / "study.toml").write_text("".join(f"key{at} = 1\n" for at in range(50_000)))
    assert 1 < len(take_in([tmp_path / "study.toml"]).report.problems) <= 30

"""What a stranger relies on: one version everywhere, the licence and the paper as they are stated, and checks that are the same wherever they run."""

import re
import tomllib
from pathlib import Path

from publishing.references import REFERENCES
from publishing.stamp import version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINTERS = ("ruff check", "ruff format --check", "-m mypy", "lint-browser")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version_stands_everywhere():
    number = PROJECT["version"]
    released = re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", text("CHANGELOG.md"), re.MULTILINE)
    assert released[0][0] == number
    assert f'version: "{number}"\ndate-released: "{released[0][1]}"' in text("CITATION.cff")
    assert version().startswith(f"{number}+")


def test_the_paper_is_cited_as_the_page_cites_it():
    paper = REFERENCES["10.3389/fimmu.2025.1656724"]
    names = re.findall(r"\{family-names: ([^,]+), given-names: ([^}]+)\}", text("CITATION.cff"))
    assert " and ".join(map(", ".join, names)) == paper.authors
    assert f'title: "{paper.title}"' in text("CITATION.cff")
    assert f"doi: {paper.doi}" in text("CITATION.cff")


def test_the_licence_is_the_one_that_is_stated():
    assert text("LICENSE").startswith("MIT License\n")
    assert PROJECT["license"] == "MIT"
    assert "license: MIT" in text("CITATION.cff")


def test_a_workflow_runs_what_it_names_by_hash_and_may_only_read():
    workflow = text(".github/workflows/ci.yml")
    assert re.findall(r"uses: (\S+)", workflow)
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", used) for used in re.findall(r"uses: (\S+)", workflow))
    assert re.findall(r"^ *permissions:\n( +\S+: \S+\n)+", workflow, re.MULTILINE) == ["  contents: read\n"]
    tested = re.search(r"python: \[(.*)\]", workflow)[1].replace('"', "").split(", ")
    stated = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)]
    assert tested == stated
    assert PROJECT["requires-python"] == f">={tested[0]}"


def test_a_commit_is_checked_by_what_make_lint_runs():
    for linter in LINTERS:
        assert linter in text("Makefile"), linter
        assert linter in text(".pre-commit-config.yaml"), linter


def test_what_security_names_is_there():
    named = re.findall(r"`((?:tests|serving)/[\w/.]+)`", text("SECURITY.md"))
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []

"""What is installed is what requirements.txt pins: requirements.lock holds it, whole, with hashes; and what is known of it is told apart from what is not."""

import json
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from benchmarks import audit

ROOT = Path(__file__).parents[1]
LOCK = audit.LOCK.read_text(encoding="utf-8")
LOCKED = {one.name: one for one in audit.locked(LOCK)}


def pins(file):
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text().splitlines()]
    return {plain(one.name): str(one.specifier) for one in (Requirement(x) for x in lines if x and x[0] != "-")}


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_has_every_pin_in_its_version():
    assert len(pins("requirements.txt")) > 20
    for name, version in pins("requirements.txt").items():
        assert version == f"=={LOCKED[name].version}", f"{name}: make lock"


def test_what_the_tests_need_contradicts_no_lock():
    for name, version in pins("requirements-dev.txt").items():
        assert name not in LOCKED or version == f"=={LOCKED[name].version}", name


def test_whatever_a_locked_package_needs_is_locked_too():
    for one in LOCKED.values():
        if not one.wanted or not installed(one.name):
            continue
        for needed in map(Requirement, metadata.requires(one.name) or ()):
            if not needed.marker or needed.marker.evaluate({"extra": ""}):
                assert plain(needed.name) in LOCKED, f"{one.name} needs {needed.name}: make lock"


def installed(name):
    return any(True for _ in metadata.distributions(name=name))


def test_every_entry_of_the_lock_has_one_version_and_hashes():
    entries = re.split(r"\n(?=\S)", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE).strip())
    assert len(entries) == len(LOCKED) > 50
    for entry in entries:
        assert re.fullmatch(r"\S+==\S+( ; [^\\]+)? \\(\n    --hash=sha256:[0-9a-f]{64}( \\)?)+", entry), entry[:80]


def asked(tmp_path, said):
    """`audit.main` with a pip-audit that says this."""
    (tmp_path / "said.py").write_text(f"print({said!r})")
    return audit.main([sys.executable, str(tmp_path / "said.py")])


def answer(**vulns):
    known = [{"name": one.name, "version": one.version, "vulns": vulns.get(one.name, [])} for one in LOCKED.values()]
    return json.dumps({"dependencies": known})


@pytest.fixture
def allowed(monkeypatch):
    """Every licence of what is installed; the table of them is what `make audit` is for."""
    monkeypatch.setattr(audit, "licences", lambda _: frozenset({"MIT"}))


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (answer(), audit.CLEAN, "Known vulnerabilities: none, of "),
        (answer(flask=[{"id": "CVE-1"}]), audit.FOUND, "Known vulnerabilities: flask (CVE-1), of "),
        ("", audit.UNKNOWN, "its database was out of reach"),
        (json.dumps({"dependencies": []}), audit.UNKNOWN, f"NOT LOOKED UP: {len(LOCKED)} of "),
        (json.dumps({"dependencies": [{"name": "flask", "skip_reason": "x"}]}), audit.UNKNOWN, "NOT LOOKED UP"),
    ],
)
def test_a_package_that_could_not_be_looked_up_is_not_called_clean(tmp_path, allowed, capsys, said, status, words):
    assert asked(tmp_path, said) == status
    assert words in capsys.readouterr().out


def test_a_licence_that_is_not_allowed_or_not_stated_is_found(tmp_path, monkeypatch, capsys):
    for names in ({"GPL-3.0-only"}, {"MIT", "GPL-3.0-only"}, ()):
        monkeypatch.setattr(audit, "licences", lambda _, names=names: frozenset(names))
        assert asked(tmp_path, answer()) == audit.FOUND
        assert f"not allowed, or not stated: {next(iter(LOCKED))} (" in capsys.readouterr().out


def test_every_package_that_is_installed_has_an_allowed_licence():
    here = [one.name for one in LOCKED.values() if one.wanted and installed(one.name)]
    assert len(here) > 50
    assert [name for name in here if not audit.licences(name) or not audit.licences(name) <= audit.ALLOWED] == []

"""Ready is who could serve a reader now; what is missing is a sentence without a name or a place."""

import json
from types import SimpleNamespace

import pytest

from data.uploading.upload_folder import prepared
from serving.monitoring import readiness
from serving.monitoring.routes import MONITORED


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    readiness._found.cache_clear()
    monkeypatch.setenv("UPLOADS", str(tmp_path / "secret-place"))
    monkeypatch.setenv("STUDY", str(tmp_path / "uvb-trial.csv"))
    (tmp_path / "uvb-trial.csv").write_text("patient_id,week,pasi\n")
    for name in ("AUTH", "ACCESS", "AUTH_USERS", "AUDIT_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield
    readiness._found.cache_clear()


def broken_study(monkeypatch, tmp_path):
    (tmp_path / "uvb-trial.csv").unlink()


def broken_access(monkeypatch, tmp_path):
    (tmp_path / "access.toml").write_text("studies = 3")
    monkeypatch.setenv("ACCESS", str(tmp_path / "access.toml"))


def no_users(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTH", "users")
    monkeypatch.setenv("AUTH_USERS", str(tmp_path / "nobody"))


def shared_folder(monkeypatch, tmp_path):
    prepared().chmod(0o755)


def full_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda _: SimpleNamespace(free=199_000_000))


def open_audit(monkeypatch, tmp_path):
    (tmp_path / "audit").touch()
    (tmp_path / "audit").chmod(0o644)
    monkeypatch.setenv("AUDIT_FILE", str(tmp_path / "audit"))


BROKEN = {
    "A study cannot be read.": broken_study,
    "Who may log in, or see what, cannot be read.": broken_access,
    "Uploads cannot be written.": shared_folder,
    "The disk has no room for an upload.": full_disk,
    "The audit log cannot be written.": open_audit,
}


def test_every_check_is_broken_here():
    assert BROKEN.keys() == readiness.CHECKS.keys()


def test_all_is_well():
    assert readiness.reasons() == []


@pytest.mark.parametrize(
    ("sentence", "break_it"), [*BROKEN.items(), ("Who may log in, or see what, cannot be read.", no_users)]
)
def test_what_is_missing_is_a_sentence_and_503(sentence, break_it, monkeypatch, tmp_path):
    break_it(monkeypatch, tmp_path)
    status, _, content = MONITORED["/ready"]()
    found = json.loads(content)
    assert (status, found["status"], found["reasons"]) == (503, "not ready", [sentence])
    assert not any(word in str(content) for word in ("uvb", "secret-place", str(tmp_path)))
    assert found["version"]


def test_who_asks_often_has_the_same_answer(monkeypatch):
    asked = []
    monkeypatch.setattr(readiness, "CHECKS", {"x": lambda: asked.append(1) or True})
    monkeypatch.setattr(readiness.time, "monotonic", lambda: 100.0)
    assert [readiness.reasons() for _ in range(5)] == [[]] * 5
    assert len(asked) == 1

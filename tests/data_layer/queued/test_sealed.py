"""What goes through redis is read and believed by those alone who have the key."""

import pytest

from data.queued.sealed import ForgedError, namespace, opened, sealed


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    return tmp_path


def test_what_was_sealed_is_opened_again_and_cannot_be_read():
    token = sealed("job", {"what": "reading Anna.csv"})
    assert opened("job", token) == {"what": "reading Anna.csv"}
    assert b"Anna" not in token


@pytest.mark.parametrize("token", [b"", b"{}", b"gAAAAA", b"\x80\x04K\x01."])
def test_what_somebody_else_writes_is_not_believed(token):
    with pytest.raises(ForgedError):
        opened("job", token)


def test_a_word_of_one_job_is_none_of_another():
    with pytest.raises(ForgedError):
        opened("other", sealed("job", {}))


def test_another_store_has_another_key_and_other_names(store, monkeypatch):
    token, name = sealed("job", {}), namespace()
    monkeypatch.setenv("SECRET_FILE", str(store / "other.key"))
    assert namespace() != name
    with pytest.raises(ForgedError):
        opened("job", token)

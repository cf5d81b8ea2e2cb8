"""Who runs the server sees what is kept, without a key or a sign that a terminal obeys, and deletes what nobody else can."""

import json

import pytest

from data.store.backup import StoreError
from data.store.listing import HEADS, delete, listed, plain
from data.uploading.manifest import MANIFEST, STORE, TEXTS, Owner
from data.uploading.upload_folder import folder, kept_folders, kept_name
from data_layer.store.stores import KEYS, keep
from kept import retell


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
    keep(KEYS[0], expires=4e9)
    return folder() / kept_name(KEYS[0])


def test_a_line_says_what_a_manifest_says(store):
    keep(KEYS[1], owner=None, expires=float("inf"))
    heads, *lines = listed().splitlines()
    assert heads.split("  ")[0] == HEADS[0]
    one, other = (next(line for line in lines if line.startswith(kept_name(key)[5:13])) for key in KEYS[:2])
    assert all(word in one for word in ("2096-10-02T07:06", "anna", "bert", "0.1.0"))
    assert "until deleted" in other
    assert "  -  " in other
    assert not [key for key in KEYS if key in listed()]


def test_what_cannot_be_read_has_a_line_too(store):
    for change, word in (
        ({"store": STORE + 1}, "a later version"),
        ({"owner": ""}, "(nobody)"),
        ({"store": None}, "(damaged)"),
    ):
        retell(store, store=STORE)
        retell(store, **change)
        assert word in listed()
    retell(store, store=STORE)
    (store / TEXTS).write_text("{")
    assert listed().endswith("(damaged)")


def test_a_study_of_the_first_version_is_told_of(store):
    store.rename(store.with_name(store.name.replace("kept-", "study-")))
    assert "1 of the store's first version" in listed()


def test_a_title_commands_no_terminal(store):
    hostile = "\x1b]0;evil\x07\x1b[2J\u202e a\nb\t" + "x" * 99
    texts = json.loads((store / TEXTS).read_text())
    (store / TEXTS).write_text(json.dumps(texts | {"title": hostile}))
    assert all(sign.isprintable() or sign == "\n" for sign in listed())
    assert len(listed().splitlines()) == 2
    assert len(plain(hostile)) == 60


def test_an_owners_name_commands_none_either(store):
    retell(store, owner="\x1b[2J", shared=["\n\n"])
    assert all(sign.isprintable() or sign == "\n" for sign in listed())
    assert len(listed().splitlines()) == 2


def test_one_is_deleted_by_its_id_alone(store):
    keep(KEYS[1], owner=Owner("bert"))
    for name in ("", "zz", kept_name(KEYS[2])[5:13]):
        with pytest.raises(StoreError, match="No studies are called"):
            delete(name)
    delete(kept_name(KEYS[1])[5:13])
    assert kept_folders() == [store]
    (store / MANIFEST).write_text("{")
    delete(kept_name(KEYS[0])[5:13])
    assert kept_folders() == []

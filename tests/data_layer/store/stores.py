"""Stores of kept studies, as tests make them."""

import json
import time
from functools import cache
from hashlib import sha256
from zipfile import ZIP_DEFLATED, ZipFile

from data.catalog import open_study
from data.store.backup import INDEX
from data.uploading.manifest import NOTES, Owner, manifest_for, write_manifest
from data.uploading.study_files import write_study
from data.uploading.upload_folder import kept_name, prepared

KEYS = ("a" * 43, "b" * 43, "c" * 43)


ANNA = Owner("anna", ("bert",))


@cache
def study():
    return open_study()


def keep(key, *, owner=ANNA, expires=None, note="look"):
    """A study in the store, under this key."""
    place = prepared() / kept_name(key)
    place.mkdir(mode=0o700)
    write_study(study(), place)
    (place / "study.toml").write_text("")
    (place / "report.json").write_text(json.dumps({"txt": "all rows"}))
    if note:
        (place / NOTES).write_text(
            json.dumps({"notes": [{"kind": "step", "patient": "", "week": None, "of": "#", "text": note}]})
        )
    now = time.time()
    write_manifest(place, manifest_for(place, owner, now - 60, expires or now + 5000))
    return place


def contents(folder):
    """Name -> bytes of everything that a store keeps."""
    places = [*folder.glob("kept-*/*"), *folder.glob("notes/*")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in places}


def entries(file):
    """Name -> bytes of a backup."""
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def written(file, found, *, hashes=True, **index):
    """A backup by hand, with true hashes of what is in it."""
    about = {"backup": 1, "reprise": "0.1.0", "made": "2026-01-01T00:00:00Z"}
    files = {name: sha256(content).hexdigest() for name, content in found.items() if name != INDEX} if hashes else {}
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, content in found.items():
            if name != INDEX:
                made.writestr(name, content)
        made.writestr(INDEX, json.dumps(about | {"files": files} | index))
    return file


def resaid(content, **change):
    """What a manifest says, otherwise."""
    return json.dumps(json.loads(content) | change).encode()

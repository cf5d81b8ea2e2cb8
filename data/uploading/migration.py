"""Studies of the first version of the store, brought to this one.

It kept `kept.json` (when a study `expires`), and `owner.json` where there was a login, beside the same four files, in a
folder called `study-…`. A study is brought whole: it has its manifest before its folder is called as in this version,
and may be brought again wherever that ended."""

from __future__ import annotations

import json
import math
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from data.uploading.manifest import (
    TEXTS,
    WRONG_TEXT,
    Owner,
    UnreadableStudyError,
    lifetime,
    manifest_for,
    read_manifest,
    write_manifest,
)
from data.uploading.upload_folder import KEPT, OLD, kept_folders, locked, prepared

if TYPE_CHECKING:
    from pathlib import Path

EXPIRES, OWNER = "kept.json", "owner.json"


def migrate() -> tuple[int, int]:
    """How many studies of the first version were brought to this one, and how many could not be, for which there is no
    room, say. FolderError where there is no store."""
    if not kept_folders(OLD):
        return 0, 0
    with locked(prepared()):
        found = [_brought(one) for one in kept_folders(OLD)]
    return sum(found), len(found) - sum(found)


def _brought(place: Path) -> bool:
    new = place.with_name(place.name.replace(OLD, KEPT, 1))
    try:
        _say(place)
        if new.exists():  # restored meanwhile
            shutil.rmtree(place)
            return True
        place.rename(new)
        for name in (EXPIRES, OWNER):
            (new / name).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _say(place: Path) -> None:
    """Write the manifest, unless it is there from a time before that was not ended."""
    with suppress(UnreadableStudyError):
        read_manifest(place)
        return
    made = (place / TEXTS if (place / TEXTS).is_file() else place).stat().st_mtime
    write_manifest(place, manifest_for(place, _owner(place), made, _expires(place)))


def _expires(place: Path) -> float:
    """As that version counted it."""
    try:
        until = float(json.loads((place / EXPIRES).read_text(encoding="utf-8"))["expires"])
    except WRONG_TEXT:
        until = math.nan
    return place.stat().st_mtime + lifetime() if math.isnan(until) else until


def _owner(place: Path) -> Owner | None:
    """As that version read it: nobody's where nothing is said, and somebody's whom nobody is where it is damaged."""
    try:
        said = json.loads((place / OWNER).read_text(encoding="utf-8"))
        return Owner(str(said["name"]), tuple(map(str, said["shared"])))
    except FileNotFoundError:
        return None
    except WRONG_TEXT:
        return Owner("")

"""Whose an upload is and who else may see it, as its manifest says. Without a login, an upload is nobody's, and
whoever has its address may see and delete it; so are those of before there was a login."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data.access import ANYONE, ASKS, NAME, Reader
from data.settings import setting
from data.uploading.manifest import Owner, UnreadableStudyError, read_manifest, write_manifest
from data.uploading.upload_folder import locked, prepared

if TYPE_CHECKING:
    from pathlib import Path

MOST = 100
"""Names that a study is shared with."""


class NotYoursError(Exception):
    """Somebody else's upload is to be deleted or shared; the text is a sentence for the reader."""

    def __str__(self) -> str:
        return "Only who opened these files here can delete or share this study."


def owner_of(place: Path) -> Owner | None:
    """Of the upload in a folder, None where it is nobody's; where that cannot be read, somebody whom nobody is."""
    try:
        return read_manifest(place).owner
    except UnreadableStudyError:
        return Owner("")


def may_open(place: Path) -> bool:
    """Whether who asks may see the upload in a folder."""
    found = owner_of(place)
    return is_own(place) or (found is not None and bool({_asks(), ANYONE} & set(found.shared)) and _asks() != "")


def is_own(place: Path) -> bool:
    """Whether who asks may delete and share it."""
    if setting("AUTH") == "none" or ASKS.get() == Reader():
        return True
    found = owner_of(place)
    return _asks() != "" and (found is None or found.name == _asks())


def write_owner(place: Path, owner: Owner) -> None:
    """Say it anew, whole at any moment. UnreadableStudyError as `read_manifest`."""
    with locked(prepared()):
        write_manifest(place, replace(read_manifest(place), owner=owner))


def names_of(text: str) -> tuple[str, ...]:
    """The names in a text, with commas between them. ValueError with a sentence when one cannot be a name."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if len(names) > MOST or not all(name == ANYONE or NAME.fullmatch(name) for name in names):
        raise ValueError(f"Say with commas who may see it: names as people log in, at most {MOST}, or {ANYONE}.")
    return names


def _asks() -> str:
    found = ASKS.get()
    return found.name if found else ""

"""What a store holds, for who runs the server: no key, and no patient."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

from data.formats.limits import MEGA
from data.store.backup import StoreError, short
from data.uploading.manifest import TEXTS, WRONG_TEXT, LaterVersionError, UnreadableStudyError, moment, read_manifest
from data.uploading.upload_folder import OLD, kept_folders
from data.uploads import remove, size

if TYPE_CHECKING:
    from pathlib import Path

LONGEST = 60
HEADS = ("id", "MB", "kept at", "kept until", "by", "owner", "shared with", "title")


@dataclass(frozen=True)
class Row:
    """One study: `by` is the release that kept it."""

    id: str
    megabytes: str
    made: str
    expires: str
    by: str
    owner: str
    shared: str
    title: str


def listed() -> str:
    """A line for each study, the oldest first."""
    rows = sorted((_row(one) for one in kept_folders()), key=lambda row: row.made)
    table = [HEADS, *(tuple(map(plain, astuple(row))) for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in table]
    if old := len(kept_folders(OLD)):
        lines.append(f"{old:,} of the store's first version: `migrate`, or the next start, brings them to this one.")
    return "\n".join(lines)


def _row(place: Path) -> Row:
    megabytes = f"{size(place) / MEGA:.2f}"
    try:
        said = read_manifest(place)
    except LaterVersionError:
        return Row(short(place), megabytes, "", "", "a later version", "", "", "")
    except UnreadableStudyError:
        return Row(short(place), megabytes, "", "", "(damaged)", "", "", "")
    owner, shared = (said.owner.name or "(nobody)", " ".join(said.owner.shared)) if said.owner else ("-", "")
    made, until = moment(said.made)[:16], moment(said.expires)
    until = until[:16] if until[0].isdigit() else until
    return Row(short(place), megabytes, made, until, said.reprise, owner, shared, _title(place))


def _title(place: Path) -> str:
    try:
        return str(json.loads((place / TEXTS).read_text(encoding="utf-8"))["title"])
    except WRONG_TEXT:
        return "(damaged)"


def plain(text: str) -> str:
    """A text of a reader, without signs that a terminal would obey."""
    return "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)[:LONGEST]


def delete(name: str) -> None:
    """Delete the study of this id. StoreError when there is none, or more than one."""
    found = [one for one in kept_folders() if name and short(one).startswith(name)]
    if len(found) != 1:
        raise StoreError(f"{len(found) or 'No'} studies are called {plain(name)!r}. Name one as `list` does.")
    remove(found[0])

"""What is said of a kept study beside it, in `manifest.json`: of which version of the store it is and by which release
it was kept, when and until when, whose it is, and the SHA-256 of each of its files, none of which changes any more.

The times are its own, whatever a backup, a copy or another server makes of those of its files."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from data import release
from data.settings import setting

if TYPE_CHECKING:
    from pathlib import Path

STORE = 2
"""The version of the store: what lies in a kept study's folder, and how it is called. The first had no manifest
(`migration.py`). A change that older versions would misread counts it up."""
MANIFEST, TEXTS, NUMBERS, TOML, REPORT, NOTES = (
    "manifest.json", "study.json", "columns.npz", "study.toml", "report.json", "notes.json",
)  # fmt: skip
"""The files of a kept study: this one, the four that never change, and the notes, which do."""
SOLID = (TEXTS, NUMBERS, TOML, REPORT)
UNTIL_DELETED = "until deleted"
LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
"""What is kept until then, in seconds since 1970, is kept until it is deleted."""
WRONG_TEXT = (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError)
"""What reading JSON of ours stops with where it is damaged."""
DAMAGED = (
    "This study was kept in a form that this server cannot read: it is damaged, or of another version of Reprise. "
    "Please open its files again."
)
LATER = (
    "This study was kept by a later version of Reprise than this one, which cannot read it. Please tell who runs "
    "this server, or open its files again."
)
ALTERED = (
    "A file of this study is missing, or not as it was kept, so that the study is not shown. A backup may have it: "
    "please tell who runs this server, or open its files again."
)


class UnreadableStudyError(Exception):
    """A kept study cannot be read; the text is a sentence for the reader, which names no file."""

    def __init__(self, sentence: str = DAMAGED) -> None:
        super().__init__(sentence)


class LaterVersionError(UnreadableStudyError):
    """A later version kept it, and alone knows what it says of it."""

    def __init__(self) -> None:
        super().__init__(LATER)


@dataclass(frozen=True)
class Owner:
    """Who sent a study, and with whom it is `shared`: names, or `data.access.ANYONE` who is logged in and has its
    address."""

    name: str
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """`made` and `expires` are seconds since 1970, the latter infinite for what is kept until it is deleted; `files` is
    name -> SHA-256; without an `owner` it is nobody's; `reprise` is the release that kept it."""

    made: float
    expires: float
    files: Mapping[str, str]
    owner: Owner | None
    reprise: str


def lifetime() -> float:
    """Seconds that an upload is kept from now on: `UPLOAD_HOURS`, 24 by default; infinite for `never`."""
    return float(setting("UPLOAD_HOURS")) * 3600


def manifest_for(place: Path, owner: Owner | None, made: float, expires: float) -> Manifest:
    """What is to be said of the files in a folder."""
    files = {name: digest(place / name) for name in SOLID if (place / name).is_file()}
    return Manifest(made, expires, files, owner, release())


def read_manifest(place: Path) -> Manifest:
    """What is said of the study in a folder. UnreadableStudyError where nothing is that this version can read."""
    try:
        said = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        if said["store"] > STORE:
            raise LaterVersionError
        files = {str(name): str(found) for name, found in said["files"].items()}
        owner = _owner(said["owner"], said["shared"])
        return Manifest(_seconds(said["made"]), _seconds(said["expires"]), files, owner, str(said["reprise"]))
    except WRONG_TEXT:
        raise UnreadableStudyError from None  # the reason would name the folder


def _owner(name: Any, shared: Any) -> Owner | None:
    """ValueError where these are no names."""
    names = [*shared] if name is None else [name, *shared]
    if not isinstance(shared, list) or not all(isinstance(one, str) for one in names):
        raise ValueError
    return None if name is None else Owner(name, tuple(shared))


def write_manifest(place: Path, said: Manifest) -> None:
    """Say it anew, whole at any moment. OSError when there is no room."""
    owner = asdict(said.owner) if said.owner else {"name": None, "shared": ()}
    whole = {
        "store": STORE, "reprise": said.reprise, "made": moment(said.made), "expires": moment(said.expires),
        "owner": owner["name"], "shared": owner["shared"], "files": dict(said.files),
    }  # fmt: skip
    write_whole(place / MANIFEST, json.dumps(whole, indent=1).encode())


def write_whole(file: Path, content: bytes) -> None:
    """Put this into a file of this user's alone: of two names, one is always a whole file, whenever this process, or
    the machine, ends. One process at a time, in `locked`. OSError when there is no room."""
    draft = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)


def verify(place: Path, names: tuple[str, ...] = SOLID) -> None:
    """UnreadableStudyError when one of these files of a study is not as it was when it was kept."""
    said = read_manifest(place).files
    try:
        as_kept = all(digest(place / name) == said[name] for name in names)
    except (OSError, KeyError):
        as_kept = False
    if not as_kept:
        raise UnreadableStudyError(ALTERED)


def digest(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def expiry(place: Path) -> float:
    """When a study's time is over, in seconds since 1970: as it says itself. What a later version says is left to that
    one; what cannot be read is kept for the usual time from when its folder was written."""
    try:
        return read_manifest(place).expires
    except LaterVersionError:
        return math.inf
    except UnreadableStudyError:
        try:
            return place.stat().st_mtime + lifetime()
        except FileNotFoundError:  # another worker deletes it just now
            return 0.0


def moment(seconds: float) -> str:
    """A time as ISO 8601 has it, in UTC; what no calendar has is until something is deleted."""
    if seconds >= LAST:
        return UNTIL_DELETED
    return datetime.fromtimestamp(max(0.0, seconds), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(said: Any) -> float:
    """ValueError where that is no time, or one of an unknown zone."""
    if said == UNTIL_DELETED:
        return math.inf
    found = datetime.fromisoformat(said)
    if found.tzinfo is None:
        raise ValueError
    return found.timestamp()

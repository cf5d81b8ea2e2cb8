"""A store back from a backup: everything is unpacked, counted and held to its hashes before anything of it is kept.

A backup is hostile until then: what it may hold is a short list of names, each once; no path, link or device comes out
of it, and no more bytes than a server keeps."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from data.formats.limits import MEGA
from data.settings import setting
from data.store.backup import FORMAT, INDEX, MEMBERS, PIECE, StoreError, short
from data.uploading.manifest import MANIFEST, NOTES, UnreadableStudyError, expiry, verify
from data.uploading.upload_folder import KEPT, locked, prepared, settle, work_folder
from data.uploading.upload_folder import NOTES as OWN_NOTES

NAME = re.compile(rf"{KEPT}[0-9a-f]{{40}}/({'|'.join(map(re.escape, MEMBERS))})|{OWN_NOTES}/[0-9a-f]{{40}}\.json")
"""What may be in a backup, beside its index."""
INDEX_MB = 10
HARM = (
    *(BadZipFile, zlib.error, struct.error, EOFError, RuntimeError),
    *(ValueError, TypeError, LookupError, AttributeError, OverflowError),
)
"""What reading a zip stops with where it is damaged, or of a kind that no backup is."""


@dataclass(frozen=True)
class Restored:
    """How many studies and files of notes were put back (`studies`, `notes`), were `there` already as they are in the
    backup, and have `expired` since."""

    studies: int
    notes: int
    there: int
    expired: int


def restore(file: Path, *, overwrite: bool = False) -> Restored:
    """Put everything of a backup into the store, each study with its owner, its time and its notes. StoreError, and
    nothing is put back, when anything is not as it was saved, or the store has another version of it and that is not
    to be overwritten; OSError when there is no room."""
    prepared()
    with TemporaryDirectory(dir=work_folder()) as scratch:
        staged = Path(scratch) / "staged"
        staged.mkdir(mode=0o700)
        with _opened(file) as archive:
            _unpack(archive, staged)
        for study in staged.glob(f"{KEPT}*"):
            _look_at(study)
        return _put(staged, Path(scratch) / "before", overwrite=overwrite)


@contextmanager
def _opened(file: Path) -> Iterator[ZipFile]:
    """StoreError when it is no backup; what else is wrong with it is found while it is read."""
    if not file.is_file():
        raise StoreError(f"There is no file {file}. Name one that `backup` has written.")
    if file.stat().st_size > _most():
        raise _too_large(file)
    try:
        with ZipFile(file) as archive:
            yield archive
    except HARM:
        raise StoreError(f"{file} is damaged, or no backup of Reprise. Nothing was restored.") from None


def _most() -> float:
    return float(setting("MAX_KEPT_MB")) * MEGA


def _too_large(file: Path | str) -> StoreError:
    most = f"{setting('MAX_KEPT_MB'):,.0f} MB (MAX_KEPT_MB)"
    return StoreError(f"{file} holds more than the {most} that are kept at once. Nothing was restored. Set it higher.")


def _unpack(archive: ZipFile, place: Path) -> None:
    """Every entry into a folder, held to its hash. ValueError where anything is not as `backup` writes it."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    hashes = _index(archive, entries)
    if len(entries) != len(archive.infolist()) or entries.keys() - {INDEX} != hashes.keys():
        raise ValueError
    if sum(entry.file_size for entry in entries.values()) > _most():
        raise _too_large(Path(archive.filename or ""))
    for name, found in hashes.items():
        if not NAME.fullmatch(name) or _taken(archive, entries[name], place / name) != found:
            raise ValueError


def _index(archive: ZipFile, entries: dict[str, ZipInfo]) -> dict[str, Any]:
    """Name -> SHA-256, as the backup states them. StoreError for one of a later version."""
    if entries[INDEX].file_size > INDEX_MB * MEGA:
        raise ValueError
    with archive.open(_plain(entries[INDEX])) as opened:
        about = json.loads(opened.read(INDEX_MB * MEGA))
    if about["backup"] > FORMAT:
        raise StoreError("A later version of Reprise made this backup, and can restore it. Nothing was restored.")
    return dict(about["files"])


def _plain(entry: ZipInfo) -> ZipInfo:
    """An entry that is packed as ours are."""
    if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED} or entry.flag_bits & 1:
        raise ValueError
    return entry


def _taken(archive: ZipFile, entry: ZipInfo, to: Path) -> str:
    """The SHA-256 of an entry that was written to a new file. It is no longer than it says."""
    to.parent.mkdir(mode=0o700, exist_ok=True)
    handle, found = os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600), sha256()
    with os.fdopen(handle, "wb") as written, archive.open(_plain(entry)) as read:
        while piece := read.read(PIECE):
            found.update(piece)
            written.write(piece)
    return found.hexdigest()


def _look_at(study: Path) -> None:
    try:
        verify(study)
    except UnreadableStudyError as error:
        raise StoreError(f"Study {short(study)} of this backup cannot be read. {error} Nothing was restored.") from None
    settle(study)


def _put(staged: Path, before: Path, *, overwrite: bool) -> Restored:
    """Every study appears whole. Where it ended, it may be done again."""
    expired = [one for one in staged.glob(f"{KEPT}*") if time.time() > expiry(one)]
    for one in expired:
        shutil.rmtree(one)
    home = prepared()
    before.mkdir(mode=0o700)
    (home / OWN_NOTES).mkdir(mode=0o700, exist_ok=True)
    things = [*staged.glob(f"{KEPT}*"), *staged.glob(f"{OWN_NOTES}/*")]
    with locked(home):
        new = [one for one in things if not _is_same(one, home / one.relative_to(staged))]
        taken = [one for one in new if (home / one.relative_to(staged)).exists()]
        if taken and not overwrite:
            raise _conflict(taken)
        for one in new:
            to = home / one.relative_to(staged)
            if to.exists():
                to.rename(before / to.name)
            one.rename(to)
        settle(home)
    notes = sum(one.parent.name == OWN_NOTES for one in new)
    return Restored(len(new) - notes, notes, len(things) - len(new), len(expired))


def _is_same(one: Path, other: Path) -> bool:
    """Whether a study, by what is said of it and its notes, or a file of notes, is what the store has, undamaged."""
    if one.is_file():
        return _bytes(one) == _bytes(other)
    try:
        verify(other)
    except UnreadableStudyError:
        return False
    return all(_bytes(one / name) == _bytes(other / name) for name in (MANIFEST, NOTES))


def _bytes(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""


def _conflict(taken: list[Path]) -> StoreError:
    count = f"{len(taken)} studies or files of notes are"
    return StoreError(
        f"{count if len(taken) > 1 else 'A study or a file of notes is'} in the store, and other than in the backup "
        f"(shared, noted or kept otherwise since): {', '.join(sorted(map(short, taken))[:10])}. Nothing was restored. "
        "Restore into another folder (--into), or put the backup in their place (--overwrite)."
    )

"""A store in one file: a zip with each kept study as it is at one moment, with its manifest and its notes, and the
notes of the server's own studies. Nothing in it tells a study's key."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from data import release
from data.uploading.manifest import MANIFEST, NOTES, NUMBERS, SOLID, UnreadableStudyError, expiry, moment, verify
from data.uploading.upload_folder import KEPT, folder, kept_folders, locked, prepared, work_folder
from data.uploading.upload_folder import NOTES as OWN_NOTES

FORMAT = 1
"""The version of what is written. A change that older versions would misread counts it up."""
INDEX = "backup.json"
"""The entry that says of which version the backup is, when it was made, and the SHA-256 of every other entry."""
MEMBERS = (MANIFEST, *SOLID, NOTES)
NOTE = re.compile(r"[0-9a-f]{40}\.json")
PIECE = 1 << 20


class StoreError(Exception):
    """What is asked of a store cannot be done; the text is a sentence for who runs the server."""


@dataclass(frozen=True)
class Saved:
    """How many `studies`, and files of `notes` on the server's own, are in a backup; a sentence for each study that was
    `left` out."""

    studies: int
    notes: int
    left: list[str]


def backup(file: Path) -> Saved:
    """Write the store into a new file of this user's alone, whole or not at all, while servers go on. StoreError when
    there is one already, or it would lie in the store; OSError when there is no room."""
    if file.exists() or file.is_symlink():
        raise StoreError(f"{file} is there already, and is left as it is. Name a new file.")
    if folder().resolve() in file.resolve().parents:
        raise StoreError(f"{file} lies in the store itself, which holds nothing else. Name a file elsewhere.")
    with TemporaryDirectory(dir=work_folder()) as scratch:
        snapshot(Path(scratch))
        left = [sentence for one in sorted(Path(scratch).glob(f"{KEPT}*")) if (sentence := _wrong(one))]
        entries = {path.relative_to(scratch).as_posix(): path for path in sorted(Path(scratch).glob("*/*"))}
        _write(file, entries)
        studies = len(list(Path(scratch).glob(f"{KEPT}*")))
        return Saved(studies, sum(name.startswith(OWN_NOTES) for name in entries), left)


def snapshot(place: Path) -> None:
    """Link into a folder of the same disk what the store holds now and what has not expired. No file of it changes
    afterwards: whatever is written anew is another file."""
    with locked(prepared()):
        for study in (one for one in kept_folders() if time.time() <= expiry(one)):
            _link([study / name for name in MEMBERS], place / study.name)
        own = folder() / OWN_NOTES
        _link([one for one in own.glob("*.json") if NOTE.fullmatch(one.name)], place / OWN_NOTES)


def _link(files: list[Path], place: Path) -> None:
    place.mkdir(mode=0o700)
    for file in files:
        if file.is_file() and not file.is_symlink():
            try:
                os.link(file, place / file.name)
            except FileNotFoundError:  # somebody deletes it just now
                continue
            except OSError:  # not every disk has links
                shutil.copyfile(file, place / file.name)


def _wrong(study: Path) -> str:
    """Why a study is left out, in a sentence, and it goes; "" where it is whole, or was deleted just now."""
    try:
        verify(study)
    except UnreadableStudyError as error:
        shutil.rmtree(study)
        return f"{short(study)} is left out. {error}" if (folder() / study.name).exists() else ""
    return ""


def short(study: Path) -> str:
    """How a study is called in a terminal: the first digits of the digest of its key."""
    return study.name.removeprefix(KEPT)[:8]


def _write(file: Path, entries: dict[str, Path]) -> None:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
            with ZipFile(opened, "w", ZIP_DEFLATED) as made:
                found = {name: _add(made, name, source) for name, source in entries.items()}
                about = {"backup": FORMAT, "reprise": release(), "made": moment(time.time()), "files": found}
                made.writestr(ZipInfo(INDEX), json.dumps(about, indent=1))
            opened.flush()
            os.fsync(opened.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def _add(made: ZipFile, name: str, source: Path) -> str:
    """The SHA-256 of what was added."""
    entry, found = ZipInfo(name), sha256()
    entry.compress_type = ZIP_STORED if name.endswith(NUMBERS) else ZIP_DEFLATED
    with source.open("rb") as read, made.open(entry, "w", force_zip64=True) as written:
        while piece := read.read(PIECE):
            found.update(piece)
            written.write(piece)
    return found.hexdigest()

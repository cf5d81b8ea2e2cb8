"""Zip files, workbooks among them: whether one can be opened without harm, and its tables taken out."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections import Counter
from pathlib import Path, PurePosixPath

from data.formats.file_names import fitting
from data.formats.limits import MEGA, exceeded, limit
from data.problems import Problem, Report, listed
from data.unforeseen import FULL, FullDiskError

DAMAGE = (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)
SMALL = 10 * MEGA
UTF_8 = 0x800
"""The flag of a member whose name is said to be in UTF-8."""


def harmless(path: Path, report: Report) -> bool:
    """Whether what the zip file at `path` claims to hold is within the limits; True for any other file."""
    if not zipfile.is_zipfile(path):
        return True
    try:
        with zipfile.ZipFile(path) as parts:
            members = parts.infolist()
    except DAMAGE as error:
        report.add(_damaged(path, error))
        return False
    size = sum(member.file_size for member in members)
    ratio = size / max(path.stat().st_size, 1)
    if size > limit("MAX_UNZIPPED_MB") * MEGA:
        report.add(exceeded(path.name, "MAX_UNZIPPED_MB", f"{size / MEGA:,.0f} MB"))
        return False
    if ratio > limit("MAX_ZIP_RATIO") and size > SMALL:
        report.add(exceeded(path.name, "MAX_ZIP_RATIO", f"{ratio:,.0f} times its size"))
        return False
    return True


def unzipped(path: Path, folder: Path, report: Report, before: int = 0) -> list[Path]:
    """The zip's files, written below `folder` under their last names; a file that points outside of the zip is left
    out, with a note. The size is counted while reading, since what a zip says of itself may be wrong, and with the
    bytes that were unpacked `before` it."""
    if not harmless(path, report):
        return []
    left = limit("MAX_UNZIPPED_MB") * MEGA - before
    files: list[Path] = []
    try:
        with zipfile.ZipFile(path) as parts:
            for member, name in _named(_members(parts, path.name, report)):
                with parts.open(member) as content:
                    written = content.read(int(left) + 1)
                left -= len(written)
                if left < 0:
                    more = "more, with the zip files before it" if before else "more"
                    report.add(exceeded(path.name, "MAX_UNZIPPED_MB", more))
                    return []
                files.append(_written(written, folder / str(len(files)), name))
    except DAMAGE as error:
        report.add(_damaged(path, error))
        return []
    return files


def _members(parts: zipfile.ZipFile, file: str, report: Report) -> list[zipfile.ZipInfo]:
    files = [one for one in parts.infolist() if not _is_folder(one.filename) and not _of_the_system(one.filename)]
    unsafe = [member.filename for member in files if _leaves(member.filename)]
    unsafe += [member.filename for member in files if stat.S_ISLNK(member.external_attr >> 16)]
    if unsafe:
        report.note(f"{file}: {listed(unsafe)} point outside of the zip file, or to another file, and are not read.")
    if len(files) > limit("MAX_FILES"):
        report.add(exceeded(file, "MAX_FILES", f"{len(files):,} files"))
        return []
    return [member for member in files if member.filename not in unsafe]


def _named(members: list[zipfile.ZipInfo]) -> list[tuple[zipfile.ZipInfo, str]]:
    """The members with their last names; where several share one, with their folders before it."""
    parts = [re.split(r"[/\\]", _spelt(member)) for member in members]
    times = Counter(part[-1] for part in parts)
    return [
        (member, part[-1] if times[part[-1]] == 1 else " - ".join(part))
        for member, part in zip(members, parts, strict=True)
    ]


def _spelt(member: zipfile.ZipInfo) -> str:
    """The member's path. A zip that does not say so may have written it in UTF-8 all the same."""
    if member.flag_bits & UTF_8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return member.filename


def _of_the_system(name: str) -> bool:
    last = PurePosixPath(name).name
    return name.startswith("__MACOSX/") or last.startswith((".", "~$")) or last.lower() in {"thumbs.db", "desktop.ini"}


def _is_folder(name: str) -> bool:
    return name.endswith("/")


def _leaves(name: str) -> bool:
    parts = re.split(r"[/\\]", name)
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0]


def _written(content: bytes, folder: Path, name: str) -> Path:
    plain = fitting(re.sub(r"[^\w.() -]", "_", name))
    file = folder / (plain if plain.strip(". ") else "file")
    try:
        folder.mkdir()
        file.write_bytes(content)
    except OSError as error:
        if error.errno in FULL:
            raise FullDiskError from error
        raise
    return file


def _damaged(path: Path, error: BaseException) -> Problem:
    """The problem of a zip file; what the error says may hold a path, and is left out unless zipfile wrote it."""
    said = str(error)[:120] if isinstance(error, zipfile.BadZipFile | RuntimeError | zlib.error) else ""
    advice = "Zip the files again, without a password."
    found = f"a zip file that cannot be read ({said or type(error).__name__})"
    return Problem(path.name, None, None, found, "a zip file", advice)


def files_of(folder: Path) -> list[Path]:
    """The files of a folder, without hidden ones and those that an office program leaves behind."""
    return [file for file in sorted(folder.iterdir()) if file.is_file() and file.name[0] not in ".~"]

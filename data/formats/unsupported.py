"""Files that are no tables, or none that can be read here: known by their content, with what to export instead."""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from data.problems import Problem

HEAD, DEEP = 4096, 2_000_000
"""Bytes in which a kind of file is looked for: of most kinds, and of those that say it in a directory somewhere."""
AS_TABLE = "a table (CSV, TSV, .xlsx, .ods), or a zip of tables"
TEXTS = frozenset({"", ".md", ".txt", ".rst"})
ABOUT = frozenset({"license", "licence", "copying", "notice", "readme", "changelog", "authors", "citation"})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Unsupported:
    """One kind: what it is, what to do, and whether a file with this `head` is one."""

    name: str
    advice: str
    fits: Callable[[Path, bytes], bool]


def unsupported(path: Path) -> Problem | None:
    """The problem of a file that is of a kind known not to be read; None for any other."""
    with path.open("rb") as content:
        head = content.read(HEAD)
    known = next((one for one in UNSUPPORTED if one.fits(path, head)), None)
    return Problem(path.name, None, None, known.name, AS_TABLE, known.advice) if known else None


def by_kind(problems: Iterable[Problem]) -> list[Problem]:
    """One problem for each kind of file, which names the first file and counts the others."""
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.found, []).append(problem)
    more = {kind: f" and {len(same) - 1} more file{'s' if len(same) > 2 else ''}" for kind, same in kinds.items()}
    return [replace(same[0], file=same[0].file + (more[kind] if len(same) > 1 else "")) for kind, same in kinds.items()]


def _begins(*starts: bytes) -> Callable[[Path, bytes], bool]:
    return lambda _, head: head.startswith(starts)


def _says(*words: bytes) -> Callable[[Path, bytes], bool]:
    """A text that begins with a tag, and has one of these words in lower case near its beginning."""
    return lambda _, head: _is_markup(head) and any(word in head.replace(b"\0", b"").lower() for word in words)


def _is_markup(head: bytes) -> bool:
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe\r\n\t ").startswith(b"<")


def _is_other_json(path: Path, head: bytes) -> bool:
    """JSON in which no word says that it is a data set."""
    if path.suffix.lower() != ".json" or not head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith((b"{", b"[")):
        return False
    content = _deep(path)
    return not any(word in content for word in DATA_SET)


def _is_about_data(path: Path, head: bytes) -> bool:
    """A file that is called like those that say what the others are, and under which terms."""
    return path.suffix.lower() in TEXTS and path.stem.lower() in ABOUT


def _streams(name: str) -> Callable[[Path, bytes], bool]:
    """An OLE2 container, as Office wrote before 2007, with a stream of this name."""
    return lambda path, head: head.startswith(OLE) and name.encode("utf-16-le") in _deep(path)


def _deep(path: Path) -> bytes:
    """The first and the last bytes of a file, where the directory of a container is."""
    with path.open("rb") as content:
        first = content.read(DEEP)
        content.seek(max(len(first), path.stat().st_size - DEEP))
        return first + content.read(DEEP)


def _zips(*beginnings: str) -> Callable[[Path, bytes], bool]:
    """A zip with a file whose path begins so."""
    return lambda path, head: head.startswith(b"PK") and any(name.startswith(beginnings) for name in _names(path))


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as parts:
            return parts.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return []


def _unpacks_to(*starts: bytes) -> Callable[[Path, bytes], bool]:
    """A file compressed by gzip, bzip2 or xz whose content begins so, as R writes its objects."""
    return lambda path, head: any(
        head.startswith(mark) and _unpacked(path, make()).startswith(starts) for mark, make in PACKED.items()
    )


def _unpacked(path: Path, parts: Unpacker) -> bytes:
    """The first bytes of what is in a compressed file."""
    with path.open("rb") as content:
        packed = content.read(DEEP)
    try:
        return parts.decompress(packed, FIRST)
    except (OSError, EOFError, ValueError, MemoryError, zlib.error, lzma.LZMAError):
        return b""


class Unpacker(Protocol):
    """What gives no more than so many bytes of what is compressed."""

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


FIRST, ROOM = 64, 64_000_000
"""Bytes of a compressed file that are looked at, and that looking may take."""
PACKED: Mapping[bytes, Callable[[], Unpacker]] = MappingProxyType(
    {
        b"\x1f\x8b": lambda: zlib.decompressobj(wbits=31),
        b"BZh": bz2.BZ2Decompressor,
        b"\xfd7zXZ": lambda: lzma.LZMADecompressor(memlimit=ROOM),
    }
)
R_OBJECT = (b"X\n\0\0", b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n")
R_TEXT = (b"A\n2\n", b"A\n3\n")
"""How R's objects begin, and, compressed only, those that are written as text."""
DATA_SET = (b"datasetJSON", b"itemGroupData", b'"columns"')
"""Words of which every CDISC Dataset-JSON has one."""
FLOW_TABLE = "In FlowJo, export the Table Editor's table as CSV or Excel, and open that."
COPY = "Copy its table into a spreadsheet, and save that as .xlsx."
IN_R = "In R, write the table with write.csv()."
UNSUPPORTED: tuple[Unsupported, ...] = (
    Unsupported(
        "an FCS file of single events", f"Frequencies come from gates. {FLOW_TABLE}",
        _begins(b"FCS2.", b"FCS3."),
    ),
    Unsupported(
        "a FlowJo workspace", f"It has the gates, not their numbers. {FLOW_TABLE}",
        _says(b"flowjo", b"gatingml"),
    ),
    Unsupported("a GraphPad Prism file", "In Prism, export the data table as CSV.", _says(b"graphpadprismfile")),
    Unsupported(
        "a web page (HTML)",
        "If it is a table, open it in Excel or LibreOffice and save it as .xlsx.",
        _says(b"<!doctype html", b"<html", b"<table"),
    ),
    Unsupported(
        "an XML spreadsheet of Excel 2003", "Open it in Excel and save it as .xlsx.",
        _says(b"urn:schemas-microsoft-com:office:spreadsheet"),
    ),
    Unsupported(
        "a workbook that is protected with a password",
        "Open it, take the password away (in Excel: File, Info, Protect Workbook), and save it as .xlsx.",
        _streams("EncryptedPackage"),
    ),
    Unsupported("a Word document", COPY, _zips("word/document.xml")),
    Unsupported("a Word document", COPY, _streams("WordDocument")),
    Unsupported("a presentation", COPY, _zips("ppt/presentation.xml")),
    Unsupported(
        "an Apple document (Numbers, Pages or Keynote)", "In Numbers: File, Export To, CSV or Excel.",
        _zips("Index/Document.iwa", "Index.zip"),
    ),
    Unsupported("a text about the data", "If it has a table, save that as CSV.", _is_about_data),
    Unsupported("a PDF document", "Ask for the table behind it, as CSV or .xlsx.", _begins(b"%PDF-")),
    Unsupported(
        "an image", "A picture of a table cannot be read: ask for the table, as CSV or .xlsx.",
        _begins(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"RIFF"),
    ),
    Unsupported("a file of R objects", IN_R, _unpacks_to(*R_OBJECT, *R_TEXT)),
    Unsupported("a file of R objects", IN_R, _begins(*R_OBJECT)),
    Unsupported("a file compressed with gzip", "Unpack it, and open what is in it.", _begins(b"\x1f\x8b")),
    Unsupported(
        "a RAR, 7-Zip, xz or bzip2 archive", "Unpack it; several files may be zipped.",
        _begins(b"Rar!\x1a", b"7z\xbc\xaf", b"\xfd7zXZ", b"BZh91AY&SY"),
    ),
    Unsupported("a database", "Export its table as CSV.", _begins(b"SQLite format 3", b"\0\1\0\0Standard ")),
    Unsupported(
        "a file for programs (HDF5, MATLAB, Parquet or Arrow)", "Write its table as CSV.",
        _begins(b"\x89HDF", b"MATLAB 5.0", b"PAR1\x15", b"ARROW1\0"),
    ),
    Unsupported(
        "JSON that is no dataset", "If it has a table, write it as CSV, or as CDISC Dataset-JSON 1.0 or 1.1.",
        _is_other_json,
    ),
    Unsupported(
        "a text with formatting (RTF)", "Copy its table into a spreadsheet, and save that.",
        _begins(b"{\\rtf"),
    ),
)  # fmt: skip
"""The kinds, the more special first. To add one: one entry."""

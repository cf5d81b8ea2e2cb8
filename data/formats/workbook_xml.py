"""What a workbook's parts must not hold, since the reader would pass over it and give another number than is shown."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import numpy as np

from data.formats.archives import DAMAGE
from data.problems import Problem

CHUNK = 1_000_000
DTD = re.compile(rb"<!doctype|<!entity", re.IGNORECASE)
ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
WITHIN = re.compile(
    rb"<(?:\w{1,20}:)?[vt](?:\s[^<>]{0,100})?>[^<]*<(?!/)|</(?:\w{1,20}:)?v\s{0,9}>\s*<(?:\w{1,20}:)?v[\s>]"
)
"""A cell's value, or a text, with another element, a comment or an instruction in it, or a second value after it."""
MARKED = re.compile(rb"<(?:\w{1,20}:)?v(?:\s[^<>]{0,100})?>[^<]*<!\[CDATA\[")
"""A value, or a part of it, that is marked as text: the reader leaves that out."""
USUAL = re.compile(r"xl/(?:work|macro)sheets/[^/]+\.xml")
"""Where spreadsheet programs write sheets, and where formulas and errors are looked for."""
ROWS = re.compile(rb"<(?:\w{1,20}:)?sheetData[\s/>]")
CDATA = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
CELL = re.compile(rb"<(?:\w{1,20}:)?c\s[^<>]{0,200}?\br\s{0,3}=\s{0,3}[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")
ADVICE = "Open it in a spreadsheet program and save it again as .xlsx."


def oddity(path: Path) -> Problem | None:
    """Why a workbook in a zip file cannot be read rightly; None if it can, or is no zip file."""
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as parts:
            return next(_oddities(parts, path.name), None)
    except DAMAGE:
        return Problem(
            path.name, None, None, "a workbook that cannot be read (a damaged part)", "a whole workbook", ADVICE
        )


def _oddities(parts: zipfile.ZipFile, file: str) -> Iterator[Problem]:
    for part in parts.infolist():
        with parts.open(part) as content, parts.open(part) as start:
            found = _odd_text(content, part.filename) if _is_xml(start.read(64)) else ""
        if found:
            where, expected = part.filename[:80], "values as a spreadsheet program writes them"
            yield Problem(file, None, None, f"{found} in the part '{where}'", expected, ADVICE)


def _is_xml(start: bytes) -> bool:
    """Whether a part begins as XML does, whatever it is called."""
    return start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")


def _odd_text(content: IO[bytes], name: str) -> str:
    """What is odd in one part, "" for nothing."""
    places: list[np.ndarray] = []
    usual = USUAL.fullmatch(name) is not None
    sheet = usual or name.lower() == "xl/sharedstrings.xml"
    for text in _pieces(content):
        if DTD.search(text):
            return "a DTD or an entity"
        if not usual and ROWS.search(text):
            return "a sheet"
        plain = CDATA.sub(b"", text) if b"<![CDATA[" in text else text
        if b"&" in plain and ENTITY.search(plain):
            return "an entity"
        if sheet and (WITHIN.search(plain) or (plain != text and MARKED.search(text))):
            return "a value with something else within it"
        if sheet:
            places.append(_places(CELL.findall(plain)))
    return "a cell that is there twice" if _twice(places) else ""


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    """The part in pieces that end before a tag of a cell or a text, without the zeros of UTF-16."""
    rest = b""
    while chunk := content.read(CHUNK):
        text = rest + (chunk.replace(b"\0", b"") if b"\0" in chunk else chunk)
        cut = max(text.rfind(b"<c "), text.rfind(b"<si>"), 0)
        cut = cut if cut or len(text) < 4 * CHUNK else len(text)
        yield text[:cut]
        rest = text[cut:]
    yield rest


def _places(names: Iterable[bytes]) -> np.ndarray:
    """Cells as numbers that grow by row and then by column, from "B12"."""
    signs = np.array(list(names), dtype="S10").view(np.uint8).reshape(-1, 10).astype(np.int64)
    row, column = np.zeros((2, len(signs)), dtype=np.int64)
    for sign in signs.T:
        column = np.where(sign >= ord("A"), column * 26 + sign - ord("A") + 1, column)
        row = np.where((sign >= ord("0")) & (sign <= ord("9")), row * 10 + sign - ord("0"), row)
    return (row << 15) + column


def _twice(places: list[np.ndarray]) -> bool:
    every = np.concatenate(places) if places else np.array([], dtype=np.int64)
    return not bool((np.diff(every) > 0).all()) and len(np.unique(every)) < len(every)

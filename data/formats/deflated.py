"""Text that is compressed as a whole by zlib, as compressed Dataset-JSON (.dsjc) is."""

from __future__ import annotations

import zlib
from pathlib import Path

from data.formats.limits import MEGA, exceeded, limit
from data.problems import Problem, Report

METHOD = 0x78
"""The first byte of what zlib compresses; the first two together are a multiple of 31."""
FIRST = 200
"""Bytes that say what the text is."""


def beginning(head: bytes) -> bytes:
    """What a compressed text begins with, by the first bytes of its file; b"" for any other file."""
    if len(head) < 2 or head[0] != METHOD or int.from_bytes(head[:2], "big") % 31:
        return b""
    try:
        return zlib.decompressobj().decompress(head, FIRST)
    except zlib.error:
        return b""


def content(path: Path, report: Report) -> bytes | None:
    """The bytes of a file, unpacked where they are compressed, of which no more is read than a file may hold; None,
    with a problem, where they are more or damaged."""
    packed = path.read_bytes()
    if not beginning(packed[:4096]):
        return packed
    most, parts = int(limit("MAX_FILE_MB") * MEGA), zlib.decompressobj()
    try:
        text = parts.decompress(packed, most + 1)
    except zlib.error:
        text = b""
    if len(text) > most:
        report.add(exceeded(path.name, "MAX_FILE_MB", f"more than {most / MEGA:,.0f} MB when unpacked"))
        return None
    if not parts.eof:
        found = "compressed data that are damaged or cut off"
        report.add(Problem(path.name, None, None, found, "a whole file", "Export or copy it again."))
        return None
    return text

"""The bytes of a text file as text: UTF-8, UTF-16 or Latin-1, by what the bytes themselves say."""

from __future__ import annotations

import re

from data.problems import Problem, Report

ENCODINGS = {"utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "cp1252": "Latin-1 (Windows-1252)"}
MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
"""A character that only UTF-8 writes so: where there is one, a lone byte is no Latin-1."""


def decoded(raw: bytes, file: str, report: Report) -> str | None:
    """The text, in the encoding its bytes speak for, which a note names unless it is UTF-8; or None, with the place of
    the first byte that fits none."""
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
        wrong = raw.index(0) if "\0" in text else None
    except UnicodeDecodeError as error:
        wrong = error.start
    if wrong is None:
        if encoding != "utf-8-sig":
            report.note(f"{file}: read as {ENCODINGS[encoding]}; check that accents and signs are right.")
        return text
    row, byte = raw[:wrong].count(b"\n") + 1, raw[wrong]
    found = f"byte 0x{byte:02X} at position {wrong}" + (f" ('{chr(byte)}' in Latin-1)" if byte > 0xA0 else "")
    advice = "In Excel: save as 'CSV UTF-8 (comma delimited)'."
    report.add(Problem(file, row, None, found, "text in one encoding, such as UTF-8", advice))
    return None


def _encoding(raw: bytes) -> str:
    """UTF-16 by its mark or its zero bytes; Latin-1 (as Windows writes it) when no character of the file is UTF-8;
    else UTF-8, in which a file of two encodings fails."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = raw[:4000]
    for zeros, encoding in ((sample[1::2], "utf-16-le"), (sample[0::2], "utf-16-be")):
        if zeros.count(0) > 0.8 * len(zeros) and sample.count(0) <= len(zeros):
            return encoding
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "utf-8-sig" if MULTIBYTE.search(raw) or b"\0" in raw else "cp1252"
    return "utf-8-sig"

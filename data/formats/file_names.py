"""Names of files: what is nothing but a name, and what every file system takes."""

from __future__ import annotations

import re
from pathlib import PurePath

LONGEST = 200
"""Bytes of a file's name: file systems take 255, and a number may be added."""


def is_plain(name: str) -> bool:
    """Whether a name is nothing but that: no path, drive or hidden file."""
    return bool(name) and name[0] not in ".~" and not re.search(r"[/\\:\0]", name)


def fitting(name: str) -> str:
    """A name that every file system takes, with its suffix: what is too long is cut, by bytes."""
    stem, suffix = PurePath(name).stem, PurePath(name).suffix
    end = suffix if len(suffix.encode(errors="replace")) <= 20 else ""
    start = stem if end else name
    left = LONGEST - len(end.encode(errors="replace"))
    cut = start.encode("utf-8", "replace")[:left].decode("utf-8", "ignore").rstrip()
    return f"{cut}{end}"

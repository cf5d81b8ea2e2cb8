"""What nobody thought of while a file was read: a sentence for the reader, and a place in the code for the log."""

from __future__ import annotations

import errno
import logging
import traceback
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from data.problems import Problem, listed

UNFORESEEN = "something that nobody thought of"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""What the system says when there is no room for a file."""


class FullDiskError(Exception):
    """There is no room to unpack files: no fault of theirs."""


REASONS: Mapping[type[Exception], str] = {
    FullDiskError: "there is no room to unpack it just now",
    MemoryError: "there is not enough memory",
    RecursionError: "it is nested too deeply",
}
LOG = logging.getLogger(__name__)


def unforeseen(files: Sequence[str], error: Exception) -> Problem:
    """The problem of files whose reading failed. Neither it nor the log quotes what the error says: that may be a cell
    or a path."""
    frames = [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    LOG.error("%s while reading: %s", type(error).__name__, " < ".join(frames[:-9:-1]))
    reason = REASONS.get(type(error))
    named = files[0] if len(files) == 1 else f"one of {listed(files)}"
    found = f"a file that cannot be read ({reason or (getattr(error, 'strerror', '') or UNFORESEEN)})"
    return Problem(named, None, None, found, "a study", "" if reason else "Please tell who runs this server.")

"""How long the work for one request may last: set around it, and looked at in its loops by `check`."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

Line = TypeVar("Line")


class LateError(Exception):
    """Work that is given up, with a sentence for the reader."""


@dataclass(frozen=True)
class Deadline:
    """The time at which work ends that may take so many `seconds`; `left` says whether its reader has gone."""

    ends: float
    seconds: float
    clock: Callable[[], float]
    left: Callable[[], bool]


IN_FORCE: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def deadline(
    seconds: float, left: Callable[[], bool] = lambda: False, clock: Callable[[], float] = time.monotonic
) -> Deadline:
    """The deadline of work that begins now."""
    return Deadline(clock() + seconds, seconds, clock, left)


@contextmanager
def kept(found: Deadline | None) -> Iterator[None]:
    """Work within the deadline; None: without any."""
    before = IN_FORCE.get()
    IN_FORCE.set(found)
    try:
        yield
    finally:
        IN_FORCE.set(before)


def carried(lines: Iterator[Line], times: int = 1) -> Iterator[Line]:
    """The same lines, made within the deadline in force now whenever they are asked for, or within `times` its time."""
    found = IN_FORCE.get()
    longer = found and replace(found, ends=found.ends + (times - 1) * found.seconds, seconds=times * found.seconds)
    return _within(longer, lines)


def check() -> None:
    """Nothing while there is time and a reader; else LateError."""
    found = IN_FORCE.get()
    if found and found.left():
        raise LateError("Nobody waits for this any more.")
    if found and found.clock() > found.ends:
        raise LateError(
            f"This was given up after {found.seconds:g} seconds (COMPUTE_SECONDS), and the page stays as it was. "
            "Leave patients out, or choose less at once."
        )


def _within(found: Deadline | None, lines: Iterator[Line]) -> Iterator[Line]:
    """Between two lines, the thread is free of it."""
    while True:
        with kept(found):
            line = next(lines, None)
        if line is None:
            return
        yield line

"""The server's side: give long work to the queue, and hear what is said of it, by whichever server was asked."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from data.access import ASKS, Reader
from data.deadline import LateError, check
from data.queued.board import PATIENCE, Board, board
from data.queued.broker import send

Word = dict[str, Any]
WAIT = 250
"""ms after which it is looked whether the reader is still there."""
LONGEST = 64
"""Characters of a job's name."""
NOBODY = f"Nobody could begin this within {PATIENCE} seconds, since other work goes on. Please try again in a minute."
DIED = "The process that worked on this has ended unexpectedly. Please try again."
LOST = "The queue of this server could not be reached any more. Please try again in a minute."
OVER = "This is not being computed any more. Please start it again."
LOG = logging.getLogger("reprise")


class QueueAwayError(Exception):
    """The queue cannot be reached: whoever wanted to give it work does it here."""


def given(kind: str, about: Word) -> str:
    """The name of a job that was given to the queue, in the name of who asks now. QueueAwayError."""
    job, asks = secrets.token_urlsafe(24), ASKS.get() or Reader("", "reader")
    ticket = {"kind": kind, "about": about, "name": asks.name, "role": asks.role}
    try:
        board(job).offer(ticket, asks.name)
        send(job)
    except Exception as error:  # noqa: BLE001 - Celery's, kombu's or redis'; its text may hold the address of redis
        LOG.warning("The queue cannot be reached (%s): this server does the work itself.", type(error).__name__)
        raise QueueAwayError from None
    return job


def is_ones_own(job: str) -> bool:
    """Whether who asks now has asked for this job, and it is not over."""
    asks = ASKS.get()
    try:
        return asks is not None and board(job).reader() == asks.name
    except Exception as error:  # noqa: BLE001
        raise _lost(error) from None


def heard(job: str, is_left: Callable[[], bool] = lambda: False) -> Iterator[Word]:
    """Every word that is said of a job, from its first to its `end`; an empty one at least every quarter of a second.
    Who stops reading ends the job. LateError when it cannot come to its end, or `is_left`."""
    found = board(job)
    try:
        yield from _heard(found, is_left)
    except (LateError, GeneratorExit):
        raise
    except Exception as error:  # noqa: BLE001
        raise _lost(error) from None
    finally:
        with suppress(Exception):
            found.leave()


def _heard(found: Board, is_left: Callable[[], bool]) -> Iterator[Word]:
    place, until, has_begun = "0", time.monotonic() + PATIENCE, False
    while True:
        found.listen()
        said = list(found.words(place, WAIT))
        for _, word in said:
            if "end" in word:
                return
            yield word
        place = said[-1][0] if said else place
        has_begun = has_begun or bool(said) or found.is_alive()
        _look(found, place, has_begun=has_begun, is_late=time.monotonic() > until)
        check()
        if is_left():
            raise LateError(OVER)
        if not said:
            yield {}


def _look(found: Board, place: str, *, has_begun: bool, is_late: bool) -> None:
    """LateError when nobody has begun or nobody is at it any more, and nothing is left to hear."""
    if has_begun and not found.is_alive() and not any(found.words(place, 0)):
        raise LateError(DIED)
    if is_late and not has_begun:
        raise LateError(NOBODY)


def _lost(error: Exception) -> LateError:
    """The sentence for a reader; the log has the kind of the error, since its text may hold the address of redis."""
    LOG.warning("A job of the queue was lost: %s", type(error).__name__)
    return LateError(LOST)

"""One after another: what is computed of large studies, since each such answer takes hundreds of MB of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from threading import Lock
from types import SimpleNamespace

from data.deadline import LateError, check
from data.study import Study

LARGE = 150_000
"""The size of a large study."""
PATIENCE = 10.0
"""Seconds that a request waits for the one before it."""
STEP = 0.1
"""Seconds after which a request that waits looks whether its reader is still there."""
BUSY = "The server computes another large study just now; please try again in a minute."

TURN = Lock()
"""Held by the one request that computes a large study."""
LAST = SimpleNamespace(key="")
"""The key of the large study that was computed last: what is remembered of another one leaves no room for it."""
REQUEST: ContextVar[ExitStack | None] = ContextVar("request", default=None)
"""What ends with the request that is answered now."""


@contextmanager
def one_request() -> Iterator[None]:
    """A request, which gives its turn back as it ends."""
    with ExitStack() as held:
        before = REQUEST.set(held)
        try:
            yield
        finally:
            REQUEST.reset(before)


def in_turn(study: Study, forget: Callable[[], None] = lambda: None) -> Study:
    """The same study; if it is large, once no other request computes one (LateError after `PATIENCE`), and with
    everything else forgotten, if another one was computed last."""
    held = REQUEST.get()
    if held is not None and study.size >= LARGE:
        held.enter_context(turn(study))
        REQUEST.set(None)
        if LAST.key != study.key:
            forget()
            LAST.key = study.key
    return study


@contextmanager
def turn(study: Study) -> Iterator[None]:
    """While nobody else computes a large study, if this is one. LateError after `PATIENCE`."""
    if study.size < LARGE:
        yield
        return
    _wait()
    try:
        yield
    finally:
        TURN.release()


def _wait() -> None:
    for _ in range(round(PATIENCE / STEP)):
        if TURN.acquire(timeout=STEP):
            return
        check()
    raise LateError(BUSY)

"""One after another: what is computed of large studies, since each such answer takes hundreds of MB of a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from threading import Lock

from data.deadline import LateError, check
from data.study import Study

LARGE = 200_000
"""Visits and values of samples, or patients × subsets, of a large study."""
PATIENCE = 10.0
"""Seconds that a request waits for the one before it."""
STEP = 0.1
"""Seconds after which a request that waits looks whether its reader is still there."""
BUSY = "The server computes another large study just now; please try again in a minute."

TURN = Lock()
"""Held by the one request that computes a large study."""
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


def in_turn(study: Study) -> Study:
    """The same study; if it is large, once no other request computes one. LateError after `PATIENCE`."""
    held = REQUEST.get()
    if held is not None and _size(study) >= LARGE:
        _wait()
        held.callback(TURN.release)
        REQUEST.set(None)
    return study


def _wait() -> None:
    for _ in range(round(PATIENCE / STEP)):
        if TURN.acquire(timeout=STEP):
            return
        check()
    raise LateError(BUSY)


def _size(study: Study) -> int:
    """Visits, and values that are kept of samples: at least those of each patient's baseline."""
    samples = max(len(study.immune_subsets), len(study.patients) * len(study.subset_definitions))
    return len(study.pasi) + samples

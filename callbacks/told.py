"""Work that takes a while, told as it is done: lines of JSON, each a share of the whole and what is being done;
the last line is the answer. Who stops reading ends the work."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from flask import Response
from plotly.io.json import to_json_plotly

from data.privacy import DATE
from data.progress import Progress

QUIET = 2.0
"""Seconds without news after which a blank line goes out: it keeps proxies waiting, and finds out who has left."""
FAILED = "These files could not be read, and the study on the page stays. Please tell who runs this server."

Work = Callable[[Progress], dict[str, Any]]


class LeftError(Exception):
    """Nobody waits for the answer any more."""


def told(work: Work, after: Callable[[], None] = lambda: None) -> Response:
    """The answer of `work`, which runs in a thread of its own, and `after` it in any case; it is ended at its next word
    of progress after the reader has left. Not compressed, and not held back by a proxy."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    left = Event()
    Thread(target=_done, args=(work, after, lines, left), daemon=True).start()
    answer = Response(_lines(lines), mimetype="application/x-ndjson", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(left.set)
    return answer


def _done(work: Work, after: Callable[[], None], lines: SimpleQueue[str | None], left: Event) -> None:
    def tell(share: float, what: str) -> None:
        if left.is_set():
            raise LeftError
        lines.put(json.dumps({"share": min(share, 0.99), "what": DATE.sub("[date]", what)}))

    try:
        answer = _answer(work, tell)
    finally:
        after()
    lines.put(answer)
    lines.put(None)


def _answer(work: Work, tell: Progress) -> str:
    """The last line: what comes of the work, or a sentence instead of a line that breaks off."""
    try:
        return to_json_plotly(work(tell))
    except LeftError:
        return ""
    except Exception as error:  # noqa: BLE001
        _log(error)
        return json.dumps({"refused": FAILED})


def _log(error: Exception) -> None:
    """Where it failed, without what it says: a message may quote a cell."""
    places = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in traceback.extract_tb(error.__traceback__)]
    logging.getLogger("reprise").error("%s in %s", type(error).__name__, " > ".join(places))


def _lines(lines: SimpleQueue[str | None]) -> Iterator[str]:
    while True:
        try:
            line = lines.get(timeout=QUIET)
        except Empty:
            line = ""
        if line is None:
            return
        yield f"{line}\n"

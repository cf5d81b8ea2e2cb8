"""Work that takes a while, told as it is done: lines of JSON, each a share of the whole and what is being done;
the last line is the answer. Who stops reading ends the work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from flask import Response

from callbacks.json_routes import encoded
from data.progress import Progress
from data.uploading.audit import REQUEST_ID

QUIET = 2.0
"""Seconds without news after which a blank line goes out: it keeps proxies waiting, and finds out who has left."""

Work = Callable[[Progress], dict[str, Any]]


def streamed(
    work: Work, refusal: Callable[[Exception], str], *, stop: Callable[[], None], after: Callable[[], None]
) -> Response:
    """The answer of `work`, which runs in a thread of its own; where it fails, the sentence that `refusal` makes of
    the error, as `refused`. `stop` is called when the reader has left, or at the end; `after` when the work has ended,
    in any case. Not compressed, and not held back by a proxy."""
    lines: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=_done, args=(work, refusal, after, lines, REQUEST_ID.get()), daemon=True).start()
    answer = Response(_lines(lines), mimetype="application/x-ndjson", headers={"X-Accel-Buffering": "no"})
    answer.call_on_close(stop)
    return answer


def _done(
    work: Work,
    refusal: Callable[[Exception], str],
    after: Callable[[], None],
    lines: SimpleQueue[str | None],
    request_id: str,
) -> None:
    REQUEST_ID.set(request_id)

    def told(share: float, what: str) -> None:
        lines.put(json.dumps({"share": min(share, 0.99), "what": what}))

    try:
        answer = encoded(work(told)).decode()
    except Exception as error:  # noqa: BLE001 - a line that breaks off would tell the reader nothing
        answer = json.dumps({"refused": refusal(error)})
    finally:
        after()
    lines.put(answer)
    lines.put(None)


def _lines(lines: SimpleQueue[str | None]) -> Iterator[str]:
    while True:
        try:
            line = lines.get(timeout=QUIET)
        except Empty:
            line = ""
        if line is None:
            return
        yield f"{line}\n"

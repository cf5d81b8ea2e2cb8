"""Reads the files of one upload in a process of its own: `python sandbox_process.py`, and the job as a line of JSON.

Whatever files hold, this process alone suffers: its memory and time are bounded, and it ends with the process that
started it. What it says on standard output are lines of JSON: `share` and `what` of the progress; at the end `answer`,
or `beyond`, the limit that was met, `os_error`, its number, or `failed`, where an error arose; and `log`, for the log.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import sys
import tempfile
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds that a process waits for its job: a person who looks at a proposal will soon send the files again."""
MEGA = 1_000_000


def main() -> None:
    """Do the one job that comes."""
    sys.path.insert(0, str(ROOT))
    from data.uploading import sent_files  # noqa: F401, PLC0415 - most of a second, spent before the job comes

    if not select.select([sys.stdin], [], [], PATIENCE)[0] or not (line := sys.stdin.readline()):
        return
    Thread(target=_end_with_parent, daemon=True).start()
    job = json.loads(line)
    logging.getLogger().addHandler(_ToParent())
    _bound(job["megabytes"], job["seconds"])
    tempfile.tempdir = job["folder"]
    try:
        _say(answer=_read(job))
    except MemoryError:
        _say(beyond="MAX_READ_MB")
    except OSError as error:
        _say(os_error=error.errno)
    except Exception as error:  # noqa: BLE001 - whatever it is, its words may quote a cell
        _say(failed=where(error))


class _ToParent(logging.Handler):
    """Tells the process that waits, which has a log."""

    def emit(self, record: logging.LogRecord) -> None:
        _say(log=record.getMessage())


def _read(job: dict[str, Any]) -> dict[str, Any]:
    from data.intake.review.edits import edits_of  # noqa: PLC0415
    from data.privacy.masking import DATE  # noqa: PLC0415
    from data.tables.long_cells import LONGEST  # noqa: PLC0415
    from data.uploading.sent_files import read_sent  # noqa: PLC0415

    def told(share: float, what: str) -> None:
        _say(share=share, what=DATE.sub("[date]", what[:LONGEST]))

    edits = None if job["edits"] is None else edits_of(job["edits"])
    draft = Path(job["draft"]) if job["draft"] else None
    return read_sent([Path(path) for path in job["paths"]], edits, told, draft)


def where(error: BaseException) -> str:
    """What kind of error it is and where it arose, without what it says, which may quote a cell."""
    frames = traceback.extract_tb(error.__traceback__)
    places = (f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})" for frame in frames)
    return f"{type(error).__name__} in {' > '.join(places)}"


def _bound(megabytes: int, seconds: int) -> None:
    """Ask the system to refuse more memory and time than that, and any core file, which would hold patients' data."""
    import resource  # noqa: PLC0415 - not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGA, megabytes * MEGA))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds + 1, seconds + 2))


def _end_with_parent() -> None:
    """Standard input ends when the process at its other end does, however that ended."""
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


def _say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what, default=float) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Files whose readers may fail hard are read in a process of its own: `outside_process.py`, with bounded time and
memory."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import IO, Any

from data.limits import exceeded, limit
from data.problems import Problem, Report
from data.progress import Progress, part

PROCESS = Path(__file__).with_name("outside_process.py")
READ = 0.9
"""The share of a file that reading its cells takes; the rest makes tables of them."""

READERS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "workbook": (
            "a workbook", "an Excel workbook",
            "Open it in a spreadsheet program and save it again as .xlsx, without a password.",
        ),
        "statistics": ("a file of SAS, SPSS or Stata", "a table", "Save it as CSV."),
    }
)  # fmt: skip
"""What each reader of the process reads, what it expects, and what to do when it fails."""


def read_outside(reader: str, path: Path, report: Report) -> dict[str, Any] | None:
    """`pages` (name, is visible, rows, how many merged ranges) and what else the reader says of a file; None, with the
    problem reported, when it cannot be read."""
    kind, expected, advice = READERS[reader]
    answer = _answer(reader, path, report.progress)
    if "error" in answer:
        found = f"{kind} that cannot be read ({answer['error']})"
        report.add(Problem(path.name, None, None, found, expected, advice))
    elif "beyond" in answer:
        needs = {"MAX_READ_SECONDS": "takes longer", "MAX_READ_MB": "needs more memory"}[answer["beyond"]]
        report.add(exceeded(path.name, answer["beyond"], f"{kind} that {needs}"))
    return answer if "pages" in answer else None


def _answer(reader: str, path: Path, progress: Progress) -> dict[str, Any]:
    """What the process says to its end, or the limit that it went `beyond`."""
    megabytes, seconds, rows = limit("MAX_READ_MB"), limit("MAX_READ_SECONDS"), limit("MAX_ROWS") + 1
    call = [sys.executable, "-I", str(PROCESS), reader, str(path.absolute()), str(int(megabytes)), str(int(rows))]
    until = time.monotonic() + seconds
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        end = Timer(seconds, process.kill)
        end.start()
        try:
            return _heard(process.stdout, path.name, part(progress, 0.0, READ))  # type: ignore[arg-type]
        except (EOFError, pickle.UnpicklingError):
            return {"beyond": "MAX_READ_SECONDS" if time.monotonic() >= until else "MAX_READ_MB"}
        finally:
            end.cancel()
            process.kill()


def _heard(process: IO[bytes], file: str, progress: Progress) -> dict[str, Any]:
    """What the process says until its last word. EOFError when it ends without one."""
    pages = []
    while True:
        said = pickle.load(process)  # noqa: S301 - written by our own process
        if "share" in said:
            progress(said["share"], f"{file}: {said['what']}")
        elif "page" in said:
            pages.append(said["page"])
        else:
            return said if "error" in said else {**said, "pages": pages}

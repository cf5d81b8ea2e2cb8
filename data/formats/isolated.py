"""Files whose readers may fail hard are read in a process of its own: `isolated_process.py`, with bounded time and
memory."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Timer
from types import MappingProxyType
from typing import Any

from data.formats import isolated_process
from data.formats.limits import exceeded, limit
from data.problems import Problem, Report
from data.progress import Progress, part
from data.settings import SANDBOX, without_secrets

READ = 0.9
"""The share of a file that reading its cells takes; the rest makes tables of them."""

READERS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "workbook": (
            "a workbook",
            "an Excel workbook",
            "Open it in a spreadsheet program and save it again as .xlsx, without a password.",
        ),
        "statistics": ("a file of SAS, SPSS or Stata", "a table", "Save it as CSV."),
    }
)
"""What each reader of the process reads, what it expects, and what to do when it fails."""


def read_outside(reader: str, path: Path, report: Report) -> dict[str, Any] | None:
    """`pages` (name, is visible, rows, how many merged ranges) and what else the reader says of a file; None, with the
    problem reported, when it cannot be read."""
    kind, expected, advice = READERS[reader]
    answer = _answer(reader, path, report)
    if "error" in answer:
        found = f"{kind} that cannot be read ({answer['error']})"
        report.add(Problem(path.name, None, None, found, expected, advice))
    elif "beyond" in answer:
        needs = {"MAX_READ_SECONDS": "takes longer", "MAX_READ_MB": "needs more memory"}[answer["beyond"]]
        report.add(exceeded(path.name, answer["beyond"], f"{kind} that {needs}"))
    return answer if "pages" in answer else None


def _answer(reader: str, path: Path, report: Report) -> dict[str, Any]:
    """What is said to the end, or the limit that was gone `beyond`. Within a sandbox there is no other process."""
    tell = _teller(path.name, part(report.progress, 0.0, READ))
    if SANDBOX in os.environ:
        return _heard(isolated_process.said(reader, path, int(limit("MAX_ROWS")) + 1), tell)
    seconds = limit("MAX_READ_SECONDS")
    until = time.monotonic() + seconds
    with _process(reader, path) as process:
        end = Timer(seconds, process.kill)
        end.start()
        try:
            return _heard(_words(process), tell)
        except (EOFError, pickle.UnpicklingError):
            return {"beyond": "MAX_READ_SECONDS" if time.monotonic() >= until else "MAX_READ_MB"}
        finally:
            end.cancel()
            process.kill()


def _process(reader: str, path: Path) -> subprocess.Popen[bytes]:
    limits = [str(int(limit("MAX_READ_MB"))), str(int(limit("MAX_ROWS")) + 1)]
    call = [sys.executable, "-I", isolated_process.__file__, reader, str(path.absolute()), *limits]
    return subprocess.Popen(  # noqa: S603 - our own
        call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=without_secrets()
    )


def _words(process: subprocess.Popen[bytes]) -> Iterator[dict[str, Any]]:
    """What the process says. EOFError at its end."""
    while process.stdout:
        yield pickle.load(process.stdout)  # noqa: S301 - written by our own process


def _teller(file: str, progress: Progress) -> Progress:
    return lambda share, what: progress(share, f"{file}: {what}")


def _heard(words: Iterator[dict[str, Any]], tell: Progress) -> dict[str, Any]:
    """All that is said, to the last word."""
    pages = []
    for said in words:
        if "share" in said:
            tell(said["share"], said["what"])
        elif "page" in said:
            pages.append(said["page"])
        else:
            return said if "error" in said else {**said, "pages": pages}
    raise EOFError

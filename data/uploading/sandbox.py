"""Files that were sent are read in a process of its own (`sandbox_process.py`), with bounded memory and time."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Timer
from typing import IO, Any
from weakref import finalize

from data.formats.limits import exceeded
from data.problems import Report
from data.progress import Progress
from data.settings import SANDBOX, setting, without_secrets
from data.uploading.sent_files import unread

PROCESS = Path(__file__).with_name("sandbox_process.py")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Threads of a library for linear algebra, which reading does not use, would each ask for memory."""
BEYOND = {"MAX_READ_SECONDS": "files that take longer to read", "MAX_READ_MB": "files that need more memory"}

LAST = {"answer", "beyond", "failed", "os_error"}
LOG = logging.getLogger("reprise")


class SandboxError(Exception):
    """Reading failed by a fault of ours; the text says where, and quotes no file."""


class Sandbox:
    """A process that waits for one job, does it, and ends."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-I", str(PROCESS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**without_secrets(), **ONE_THREAD, SANDBOX: "1"},
            start_new_session=True,
            text=True,
            encoding="utf-8",
        )
        self._end = finalize(self, _ended, self._process)

    @property
    def waits(self) -> bool:
        """Whether it is still there."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it, and whatever it has started, at once."""
        _kill(self._process)

    def read(
        self, paths: Sequence[Path], edits: Any, folder: Path, draft: Path | None, progress: Progress
    ) -> dict[str, Any]:
        """What `sent_files.read_sent` says of the files, with `edits` as they were sent and `folder` for what is
        unpacked; a reading that goes beyond a limit is a problem in its report. OSError when there is no room for
        the draft, SandboxError for any other end."""
        seconds, megabytes = setting("MAX_READ_SECONDS"), setting("MAX_READ_MB")
        job = {
            "paths": list(map(str, paths)), "edits": edits, "folder": str(folder), "draft": str(draft) if draft else "",
            "seconds": int(seconds), "megabytes": int(megabytes),
        }  # fmt: skip
        until = time.monotonic() + seconds
        end = Timer(seconds, self.kill)
        end.start()
        try:
            last = self._last_word(job, progress)
        finally:
            end.cancel()
            self._end()
        if "answer" in last:
            return dict(last["answer"])
        if "failed" in last:
            raise SandboxError(last["failed"])
        if "os_error" in last:
            raise OSError(last["os_error"], "")
        met = last.get("beyond", "MAX_READ_SECONDS" if time.monotonic() >= until else "MAX_READ_MB")
        return unread(
            Report([exceeded(paths[0].name, met, f"{BEYOND[met]} (it ended at: {last.get('what', 'start')})")])
        )

    def _last_word(self, job: dict[str, Any], progress: Progress) -> dict[str, Any]:
        """The last that the process says; the last word of progress where it ended without another."""
        said: dict[str, Any] = {}
        with suppress(BrokenPipeError):
            _input(self._process).write(json.dumps(job) + "\n")
            _input(self._process).flush()
        for line in self._process.stdout or ():
            if not line.endswith("\n"):
                break
            word = json.loads(line)
            said |= word
            if word.keys() & LAST:
                break
            if "log" in word:
                LOG.error("%s", word["log"])
            else:
                progress(word["share"], word["what"])
        return said


def _kill(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself, or its number is not a group's yet
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()


def _ended(process: subprocess.Popen[str]) -> None:
    """Kill a process, and leave nothing of it open."""
    _kill(process)
    for pipe in filter(None, (process.stdin, process.stdout)):
        with suppress(BrokenPipeError):
            pipe.close()
    process.wait()


def _input(process: subprocess.Popen[str]) -> IO[str]:
    if process.stdin is None:
        raise RuntimeError("a sandbox without an input")
    return process.stdin


class Sandboxes:
    """At most one process that is ready and waits: starting one takes most of a second."""

    def __init__(self) -> None:
        self._ready: SimpleQueue[Sandbox] = SimpleQueue()

    def take(self) -> Sandbox:
        """A sandbox, the one that waits if there is one."""
        with suppress(Empty):
            while not (ready := self._ready.get_nowait()).waits:
                pass
            return ready
        return Sandbox()

    def prepare(self) -> None:
        """Have one ready for who will soon send the same files again; it ends by itself when nobody comes."""
        if self._ready.empty():
            self._ready.put(Sandbox())

"""Files that were sent are read by a worker of the queue, in a sandbox there; where no queue is reached, in one here.

They and what is read of them stay in the folder of uploads, which both sides have: through redis go the names, relative
to it, what a person said of the files, and how far reading has come."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from data.progress import Progress
from data.queued.asking import QueueAwayError, heard
from data.queued.working import Job
from data.uploading.sandbox import Sandbox, SandboxError, Sandboxes
from data.uploading.upload_folder import WORK, prepared

READ = "read"
"""How such a job is called."""
ANSWER = "answer.json"
"""The file beside what is unpacked, in which a worker says what it found."""
Give = Callable[[str, dict[str, Any]], str]
"""Gives a job of a kind, and what it is about, to the queue, and says its name; as `data.queued.asking.given`."""


class QueuedSandbox:
    """As `data.uploading.sandbox.Sandbox`, elsewhere."""

    def __init__(self, give: Give) -> None:
        self._give, self._killed = give, Event()
        self._here: Sandbox | None = None

    def kill(self) -> None:
        """End the reading, wherever it goes on."""
        self._killed.set()
        if self._here:
            self._here.kill()

    def read(
        self, paths: Sequence[Path], edits: Any, folder: Path, draft: Path | None, progress: Progress
    ) -> dict[str, Any]:
        """As that of a sandbox; LateError, too, when the queue does not come to an end."""
        about = {
            "paths": [_within(path) for path in paths], "edits": edits, "folder": _within(folder),
            "draft": _within(draft) if draft else "",
        }  # fmt: skip
        try:
            job = self._give(READ, about)
        except QueueAwayError:
            self._here = Sandbox()
            if self._killed.is_set():
                self._here.kill()
            return self._here.read(paths, edits, folder, draft, progress)
        return self._answer(job, folder.with_name(ANSWER), progress)

    def _answer(self, job: str, place: Path, progress: Progress) -> dict[str, Any]:
        last: dict[str, Any] = {}
        for word in heard(job, self._killed.is_set):
            last |= word
            if "share" in word:
                progress(word["share"], word["what"])
        if "os_error" in last:
            raise OSError(last["os_error"], "")
        if "answered" not in last:
            raise SandboxError(last.get("failed", "Reading in the queue ended without an answer"))
        return dict(json.loads(place.read_text(encoding="utf-8")))


class QueuedSandboxes:
    """Of these none waits here: the workers have theirs."""

    def __init__(self, give: Give) -> None:
        self._give = give

    def take(self) -> QueuedSandbox:
        """One."""
        return QueuedSandbox(self._give)

    def prepare(self) -> None:
        """Nothing."""


def read_for_queue(sandboxes: Sandboxes, job: Job) -> None:
    """Read the files of a job in a sandbox, and write the answer beside them."""
    sandbox, about = sandboxes.take(), job.about
    job.stop = sandbox.kill
    folder, draft = _place(about["folder"]), _place(about["draft"]) if about["draft"] else None

    def told(share: float, what: str) -> None:
        job.tell(share=share, what=what)

    try:
        found = sandbox.read(list(map(_place, about["paths"])), about["edits"], folder, draft, told)
        if found["proposal"]:
            sandboxes.prepare()
        folder.with_name(ANSWER).write_text(json.dumps(found, default=float), encoding="utf-8")
        job.tell(answered=True)
    except SandboxError as error:
        job.tell(failed=str(error))
    except OSError as error:
        job.tell(os_error=error.errno)


def _within(path: Path) -> str:
    return str(path.relative_to(prepared()))


def _place(name: str) -> Path:
    """A path in the work folders of this store, and nowhere else."""
    home = prepared()
    place = Path(home / name)
    if not place.resolve().is_relative_to((home / WORK).resolve()):
        raise OSError(0, "")
    return place

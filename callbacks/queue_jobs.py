"""What the queue can be asked for, and how it is given: to a worker of the same code alone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from data.queued import asking
from data.queued.working import Job, Kinds
from data.uploading.queued_sandbox import READ, QueuedSandboxes, read_for_queue
from data.uploading.sandbox import Sandboxes
from publishing.stamp import version

if TYPE_CHECKING:
    from data.shelf import Catalog

RESAMPLE = "resample"
CODE = "code"
OTHER = "The worker of the queue is of another version of Reprise than this server: restart both with the same code."


def give(kind: str, about: dict[str, Any]) -> str:
    """The name of a job that was given to the queue. QueueAwayError."""
    return asking.given(kind, about | {CODE: version()})


def sandboxes_of_queue() -> QueuedSandboxes:
    """Readers of files, by the queue."""
    return QueuedSandboxes(give)


def kinds(catalog: Catalog, resample: Callable[[Catalog, Job], None]) -> Kinds:
    """What a worker does, by the name of the kind."""
    found = {READ: partial(read_for_queue, Sandboxes()), RESAMPLE: partial(resample, catalog)}
    return MappingProxyType({name: partial(_of_same_code, kind) for name, kind in found.items()})


def _of_same_code(kind: Callable[[Job], None], job: Job) -> None:
    if job.about.get(CODE) != version():
        logging.getLogger("reprise").error(OTHER)
        job.tell(failed=OTHER)
    else:
        kind(job)

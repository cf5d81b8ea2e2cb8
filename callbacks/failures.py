"""What is logged of an error that nobody expected."""

from __future__ import annotations

import logging

from data.uploading.sandbox import SandboxError
from data.uploading.sandbox_process import where


def log_places(error: BaseException) -> None:
    """Where it failed, without what it says: a message may quote a cell, or a study's key."""
    logging.getLogger("reprise").error("%s", error if isinstance(error, SandboxError) else where(error))

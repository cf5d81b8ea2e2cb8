"""What is logged of an error that nobody expected."""

from __future__ import annotations

import logging
import traceback


def log_places(error: BaseException) -> None:
    """Where it failed, without what it says: a message may quote a cell, or a study's key."""
    places = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in traceback.extract_tb(error.__traceback__)]
    logging.getLogger("reprise").error("%s in %s", type(error).__name__, " > ".join(places))

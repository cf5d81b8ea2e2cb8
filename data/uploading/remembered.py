"""What functions remember of studies, so that a deleted one is forgotten, and a worker stays small."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

ABOUT_STUDIES = ("analysis", "figures", "components", "callbacks")
"""The packages whose functions remember answers (`lru_cache`) about studies."""

REMEMBERING = type(lru_cache(len))


def forget_answers() -> None:
    """Forget every answer that a function of these packages remembers, about whatever study, and free them."""
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] in ABOUT_STUDIES:
            for known in tuple(vars(module).values()):
                if isinstance(known, REMEMBERING):
                    known.cache_clear()
    _give_back()


def megabytes() -> float:
    """MB of memory that this process has now; 0 where the system does not say."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1_000_000
    return 0.0


def _give_back() -> None:
    """Free what nothing refers to any more, and give it back to the system, which glibc does when asked."""
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)

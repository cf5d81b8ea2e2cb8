"""What functions remember of studies, so that a deleted one is forgotten."""

from __future__ import annotations

import gc
import sys
from functools import lru_cache

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
    gc.collect()

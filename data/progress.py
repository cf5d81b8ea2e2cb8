"""How far reading has come, told as a share of the whole by whoever knows its own part of it."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share that is done, from 0 to 1, and what is being done. What it raises ends the reading."""


def quiet(share: float, what: str) -> None:
    """No progress is shown."""


def part(progress: Progress, low: float, high: float) -> Progress:
    """Tells `progress` of a part of the whole, which lies between the shares `low` and `high`."""
    return lambda share, what: progress(low + (high - low) * share, what)


def forward(progress: Progress) -> Progress:
    """Tells `progress` no share below one that was told before: what is read a second time is no step back."""
    furthest = 0.0

    def tell(share: float, what: str) -> None:
        nonlocal furthest
        furthest = max(furthest, share)
        progress(furthest, what)

    return tell

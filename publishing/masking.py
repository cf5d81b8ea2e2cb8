"""Ids of patients replaced in texts, also where a chart cut them."""

from __future__ import annotations

import re
from functools import partial, reduce
from typing import TYPE_CHECKING

from publishing.figure_files.safe_svg import NO_XML

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

UNDRAWN = re.compile(f"{NO_XML.pattern}|[\u202a-\u202e\u2066-\u2069]")
"""What no drawing can hold, and what turns the order in which all that follows is read."""
SEVERAL = "a patient"
"""What stands in the place of an id that may be of several."""


def as_drawn(text: str) -> str:
    """A text without the signs that a drawing leaves out."""
    return UNDRAWN.sub("", text)


def can_mask(people: Sequence[str]) -> bool:
    """Whether ids can be told from numbers and words and from each other, to be replaced wherever they stand."""
    shown = [as_drawn(one) for one in people]
    return len(set(shown)) == len(shown) and all(len(one) > 1 and any(map(str.isalpha, one)) for one in shown)


def masking(people: Sequence[str]) -> Callable[[str], str]:
    """What replaces every patient's id by "Pt 1" and so on, short as an id, for which drawings have room; and what
    is left of one that was cut by that, or by "a patient" where it may be of several."""
    named = {as_drawn(one): f"Pt {place}" for place, one in enumerate(people, 1)}
    known = "|".join(map(re.escape, sorted(named, key=len, reverse=True)))
    whole = re.compile(rf"(?<![\w-])(?:{known})(?![\w-])")
    joined = partial(_joined, named)
    masked = lambda text: reduce(joined, whole.sub(lambda found: named[found[0]], as_drawn(text)).split("…"))  # noqa: E731
    return masked if named else str


def _joined(named: Mapping[str, str], before: str, after: str) -> str:
    """What stands on either side of an ellipsis: where that is of an id, its name in place of both."""
    begun = {one: _begun(before, one) for one in named}
    most = max(begun.values())
    if not most:
        return f"{before}…{after}"
    own = [one for one, count in begun.items() if count == most]
    tail = max(_ended(after, one) for one in own)
    return f"{before[:-most]}{named[own[0]] if len(own) == 1 else SEVERAL}{after[tail:]}"


def _begun(text: str, one: str) -> int:
    """How many letters of an id a text ends with, two or more, as a word of its own."""
    counts = range(min(len(one) - 1, len(text)), 1, -1)
    fits = (count for count in counts if text.endswith(one[:count]) and not re.search(r"[\w-]\Z", text[:-count]))
    return next(fits, 0)


def _ended(text: str, one: str) -> int:
    """How many letters of its end a text begins with."""
    counts = range(min(len(one) - 1, len(text)), 0, -1)
    return next((count for count in counts if text.startswith(one[-count:])), 0)

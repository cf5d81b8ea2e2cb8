"""Wells of a plate in the names of tubes: A1 to H12, where one word of all names is one, of several rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WORD = re.compile(r"[^\W_]+")
WELL = re.compile(r"[A-H](?:0?[1-9]|1[0-2])", re.IGNORECASE)
MOST = 40
"""Words of a name that is looked at."""


@dataclass(frozen=True)
class Plate:
    """Which words of the names are wells, counted from the first (0, 1 ...), or from the last (-1, -2 ...)."""

    places: frozenset[int] = frozenset()

    def wells(self, name: str) -> list[tuple[int, int]]:
        """Where the wells stand in a name."""
        words = list(WORD.finditer(name))[:MOST] if self.places else []
        at = [place for place in self.places if -len(words) <= place < len(words)]
        return sorted({words[place].span() for place in at})


NO_PLATE = Plate()


def plate_of(names: Sequence[str]) -> Plate:
    """The plate of these names: a place has wells if all its words may be some, of several rows. D1 alone is a day, and
    so are D1 and D28."""
    words: dict[int, set[str]] = {}
    for name in names:
        found = WORD.findall(name)[:MOST]
        for place, word in enumerate(found):
            words.setdefault(place, set()).add(word)
            words.setdefault(place - len(found), set()).add(word)
    return Plate(frozenset(place for place, found in words.items() if _are_wells(found)))


def _are_wells(words: set[str]) -> bool:
    return all(map(WELL.fullmatch, words)) and len({word[0].upper() for word in words}) > 1

"""Which of the known patients another spelling of an id is: "P-01", "pt 1" and "1"; never "S2" for "P2"."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from types import MappingProxyType

from data.problems import listed

SAYS_PATIENT: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("patient", "pat", "pt", "p"), "p"),
        **dict.fromkeys(("subject", "subj", "s"), "s"),
        **dict.fromkeys(("id", "nr", "no"), ""),
    }
)
"""Letters before a number that only say that a patient follows, and what they are compared as."""
SAYS = frozenset(SAYS_PATIENT.values()) - {""}

EXACT, ALIKE, PART = 3, 2, 1
"""How sure a spelling is: the same signs; the same letters and numbers; a number alone for P01, or the last part of a
longer id."""


class Patients:
    """The known patients, to be found by any spelling of theirs."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = tuple(dict.fromkeys(ids))
        self._levels = [(sure, key, _by(self.ids, key)) for sure, key in KEYS]

    def __bool__(self) -> bool:
        return bool(self.ids)

    def find(self, spelling: str) -> tuple[list[str], int]:
        """The patients that it may be by the surest way that finds any (one if it is certain), and how sure that is."""
        for sure, key, known in self._levels:
            found = list(dict.fromkeys(one for name in key(spelling) for one in known.get(name, ())))
            fitting = [one for one in found if sure == EXACT or may_be(one, spelling)]
            if fitting:
                return fitting, sure
        return [], 0

    def one(self, spelling: str, least: int = PART) -> str | None:
        """The patient that it is, None if none or several may be meant, or if it is less sure than `least`."""
        found, sure = self.find(spelling)
        return found[0] if len(found) == 1 and sure >= least else None


def aliases(spellings: Iterable[str], patients: Patients) -> tuple[dict[str, str], list[str]]:
    """The patient of each spelling that is nobody's own; and sentences on those that are not joined, because several
    patients, or spellings with different letters, fit."""
    others = [one for one in dict.fromkeys(spellings) if one not in patients.ids]
    found = {one: patients.find(one)[0] for one in others}
    unsure = [f"'{one}' may be {listed(ours)}; it is joined with none." for one, ours in found.items() if len(ours) > 1]
    owner = {one: ours[0] for one, ours in found.items() if len(ours) == 1}
    rivals = {ours: [one for one in owner if owner[one] == ours] for ours in dict.fromkeys(owner.values())}
    letters = {ours: {_letters(name) for name in names} - {""} for ours, names in rivals.items()}
    torn = [ours for ours in rivals if len(letters[ours]) > 1]
    unsure += [f"{listed(rivals[ours])} may all be '{ours}'; none of them is joined." for ours in torn]
    doubtful = {known for ours in torn for known in letters[ours]}
    return {one: ours for one, ours in owner.items() if ours not in torn and _letters(one) not in doubtful}, unsure


def may_be(one: str, other: str) -> bool:
    """Whether `other`, which shares a key with the patient `one`, may be a spelling of it: the same letters before the
    numbers, or none but such as say "a patient"; and the same numbers, where both tell them apart (P-1-11, P-11-1)."""
    first, second = _letters(one), _letters(other)
    lettered = first == second or (not first and second in SAYS) or (not second and first in SAYS)
    mine, theirs = _runs(one), _runs(other)
    return (lettered and (mine == theirs or len(mine) != len(theirs))) or _ends_in(one, other)


def _ends_in(long: str, number: str) -> bool:
    """Whether a longer id ends in a number that stands alone: PSO-01-001 in 001. Not the reverse: HC-001 is not 001."""
    return number.isdecimal() and re.search(rf"[\s/_-]{number}$", long) is not None


def _letters(spelling: str) -> str:
    match = re.match(r"[^\W\d_]*", spelling.casefold().strip())
    letters = match[0] if match else ""
    return SAYS_PATIENT.get(letters, letters)


def _runs(spelling: str) -> tuple[str, ...]:
    """Letters and numbers in order, numbers without leading zeros, without what only says that a patient follows."""
    runs = re.findall(r"[^\W\d_]+|\d+", spelling.casefold())
    plain = [run.lstrip("0") or "0" if run.isdecimal() else run for run in runs]
    return tuple(plain[1:] if plain and plain[0] in SAYS_PATIENT and len(plain) > 1 else plain)


def _squeezed(spelling: str) -> str:
    return re.sub(r"[\W_]", "", spelling.casefold())


def _same(spelling: str) -> Iterator[Hashable]:
    yield spelling.strip()


def _cased(spelling: str) -> Iterator[Hashable]:
    yield spelling.strip().casefold()


def _alike(spelling: str) -> Iterator[Hashable]:
    yield _letters(spelling), _squeezed(spelling)
    yield _letters(spelling), _runs(spelling)


def _loose(spelling: str) -> Iterator[Hashable]:
    yield _runs(spelling)


def _last_part(spelling: str) -> Iterator[Hashable]:
    """The last number as it is written: 001 of PSO-01-001."""
    if match := re.search(r"(?:^|[^0-9])(\d+)$", spelling.strip()):
        yield match[1]


Key = Callable[[str], Iterator[Hashable]]
KEYS: tuple[tuple[int, Key], ...] = (
    (EXACT, _same), (EXACT, _cased), (ALIKE, _alike), (PART, _loose), (PART, _last_part),
)  # fmt: skip


def _by(ids: Iterable[str], key: Key) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for one in ids:
        for name in key(one):
            found.setdefault(name, []).append(one)
    return found

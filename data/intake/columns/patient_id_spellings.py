"""Which of the known patients another spelling of an id is: "P-01", "pt 1" and "1"; never "S2" for "P2"."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
        self._ways = [(way, _by(self.ids, way.keys)) for way in WAYS]

    def __bool__(self) -> bool:
        return bool(self.ids)

    def find(self, spelling: str) -> tuple[list[str], int]:
        """The patients that it may be by the surest way that finds any (one if it is certain), and how sure that is."""
        for way, known in self._ways:
            found = dict.fromkeys(one for key in way.keys(spelling) for one in known.get(key, ()))
            if fitting := [one for one in found if way.fits(one, spelling)]:
                return fitting, way.sure
        return [], 0

    def one(self, spelling: str, least: int = PART) -> str | None:
        """The patient that it is, None if none or several may be meant, or if it is less sure than `least`."""
        found, sure = self.find(spelling)
        return found[0] if len(found) == 1 and sure >= least else None


def aliases(spellings: Iterable[str], patients: Patients) -> tuple[dict[str, str], list[str]]:
    """The patient of each spelling that is nobody's own; and sentences on those that are not joined, because several
    patients, or spellings with different letters, fit."""
    ids = set(patients.ids)
    others = [one for one in dict.fromkeys(spellings) if one not in ids]
    found = {one: patients.find(one)[0] for one in others}
    unsure = [f"'{one}' may be {listed(ours)}; it is joined with none." for one, ours in found.items() if len(ours) > 1]
    owner = {one: ours[0] for one, ours in found.items() if len(ours) == 1}
    rivals: dict[str, list[str]] = {}
    for one, ours in owner.items():
        rivals.setdefault(ours, []).append(one)
    letters = {ours: {_letters(name) for name in names} & SAYS for ours, names in rivals.items()}
    torn = {ours: None for ours in rivals if len(letters[ours]) > 1}
    unsure += [f"{listed(rivals[ours])} may all be '{ours}'; none of them is joined." for ours in torn]
    doubtful = {known for ours in torn for known in letters[ours]}
    return {one: ours for one, ours in owner.items() if ours not in torn and _letters(one) not in doubtful}, unsure


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


def _itself(spelling: str) -> Iterator[Hashable]:
    yield spelling.strip()


def _cased(spelling: str) -> Iterator[Hashable]:
    yield spelling.strip().casefold()


def _last_part(spelling: str) -> Iterator[Hashable]:
    """The last number as it is written: 001 of PSO-01-001."""
    if match := re.search(r"(?:^|[\s/_-])(\d+)$", spelling.strip()):
        yield match[1]


def _always(one: str, other: str) -> bool:
    return True


def _told_apart(one: str, other: str) -> bool:
    """Whether two ids with the same signs are the same: P1-11 is P-1-11, and P-11-1 is not."""
    return len(_runs(one)) != len(_runs(other)) or _runs(one) == _runs(other)


def _loosely(one: str, other: str) -> bool:
    """Whether one of two ids with the same numbers has letters that only say "a patient", and the other none."""
    return {_letters(one), _letters(other)} in [{"", said} for said in SAYS]


def _ends_in(one: str, other: str) -> bool:
    """Whether a patient's id ends in this number, written alone: PSO-01-001 in 001. HC-001 is not 001."""
    return other.strip().isdecimal() and one.strip() != other.strip()


@dataclass(frozen=True)
class Way:
    """One way to know a patient: by `keys` that their spellings share, if it `fits` (their id, the other spelling)."""

    sure: int
    keys: Callable[[str], Iterable[Hashable]]
    fits: Callable[[str, str], bool] = _always


WAYS = (
    Way(EXACT, _itself),
    Way(EXACT, _cased),
    Way(ALIKE, lambda spelling: [(_letters(spelling), _runs(spelling))]),
    Way(ALIKE, lambda spelling: [_squeezed(spelling)], _told_apart),
    Way(PART, lambda spelling: [_runs(spelling)], _loosely),
    Way(PART, _last_part, _ends_in),
)
"""The surest first."""


def _by(ids: Iterable[str], keys: Callable[[str], Iterable[Hashable]]) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = {}
    for one in ids:
        for key in keys(one):
            found.setdefault(key, []).append(one)
    return found

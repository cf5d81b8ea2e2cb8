"""What a person says of files instead of what is proposed for them, as a page sends it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from data.intake.build.sample_values import STATED
from data.intake.build.weeks import REFERENCES
from data.intake.columns.dates import ORDERS
from data.intake.columns.roles import OWN_SCORE, ROLES
from data.intake.layouts.clinic.covariates import COVARIATE
from data.intake.layouts.flowjo.tubes import matcher
from data.schema import FAR
from data.tables.time_units import CLOCKS

LEFT_OUT: Mapping[str, str] = MappingProxyType({"": "not read", "identifier": "left out: it identifies"})
CHOICES: Mapping[str, str] = MappingProxyType(
    {
        **LEFT_OUT,
        **{name: role.meaning for name, role in ROLES.items()},
        "marker": "an immune subset",
        OWN_SCORE: "another score",
        "infusion": "when an infusion was given",
        COVARIATE: "a covariate of the patient",
    }
)
"""What a person may say of a column, in words."""

PAUSES: Mapping[str, str] = MappingProxyType({"pause": "a pause: no treatment", "course": "a treatment of that name"})
"""What a word in the place of a treatment may be."""

MOST_STARS, LONGEST = 6, 200
"""Of a pattern: more `*` than this would make its search slow. Of any text: what is longer is no answer."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class Edits:
    """`said`: by kind (a key of KINDS), what a person says, each under the words that name what it is about."""

    said: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)

    def get(self, kind: str, *key: str) -> str | None:
        """What is said of one thing, None if nothing is."""
        return self.said.get(kind, {}).get(key)

    def under(self, kind: str, *start: str) -> dict[str, str]:
        """What is said of all things whose key begins so, by the key's last word."""
        said = self.said.get(kind, {})
        return {key[-1]: value for key, value in said.items() if key[:-1] == start}


def weeks_elsewhere(edits: Edits) -> dict[str, str]:
    """What is said of visits in any table: visit -> week, the last that is said."""
    return {key[-1]: week for key, week in edits.said.get("visits", {}).items()}


@dataclass(frozen=True)
class Kind:
    """One thing that can be said: the words of its key, and `check`, which raises ValueError for what cannot be."""

    key: tuple[str, ...]
    check: Callable[[str], None]


def edits_of(raw: Mapping[str, Any]) -> Edits:
    """Rows of key and value, by kind, from outside. ValueError, with a sentence, for what cannot be done."""
    if not _is_text(raw):
        raise ValueError("What is said of these files holds half a character, which no file can hold.")
    for name in raw.keys() - KINDS.keys():
        raise ValueError(f"“{name[:40]}” is nothing that can be said of files.")
    return Edits({name: _rows(kind, raw.get(name, ())) for name, kind in KINDS.items()})


def _is_text(raw: Mapping[str, Any]) -> bool:
    """Whether every word can be written into a file."""
    try:
        return bool(json.dumps(raw, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return False


def _rows(kind: Kind, rows: Collection[Collection[Any]]) -> dict[Key, str]:
    said: dict[Key, str] = {}
    for row in rows:
        if not isinstance(row, list | tuple) or not row:
            raise TypeError("an edit is a list of words")
        if any(isinstance(word, list | dict) for word in row):
            raise TypeError("a word of an edit is no list")
        *key, value = ("" if word is None else str(word) for word in row)
        if len(key) != len(kind.key):
            raise ValueError(f"An edit says {', '.join(kind.key)} and a value; this one has {len(key)} words.")
        _short(value)
        kind.check(value)
        said[tuple(key)] = value.strip()
    return said


def _short(value: str) -> None:
    if len(value) > LONGEST:
        raise ValueError(f"“{value[:40]}…” is longer than {LONGEST} characters.")


def _one_of(known: Collection[str], what: str) -> Callable[[str], None]:
    def check(value: str) -> None:
        if value not in known:
            raise ValueError(f"“{value}” is nothing that {what}.")

    return check


def _pattern(value: str) -> None:
    if value.count("*") > MOST_STARS or matcher(value) is None:
        raise ValueError(
            f"“{value}” is no pattern of tube names: it needs one {{patient_id}}, at most one of {{week}}, "
            f"{{day}}, {{study_day}}, {{month}}, {{hour}}, {{visit}} or {{date}}, and at most {MOST_STARS} *."
        )


def _week(value: str) -> None:
    try:
        known = not value.strip() or abs(float(value)) <= FAR
    except ValueError:
        known = False
    if not known or (value.strip() and not math.isfinite(float(value))):
        raise ValueError(f"“{value}” is no week: write a number, or nothing for a visit that is set aside.")


def weeks_in(value: str) -> list[float]:
    """The weeks in a list such as "0, 4, 12"; ValueError, with a sentence, for what is none."""
    words = [word for word in re.split(r"[;,\s]+", value) if word]
    for word in words:
        _week(word)
    return [float(word) for word in words]


def _weeks(value: str) -> None:
    weeks_in(value)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "roles": Kind(("file", "sheet", "column"), _one_of(CHOICES, "a column can be")),
        "patterns": Kind(("file", "sheet"), _pattern),
        "weeks": Kind(("file", "sheet"), _weeks),
        **{
            name: Kind(("file", "sheet"), _one_of(("", *answers), "values can be"))
            for name, (answers, _) in STATED.items()
        },
        "orders": Kind(("file", "sheet"), _one_of(ORDERS, "dates can be written in")),
        "times": Kind(("file", "sheet", "column"), _one_of(CLOCKS, "times are counted in")),
        "visits": Kind(("file", "sheet", "visit"), _week),
        "values": Kind(("file", "sheet", "column", "code"), _short),
        "pauses": Kind(("file", "sheet", "word"), _one_of(PAUSES, "a word in place of a treatment can be")),
        "treatments": Kind(("file", "sheet", "treatment"), _short),
        "outcomes": Kind(("file", "sheet", "column", "property"), _short),
        "phenotypes": Kind(("file", "sheet", "subset"), _short),
        "measures": Kind(("file", "sheet", "measure"), _short),
        "unused": Kind(("file", "sheet"), _short),
        "patients": Kind(("patient",), _short),
        "references": Kind((), _one_of(REFERENCES, "dates can count from")),
        "index": Kind(("property",), _short),
        "about": Kind(("property",), _short),
    }
)
"""What a person can say: of columns, of tables, of the words in them, of patients and of the study."""

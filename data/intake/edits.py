"""What a person says of files instead of what is proposed for them, as a page sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from data.intake.clock import REFERENCES
from data.intake.roles import ROLES
from data.intake.tubes import matcher

LEFT_OUT: Mapping[str, str] = MappingProxyType({"": "not read", "identifier": "left out: it identifies"})
CHOICES: Mapping[str, str] = MappingProxyType(
    {**LEFT_OUT, **{name: role.meaning for name, role in ROLES.items()}, "marker": "an immune subset"}
)
"""What a person may say of a column, in words."""

MOST_STARS, LONGEST = 6, 200
"""Of a pattern: more `*` than this would make its search slow."""


@dataclass(frozen=True)
class Edits:
    """`roles`: (file, sheet, column) -> a key of CHOICES; `patterns`: (file, sheet) -> the pattern of tube names;
    `reference`: a key of REFERENCES, "" for the one that is proposed."""

    roles: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    patterns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reference: str = ""

    def roles_of(self, file: str, sheet: str) -> dict[str, str]:
        """column -> role, of one table."""
        return {column: role for (name, page, column), role in self.roles.items() if (name, page) == (file, sheet)}


def edits_of(raw: Mapping[str, Any]) -> Edits:
    """`roles` (rows of file, sheet, column, role), `patterns` (rows of file, sheet, pattern) and `reference` from
    outside. ValueError, with a sentence, for what cannot be done."""
    roles = {(str(file), str(sheet), str(column)): str(role) for file, sheet, column, role in raw.get("roles", [])}
    patterns = {(str(file), str(sheet)): str(pattern) for file, sheet, pattern in raw.get("patterns", [])}
    reference = str(raw.get("reference", ""))
    for role in roles.values():
        _known(role, CHOICES, "a column can be")
    for pattern in patterns.values():
        if len(pattern) > LONGEST or pattern.count("*") > MOST_STARS or matcher(pattern) is None:
            raise ValueError(
                f"“{pattern[:LONGEST]}” is no pattern of tube names: it needs one {{patient_id}} and one of {{week}}, "
                f"{{day}}, {{study_day}}, {{month}}, {{visit}} or {{date}}, and at most {MOST_STARS} *."
            )
    _known(reference, ("", *REFERENCES), "dates can count from")
    return Edits(roles, patterns, reference)


def _known(value: str, known: Mapping[str, str] | tuple[str, ...], what: str) -> None:
    if value not in known:
        raise ValueError(f"“{value[:LONGEST]}” is nothing that {what}.")

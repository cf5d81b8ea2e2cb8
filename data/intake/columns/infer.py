"""What each column of a table is proposed to be: the best of those that say the same, and a question where two do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from data.intake.columns.dates import are_dates
from data.intake.columns.header_units import of_calendar
from data.intake.columns.infusions import infusions_of
from data.intake.columns.roles import ROLES, Guess
from data.intake.columns.scores import MARKER
from data.intake.columns.value_types import are_numbers, dated
from data.intake.columns.vocabulary import word
from data.intake.columns.wide_headers import Grid, grid_of
from data.privacy.identifiers import identifying
from data.study import SCORES
from data.tables.columns import texts
from data.tables.mostly import is_blank

Words = Mapping[str, str]
"""A text for each of some columns."""

NO_WORDS: Words = MappingProxyType({})
ASKED = ("patient_id", "week", "date", "visit", "start", "end", "treatment", "value", *SCORES)
"""Roles that a person is asked about where two columns say them equally well."""
STATED = "as you say"
"""Why a column is what a person said."""
DATE_PART = "a month of the calendar, as '{}' beside it is its year: write each date in one cell; not read"
ANOTHER = "another"
"""What a column is whose meaning a better one has; it is no covariate."""
Claim = tuple[int, str, str]
"""How well a header says a role (0 is best), the role, and what says it."""


def inferred(cells: pd.DataFrame, labels: Words = NO_WORDS, stated: Words = NO_WORDS) -> list[Guess]:
    """What each column is proposed to be; a role is given once, to the column whose header says it best. `labels` are
    a data dictionary's words for columns; `stated` what a person says of them, which goes first."""
    names = [str(name) for name in cells.columns]
    grid = grid_of(names, stated)
    taken = {stated[name]: name for name in reversed(names) if stated.get(name)}
    calendar = of_calendar(cells)
    claims = {name: _claims(name, cells[name], labels.get(name, "")) for name in names if name not in stated}
    claims = claims if "subset" in taken else _of_one_value(claims)
    found = {name: _as_stated(name, stated[name], taken, grid) for name in names if name in stated}
    found |= {
        name: Guess(name, ANOTHER, DATE_PART.format(year)) for name, year in calendar.items() if name not in stated
    }
    found |= {name: guess for name in names if name not in found and (guess := _in_grid(name, cells[name], grid))}
    drug = any(said[0][1] == "treatment" for said in claims.values() if said)
    found |= infusions_of(cells, [*stated, *found], drug=drug)
    taken |= {guess.role: name for name, guess in found.items() if guess.role == "dose" and "dose" not in taken}
    rest = [name for name in names if name not in found]
    for name in sorted(rest, key=lambda name: claims[name][0][0] if claims[name] else 0):
        found[name] = _guess(name, cells[name], labels.get(name, ""), claims[name], taken)
        taken.setdefault(found[name].role, name)
    return [_asked(found[name], claims, found, cells) for name in names]


def _as_stated(column: str, role: str, taken: Words, grid: Grid) -> Guess:
    if role in ROLES and taken[role] != column and not grid.of(column):
        return Guess(
            column, "", f"you say {ROLES[role].meaning}, and so you do of '{taken[role]}'; not read", unclear=True
        )
    return Guess(column, role, STATED)


def _in_grid(column: str, cells: pd.Series, grid: Grid) -> Guess | None:
    """A column that is one of several visits, if it holds numbers or dates."""
    part = grid.of(column)
    if part is None or not (are_numbers(cells) or (part[0] == "date" and dated(cells)) or is_blank(cells)):
        return None
    kind, visit = part
    said = ROLES[kind].meaning if kind else "no score"
    return Guess(column, kind, f"its header says {said}, at {visit}")


def _claims(column: str, cells: pd.Series, label: str) -> list[Claim]:
    """The roles that header and label say and cells allow, in the order of ROLES."""
    sources = ((column, "its header"), (label, f"its label '{label}' in the data dictionary"))
    return [
        (rank, role, source) for words, source in sources if words for role, rank in _roles_named(words, cells).items()
    ]


def _of_one_value(claims: Mapping[str, list[Claim]]) -> dict[str, list[Claim]]:
    """The claims without "value" where several columns say it ("Pop 1 %", "Pop 2 %"), or one beside subsets of their
    own ("Treg %"), and none says of which subset: then each is a subset of its own, not the value of one."""
    said = {name: {role for _, role, _ in found} for name, found in claims.items()}
    alone = [bool(MARKER.search(name)) for name in claims] + ["value" in one for one in said.values()]
    if any("subset" in roles for roles in said.values()) or sum(alone) < 2:
        return dict(claims)
    return {name: [claim for claim in found if claim[1] != "value"] for name, found in claims.items()}


def _roles_named(header: str, cells: pd.Series) -> dict[str, int]:
    name = word(re.sub(r" \(\d\)$", "", header))
    fitting = {
        role: _rank(name, known.best)
        for role, known in ROLES.items()
        if re.fullmatch(known.header, name)
        and not re.fullmatch(known.never, name)
        and (is_blank(cells) or known.fits(cells))
    }
    if MARKER.search(f"{name} {header}"):
        fitting.pop("value", None)
    return fitting


def _rank(name: str, best: Sequence[str]) -> int:
    return next((rank for rank, pattern in enumerate(best) if re.fullmatch(pattern, name)), len(best))


def _guess(column: str, cells: pd.Series, label: str, claims: Sequence[Claim], taken: Words) -> Guess:
    if reason := identifying(column, cells, label):
        return Guess(column, "identifier", f"{reason}; left out unless you keep it on purpose")
    for _, role, source in claims:
        if role not in taken:
            doubt = source != "its header" or bool(re.fullmatch(ROLES[role].doubt, word(column)))
            said = ROLES[role].doubted if doubt and source == "its header" else ""
            return Guess(column, role, f"{source} says {said or ROLES[role].meaning}", unclear=doubt)
    if claims and claims[0][1] not in taken.values():
        role = claims[0][1]
        kept_out = ANOTHER if role in ASKED and role != "treatment" else ""
        return Guess(column, kept_out, f"'{taken[role]}' is read as {ROLES[role].meaning}; not read")
    return _by_content(column, cells, label)


def _by_content(column: str, cells: pd.Series, label: str) -> Guess:
    if are_dates(cells):
        return Guess(column, "other date", "its cells are dates, and its header says of no visit; not read")
    if MARKER.search(f"{word(column)} {column} {label}") and are_numbers(cells):
        return Guess(column, "marker", "its header names a cell marker or subset, and its cells are numbers")
    return Guess(column, "", "its header says nothing known; not read")


def _asked(
    guess: Guess, claims: Mapping[str, Sequence[Claim]], found: Mapping[str, Guess], cells: pd.DataFrame
) -> Guess:
    """The guess, unclear if another column says the same as well, and holds something else."""
    mine = next((rank for rank, role, _ in claims.get(guess.column, ()) if role == guess.role), None)
    if guess.role not in ASKED or guess.unclear or mine is None:
        return guess
    rivals = [
        name
        for name, others in claims.items()
        if name != guess.column
        and others
        and others[0][1] == guess.role
        and others[0][0] == mine
        and found[name].role in {"", ANOTHER}
        and not texts(cells[name]).equals(texts(cells[guess.column]))
    ]
    if not rivals:
        return guess
    why = f"{guess.why}, and so does '{rivals[0]}', which is not read"
    return Guess(guess.column, guess.role, why, unclear=True)

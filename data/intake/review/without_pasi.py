"""Files of which nothing is proposed to be PASI: what in them was meant to be is an error, what may be is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from data.intake.build.match_sources import Column
from data.intake.columns.infer import STATED
from data.intake.columns.value_types import are_numbers
from data.intake.columns.wide_headers import grid_of
from data.intake.layouts.base import Draft
from data.intake.layouts.clinic.covariates import COVARIATE
from data.intake.sources import Source
from data.problems import Problem, listed
from data.schema import plain
from data.tables.meant import speaks_of_pasi

Told = Sequence[dict[str, Any]]
"""The tables or columns of a `Proposal`."""
Place = tuple[str, str]
"""File and sheet."""


def meant(tables: Told, columns: Told) -> dict[Place, list[Problem]]:
    """By file and sheet a problem for every column that speaks of PASI and is read neither as a score nor as a
    covariate, unless a person said what it is; for columns named by week that are not read; and for a table called
    pasi, or something like it, of which nothing is read."""
    found: dict[Place, list[Problem]] = {}
    for table in tables:
        own = [one for one in columns if (one["file"], one["sheet"]) == (table["file"], table["sheet"])]
        spoken = [_column(one) for one in own if speaks_of_pasi(one["column"]) and not _is_settled(one)]
        if problems := [*spoken, *_weeks(own), *([_table(table)] if _is_lost(table, own) else [])]:
            found[table["file"], table["sheet"]] = problems
    return found


UNTOLD = ("", "value")
"""Roles that say nothing of what a number is."""
EXPECTED = "a patient, a week or date, and PASI as a number"


def _is_settled(column: dict[str, Any]) -> bool:
    used = set(column["table"].split(", "))
    if column["why"] == STATED:
        return column["role"] != "pasi" or "pasi" in used
    return bool(used & {"pasi", "patients"}) and column["role"] != COVARIATE


def _column(one: dict[str, Any]) -> Problem:
    why = "its patient or time is not known" if one["role"] == "pasi" else one["why"]
    advice = f"Is it PASI? {why[0].upper()}{why[1:]}."
    return Problem(_place(one), None, one["column"], "a column that is not read as PASI", EXPECTED, advice)


def _table(one: dict[str, Any]) -> Problem:
    return Problem(_place(one), None, None, "no score that has a patient and a time", EXPECTED)


def _weeks(own: Told) -> list[Problem]:
    """The problem of a table with a column for each week, which is how PASI comes, where those are not read."""
    unread = [one for one in own if not one["table"] or one["role"] == COVARIATE]
    named = grid_of([one["column"] for one in own], {}).weeks
    visits = {column for columns in named.values() for column in columns}
    weeks = [one for one in unread if one["why"] != STATED and one["column"] in visits]
    if len(weeks) < 2:
        return []
    found = f"columns named by week that are not read ({listed(one['column'] for one in weeks)})"
    return [
        Problem(
            _place(weeks[0]),
            None,
            None,
            found,
            EXPECTED,
            "Are they PASI, and are all their cells numbers?",
        )
    ]


def _is_lost(table: dict[str, Any], own: Told) -> bool:
    """Whether a table's name is pasi and none of it is a score; or speaks of PASI and no more of it than a covariate is
    used."""
    name = table["sheet"] or PurePath(table["file"]).stem
    read = {one for column in own for one in column["table"].split(", ") if one}
    return "pasi" not in read if plain(name) == "pasi" else speaks_of_pasi(name) and not read - {"patients"}


def _place(one: dict[str, Any]) -> str:
    return f"{one['file']}, sheet '{one['sheet']}'" if one["sheet"] else str(one["file"])


def untold(drafts: Sequence[tuple[Source, Draft]]) -> list[Column]:
    """The columns of numbers that nothing is known of: each may be a score."""
    return [
        (source.file, source.page, guess.column)
        for source, draft, used in ((source, draft, _used(draft)) for source, draft in drafts)
        for guess in draft.columns
        if guess.role in UNTOLD and guess.column not in used and are_numbers(source.sheet.cells[guess.column])
    ]


def asked(unknown: Sequence[Column]) -> list[str]:
    """A sentence on the columns of numbers that nothing is known of; none where everything is known."""
    names = listed(column for _, _, column in unknown)
    said = f"No column is taken for PASI, and nothing is known of {names}: if one of them is PASI, or another score,"
    return [f"{said} say so."] if unknown else []


def _used(draft: Draft) -> set[str]:
    return {theirs for entry in draft.entries for theirs in entry.get("columns", {}).values()}

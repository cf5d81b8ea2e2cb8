"""Where a clinic's table keeps its scores: one row a visit, or one column a visit, of one score or of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath

from data.intake.columns.roles import OWN_SCORE, Guess
from data.intake.columns.wide_headers import Grid, said_by
from data.intake.layouts.base import Ask, Entry
from data.intake.sources import Source
from data.problems import listed
from data.study import SCORES
from data.tables.outcome_names import outcome_name


def scores_of(roles: Mapping[str, str], found: Sequence[Guess], grid: Grid) -> dict[str, str]:
    """The columns of scores, by score; one of the study's own, as a person says, by the name that it gets."""
    scores = {score: roles[score] for score in SCORES if score in roles}
    for column in (guess.column for guess in found if guess.role == OWN_SCORE and not grid.of(guess.column)):
        scores[outcome_name(column, scores)] = column
    return scores


def weeks_named(
    source: Source, grid: Grid, clock: tuple[str, str] | None, said: str | None, unclear: list[str]
) -> tuple[Grid, list[Ask]]:
    """The grid with the score of columns that are weeks of none: as is `said`, as the name of the sheet or file says,
    else PASI; and what is asked of them."""
    weeks = grid.weeks.get("", {})
    if clock or not weeks:
        return grid, []
    titled = said_by([*([source.page] if source.page else []), PurePath(source.file).stem])
    proposed = titled or ("pasi" if titled == "" and "pasi" not in grid.weeks else "")
    score = proposed if said is None else said
    why = {
        None: f"the name '{source.page or source.file}' says of no score that a study has",
        "": "no header or name says of which score",
    }.get(titled, "the name of the table says so")
    if said is None and not titled:
        taken = f"they are taken as {SCORES[score]}" if score else "they are not read: say what they hold"
        unclear.append(f"{source.file}: {listed(weeks, 3)} are weeks, and {why}; {taken}.")
    choices = {"": "not read", **SCORES, OWN_SCORE: "another score"}
    ask = Ask("visits", score, choices, why, unclear=said is None and not titled)
    rest = {kind: columns for kind, columns in grid.weeks.items() if kind}
    return replace(grid, weeks=rest | ({score: {**rest.get(score, {}), **weeks}} if score else {})), [ask]


def scored(
    source: Source,
    roles: Mapping[str, str],
    scores: Mapping[str, str],
    clock: tuple[str, str] | None,
    grid: Grid,
    unclear: list[str],
) -> list[Entry]:
    """The entries of all scores: of these, one row a visit, and of those with one column a visit."""
    titled = outcome_name(source.page or PurePath(source.file).stem)
    named = {titled if score == OWN_SCORE else score: weeks for score, weeks in grid.weeks.items()}
    again = [column for score, weeks in named.items() if clock and score in roles for column in weeks]
    if again:
        unclear.append(f"{source.file}: {listed(again)} repeat what a column of a score says at each visit; not read.")
    wide = {score: weeks for score, weeks in named.items() if score and weeks and not (clock and score in roles)}
    found = [_a_column_a_visit(roles, score, weeks) for score, weeks in wide.items()]
    found += _with_dates(source, roles, grid, unclear)
    if scores and clock:
        columns = {"patient_id": roles["patient_id"], "week": clock[0], **scores}
        found.append({"table": "pasi", "time": clock[1], "columns": columns})
    return found


def _a_column_a_visit(roles: Mapping[str, str], score: str, weeks: Mapping[str, float]) -> Entry:
    of = {} if score == "pasi" else {"value": score}
    return {"table": "pasi", "columns": {"patient_id": roles["patient_id"]}, "wide": {"weeks": dict(weeks), **of}}


def _with_dates(source: Source, roles: Mapping[str, str], grid: Grid, unclear: list[str]) -> list[Entry]:
    """One entry for each visit that has scores and a date under the same number."""
    dates = {number: column for column, number in grid.numbered.get("date", {}).items()}
    scores = {score: by for score, by in grid.numbered.items() if score != "date"}
    visits: dict[str, dict[str, str]] = {}
    for score, by in scores.items():
        for column, number in by.items():
            visits.setdefault(number, {})[score] = column
    undated = [column for number, columns in visits.items() if number not in dates for column in columns.values()]
    if undated:
        unclear.append(f"{source.file}: nothing says when {listed(undated)} were measured, so they are not read.")
    return [
        {
            "table": "pasi",
            "time": "dates",
            "columns": {"patient_id": roles["patient_id"], "week": dates[number], **columns},
        }
        for number, columns in visits.items()
        if number in dates
    ]

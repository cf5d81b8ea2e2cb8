"""Where a clinic's table keeps its scores: one row a visit, or one column a visit, of one score or of several."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from data.intake.columns.wide_headers import Grid, said_by
from data.intake.layouts.base import Entry
from data.intake.layouts.clinic.without_time import scores_of
from data.intake.sources import Source
from data.problems import listed
from data.study import SCORES


def scored(
    source: Source, roles: Mapping[str, str], clock: tuple[str, str] | None, grid: Grid, unclear: list[str]
) -> list[Entry]:
    """The entries of all scores."""
    again = [column for score, weeks in grid.weeks.items() if clock and score in roles for column in weeks]
    if again:
        unclear.append(f"{source.file}: {listed(again)} repeat what a column of a score says at each visit; not read.")
    wide = {score: weeks for score, weeks in grid.weeks.items() if score in SCORES and not (clock and score in roles)}
    found = [_a_column_a_visit(roles, score, weeks) for score, weeks in wide.items()]
    found += _with_dates(source, roles, grid, unclear)
    if not clock and (weeks := grid.weeks.get("")):
        found += _titled(source, roles, weeks, unclear)
    return [*found, *_a_row_a_visit(roles, clock)]


def _a_row_a_visit(roles: Mapping[str, str], clock: tuple[str, str] | None) -> list[Entry]:
    scores = scores_of(roles)
    if not scores or not clock:
        return []
    columns = {"patient_id": roles["patient_id"], "week": clock[0], **scores}
    return [{"table": "pasi", "time": clock[1], "columns": columns}]


def _a_column_a_visit(roles: Mapping[str, str], score: str, weeks: Mapping[str, float]) -> Entry:
    of = {} if score == "pasi" else {"value": score}
    return {"table": "pasi", "columns": {"patient_id": roles["patient_id"]}, "wide": {"weeks": dict(weeks), **of}}


def _titled(source: Source, roles: Mapping[str, str], weeks: Mapping[str, float], unclear: list[str]) -> list[Entry]:
    """Columns that are weeks of no score, which the name of the sheet or file says."""
    said = said_by([*([source.page] if source.page else []), PurePath(source.file).stem])
    if said is None:
        title = source.page or source.file
        unclear.append(
            f"{source.file}: {listed(weeks, 3)} are weeks, and the name '{title}' says of no score that a study "
            "has, so they are not read; say what they hold, if it is a score."
        )
        return []
    if not said:
        unclear.append(
            f"{source.file}: {listed(weeks, 3)} are weeks, and no header or name says of which score; they are taken "
            "as PASI."
        )
    return [_a_column_a_visit(roles, said or "pasi", weeks)]


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

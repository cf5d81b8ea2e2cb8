"""Weeks since week 0 from whatever a source counts in: dates, study days, days, months or names of visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data.drugs import kind_of
from data.frames import with_columns
from data.intake.build.extract import Part
from data.intake.build.partial_courses import tell_partial, with_middles
from data.intake.columns.dates import FROM_1904, days
from data.intake.columns.visits import weeks_of
from data.intake.layouts.base import Entry
from data.intake.layouts.clinic.baseline import BASELINE, differ, of_baseline
from data.privacy.identifiers import name_without_dates
from data.problems import Problem, Report, listed
from data.tables.columns import numbers, texts
from data.tables.dose_status import was_given
from data.tables.sheet import Sheet, located
from data.tables.time_units import CLOCKS, TIMES, converted

Dates = pd.Series
"""A date (datetime64) for every patient."""
FAR_APART = pd.Timedelta(days=31)
"""What two reference dates of a patient may differ by: consent, randomisation and first dose lie so close together."""


def on_weeks(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> list[Part]:
    """The parts with their times as weeks; rows without a time are set aside. Dates are counted from each patient's
    reference, which a note names."""
    dated = [part for part in parts if is_dated(part.entry)]
    reference = pd.Series(dtype="datetime64[s]")
    if dated:
        name, reference = reference_of(parts, mapping)
        report.note(f"Dates are counted in weeks from each patient's {name}. No date is kept.")
        for tell in TELL.get(name, ()):
            tell(parts, mapping, report)
    for day in dict.fromkeys(part.sheet.file for part in parts if part.entry.get("time") == "study days"):
        report.note(f"{day}: study days have no day 0: day 1 is week 0, and day -1 the day before it.")
    return [replace(part, sheet=part_on_weeks(part, reference)) for part in parts]


def reference_of(parts: Sequence[Part], mapping: Mapping[str, Any]) -> tuple[str, Dates]:
    """What dates are counted from: its name, and each patient's date; the first visit of those who had no index
    treatment, as a control has none."""
    name = str(mapping.get("reference", {}).get("from") or proposed_reference(parts))
    dates = REFERENCES[name](parts, mapping)
    return name, dates.combine_first(_first_visit(parts, mapping)) if name == "index treatment" else dates


def _tell_untreated(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> None:
    """Say who had no index treatment, and so counts from their first visit."""
    visits = _first_visit(parts, mapping).index
    untreated = sorted(visits.difference(_index_treatment(parts, mapping).index))
    if untreated:
        found = f"{len(untreated)} patient(s) without the index treatment: {listed(untreated)}"
        advice = "Their dates are counted from their first visit; choose another reference if that is not their week 0."
        files = " and ".join(dict.fromkeys(part.sheet.file for part in parts if part.table == "treatments"))
        report.warn(Problem(files or "study.toml", None, None, found, "an index treatment for each", advice))


def is_dated(entry: Entry) -> bool:
    """Whether an entry's times are dates."""
    return entry.get("time") == "dates" or "{date}" in str(entry.get("sample", {}).get("pattern", ""))


def proposed_reference(parts: Sequence[Part], index: str = "") -> str:
    """The reference that the sources allow: the `index` treatment that is stated, else a stated date, else the first
    cell therapy if most patients had one, else the visit called baseline where some are earlier, else the first."""
    if index:
        return "index treatment"
    if any("reference_date" in part.sheet.cells for part in parts):
        return "reference date"
    visits = _first_visit(parts, {}).index
    treated = _index_treatment(parts, {}).index
    if len(treated) and 2 * visits.isin(treated).sum() >= len(visits):
        return "index treatment"
    if not len(visits):
        return "first treatment"
    return "baseline visit" if differ(_baseline_visit(parts, {}), _first_visit(parts, {})) else "first visit"


def _stated(parts: Sequence[Part], mapping: Mapping[str, Any]) -> Dates:
    """The reference date that a file states; where files differ by more than they may, the one nearest to the
    patient's first visit."""
    told = _references(parts)
    first = _first_visit(parts, mapping).reindex(told.index)
    away = told.sub(first, axis=0).abs()
    nearest = (away.eq(away.min(axis=1), axis=0) & away.notna()).to_numpy()
    return told.where(nearest | ~_disagree(told).to_numpy()[:, None] | first.isna().to_numpy()[:, None]).min(axis=1)


def _references(parts: Sequence[Part]) -> pd.DataFrame:
    """The reference date of each patient, one column a file that states it."""
    stated = [part for part in parts if "reference_date" in part.sheet.cells]
    files = dict.fromkeys(part.sheet.file for part in stated)
    found = {
        file: _first_dates([(part, "reference_date") for part in stated if part.sheet.file == file]) for file in files
    }
    return pd.DataFrame(found) if found else pd.DataFrame(dtype="datetime64[s]")


def _disagree(told: pd.DataFrame) -> pd.Series:
    return (told.max(axis=1) - told.min(axis=1)) > FAR_APART


def _tell_references(parts: Sequence[Part], mapping: Mapping[str, Any], report: Report) -> None:
    """Say whose reference dates differ between files."""
    told = _references(parts)
    apart = told[_disagree(told)] if len(told) else told
    if len(apart):
        days_apart = int((apart.max(axis=1) - apart.min(axis=1)).dt.days.max())
        found = f"reference dates of {listed(apart.index)} that differ by up to {days_apart:,} days"
        advice = "The one nearest to the patient's first visit is taken as week 0. Correct the other, or leave it out."
        files = " and ".join(map(str, apart.columns))
        report.warn(Problem(files, None, None, found, "one reference date for each patient", advice))


def _index_treatment(parts: Sequence[Part], mapping: Mapping[str, Any]) -> Dates:
    named = mapping.get("index", {}).get("treatment", "")
    return _starts(parts, lambda treatment: treatment == named if named else kind_of(treatment) == "cell_therapy")


def _first_treatment(parts: Sequence[Part], mapping: Mapping[str, Any]) -> Dates:
    return _starts(parts, bool)


def _first_visit(parts: Sequence[Part], mapping: Mapping[str, Any]) -> Dates:
    visits, samples, events = (
        _first_dates([(part, "week") for part in parts if part.table == name and is_dated(part.entry)])
        for name in ("pasi", "immune_subsets", "events")
    )
    first = visits.combine_first(samples) if len(samples) else visits
    return first if len(first) else events


def _baseline_visit(parts: Sequence[Part], mapping: Mapping[str, Any]) -> Dates:
    told = [part for part in parts if BASELINE in part.sheet.cells and is_dated(part.entry)]
    rows = [np.flatnonzero(of_baseline(part.sheet.cells[BASELINE])) for part in told]
    return _first_dates(
        [(replace(part, sheet=part.sheet.taken(at)), "week") for part, at in zip(told, rows, strict=True)]
    )


REFERENCES: Mapping[str, Callable[[Sequence[Part], Mapping[str, Any]], Dates]] = MappingProxyType(
    {
        "reference date": _stated,
        "index treatment": _index_treatment,
        "first treatment": _first_treatment,
        "first visit": _first_visit,
        "baseline visit": _baseline_visit,
    }
)
"""What dates can be counted from (`[reference] from` in study.toml): each gives one date a patient."""


TELL: Mapping[str, tuple[Callable[[Sequence[Part], Mapping[str, Any], Report], None], ...]] = MappingProxyType(
    {"index treatment": (_tell_untreated,), "reference date": (_tell_references,)}
)
"""What is said of a reference that not everyone has, or that is told in two ways."""


def _starts(parts: Sequence[Part], wanted: Callable[[str], bool]) -> Dates:
    """The first start of a wanted treatment, where treatments have dates."""
    found = []
    for part in parts:
        if part.table == "treatments" and is_dated(part.entry) and "start_week" in part.sheet.cells:
            names = texts(part.sheet.cells["treatment"]).fillna("")
            chosen = part.sheet.taken(np.flatnonzero(names.map(wanted).to_numpy(bool) & was_given(part.sheet.cells)))
            found.append((replace(part, sheet=chosen), "start_week"))
    return _first_dates(found)


def _first_dates(found: Sequence[tuple[Part, str]]) -> Dates:
    dates = [
        pd.Series(
            _dates(part, part.sheet.cells[column]).astype("datetime64[s]"),
            index=texts(part.sheet.cells["patient_id"]),
        )
        for part, column in found
    ]
    if not dates:
        return pd.Series(dtype="datetime64[s]")
    known = pd.concat(dates).dropna()
    known = known[known.index.notna()]
    return known.groupby(known.index).min()


def _order(part: Part) -> str:
    return str(part.entry.get("date_order", "day first"))


def _dates(part: Part, cells: pd.Series) -> np.ndarray:
    """The cells as datetime64[D], in the entry's order of day and month, numbers counted as the workbook does."""
    dates, _ = days(cells, _order(part))
    if not part.sheet.from_1904:
        return dates
    serials = cells.map(lambda cell: isinstance(cell, (int, float))).to_numpy(bool)
    return np.where(serials, dates + FROM_1904, dates)


def part_on_weeks(part: Part, reference: Dates) -> Sheet:
    """The part's sheet with weeks for times; a row without a time it needs is set aside."""
    sheet, time = part.sheet, str(part.entry.get("time", "weeks"))
    if part.ledger.strict and time == "weeks":
        return sheet
    if "week" in sheet.cells and is_dated(part.entry) and time != "dates":
        time = "dates"
    if part.table == "treatments" and time == "dates":
        sheet = with_middles(sheet, _order(part))
    for column in [name for name in TIMES if name in sheet.cells]:
        weeks, wrong = _weeks(part, sheet, column, time, reference)
        if time != "weeks":
            sheet = replace(sheet, written={**sheet.written, column: _written(sheet, column, time)})
        if column == "end_week":
            if time not in CLOCKS:
                _warn_of_ends(sheet, wrong, part)
        else:
            sheet = replace(sheet, cells=with_columns(sheet.cells, {column: weeks}))
            if time == "dates":
                sheet, wrong = _without_patients(sheet, wrong, reference, part)
            sheet = part.ledger.drop(sheet, wrong, WITHOUT[time])
            sheet = part.ledger.drop(sheet, texts(sheet.cells[column]).isna().to_numpy(), "no week or date in this row")
            continue
        sheet = replace(sheet, cells=with_columns(sheet.cells, {column: weeks}))
    tell_partial(sheet, part.ledger.report)
    return _without_reference(sheet)


def _weeks_of_visits(names: pd.Series, part: Part) -> dict[str, float]:
    """The weeks of these visits; a note tells those that only their names say."""
    stated = {str(name): week for name, week in part.entry.get("visits", {}).items()}
    known = weeks_of(names.dropna().unique(), stated)
    if read := [f"{name}: {week:.4g}" for name, week in known.items() if name not in stated]:
        part.ledger.report.note(f"{part.sheet.file}: weeks of visits are taken from their names ({'; '.join(read)}).")
    return known


WITHOUT = {
    "dates": "a date that is not whole (such as 2021-03), or does not exist",
    "visits": "a visit whose week is not known, or that is set aside",
    **dict.fromkeys(CLOCKS, "a time that is not a number"),
}


def _weeks(part: Part, sheet: Sheet, column: str, time: str, reference: Dates) -> tuple[pd.Series, np.ndarray]:
    """The column as weeks, and a mask of cells that say a time which cannot be told in weeks."""
    cells = sheet.cells[column]
    if time == "dates":
        dates = _dates(part, cells)
        starts = reference.reindex(texts(sheet.cells["patient_id"])).to_numpy(dtype="datetime64[D]")
        weeks = (dates - starts) / np.timedelta64(7, "D")
        return pd.Series(weeks, index=cells.index), np.isnan(weeks) & cells.notna().to_numpy()
    if time == "visits":
        known = texts(cells)
        told = known.map(_weeks_of_visits(known, part))
        return told.astype(float), (told.isna() & known.notna()).to_numpy()
    if time == "study days" and (numbers(cells)[0] == 0).any():
        zero = numbers(cells)[0] == 0
        for problem in located(
            sheet, column, zero, "a study day other than 0", "There is no day 0; it is read as day 1."
        ):
            part.ledger.report.warn(problem)
    return (cells if time == "weeks" else converted(cells, time)), numbers(cells)[1]


def _written(sheet: Sheet, column: str, time: str) -> np.ndarray:
    """The cells of a time as they stand in the file, without dates."""
    if time == "dates":
        return np.full(len(sheet.cells), None, dtype=object)
    cells = sheet.cells[column]
    names = {name: name_without_dates(name) for name in cells.unique() if isinstance(name, str)}
    return cells.astype(object).map(lambda cell: names.get(cell, cell)).to_numpy(dtype=object)


def _without_patients(sheet: Sheet, wrong: np.ndarray, reference: Dates, part: Part) -> tuple[Sheet, np.ndarray]:
    """The sheet without the patients who have no reference date, of whom a warning tells; and the rest of `wrong`."""
    ids = texts(sheet.cells["patient_id"])
    unknown = (ids.notna() & ~ids.isin(reference.index)).to_numpy() & wrong
    if unknown.any():
        found = f"{ids[unknown].nunique()} patient(s) without a reference date: {listed(ids[unknown].unique())}"
        expected = "a date that week 0 is counted from"
        advice = "Their dated rows are set aside; choose another reference, or add the date."
        part.ledger.report.warn(Problem(sheet.file, None, None, found, expected, advice))
    return part.ledger.drop(sheet, unknown, "no reference date for this patient"), wrong[~unknown]


def _warn_of_ends(sheet: Sheet, wrong: np.ndarray, part: Part) -> None:
    """An end that is no whole date leaves a course open: a date is never invented."""
    for at in np.flatnonzero(wrong)[:5]:
        place = (sheet.file, int(sheet.rows[at]), sheet.names.get("end_week", "end_week"))
        found = "an end that is not a whole date"
        part.ledger.report.warn(
            Problem(*place, found, "a whole date: year, month and day", "The course is drawn as ongoing.")
        )


def _without_reference(sheet: Sheet) -> Sheet:
    return replace(sheet, cells=sheet.cells.drop(columns=["reference_date", BASELINE], errors="ignore"))

"""Rows of samples as their table needs them: results that are numbers, and one unit for each subset."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.intake.build.extract import DEFINING, Part
from data.problems import ExcludedRows, Problem, Report, listed
from data.tables.columns import numbers, texts
from data.tables.limits_of_detection import BELOW
from data.tables.sheet import Sheet


def results(part: Part) -> Sheet:
    """The samples of a CDISC data set whose result is a number or below a limit; NEGATIVE and >50 are set aside."""
    sheet = part.sheet
    if part.entry.get("layout") != "cdisc" or "value" not in sheet.cells:
        return sheet
    words = texts(sheet.cells["value"])
    below = words.map(lambda word: bool(BELOW.fullmatch(word)), na_action="ignore").eq(other=True).to_numpy()
    wrong = numbers(sheet.cells["value"])[1] & ~below
    reason = f"a result that is no number ({listed(dict.fromkeys(words[wrong]), 3)})"
    return part.ledger.drop(sheet, wrong, reason)


def by_unit(samples: Sheet, report: Report) -> Sheet:
    """The samples with a subset of its own for each unit that one is measured in, which a note tells."""
    if "unit" not in samples.cells:
        return samples
    names, units = texts(samples.cells["subset"]), texts(samples.cells["unit"])
    several = units.groupby(names.to_numpy()).nunique()
    mixed = names.isin(several.index[several > 1]) & units.notna()
    if not mixed.any():
        return samples
    named = names.where(~mixed, names + " (" + units.fillna("") + ")")
    which, parted = listed(dict.fromkeys(names[mixed])), listed(dict.fromkeys(named[mixed]), 8)
    report.note(f"{samples.file}: {which} is measured in several units, each a subset of its own: {parted}.")
    return replace(samples, cells=samples.cells.assign(subset=named))


def once(samples: Sheet, report: Report) -> Sheet:
    """The samples without those that stand there twice with the same values, in one file or in two, which a note tells;
    samples that differ stay, for the check that each is there once."""
    named = [str(name) for name in samples.cells.columns if name not in {*DEFINING, "sample"} or name == "unit"]
    same = pd.DataFrame({name: _plain(samples.cells[name]) for name in named})
    again = same.duplicated().to_numpy() & (same[["patient_id", "week", "subset"]] != "").all(axis=1).to_numpy()
    if not again.any():
        return samples
    files = [samples.file_at(at) for at in range(len(again))]
    gone = pd.Series(again).groupby([pd.Series(files), pd.Series(samples.rows)]).transform("all").to_numpy()
    many = len({(files[at], samples.rows[at]) for at in np.flatnonzero(again)})
    report.note(f"{samples.file}: {many:,} row(s) are the same as others of that patient and week, and count once.")
    for file in dict.fromkeys(files[at] for at in np.flatnonzero(gone)):
        _set_aside(samples, file, gone, report, "immune_subsets", "the same sample as another row")
    return samples.taken(np.flatnonzero(~again))


def _plain(cells: pd.Series) -> pd.Series:
    """Cells to be compared: a number whatever way it is written, "" for a blank."""
    values = pd.Series(numbers(cells)[0], index=cells.index)
    return texts(cells).fillna("").astype(object).where(values.isna(), values)


def unambiguous(visits: Sheet, keys: list[np.ndarray], report: Report) -> Sheet:
    """The visits without those that several rows tell differently, unless they are most: which is right, nobody knows.
    A warning names them, and the files' accounts set their rows aside."""
    frame = pd.DataFrame(dict(enumerate(keys)))
    again = (frame.duplicated(keep=False) & frame.notna().all(axis=1)).to_numpy()
    if not again.any() or 2 * len(frame[again].drop_duplicates()) > len(frame.drop_duplicates()):
        return visits
    for at in map(int, np.flatnonzero(again & ~frame.duplicated().to_numpy())[:5]):
        same = (frame == frame.iloc[at]).all(axis=1).to_numpy()
        rows = ", ".join(str(row) for row in visits.rows[same])
        time = f"at {visits.shown('week', at)}" if "week" in visits.written else f"in week {keys[1][at]:g}"
        found = f"rows {rows} for patient '{keys[0][at]}' {time}, which differ"
        advice = "All are set aside: remove or correct the wrong ones."
        report.warn(_problem(visits, at, found, advice))
    for file in dict.fromkeys(visits.file_at(at) for at in map(int, np.flatnonzero(again))):
        _set_aside(visits, file, again, report, "pasi", "a visit that another row tells differently")
    return visits.taken(np.flatnonzero(~again))


def _problem(visits: Sheet, at: int, found: str, advice: str) -> Problem:
    place = (visits.file_at(at), int(visits.rows[at]), visits.column_at("week", at))
    return Problem(*place, found, "one row for a patient and week", advice)


def _set_aside(sheet: Sheet, file: str, again: np.ndarray, report: Report, table: str, reason: str) -> None:
    of_file = [at for at in map(int, np.flatnonzero(again)) if sheet.file_at(at) == file]
    rows = tuple(dict.fromkeys(int(sheet.rows[at]) for at in of_file))
    aside = ExcludedRows(rows, reason)
    for place, account in enumerate(report.accounts):
        if account.file == file and account.table == table:
            kept = max(account.kept - len(rows), 0)
            report.accounts[place] = replace(account, kept=kept, aside=(*account.aside, aside))
            return

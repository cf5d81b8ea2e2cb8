"""The baseline that every row of an analysis data set repeats (BASE), where no row is of the baseline itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.intake.layouts.cdisc.scores import base_of
from data.problems import Problem, Report, listed
from data.study import SCORES
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet


def with_bases(visits: Sheet, report: Report) -> Sheet:
    """The visits, in weeks, without the columns of baselines; a patient without any score up to week 0 gets theirs as
    that of week 0, which a note tells; a warning tells where the rows have another one."""
    for score in [score for score in SCORES if base_of(score) in visits.cells]:
        visits = _with_base(visits, score, report)
    return replace(visits, cells=visits.cells.drop(columns=[base_of(score) for score in SCORES], errors="ignore"))


def _with_base(visits: Sheet, score: str, report: Report) -> Sheet:
    column = base_of(score)
    table = pd.DataFrame(
        {
            "patient": texts(visits.cells["patient_id"]),
            "week": numbers(visits.cells["week"])[0],
            "score": numbers(visits.cells[score])[0],
            "base": numbers(visits.cells[column])[0],
        }
    )
    told = table.dropna(subset=["patient", "base"])
    single = told.groupby("patient")["base"].transform("nunique") == 1
    _warn_of_several(visits, column, told[~single], report)
    bases = told[single].drop_duplicates("patient")
    early = table.dropna(subset=["patient", "score"]).query("week <= 0").sort_values("week", kind="stable")
    last = bases["patient"].map(early.drop_duplicates("patient", keep="last").set_index("patient")["score"])
    _warn_of_others(visits, column, score, bases.assign(last=last), report)
    return _added(visits, score, bases[last.isna()], report)


def _added(visits: Sheet, score: str, bases: pd.DataFrame, report: Report) -> Sheet:
    """The visits with one of week 0 below them for each of these rows, which holds its baseline as the score."""
    if bases.empty:
        return visits
    report.note(
        f"{visits.file}: {len(bases):,} patient(s) have no {SCORES[score]} up to week 0; it is read from "
        f"{visits.column_at(base_of(score), int(bases.index[0]))}: {listed(bases['patient'])}."
    )
    again = visits.taken(bases.index.to_numpy())
    others = dict.fromkeys(name for name in SCORES if name in again.cells)
    cells = with_columns(again.cells, {**others, "week": 0.0, score: again.cells[base_of(score)]})
    below = [visits.cells.astype(object), cells.astype(object)]
    both = visits.taken(np.concatenate([np.arange(len(visits.cells)), bases.index.to_numpy()]))
    base = np.array([visits.column_at(base_of(score), at) for at in bases.index], dtype=object)
    own = [visits.column_at(score, at) for at in range(len(visits.cells))]
    origins = {**both.origins, score: pd.Categorical(np.concatenate([np.array(own, dtype=object), base]))}
    written = {name: np.concatenate([shown[: len(own)], np.zeros(len(base))]) for name, shown in both.written.items()}
    return replace(both, cells=pd.concat(below, ignore_index=True), origins=origins, written=written)


def _warn_of_several(visits: Sheet, column: str, rows: pd.DataFrame, report: Report) -> None:
    if rows.empty:
        return
    at = int(rows.index[0])
    place = (visits.file_at(at), int(visits.rows[at]), visits.column_at(column, at))
    found = f"several baselines of a patient: {listed(dict.fromkeys(rows['patient']))}"
    report.warn(Problem(*place, found, "one baseline for each patient", "None of them is used."))


def _warn_of_others(visits: Sheet, column: str, score: str, bases: pd.DataFrame, report: Report) -> None:
    other = bases[(bases["last"] - bases["base"]).abs() > EXACT]
    if other.empty:
        return
    at, first = int(other.index[0]), other.iloc[0]
    place = (visits.file_at(at), int(visits.rows[at]), visits.column_at(column, at))
    found = f"{first['base']:g} for patient '{first['patient']}', whose last {SCORES[score]} up to week 0 is "
    found += f"{first['last']:g}"
    advice = "Responses count from the row: is it the baseline?"
    report.warn(Problem(*place, found, "the same baseline", advice, len(other) - 1))


EXACT = 1e-6
"""Of two scores that are the same."""

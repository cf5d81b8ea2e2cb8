"""What a view says where nobody wrote it: of the marks that it draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from figures.visuals.formatting import plural

if TYPE_CHECKING:
    from figures.visuals.contract import Figure, Trace

COLUMNS = ["patient_id", "week", "x", "y"]


def drawn_table(figure: Figure) -> pd.DataFrame:
    """patient_id, week (NaN: of none), x and y (in the units of the axes): a row for each mark of one patient."""
    marked = [_marks(trace) for trace in figure["data"] if "customdata" in trace and "meta" not in trace]
    return pd.concat(marked, ignore_index=True) if marked else pd.DataFrame(columns=COLUMNS)


def drawn_caption(table: pd.DataFrame) -> str:
    """Patients and marks."""
    return f"{plural(table['patient_id'].nunique(), 'patient')}, {plural(len(table), 'mark')}"


def drawn_headline(table: pd.DataFrame) -> tuple[str, str]:
    """How many patients there are marks of, and how many marks."""
    patients = plural(table["patient_id"].nunique(), "patient")
    return (patients, f"n = {plural(len(table), 'mark')}") if len(table) else ("No number", "n = 0 patients are drawn.")


def _marks(trace: Trace) -> pd.DataFrame:
    who = [row[:2] for row in trace["customdata"]]
    table = pd.DataFrame(who, columns=COLUMNS[:2]).assign(x=list(trace["x"]), y=list(trace["y"]))
    return table[table["patient_id"].notna() & table["y"].notna()]

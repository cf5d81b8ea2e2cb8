"""Rows that are of no patient: repeated headers, means and footnotes; and patients named once for many rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.problems import Problem, Report

SUMMARIES = frozenset(
    (
        "mean", "average", "avg", "median", "sd", "std", "stdev", "standard deviation", "se", "sem", "min", "minimum",
        "max", "maximum", "n", "count", "sum", "total", "totals", "range", "iqr", "cv", "mittelwert", "mw",
        "durchschnitt", "stabw", "standardabweichung", "summe", "gesamt", "anzahl", "moyenne", "ecart-type",
        "écart-type", "media", "promedio", "suma", "gemiddelde", "mediana", "mean sd",
    )
)  # fmt: skip
"""What stands in place of a patient, in a row of statistics."""
NOTE = re.compile(
    r"(?:[*†‡§#¹²³]|\(?\w\)|notes?\b|source\b|legend\b|abbrev|footnote|quelle\b|legende\b|anmerkung).*",
    re.IGNORECASE | re.DOTALL,
)
WORDS_OF_A_NOTE = 4
PERSON = re.compile(
    r"pat|subj|parti|proband|sujet|pacien|pazien|record|case|code|(?:^|[^a-z])(?:id|nr|no|pt)(?:[^a-z]|$)|id$",
    re.IGNORECASE,
)


def tidied(cells: pd.DataFrame, rows: np.ndarray, file: str, report: Report) -> tuple[pd.DataFrame, np.ndarray]:
    """The rows that are of patients, with their numbers in the file; what is left out is told in notes."""
    names = list(map(str, cells.columns))
    if names[0].strip() in {"", "(unnamed)"} or any("|" in name or "Freq." in name for name in names):
        return cells, rows  # samples of a cytometer, which has rows of statistics of its own
    for find, what in LEFT_OUT:
        out = find(cells)
        if out.any() and not out.all():
            report.note(f"{file}: {_rows(rows[out])} {what}; not read.")
            cells, rows = cells[~out], rows[~out]
    return _named_once(cells, rows, file, report), rows


def _rows(numbers: np.ndarray) -> str:
    shown = ", ".join(map(str, numbers[:5])) + (f" and {len(numbers) - 5} more" if len(numbers) > 5 else "")
    return f"row {shown} is" if len(numbers) == 1 else f"rows {shown} are"


def _headers(cells: pd.DataFrame) -> np.ndarray:
    """Rows that repeat the header."""
    candidates = (cells.iloc[:, 0].astype(str).str.strip() == str(cells.columns[0])).to_numpy()
    names = [str(name) for name in cells.columns]
    again = np.zeros(len(cells), dtype=bool)
    for at in np.flatnonzero(candidates):
        again[at] = all(
            pd.isna(cell) or str(cell).strip() == name for cell, name in zip(cells.iloc[at], names, strict=True)
        )
    return again


def _summaries(cells: pd.DataFrame) -> np.ndarray:
    """Rows at the end whose first cell is the name of a statistic."""
    first = cells.iloc[:, 0]
    named = [cell for cell in first.unique() if _plain(cell) in SUMMARIES]
    return _at_the_end(first.isin(named).to_numpy(), cells)


def _footnotes(cells: pd.DataFrame) -> np.ndarray:
    """Rows at the end with nothing but a text in the first cell."""
    if cells.shape[1] < 3:
        return np.zeros(len(cells), dtype=bool)
    alone = cells.iloc[:, 1:].isna().all(axis=1).to_numpy()
    first = cells.iloc[:, 0]
    notes = [cell for cell in first[alone].unique() if isinstance(cell, str) and _is_note(cell)]
    return _at_the_end(alone & first.isin(notes).to_numpy(), cells)


def _is_note(text: str) -> bool:
    return NOTE.fullmatch(text.strip()) is not None or len(text.split()) >= WORDS_OF_A_NOTE


def _at_the_end(found: np.ndarray, cells: pd.DataFrame) -> np.ndarray:
    blank = cells.isna().all(axis=1).to_numpy()
    return np.flip(np.cumprod(np.flip(found | blank))).astype(bool) & found


def _plain(cell: object) -> str:
    return re.sub(r"[^\wé-]+", " ", str(cell).casefold()).replace("±", " ").strip()


LEFT_OUT: tuple[tuple[Callable[[pd.DataFrame], np.ndarray], str], ...] = (
    (_headers, "the header again"),
    (_footnotes, "below the table, and of no patient"),
    (_summaries, "of statistics, and of no patient"),
)


def _named_once(cells: pd.DataFrame, rows: np.ndarray, file: str, report: Report) -> pd.DataFrame:
    """The cells with a patient in each row, where each is named once, above several rows that time goes through."""
    ids = cells.iloc[:, 0]
    if not PERSON.search(str(cells.columns[0])) or cells.shape[1] < 3 or not _in_blocks(ids, cells):
        return cells
    found = f"{int(ids.isna().sum())} rows without a patient, below one who is named once"
    advice = "They are taken as of the patient above."
    report.warn(
        Problem(
            file, int(rows[ids.isna().to_numpy()][0]), str(cells.columns[0]), found, "a patient in each row", advice
        )
    )
    return with_columns(cells, {str(cells.columns[0]): ids.ffill()})


def _in_blocks(ids: pd.Series, cells: pd.DataFrame) -> bool:
    known = ids.dropna()
    if ids.empty or pd.isna(ids.iloc[0]) or len(known) == len(ids) or not known.is_unique:
        return False
    if cells[ids.isna()].iloc[:, 1:].notna().sum(axis=1).min() < 2:
        return False
    block = ids.notna().cumsum()
    times = [cells[name] for name in cells.columns[1:]]
    return any(_goes_on(time, block) for time in times) and bool((block.value_counts() > 1).mean() >= 0.5)


def _goes_on(cells: pd.Series, block: pd.Series) -> bool:
    """Whether a column rises within every block, and not through all of them."""
    times = pd.to_numeric(cells, errors="coerce")
    if times.isna().any():
        days = pd.to_datetime(cells, errors="coerce", format="mixed") if cells.map(_is_day).all() else None
        if days is None or days.isna().any():
            return False
        times = days.astype("int64").astype(float)
    steps = times.groupby(block.to_numpy()).diff().dropna()
    return len(steps) > 0 and bool((steps > 0).all())


def _is_day(cell: object) -> bool:
    return hasattr(cell, "isoformat") or bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", str(cell)))


def same_or_done(cells: pd.DataFrame) -> list[int]:
    """Positions of columns that repeat one before, by name and cells; or REDCap's "Complete?" of another form."""
    first: dict[str, int] = {}
    out = []
    for at, name in enumerate(map(str, cells.columns)):
        before = first.setdefault(name, at)
        if before != at and (name == "Complete?" or cells.iloc[:, at].equals(cells.iloc[:, before])):
            out.append(at)
    return out


def numbered(names: list[str]) -> list[str]:
    """Names of which none is there twice: "CD4", "CD4 (2)"."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def repeated(names: list[str]) -> list[str]:
    """Which names are there more than once."""
    return [name for name, times in Counter(names).items() if times > 1]

"""Table 1: who the patients are, at baseline, in all and by group, each number with its n."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.doses import happened
from analysis.filters import kept_patients
from analysis.outcomes import outcome_name
from analysis.phases import anchors, index_event
from analysis.scales import baselines
from analysis.severity import grade
from analysis.tracks import prior_drugs
from data.deadline import check
from publishing.deidentify import covariates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.arrays import Flags
    from analysis.query import Query
    from data.study import Study

MOST_GROUPS, MOST_LEVELS, MOST_DRUGS = 6, 12, 15
ENOUGH = 5
"""Fewer patients than this have neither percentages nor quartiles."""
NOTE = (
    "Numbers are n (%), or the median (quartiles) with the n that have a value; of fewer than 5 patients, k of n and "
    "the median (smallest to largest). A value that was not stated is left out, never taken for zero. Weeks chosen on "
    "the page do not apply."
)


@dataclass(frozen=True)
class Row:
    """A characteristic; a `heading` has no cells, and what it heads is `indented`."""

    label: str
    cells: tuple[str, ...] = ()
    indented: bool = False


@dataclass(frozen=True)
class TableOne:
    """The columns (all, then each group) and the rows, as text."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def table_one(study: Study, query: Query) -> TableOne:
    """Of the kept patients of a study on its outcome."""
    kept = kept_patients(study, query.patients or None, query.groups or None)
    columns = _columns(study, kept)
    rows = [row for part in (_covariates, _baseline, _treatments, _followed) for row in part(study, columns)]
    named = [f"{name} (n = {int(who.sum()):,})" for name, who in columns.items()]
    return TableOne(tuple(named), tuple(rows))


def as_html(table: TableOne, title: str, notes: Iterable[str]) -> str:
    """The table as a page of its own."""
    head = "".join(_cell("th", name) for name in ("", *table.columns))
    body = "".join(
        f"<tr>{_cell('th', row.label, ' class=in' if row.indented else '')}"
        f"{''.join(_cell('td', one) for one in row.cells or [''] * len(table.columns))}</tr>\n"
        for row in table.rows
    )
    said = "".join(_cell("p", note) for note in notes)
    return PAGE.format(title=html.escape(title), head=head, body=body, notes=said)


def _cell(tag: str, text: str, look: str = "") -> str:
    return f"<{tag}{look}>{html.escape(text)}</{tag}>"


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 14px/1.4 sans-serif; margin: 24px; }} table {{ border-collapse: collapse; border-block: 2px solid; }}
th, td {{ padding: 2px 12px; text-align: left; font-weight: 400; }}
thead th {{ border-bottom: 1px solid; font-weight: 600; }}
th.in {{ padding-left: 28px; }} p {{ max-width: 60em; white-space: pre-line; }}
</style></head><body><h1>{title}</h1><table><thead><tr>{head}</tr></thead><tbody>
{body}</tbody></table>{notes}</body></html>
"""


def _columns(study: Study, kept: Flags) -> dict[str, Flags]:
    """All kept patients, then those of each group, where there are several."""
    group = study.patients["group"].astype(str).to_numpy()
    names = list(dict.fromkeys(group[kept]))
    each = {name: kept & (group == name) for name in names} if 1 < len(names) <= MOST_GROUPS else {}
    return {"All patients": kept, **each}


def _covariates(study: Study, columns: dict[str, Flags]) -> list[Row]:
    named = len(columns) == 1 and len(study.patients["group"].unique()) > 1
    names = [name for name in covariates(study) if name != "group" or named]
    found = []
    for name in names:
        check()
        values, label = study.patients[name].reset_index(drop=True), name.replace("_", " ")
        numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
        found += [_numbers(label, values, columns)] if numeric else _levels(label, values, columns)
    return found


def _levels(label: str, values: pd.Series, columns: dict[str, Flags]) -> list[Row]:
    """How many patients have each of a few values in words; none of a column of many: it may be free text."""
    texts = values.astype(object).where(values.notna(), "").astype(str)
    levels = [level for level in texts.value_counts().index if level]
    if not levels or len(levels) > MOST_LEVELS:
        return []
    known = (texts != "").to_numpy()
    rows = [_counts(level, (texts == level).to_numpy(), known, columns, indented=True) for level in levels]
    return [Row(f"{label}, n (%)"), *rows]


def _baseline(study: Study, columns: dict[str, Flags]) -> list[Row]:
    if not study.has_pasi:
        return []
    label = f"{outcome_name(study)} at or before {index_event(study)}"
    return [_numbers(label, baselines(study, study.pasi, "pasi").reset_index(drop=True), columns)]


def _treatments(study: Study, columns: dict[str, Flags]) -> list[Row]:
    """Drugs before week 0, each drug at any time, and restarts."""
    if study.treatments.empty:
        return []
    known = _have(study, study.treatments)
    names = study.treatments["treatment"].astype(str)
    had = {name: _have(study, study.treatments[names == name]) for name in names.value_counts().index[:MOST_DRUGS]}
    restart = anchors(study)["restart_week"].notna().to_numpy()
    each = [_counts(name, who, known, columns, indented=True) for name, who in had.items()]
    return [
        _numbers("Drugs begun before week 0", prior_drugs(study), columns),
        Row("Treatments at any time, n (%)"),
        *each,
        *([_counts("Restart of a biologic, n (%)", restart, known, columns)] if restart.any() else []),
    ]


def _followed(study: Study, columns: dict[str, Flags]) -> list[Row]:
    """Visits, samples, the last visit, and events."""
    size = range(len(study.patients))
    seen, everyone = study.pasi[study.pasi["pasi"].notna()], np.ones(len(study.patients), bool)
    samples = study.immune_subsets.drop_duplicates(["patient_id", "week"])
    last = seen.groupby(seen["patient_id"].cat.codes)["week"].max().reindex(size)
    rows = [_numbers(f"Visits with {outcome_name(study)}", _number_of(seen, size), columns)] if len(seen) else []
    rows += [_numbers("Week of the last of them", last, columns)] if len(seen) else []
    rows += [_numbers("Blood samples", _number_of(samples, size), columns)] if len(samples) else []
    if len(study.events):
        events = happened(study)
        grades = events["severity"].astype(str).map(grade).astype(float)
        severe, unknown = _have(study, events[grades >= 3]), _have(study, events[grades.isna()])
        rows += [_counts("Any event recorded, n (%)", _have(study, events), everyone, columns)]
        rows += [_counts("One of grade 3 or more, n (%)", severe, severe | ~unknown, columns)]
    return rows


def _number_of(rows: pd.DataFrame, size: range) -> pd.Series:
    return rows["patient_id"].cat.codes.value_counts().reindex(size, fill_value=0).astype(float)


def _have(study: Study, rows: pd.DataFrame) -> Flags:
    found: Flags = np.bincount(rows["patient_id"].cat.codes.to_numpy(), minlength=len(study.patients)) > 0
    return found


def _counts(label: str, have: Flags, known: Flags, columns: dict[str, Flags], *, indented: bool = False) -> Row:
    def cell(who: Flags) -> str:
        k, n = int((have & who).sum()), int((known & who).sum())
        if not n:
            return "not stated"
        missing = "" if n == who.sum() else f" of {n:,}"
        return f"{k:,} of {n:,}" if n < ENOUGH else f"{k:,}{missing} ({100 * k / n:.0f} %)"

    return Row(label, tuple(cell(who) for who in columns.values()), indented)


def _numbers(label: str, values: pd.Series, columns: dict[str, Flags]) -> Row:
    def cell(who: Flags) -> str:
        known = values[who].dropna().to_numpy(float)
        if not len(known):
            return "not stated"
        ends = (0, 1) if len(known) < ENOUGH else (0.25, 0.75)
        low, middle, high = (_number(float(np.quantile(known, share))) for share in (ends[0], 0.5, ends[1]))
        n = "" if len(known) == who.sum() else f"; n = {len(known):,}"
        if len(known) == 1:
            return f"{middle}{n}"
        return f"{middle} ({low} to {high}){n}"

    return Row(f"{label}, median", tuple(cell(who) for who in columns.values()))


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.10g}".replace("-", "−")

"""The response table and the table behind a chart, as grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_ag_grid as dag

from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import relative
from components import ids, tables
from figures.visuals.marks import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.query import Query
    from data.study import Study

THEME = {
    "function": "themeBalham.withParams({backgroundColor: 'var(--card)', foregroundColor: 'var(--ink)', "
    "headerBackgroundColor: 'var(--card)', oddRowBackgroundColor: 'var(--card)', borderColor: 'var(--line)', "
    "accentColor: 'var(--accent)', fontFamily: 'inherit', fontSize: 13, spacing: 4, wrapperBorderRadius: 0, "
    "headerFontWeight: 600, rowHoverColor: 'var(--hover)'})"
}
RESPONSE = (
    ("patient_id", "Patient", None), ("phase_label", "Phase", None), ("baseline", "Baseline {outcome}", 1),
    ("best_pasi", "Best {outcome}", 1), ("best_week", "at study week", 1),
    ("best_improvement", "Best improvement (%)", 1),
    ("response_between", "First response, week from start", None), ("weeks_to_pasi75", "Weeks to {75}", 1),
    ("weeks_to_pasi90", "Weeks to {90}", 1), ("relapse", "Relapse, study week", None),
    ("last_pasi", "Last {outcome}", 1),
    ("last_week", "at study week ", 1), ("state_label", "State now (at last visit)", None),
    ("reason", "Why not evaluable", None), ("sustained_label", "Sustained", None),
    ("duration_weeks", "Response held, weeks", 1), ("weeks_in_response", "Weeks in response", 1),
    ("weeks_followed", "of weeks followed", 1), ("auc_per_week", "{outcome} area per week", 1),
    ("visits", "Visits (n)", 0), ("earlier_mean", "Mean of visits before the baseline", 1),
    ("rebound", "Rebound, study week", None),
)  # fmt: skip
PERCENTAGES = {"best_improvement", "weeks_to_pasi75", "weeks_to_pasi90"}
WIDTHS = {
    "patient_id": 76, "phase_label": 132, "best_improvement": 102, "reason": 190, "state_label": 128, "relapse": 118,
    "rebound": 118, "sustained_label": 128, "response_between": 108,
}  # fmt: skip
NARROW = 82
"""Least width of a column of numbers, px."""
PINNED = ("patient_id", "phase_label")


def leave_out_of_first_page() -> None:
    """Have dash serve the grid's library but not put it into the page: `assets/browser/page/table.mjs` asks for it
    when it is needed, since reading it takes the browser a tenth of a page's load."""
    for script in dag._js_dist:  # noqa: SLF001 - where a package tells dash which scripts a page needs
        script.pop("async", None)
        script["dynamic"] = True


def response_grid(study: Study, query: Query) -> dag.AgGrid:
    """The response table: sortable, a click on a row selects its patient."""
    return dag.AgGrid(
        id=ids.TABLE,
        columnDefs=response_columns(study),
        rowData=response_rows(study, query),
        getRowId="params.data.patient_id + '|' + params.data.phase",
        rowClassRules={"lit": "lit(params.data.patient_id)", "dim": "dim(params.data.patient_id)"},
        defaultColDef={
            "sortable": True,
            "resizable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
            "suppressHeaderMenuButton": True,
        },
        dashGridOptions={"theme": THEME, "animateRows": False, "suppressCellFocus": False, "tooltipShowDelay": 300},
        style={"height": "100%"},
    )


def response_columns(study: Study) -> list[dict[str, Any]]:
    """The columns of the response table, headed by the outcome; without those of percentages that mean nothing."""
    outcome = outcome_of(study)
    names = {"outcome": outcome.short} | {f"{percent}": relative(outcome, percent).label for percent in (75, 90)}
    shown = [one for one in RESPONSE if outcome.relative or one[0] not in PERCENTAGES]
    return [_column(name, _headed(label, names), digits) for name, label, digits in shown]


def _headed(label: str, names: Mapping[str, str]) -> str:
    for name, said in names.items():
        label = label.replace(f"{{{name}}}", said)
    return label


def response_rows(study: Study, query: Query) -> list[dict[str, Any]]:
    """Rows of the response table; a missing number is None."""
    table = tables.responses(study, query)
    names = [name for name, _, _ in RESPONSE] + ["phase"]
    return records(table[names])


def response_cells(study: Study, query: Query) -> list[list[str]]:
    """The response table as texts, its header first; "–" where nothing is known."""
    columns = {one["field"]: one["headerName"] for one in response_columns(study)}
    digits = {name: places for name, _, places in RESPONSE}
    rows = [[_shown(row[name], digits[name]) for name in columns] for row in response_rows(study, query)]
    return [list(columns.values()), *rows]


def cells(table: pd.DataFrame) -> list[list[str]]:
    """A table as texts, its header first; "–" where nothing is known."""
    rows = [[_shown(value, 2) for value in row.values()] for row in records(table)]
    return [[str(name).replace("_", " ") for name in table], *rows]


def _shown(value: Any, digits: int | None) -> str:
    if value is None or value == "":
        return "–"
    text = f"{value:,.{digits}f}" if isinstance(value, float) and digits is not None else str(value)
    return text.replace("-", "−") if isinstance(value, int | float) else text


def numbers_grid(table: pd.DataFrame) -> dag.AgGrid:
    """The table behind a chart. A dot in a column's name, as in that of patient 1.1, is no path into its rows."""
    options = {"theme": THEME, "animateRows": False, "enableCellTextSelection": True, "suppressFieldDotNotation": True}
    return dag.AgGrid(
        id=ids.NUMBERS_GRID,
        columnDefs=[_plain_column(table[name]) for name in table],
        rowData=records(table),
        defaultColDef={"sortable": True, "resizable": True},
        dashGridOptions=options,
        style={"height": "70vh"},
    )


def _plain_column(column: pd.Series) -> dict[str, Any]:
    """A column under its own name; numbers with as many decimals as the longest of them, at most four."""
    name = str(column.name)
    plainly = {"field": name, "headerName": name.replace("_", " ")}
    if column.dtype.kind != "f":
        return plainly
    digits = next((few for few in range(4) if (column.round(few) - column.round(4)).abs().max() < 5e-5), 4)
    return plainly | {"valueFormatter": {"function": f"shown(params.value, {digits})"}}


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dictionaries, plain values, None for missing."""
    columns = {str(name): plain(table[name]) for name in table}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _column(name: str, label: str, digits: int | None) -> dict[str, Any]:
    width = WIDTHS.get(name, NARROW)
    column: dict[str, Any] = {
        "field": name, "headerName": label, "minWidth": width, "tooltipField": name,
        **({"pinned": "left", "width": width} if name in PINNED else {"flex": width}),
    }  # fmt: skip
    if digits is None:
        return column
    return {**column, "type": "rightAligned", "valueFormatter": {"function": f"shown(params.value, {digits})"}}

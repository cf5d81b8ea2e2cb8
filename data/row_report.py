"""What was read, as a person and a machine read it: rows in, kept and set aside, problems, warnings and notes. Real
dates that a message quotes from a cell are masked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

import pandas as pd

from data.csv_export import csv_text
from data.privacy.masking import all_masked, masked
from data.problems import JOINED, Account, Problem, Report, report_text

COLUMNS = ("level", "file", "table", "row", "column", "rows_in", "rows_kept", "rows_aside", "message")


def as_table(report: Report) -> pd.DataFrame:
    """One line for each account, rows set aside, error, warning and note. `level` says which; `message` is a
    sentence."""
    lines = [line for account in report.accounts for line in _account_lines(account)]
    lines += [_problem_line("error", problem) for problem in report.problems]
    lines += [_problem_line("warning", problem) for problem in report.warnings]
    lines += [{"level": "note", "message": note} for note in report.notes]
    whole = dict.fromkeys(("row", "rows_in", "rows_kept", "rows_aside"), "Int64")
    table = pd.DataFrame(lines, columns=list(COLUMNS)).astype(whole)
    return table.assign(message=all_masked(table["message"].astype("str")))


def _account_lines(account: Account) -> list[dict[str, Any]]:
    place = {"file": account.file, "table": account.table}
    counts = {"rows_in": account.rows, "rows_kept": account.kept}
    read = {"level": "read", **place, **counts, "message": f"{account.kept:,} of {account.rows:,} rows kept"}
    aside = [
        {"level": "set aside", **place, "row": one.rows[0], "rows_aside": len(one.rows), "message": _aside(one)}
        for one in account.aside
    ]
    return [read, *aside]


def _aside(one: Any) -> str:
    shown = ", ".join(map(str, one.rows[:10])) + (f" and {len(one.rows) - 10} more" if len(one.rows) > 10 else "")
    return f"{one.reason}: row{'s' if len(one.rows) > 1 else ''} {shown}"


def _problem_line(level: str, problem: Problem) -> dict[str, Any]:
    place = {"file": problem.file, "row": problem.row, "column": problem.column}
    return {"level": level, **place, "message": str(problem)}


def as_text(report: Report) -> str:
    """The report as sentences: errors first, then what was read, then warnings and notes."""
    parts = [report_text(tuple(report.problems))] if report.problems else []
    for account in report.accounts:
        parts.append(f"{account.file} → {account.table}: {account.kept:,} of {account.rows:,} rows kept.")
        parts += [f"  set aside: {_aside(one)}" for one in account.aside]
    parts += [f"  warning: {problem}" for problem in report.warnings]
    parts += [f"  note: {note}" for note in report.notes]
    return masked("\n".join(parts))


def as_csv(report: Report) -> str:
    """`as_table` as CSV, safe to open in a spreadsheet."""
    return csv_text(as_table(report))


def as_json(report: Report) -> str:
    """The report as JSON: `accounts`, `errors`, `warnings`, `notes`."""
    whole = {
        "accounts": [asdict(account) for account in report.accounts],
        "errors": [asdict(problem) | {"message": str(problem)} for problem in report.problems],
        "warnings": [asdict(problem) | {"message": str(problem)} for problem in report.warnings],
        "notes": report.notes,
    }
    return masked(json.dumps(whole, ensure_ascii=False, indent=2))


def rows_aside(report: Report) -> int:
    """How many rows of all files some table of the study has no use for."""
    accounts = report.accounts
    asides = [(account.file, one) for account in accounts for one in account.aside if one.reason != JOINED]
    return len({(file, row) for file, one in asides for row in one.rows})


FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType({"txt": as_text, "csv": as_csv, "json": as_json})
"""The forms of the report to download, by their suffix."""

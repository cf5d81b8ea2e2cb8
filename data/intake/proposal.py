"""What is proposed for a set of files, as plain data that a page can show, a person edit, and study.toml keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from data.columns import texts
from data.intake.clock import proposed_reference
from data.intake.dates import are_dates, days, order_of
from data.intake.edits import Edits
from data.intake.layout import Context, Draft
from data.intake.layouts import recognised
from data.intake.parts import parts_of
from data.intake.people import ids_of, proposed_aliases
from data.intake.redcap import dictionary_of
from data.intake.roles import Guess
from data.intake.sources import Source
from data.privacy import DATE, identifying
from data.problems import Report, listed

AS_PROPOSED = Edits()


@dataclass(frozen=True)
class Proposal:
    """`mapping` is a study.toml as a dict: edit it freely. `tables` say of each table in the files: file, sheet,
    layout, score (0-1), why, open (whether a person may say what its columns are). `columns` say of each column: file,
    sheet, column, role, table, why, preview (a few cells, dates as weeks, identifiers masked), unclear. `unclear` are
    sentences on what a person should look at."""

    mapping: dict[str, Any]
    tables: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)


def proposal_of(sources: Sequence[Source], edits: Edits = AS_PROPOSED) -> Proposal:
    """The proposal for these tables, after what a person says of them. A table of samples is looked at last, when the
    patients are known."""
    fitted = [(source, *recognised(source)) for source in sources]
    dictionary = next((known for source in sources if (known := dictionary_of(source))), Context())
    rest = [one for one in fitted if dictionary_of(one[0]) is None]
    drafts: list[tuple[Source, Draft]] = []
    for source, layout, _, _ in sorted(rest, key=lambda one: one[1].name == "flowjo"):
        people = tuple(dict.fromkeys(one for other, draft in drafts for one in _patients(other, draft)))
        context = replace(
            dictionary,
            patients=people,
            roles=edits.roles_of(source.file, source.page),
            pattern=edits.patterns.get((source.file, source.page), ""),
            study_days=any(entry.get("time") == "study days" for _, draft in drafts for entry in draft.entries),
        )
        drafts.append((source, layout.propose(source, context)))
    mapping, unclear = _mapped(sources, drafts, edits.reference)
    tables = [
        {
            "file": source.file, "sheet": source.page, "layout": layout.name, "score": score, "why": why,
            "open": layout.open,
        }
        for source, layout, score, why in fitted
    ]  # fmt: skip
    columns = [_column(source, guess, draft) for source, draft in drafts for guess in draft.columns]
    return Proposal(mapping, tables, columns, [*unclear, *_orders(sources, mapping)])


def _patients(source: Source, draft: Draft) -> list[str]:
    columns = {entry["columns"]["patient_id"] for entry in draft.entries if "patient_id" in entry.get("columns", {})}
    return [one for column in columns for one in texts(source.sheet.cells[column]).dropna().unique()]


def _mapped(
    sources: Sequence[Source], drafts: Sequence[tuple[Source, Draft]], reference: str
) -> tuple[dict[str, Any], list[str]]:
    entries = [entry for _, draft in drafts for entry in draft.entries]
    unclear = [sentence for _, draft in drafts for sentence in draft.unclear]
    files = list(dict.fromkeys(source.file for source, draft in drafts if draft.entries))
    mapping: dict[str, Any] = {
        "title": " and ".join(files[:3]),
        "sources": [_ordered(entry, sources) for entry in entries],
    }
    parts = parts_of(mapping, sources, Report())
    aliases, doubts = proposed_aliases(parts)
    unclear += doubts
    if aliases:
        mapping["patients"] = aliases
        pairs = "; ".join(f"{theirs} is {ours}" for theirs, ours in list(aliases.items())[:8])
        unclear.append(f"Patients are joined although they are spelt differently: {pairs}.")
    if any(entry.get("time") == "dates" or "{date}" in str(entry.get("sample", "")) for entry in entries):
        mapping["reference"] = {"from": reference or proposed_reference(parts)}
        mapping["week_zero"] = f"each patient's {mapping['reference']['from']}"
        unclear.append(f"Week 0 is each patient's {mapping['reference']['from']}.")
    ids = {one for part in parts if part.table == "pasi" for one in ids_of(part)}
    if not ids:
        unclear.append("No column holds PASI values.")
    return mapping, unclear


def _ordered(entry: dict[str, Any], sources: Sequence[Source]) -> dict[str, Any]:
    """The entry with the order of day and month, where its dates are written like 03/04/2021."""
    if entry.get("time") != "dates":
        return entry
    orders = [order_of(cells) for cells in _dated_cells(entry, sources)]
    order = next((order for order, settled in orders if settled and order == "month first"), None)
    return entry | ({"date_order": order} if order else {})


def _dated_cells(entry: dict[str, Any], sources: Sequence[Source]) -> list[pd.Series]:
    times = {entry["columns"].get(name) for name in ("week", "start_week", "end_week")} - {None}
    source = next(one for one in sources if one.file == entry["file"] and one.page == entry.get("sheet", one.page))
    return [source.sheet.cells[column] for column in times]


def _orders(sources: Sequence[Source], mapping: dict[str, Any]) -> list[str]:
    said = []
    for entry in mapping["sources"]:
        dated = _dated_cells(entry, sources) if entry.get("time") == "dates" else []
        if any(not order_of(cells)[1] for cells in dated) and "date_order" not in entry:
            said.append(
                f"{entry['file']}: dates such as 03/04/2021 are read with the day first; nothing there settles it."
            )
    return list(dict.fromkeys(said))


def _column(source: Source, guess: Guess, draft: Draft) -> dict[str, Any]:
    """What a page shows of one column."""
    cells = source.sheet.cells[guess.column]
    whole = guess.role in {"marker", "sample"} and len(draft.entries) == 1
    tables = [entry["table"] for entry in draft.entries if whole or guess.column in _used(entry)]
    hidden = guess.role == "identifier" or bool(identifying(guess.column, cells))
    return {
        "file": source.file, "sheet": source.page, "column": guess.column, "role": guess.role,
        "table": ", ".join(dict.fromkeys(tables)), "why": guess.why, "unclear": guess.unclear,
        "preview": ["•••"] * min(cells.nunique(), 3) if hidden else preview(cells),
    }  # fmt: skip


def _used(entry: dict[str, Any]) -> set[str]:
    weeks = entry.get("wide", {}).get("weeks", {})
    return {*entry.get("columns", {}).values(), *entry.get("subsets", []), *weeks}


def preview(cells: pd.Series, few: int = 3) -> list[str]:
    """The first few different cells, as text; dates as weeks since the column's first."""
    known = cells.dropna().drop_duplicates()
    if are_dates(known):
        dates, _ = days(known, order_of(known)[0])
        first = dates[~np.isnat(dates)].min()
        return [f"week {(date - first) / np.timedelta64(7, 'D'):.1f}" for date in dates[:few] if not np.isnat(date)]
    return [_shown(cell) for cell in known.head(few)]


def _shown(cell: object) -> str:
    if isinstance(cell, dt.date):
        return "a date"
    text = f"{cell:g}" if isinstance(cell, float) else DATE.sub("[date]", str(cell))
    return text if len(text) <= 40 else f"{text[:40]}…"


def summary(proposal: Proposal) -> str:
    """The proposal in a few lines: what each table is, and what is unclear."""
    tables = [
        f"{one['file']}{', sheet ' + one['sheet'] if one['sheet'] else ''}: {one['layout']} ({one['why']})"
        for one in proposal.tables
    ]
    return "\n".join([*tables, *proposal.unclear]) or f"nothing in {listed([])}"

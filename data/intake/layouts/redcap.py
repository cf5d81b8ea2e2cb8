"""REDCap exports: longitudinal events, repeating instruments, and the data dictionary beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from data.frames import with_columns
from data.intake.columns.dates import are_dates
from data.intake.columns.infer import inferred
from data.intake.columns.roles import Guess
from data.intake.columns.vocabulary import word
from data.intake.layouts.arms import with_arms
from data.intake.layouts.base import Context, Draft, Entry, Ledger
from data.intake.layouts.clinic.clinic import drafted
from data.intake.sources import Source
from data.tables.columns import texts
from data.tables.sheet import Sheet

EVENT = ("redcap_event_name", "event_name")
INSTRUMENT = ("redcap_repeat_instrument", "repeat_instrument")
INSTANCE = ("redcap_repeat_instance", "repeat_instance")
DICTIONARY = {
    "field": ("variable_field_name", "field_name"),
    "label": ("field_label",),
    "form": ("form_name",),
    "choices": ("choices_calculations_or_slider_labels", "select_choices_or_calculations"),
    "identifier": ("identifier",),
    "type": ("field_type",),
}
YES_NO: Mapping[str, Mapping[str, str]] = {
    "yesno": {"1": "Yes", "0": "No"},
    "truefalse": {"1": "True", "0": "False"},
}
"""Types of fields whose choices REDCap does not write down."""


def score(source: Source) -> tuple[float, str]:
    """The columns that only REDCap writes."""
    names = {word(str(name)) for name in source.sheet.cells.columns}
    completes = [name for name in names if name.endswith("_complete")]
    if names & {"redcap_event_name", "redcap_repeat_instrument"}:
        return 1.0, "it has REDCap's columns of events or repeating instruments"
    if completes and "record_id" in names:
        return 0.9, "it has a record_id, and columns that say whether a form is complete, as REDCap writes them"
    return (
        (0.8, "it has Event Name and Repeat Instrument") if {"event_name", "repeat_instrument"} <= names else (0.0, "")
    )


def propose(source: Source, context: Context) -> Draft:
    """The entries of the rows without an instrument, and of each repeating instrument."""
    whole = prepare(source.sheet, {}, None)
    headers = _headers(whole.cells)
    instrument, event = _named(headers, INSTRUMENT), _named(headers, EVENT)
    words = texts(whole.cells[instrument]).fillna("") if instrument else pd.Series("", index=whole.cells.index)
    parts = {name: whole.cells[words == name] for name in dict.fromkeys(words)}
    drafts = {name: _part(source, cells, instrument, name, context) for name, cells in parts.items()}
    unclear = [sentence for draft in drafts.values() for sentence in draft.unclear]
    unclear += [
        f"{source.file}: nothing of the instrument '{name}' is read ({len(parts[name])} row(s)): no column "
        "of it says what the study has a place for."
        for name, draft in drafts.items()
        if name and not draft.entries
    ]
    entries = [entry for draft in drafts.values() for entry in draft.entries]
    if event and (told := with_arms(entries, whole.cells, event, {instrument: ""} if instrument else {})):
        unclear.append(f"{source.file}: groups are the arms of REDCap's events: {', '.join(told)}.")
    return Draft(
        entries,
        _merged([guess for draft in drafts.values() for guess in draft.columns]),
        list(dict.fromkeys(unclear)),
        untimed=[column for draft in drafts.values() for column in draft.untimed],
    )


def _part(source: Source, cells: pd.DataFrame, instrument: str | None, name: str, context: Context) -> Draft:
    mine = _of_rows(source.sheet.cells.loc[cells.index], cells)
    found = [_identified(guess, context) for guess in inferred(cells[mine], context.labels, context.roles)]
    start: Entry = {"layout": "redcap"} | ({"rows": {instrument: name}} if instrument else {})
    if not any(guess.role in {"date", "week", "days", "months", "study days"} for guess in found) and (
        event := _named(_headers(cells), EVENT)
    ):
        found.append(Guess(event, "visit", "it names REDCap's events"))
    return drafted(source, cells, found, start, context)


def _of_rows(own: pd.DataFrame, cells: pd.DataFrame) -> list[str]:
    """The columns that rows of an instrument fill; the dates of their visit only where their `own` cells have none."""
    filled = [column for column in cells.columns if cells[column].notna().any() and not _of_redcap(str(column))]
    theirs = [column for column in filled if own[column].notna().any()]
    return theirs if any(are_dates(own[column]) for column in theirs) else filled


def _identified(guess: Guess, context: Context) -> Guess:
    if guess.column in context.identifiers and guess.column not in context.roles and guess.role != "patient_id":
        return Guess(guess.column, "identifier", "the data dictionary calls it an identifier; left out")
    return guess


def _merged(found: list[Guess]) -> list[Guess]:
    """One guess a column, the first that says something."""
    best: dict[str, Guess] = {}
    for guess in sorted(found, key=lambda guess: not guess.role):
        best.setdefault(guess.column, guess)
    return list(best.values())


def _of_redcap(column: str) -> bool:
    name = word(column)
    return (
        name in (*EVENT, *INSTRUMENT, *INSTANCE)
        or name.endswith("_complete")
        or name == "complete"
        or name.startswith("redcap_")
    )


def _headers(cells: pd.DataFrame) -> dict[str, str]:
    """Every column by its plain name; of several, the first."""
    named: dict[str, str] = {}
    for column in map(str, cells.columns):
        named.setdefault(word(column), column)
    return named


def _named(headers: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    """The first column that is called by one of these plain names."""
    return next((column for name, column in headers.items() if name in names), None)


def prepare(sheet: Sheet, entry: Entry, ledger: Ledger | None) -> Sheet:
    """The sheet with the dates of a visit written on the rows of its repeating instruments, which leave them blank."""
    return _dated(sheet)


@lru_cache(maxsize=1)
def _dated(sheet: Sheet) -> Sheet:
    """The same, once for all instruments of a sheet."""
    cells = sheet.cells
    headers = _headers(cells)
    event, instrument = _named(headers, EVENT), _named(headers, INSTRUMENT)
    if event is None or instrument is None:
        return sheet
    keys = [cells[cells.columns[0]].astype(str), cells[event].astype(str)]
    base = cells[instrument].isna()
    dated = [name for name in cells.columns if are_dates(cells[name]) and cells.loc[~base, name].isna().all()]
    visits = {name: cells[name].where(base).groupby(keys).transform("first") for name in dated}
    filled = {name: cells[name].where(base, dates) for name, dates in visits.items()}
    return replace(sheet, cells=with_columns(cells, filled))


def dictionary_of(source: Source) -> Context | None:
    """The labels, choices and identifiers of a REDCap data dictionary; None if the table is none."""
    headers = _headers(source.sheet.cells)
    names = {part: _named(headers, words) for part, words in DICTIONARY.items()}
    if names["field"] is None or names["label"] is None or names["form"] is None:
        return None
    cells = source.sheet.cells.astype(object).fillna("").astype(str).set_index(names["field"])
    choices = (
        {str(field): _choices(text) for field, text in cells[names["choices"]].items()} if names["choices"] else {}
    )
    types = cells[names["type"]].items() if names["type"] else ()
    choices |= {str(field): YES_NO[kind] for field, kind in types if kind in YES_NO}
    marked = (
        cells[names["identifier"]].str.casefold() == "y"
        if names["identifier"]
        else pd.Series(data=False, index=cells.index)
    )
    labels = {str(field): str(label) for field, label in cells[names["label"]].items()}
    return Context(
        labels, {field: known for field, known in choices.items() if known}, frozenset(map(str, cells.index[marked]))
    )


def _choices(text: str) -> Mapping[str, str]:
    """`1, Female | 2, Male` as {"1": "Female", "2": "Male"}."""
    pairs = [part.split(",", 1) for part in text.split("|") if "," in part]
    return {code.strip(): label.strip() for code, label in pairs}

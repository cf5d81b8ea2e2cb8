"""Tables of gates: one row per tube, one column per gate and statistic, footers below; or a row for each gate."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.intake.columns.infer import inferred
from data.intake.columns.patient_id_spellings import Patients
from data.intake.columns.phenotypes import gate, lineage_of, phenotypes_of
from data.intake.columns.roles import Guess
from data.intake.columns.visits import read_visits
from data.intake.layouts.base import Context, Draft, Entry, Ledger
from data.intake.layouts.clinic.clinic import CLOCK_ROLES
from data.intake.layouts.flowjo.exports import Export, export_of
from data.intake.layouts.flowjo.gate_columns import (
    counts,
    gates_of,
    is_footer,
    main_statistics,
    of_parent,
    specimen_column,
    tube_column,
    unit_of,
)
from data.intake.layouts.flowjo.statistics_rows import check_footers
from data.intake.layouts.flowjo.tube_patterns import Proposed, proposed_pattern, stated_pattern
from data.intake.sources import Source
from data.problems import Report, listed
from data.tables.columns import numbers, texts
from data.tables.sheet import Sheet

CONTROL = re.compile(
    r"comp(?:ensation)?(?:[\s_.-]|$)|unstained|single[\s_-]?stain|\bfmo\b|(?:^|[_\s-])fmo|beads?|isotype|blank",
    re.IGNORECASE,
)
Gates = Mapping[str, tuple[str, str]]
"""Path and statistic by header."""


def score(source: Source) -> tuple[float, str]:
    """Headers of the form `gate/path | statistic`; or FCS files beside nothing but numbers; or a row for each gate."""
    if export := export_of(source.sheet.cells):
        return 0.9, export.why
    gates = gates_of(source.sheet.cells)
    others = source.sheet.cells.shape[1] - len(gates)
    if not gates or not others:
        return 0.0, ""
    if not any(statistic for _, statistic in gates.values()):
        return 0.7, "its first column names FCS files, and all others hold numbers"
    share = min(len(gates) / max(len(gates) + others - 1, 1), 1.0)
    return 0.6 + 0.4 * share, f"{len(gates)} of its headers are a gate and a statistic, as '{next(iter(gates))}'"


def propose(source: Source, context: Context) -> Draft:
    """One entry: every gate a subset; patient and time by columns that say them, else by a pattern in the tubes'
    names."""
    cells = source.sheet.cells
    if export := export_of(cells):
        return _of_export(source, export, context)
    gates = gates_of(cells)
    tube = tube_column(cells, gates)
    phenotypes = phenotypes_of(path for path, _ in gates.values())
    keywords = {} if context.pattern else _keywords(cells, gates, context)
    told, said = _by_columns(cells, keywords, context) if keywords else _by_names(cells[tube], context)
    said += _shares(gates)
    sample = {"column": tube, **({} if keywords else {"pattern": told.pop("pattern")})}
    entry: Entry = {
        "file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "flowjo",
        "table": "immune_subsets", "sample": sample, **told, **({"phenotypes": phenotypes} if phenotypes else {}),
    }  # fmt: skip
    if phenotypes:
        said.append("phenotypes are proposed from the gates' names; no value depends on them.")
    columns = [_guess(name, tube, gates, {theirs: role for role, theirs in keywords.items()}) for name in cells.columns]
    return Draft([entry], columns, [f"{source.file}: {sentence}" for sentence in said])


def _of_export(source: Source, export: Export, context: Context) -> Draft:
    """The entry of an export with a row for each gate."""
    tube = export.tube(source.sheet.cells)
    told, said = _by_names(export.tubes(source.sheet.cells), context)
    samples = export.rows(source.sheet, Ledger(Report())).cells
    phenotypes = phenotypes_of(texts(samples["subset"]).dropna().unique())
    entry: Entry = {
        "file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "flowjo",
        "table": "immune_subsets", "sample": {"column": tube, "pattern": told.pop("pattern")}, **told,
        **({"phenotypes": phenotypes} if phenotypes else {}),
    }  # fmt: skip
    found = [Guess(str(name), "", "a column of this export, which is read as a whole") for name in source.sheet.cells]
    found = [_guess(tube, tube, {}, {}) if guess.column == tube else guess for guess in found]
    return Draft([entry], found, [f"{source.file}: {sentence}" for sentence in said])


def _shares(gates: Gates) -> list[str]:
    """A sentence where no header says what numbers are shares of."""
    plain = [path for path, statistic in gates.values() if not statistic]
    said = (
        f"no header says whether {listed(plain, 4)} are shares of the parent or of all cells: is it stated elsewhere?"
    )
    return [said] if plain else []


def _keywords(cells: pd.DataFrame, gates: Gates, context: Context) -> dict[str, str]:
    """The columns of patient and time, by role, where the table has both: keywords of the FCS files, or a specimen for
    each patient, with a tube for each visit."""
    rest = [name for name in cells.columns if str(name) not in gates]
    roles = {guess.role: guess.column for guess in reversed(inferred(cells[rest]))}
    clock = next((role for role in CLOCK_ROLES if role in roles), None)
    if clock and "patient_id" in roles:
        return {"patient_id": roles["patient_id"], clock: roles[clock]}
    return _specimens(cells, gates, context)


def _specimens(cells: pd.DataFrame, gates: Gates, context: Context) -> dict[str, str]:
    """FACSDiva's columns of specimens and tubes, where every specimen is a known patient and every tube a visit."""
    known, tube, specimen = Patients(context.patients), tube_column(cells, gates), specimen_column(cells, gates)
    if not (known and specimen) or tube == specimen:
        return {}
    who = [known.one(name) for name in texts(cells[specimen]).dropna().unique()]
    visits = texts(cells[tube]).dropna().unique()
    return {"patient_id": specimen, "visit": tube} if all(who) and len(read_visits(visits)[0]) == len(visits) else {}


def _by_columns(cells: pd.DataFrame, keywords: Mapping[str, str], context: Context) -> tuple[Entry, list[str]]:
    """What an entry says where columns tell patient and time, and what to look at."""
    patient, clock = keywords.values()
    time = CLOCK_ROLES[next(role for role in keywords if role != "patient_id")]
    told: Entry = {"columns": {"patient_id": patient, "week": clock}, "time": time}
    names = texts(cells[clock]).dropna().unique() if time == "visits" else ()
    weeks, said = read_visits(names, study_days=context.study_days)
    return told | ({"visits": weeks} if weeks else {}), [
        f"patients are read from {patient}, times from {clock}.",
        *said,
    ]


def _by_names(tubes: pd.Series, context: Context) -> tuple[Entry, list[str]]:
    """What an entry says where the tubes' names tell patient and time, and what to look at."""
    names = [name for name in texts(tubes).dropna() if not is_footer(name) and not CONTROL.search(name)]
    read: Proposed = (
        stated_pattern(context.pattern, names, context.patients, study_days=context.study_days)
        if context.pattern
        else proposed_pattern(names, context.patients, study_days=context.study_days)
    )
    told: Entry = {"pattern": read.pattern}
    told |= {"visits": dict(read.visits)} if read.visits else {}
    told |= {"date_order": read.date_order} if read.date_order else {}
    return told, [f"tube names are read as '{read.pattern}'; {why}" for why in read.said]


def _guess(name: object, tube: str, gates: Gates, keywords: Mapping[str, str]) -> Guess:
    header = str(name)
    if header in keywords:
        return Guess(header, keywords[header], "its header says so")
    if header == tube:
        read = "the names of tubes" if keywords else "the names of tubes; patient and time are read from them"
        return Guess(header, "sample", read, unclear=not keywords)
    return Guess(header, "marker", "a gate and a statistic") if header in gates else Guess(header, "", "not read")


def prepare(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """One row per tube and gate: the tube's name, subset, value, count, parent_count, and what defines the subset
    (label, lineage, parent, phenotype, unit)."""
    tube, gates = entry["sample"]["column"], gates_of(sheet.cells)
    if export := export_of(sheet.cells):
        return _without_controls(export.rows(sheet, ledger), tube, ledger)
    footer = np.array([is_footer(name) for name in texts(sheet.cells[tube]).fillna("")])
    check_footers(sheet, list(gates), tube, footer, ledger)
    sheet = ledger.drop(sheet, footer, "a footer of FlowJo (Mean, SD), no sample")
    sheet = _without_controls(sheet, tube, ledger)
    sheet = ledger.drop(sheet, sheet.cells[list(gates)].isna().all(axis=1).to_numpy(), "a sample without any value")
    kept = list(dict.fromkeys([tube, *map(str, entry.get("columns", {}).values())]))
    return _long(sheet, kept, gates, entry.get("phenotypes", {}))


def _without_controls(sheet: Sheet, tube: str, ledger: Ledger) -> Sheet:
    """The sheet without controls, and rows that name no tube."""
    names = texts(sheet.cells[tube]).fillna("")
    control = names.map(lambda name: bool(CONTROL.search(name))).to_numpy(bool)
    sheet = ledger.drop(sheet, control, "a control or compensation tube")
    return ledger.drop(sheet, texts(sheet.cells[tube]).isna().to_numpy(), "a row without the name of a tube")


def _long(sheet: Sheet, kept: list[str], gates: Gates, phenotypes: Mapping[str, str]) -> Sheet:
    """Frequencies and intensities on top of each other; a count goes beside its gate's own frequency."""
    counted = {path: name for name, (path, statistic) in gates.items() if counts(statistic)}
    measured = {name: known for name, known in gates.items() if not counts(known[1])}
    paths = {path for path, _ in measured.values()}
    measured |= {name: gates[name] for path, name in counted.items() if path not in paths}
    main = main_statistics(measured)
    parts = []
    for name, (path, statistic) in measured.items():
        above = path.rpartition("/")[0]
        own = main[path] == name
        with_counts = own and not counts(statistic)
        cells = sheet.cells[kept].assign(
            value=sheet.cells[name].astype(object),
            subset=path if own else f"{path} | {statistic}",
            count=_numbers(sheet, counted.get(path)) if with_counts else np.nan,
            parent_count=_numbers(sheet, counted.get(above)) if with_counts and of_parent(statistic) else np.nan,
            label=gate(path) if own else f"{gate(path)} ({statistic})",
            lineage=lineage_of(path),
            parent=gate(above) if above else "",
            phenotype=phenotypes.get(path, ""),
            unit=unit_of(statistic),
        )
        parts.append(cells)
    codes = np.repeat(np.arange(len(measured)), len(sheet.cells))
    origin = pd.Categorical.from_codes(codes, pd.Index(list(measured), dtype="str"))
    cells = pd.concat(parts, ignore_index=True)
    rows = np.tile(sheet.rows, len(measured))
    names = {**sheet.names, "sample": kept[0]}
    return Sheet(cells, sheet.file, rows, names, {"value": origin}, from_1904=sheet.from_1904)


def _numbers(sheet: Sheet, name: str | None) -> np.ndarray | float:
    return np.nan if name is None else numbers(sheet.cells[name])[0]

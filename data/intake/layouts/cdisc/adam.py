"""ADaM's basic data structure: a parameter and its analysis value for each subject and time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

import pandas as pd

from data.intake.layouts.base import Ask, Context, Draft, Entry
from data.intake.layouts.cdisc.data_set import (
    DataSet,
    columns_of,
    data_set,
    drafted,
    known_people,
)
from data.intake.layouts.cdisc.score_entries import score_entries, tests_in
from data.intake.layouts.cdisc.scores import Measure, base_of, is_about_a_score
from data.intake.layouts.cdisc.times import When
from data.intake.sources import Source
from data.problems import listed
from data.schema import UNIT_NOT_STATED
from data.study import SCORES
from data.tables.columns import numbers, texts

NAMES = ("PARAMCD", "PARAM", "PARCAT1")
SUBSETS = "subsets"
"""What a person says of the parameters that are no scores: that they are subsets, or not."""
YES = "yes"
OF_A_LABORATORY = re.compile(r"LB[A-Z]+|A1(?:LO|HI)|ATOXGR[HL]?")
"""Columns that only laboratory data have."""
MEASURED = re.compile(r"(.*\S)\s*\(([^()]*(?:/|%|\^)[^()]*)\)")
"""A parameter with its unit: Lymphocytes (10^9/L)."""


def score_adam(source: Source) -> tuple[float, str]:
    """ADaM BDS: a parameter and its analysis value for each subject."""
    fits = {"USUBJID", "PARAMCD", "AVAL"} <= columns_of(source.sheet).keys()
    return (1.0, "it has a subject, PARAMCD and AVAL, as an ADaM data set has") if fits else (0.0, "")


def propose_adam(source: Source, context: Context) -> Draft:
    """One entry for each parameter that is a score, and those for the values of a laboratory; imputed records (DTYPE)
    are left out."""
    data = data_set(source, context)
    times = data.times(("ADY",), ("ADT",), ("AVISIT",), ("AVISITN",))
    laboratory = _laboratory(data, times)
    scores = [_with_base(data, entry) for entry in score_entries(data, NAMES, data.have["AVAL"], times)]
    entries = [_analysed(data, _observed(data, entry)) for entry in [*scores, *laboratory]]
    return drafted(data, [*entries, *known_people(data)], "a score or a laboratory's value")


def _observed(data: DataSet, entry: Entry) -> Entry:
    return entry | {"rows": {**entry.get("rows", {}), data.have["DTYPE"]: ""}} if "DTYPE" in data.have else entry


def _with_base(data: DataSet, entry: Entry) -> Entry:
    """The entry of a score with the column of its baseline, which stands in for one that no row is of."""
    score = next(name for name in entry["columns"] if name in SCORES)
    base = {base_of(score): data.have["BASE"]} if "BASE" in data.have else {}
    return entry | {"columns": {**entry["columns"], **base}}


def _analysed(data: DataSet, entry: Entry) -> Entry:
    """The entry with only the records for analysis (ANL01FL), where a patient has several at one time otherwise."""
    if "ANL01FL" not in data.have:
        return entry
    cells, code = data.cells, data.have["PARAMCD"]
    of_it = cells[(texts(cells[code]) == entry["rows"][code]).to_numpy()] if code in entry.get("rows", {}) else cells
    keys = [*(entry["columns"][name] for name in ("patient_id", "week")), code]
    repeated = of_it.dropna(subset=keys).duplicated(keys).any()
    flagged = (texts(of_it[data.have["ANL01FL"]]) == "Y").any()
    return entry | {"rows": {**entry.get("rows", {}), data.have["ANL01FL"]: "Y"}} if repeated and flagged else entry


def _laboratory(data: DataSet, times: Sequence[When]) -> list[Entry]:
    """Entries for the parameters that are no scores, where they are of a laboratory, or a person says that they are
    subsets: one for all, or, beside scores, one for each."""
    tests = tests_in(data, NAMES)
    rest = [test for test in tests if not is_about_a_score(test) and test.code not in data.said.values()]
    measured = [test for test in rest if _has_numbers(data, test)]
    if not measured:
        return []
    likely = _is_of_a_laboratory(data, measured)
    said = data.said.get(SUBSETS, YES if likely else "")
    data.asks.append(Ask(SUBSETS, said, {YES: YES}, listed(test.words or test.code for test in measured)))
    if said != YES:
        return []
    rows = [{}] if len(measured) == len(tests) else [{data.have["PARAMCD"]: test.code} for test in measured]
    return [_values(data, measured, when, one) for one in rows for when in times]


def _has_numbers(data: DataSet, test: Measure) -> bool:
    of_it = (texts(data.cells[data.have["PARAMCD"]]) == test.code).to_numpy()
    return bool(pd.notna(numbers(data.cells.loc[of_it, data.have["AVAL"]])[0]).any())


def _is_of_a_laboratory(data: DataSet, tests: Sequence[Measure]) -> bool:
    """Whether the file's name or a column says so, or most parameters name the unit of a concentration or share."""
    named = PurePath(data.source.page or data.source.file).stem.casefold().startswith("adlb")
    columns = any(OF_A_LABORATORY.fullmatch(name) for name in data.have)
    return named or columns or 2 * sum(MEASURED.fullmatch(test.words) is not None for test in tests) > len(tests)


def _values(data: DataSet, tests: Sequence[Measure], when: When, rows: Mapping[str, str]) -> Entry:
    """An entry for these parameters; a unit that stands behind a name is the unit of its values."""
    name, stated = data.first("PARAM", "PARAMCD"), data.first("AVALU")
    wanted = [test for test in tests if test.code in rows.values()] or tests
    parted = {test.words: found for test in wanted if (found := MEASURED.fullmatch(test.words)) and not stated}
    unit = stated or (name if parted else "")
    columns = {"week": when.column, "subset": name, "value": data.have["AVAL"], **({"unit": unit} if unit else {})}
    words = {"subset": {one: found[1] for one, found in parted.items()}}
    units = {test.words: parted[test.words][2] if test.words in parted else UNIT_NOT_STATED for test in wanted}
    values = {"values": {**words, "unit": units}} if parted else {}
    return data.entry("immune_subsets", columns, {**rows, **when.rows}, when.time) | values

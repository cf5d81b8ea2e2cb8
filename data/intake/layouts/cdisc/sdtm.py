"""The SDTM domains DM, EX, CM, LB, QS, RS and AE, and ADaM's data sets of the same shape: ADSL, ADAE, ADCM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from data.intake.layouts.base import ANYTHING, Context, Draft, Entry
from data.intake.layouts.cdisc.data_set import (
    GROUPS,
    DataSet,
    columns_of,
    data_set,
    drafted,
    known_people,
    people,
)
from data.intake.layouts.cdisc.happened import happened, status_of_doses
from data.intake.layouts.cdisc.score_entries import score_entries
from data.intake.sources import Source
from data.tables.columns import texts

DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "DM": "RFSTDTC",
        "EX": "EXTRT",
        "LB": "LBTESTCD",
        "QS": "QSTESTCD",
        "AE": "AETERM",
        "RS": "RSTESTCD",
        "CM": "CMTRT",
        "ADSL": "TRTSDT",
    }
)
"""The domains, and the subject level of ADaM, that are read, with a column that only they have."""


def score_sdtm(source: Source) -> tuple[float, str]:
    """SDTM: USUBJID and the columns of a domain."""
    domain = _domain(source)
    return (0.95, f"it has USUBJID and {DOMAINS[domain]}, as the CDISC data set {domain} has") if domain else (0.0, "")


def _domain(source: Source) -> str:
    names = columns_of(source.sheet).keys()
    return next((domain for domain, column in DOMAINS.items() if {"USUBJID", column} <= names), "")


def propose_sdtm(source: Source, context: Context) -> Draft:
    """The entries of the domain, by the records that happened: a test that was never done is no score. Where no course
    and no event happened, the entries are there to set the rows aside. ADaM's data sets of this shape name the group
    of each patient too."""
    domain = _domain(source)
    sheet = happened(source.sheet, status_of_doses(columns_of(source.sheet)) if domain == "EX" else "")
    of_all = not len(sheet.cells) and domain not in {"QS", "RS"}
    data = data_set(source if of_all else replace(source, sheet=sheet), context)
    entries, needed = PROPOSED[domain](data)
    grouped = entries and domain not in {"DM", "ADSL"} and data.first(*GROUPS)
    return drafted(data, [*entries, *(known_people(data) if grouped else ())], needed)


def _everyone(data: DataSet) -> tuple[list[Entry], str]:
    return people(data), "a patient"


def _doses(data: DataSet, domain: str = "EX") -> tuple[list[Entry], str]:
    times = data.times((f"{domain}STDY", "ASTDY"), (f"{domain}STDTC", "ASTDT"))
    ends = {"study days": (f"{domain}ENDY", "AENDY"), "dates": (f"{domain}ENDTC", "AENDT")}
    further = {"dose": f"{domain}DOSE", "dose_unit": f"{domain}DOSU"}
    further |= {"note": "EXREASND", "status": status_of_doses(data.have).upper()} if domain == "EX" else {}
    known = {ours: data.have[theirs] for ours, theirs in further.items() if theirs in data.have}
    entries = []
    for name, rows in _called(data, f"{domain}TRT", f"{domain}DECOD"):
        for when in times:
            weeks = {"start_week": when.column, "end_week": data.first(*ends[when.time]) or when.column}
            columns = {**known, "treatment": name, **weeks}
            entries.append(data.entry("treatments", columns, {**when.rows, **rows}, when.time))
    return entries, "a treatment" if entries else "a course with a start"


def _called(data: DataSet, *names: str) -> list[tuple[str, Mapping[str, str]]]:
    """The columns that say what a record is of, each with its rows: the first of these names, and the second in rows
    where only that one is not blank."""
    first, second = (data.first(name) for name in names)
    if not first or not second:
        return [(first or second, {})]
    blank, other = (texts(data.cells[name]).isna() for name in (first, second))
    told = int((blank & ~other).sum())
    if not told:
        return [(first, {})]
    sentence = f"{first} is blank in {told:,} row(s), which are called as {second} says."
    data.unclear.append(f"{data.source.file}: {sentence}")
    return [(second, {})] if blank.all() else [(first, {first: ANYTHING}), (second, {first: ""})]


def _laboratory(data: DataSet) -> tuple[list[Entry], str]:
    """Entries for each specimen: one test of two of them is two subsets."""
    times = data.times(("LBDY",), ("LBDTC",), ("VISIT",), ("VISITNUM",))
    text = data.first("LBSTRESC")
    below = text and data.cells[text].astype(str).str.contains("<", regex=False).any()
    value = data.first(*(("LBSTRESC",) if below else ()), "LBSTRESN", "LBSTRESC", "LBORRES")
    if not times or not value:
        return [], "a laboratory value with a time"
    test, unit = data.first("LBTEST", "LBTESTCD"), data.first("LBSTRESU", "LBORRESU")
    columns = {"subset": test, "value": value, **({"unit": unit} if unit else {})}
    entries = [
        data.entry("immune_subsets", {**columns, "week": when.column}, {**rows, **when.rows}, when.time) | names
        for rows, names in _specimens(data, test)
        for when in times
    ]
    return entries, "a laboratory value"


def _specimens(data: DataSet, test: str) -> list[tuple[Mapping[str, str], Entry]]:
    """Which rows are of each specimen, and what its tests are called where another specimen has them too: the specimen
    of the most rows keeps their names."""
    column = data.first("LBSPEC")
    if not column:
        return [({}, {})]
    tests, specimens = texts(data.cells[test]), texts(data.cells[column]).fillna("")
    several = {str(specimen): set(of_it.dropna()) for specimen, of_it in tests.groupby(specimens)}
    most = str(specimens.value_counts().index[0])
    if not any(known & several[most] for specimen, known in several.items() if specimen != most):
        return [({}, {})]
    found: list[tuple[Mapping[str, str], Entry]] = []
    for specimen, known in several.items():
        words = {name: f"{name} ({specimen.lower() or 'no specimen'})" for name in sorted(known & several[most])}
        named = {"values": {"subset": words}} if specimen != most and words else {}
        found.append(({column: specimen}, named))
    return found


def _questionnaires(data: DataSet, domain: str = "QS") -> tuple[list[Entry], str]:
    times = data.times((f"{domain}DY",), (f"{domain}DTC",), ("VISIT",), ("VISITNUM",))
    value = data.first(f"{domain}STRESN", f"{domain}STRESC", f"{domain}ORRES")
    names = (f"{domain}TESTCD", f"{domain}TEST", f"{domain}CAT")
    return score_entries(data, names, value, times) if value else [], "a score"


def _adverse(data: DataSet) -> tuple[list[Entry], str]:
    times = data.times(("AESTDY", "ASTDY"), ("AESTDTC", "ASTDT"))
    grade = data.first("AESEV", "AETOXGR", "ASEV", "ATOXGR")
    entries = [
        data.entry(
            "events",
            {**({"severity": grade} if grade else {}), "event": name, "week": when.column},
            {**when.rows, **rows},
            when.time,
        )
        for name, rows in _called(data, "AEDECOD", "AETERM")
        for when in times
    ]
    return entries, "an event with a start"


PROPOSED: Mapping[str, Callable[[DataSet], tuple[list[Entry], str]]] = MappingProxyType(
    {
        "DM": _everyone,
        "ADSL": _everyone,
        "EX": _doses,
        "CM": lambda data: _doses(data, "CM"),
        "LB": _laboratory,
        "QS": _questionnaires,
        "RS": lambda data: _questionnaires(data, "RS"),
        "AE": _adverse,
    }
)

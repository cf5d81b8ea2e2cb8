"""CDISC tables: ADaM's subject level and basic data structure, and the SDTM domains DM, EX, CM, LB, QS, RS and AE."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.intake.columns.roles import Guess
from data.intake.layouts.base import ANYTHING, Context, Draft, Entry
from data.intake.layouts.cdisc.happened import happened, tells
from data.intake.layouts.cdisc.scores import Measure, base_of, scores_among
from data.intake.layouts.cdisc.times import When, times_of
from data.intake.sources import Source
from data.problems import listed
from data.study import SCORES
from data.tables.columns import numbers, texts

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
GROUPS = ("TRT01A", "TRTA", "TRT01P", "TRTP", "ACTARM", "ARM", "ACTARMCD", "ARMCD")
REFERENCES = ("RFSTDTC", "TRTSDT")
"""Columns of each patient's week 0: the start of the trial's treatment."""


def score_adam(source: Source) -> tuple[float, str]:
    """ADaM BDS: a parameter and its analysis value for each subject."""
    names = {str(name).upper() for name in source.sheet.cells.columns}
    fits = {"USUBJID", "PARAMCD", "AVAL"} <= names
    return (1.0, "it has USUBJID, PARAMCD and AVAL, as an ADaM data set has") if fits else (0.0, "")


def score_sdtm(source: Source) -> tuple[float, str]:
    """SDTM: USUBJID and the columns of a domain."""
    domain = _domain(source.sheet.cells)
    return (0.95, f"it has USUBJID and {DOMAINS[domain]}, as the CDISC data set {domain} has") if domain else (0.0, "")


def _domain(cells: pd.DataFrame) -> str:
    names = {str(name).upper() for name in cells.columns}
    return next((domain for domain, column in DOMAINS.items() if {"USUBJID", column} <= names), "")


def propose_adam(source: Source, context: Context) -> Draft:
    """One entry for each parameter that is a score; imputed records (DTYPE) are left out."""
    have = _columns(source.sheet.cells)
    unclear: list[str] = []
    times = times_of(source, have, ("ADY", "ADT", "AVISIT", "AVISITN"), unclear)
    entries = _scores(source, have, ("PARAMCD", "PARAM", "PARCAT1"), have["AVAL"], times, unclear)
    observed = {have["DTYPE"]: ""} if "DTYPE" in have else {}
    entries = [_analysed(source, have, entry | {"rows": {**entry["rows"], **observed}}) for entry in entries]
    entries = [_with_base(have, entry) for entry in entries]
    people, _ = _people(source, have)
    return _draft(source, [*entries, *(one for one in people if len(one["columns"]) > 1)], "a score", unclear)


def _with_base(have: Mapping[str, str], entry: Entry) -> Entry:
    """The entry of a score with the column of its baseline, which stands in for one that no row is of."""
    score = next(name for name in entry["columns"] if name in SCORES)
    return entry | {"columns": {**entry["columns"], base_of(score): have["BASE"]}} if "BASE" in have else entry


def _analysed(source: Source, have: Mapping[str, str], entry: Entry) -> Entry:
    """The entry with only the records for analysis (ANL01FL), where a patient has several at one time otherwise."""
    if "ANL01FL" not in have:
        return entry
    cells = source.sheet.cells
    of_it = cells[(texts(cells[have["PARAMCD"]]) == entry["rows"][have["PARAMCD"]]).to_numpy()]
    keys = [entry["columns"][name] for name in ("patient_id", "week")]
    repeated = of_it.dropna(subset=keys).duplicated(keys).any()
    flagged = (texts(of_it[have["ANL01FL"]]) == "Y").any()
    return entry | {"rows": {**entry["rows"], have["ANL01FL"]: "Y"}} if repeated and flagged else entry


def propose_sdtm(source: Source, context: Context) -> Draft:
    """The entries of the domain, by the records that happened: a test that was never done is no score. Where no course
    and no event happened, the entries are there to set the rows aside."""
    have, domain = _columns(source.sheet.cells), _domain(source.sheet.cells)
    unclear: list[str] = []
    sheet = happened(source.sheet)
    of_all = not len(sheet.cells) and domain not in {"QS", "RS"}
    entries, needed = PROPOSED[domain](source if of_all else replace(source, sheet=sheet), have, unclear)
    return _draft(source, entries, needed, unclear)


def _draft(source: Source, entries: list[Entry], needed: str, unclear: list[str]) -> Draft:
    used = {theirs: ours for entry in reversed(entries) for ours, theirs in entry["columns"].items()}
    used |= {name: "row choice" for entry in entries for name in entry.get("rows", {})}
    used |= {str(name): "row choice" for name in source.sheet.cells.columns if tells(str(name))}
    known = "a CDISC variable of this domain"
    names = [str(name) for name in source.sheet.cells.columns]
    columns = [Guess(name, used.get(name, ""), known if name in used else "not needed; not read") for name in names]
    nothing = [] if entries else [f"{source.file}: nothing in it is {needed} that the study has a place for."]
    return Draft(entries, columns, [*unclear, *nothing])


def _columns(cells: pd.DataFrame) -> dict[str, str]:
    return {str(name).upper(): str(name) for name in cells.columns}


def _base(source: Source) -> Entry:
    return {"file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "cdisc"}


def _scores(
    source: Source, have: Mapping[str, str], names: Sequence[str], value: str, times: list[When], unclear: list[str]
) -> list[Entry]:
    """Entries for each test whose code or words (or, for its total, category) are a score of the study."""
    code, cells = have[names[0]], source.sheet.cells
    named = cells[[have.get(name, code) for name in names]].astype(object).where(lambda known: known.notna(), "")
    rows = dict.fromkeys(map(tuple, named.astype(str).to_numpy().tolist()))
    tests = [Measure(row[0], row[1], row[2] if names[2] in have else "") for row in rows if row[0]]
    entries = []
    for score, likely in scores_among(tests).items():
        test = likely[0]
        if score == "bsa" and _is_of_a_body(test, cells.loc[(texts(cells[code]) == test.code).to_numpy(), value]):
            unclear.append(
                f"{source.file}: {test.code} is at most 3, as a body surface in m² is, and is not read as BSA (%)."
            )
            continue
        if len({one.code for one in likely}) > 1:
            others = listed(one.code for one in likely[1:])
            unclear.append(
                f"{source.file}: {score} is read from {test.code} ({test.words}); {others} would fit as well."
            )
        for when in times:
            columns = {"patient_id": have["USUBJID"], "week": when.column, score: value}
            rows_of = {code: test.code, **when.rows}
            entries.append(_base(source) | {"table": "pasi", "rows": rows_of, "time": when.time, "columns": columns})
    return entries


def _is_of_a_body(test: Measure, values: pd.Series) -> bool:
    """Whether a body surface is that of the whole body, in square meters: nothing says that it is affected, and no
    value is above 3."""
    affected = re.search(r"affect|involv|psoria|%|percent", test.words, re.IGNORECASE)
    return not affected and bool(np.nanmax(numbers(values)[0], initial=-np.inf) <= 3)


def _people(source: Source, have: Mapping[str, str], unclear: Sequence[str] = ()) -> tuple[list[Entry], str]:
    group = next((have[name] for name in GROUPS if name in have), None)
    reference = next((have[name] for name in REFERENCES if name in have), None)
    pairs = {"group": group, "sex": have.get("SEX"), "age": have.get("AGE"), "reference_date": reference}
    columns = {"patient_id": have["USUBJID"], **{ours: theirs for ours, theirs in pairs.items() if theirs}}
    return [_base(source) | {"table": "patients", "columns": columns}], "a patient"


def _doses(source: Source, have: Mapping[str, str], unclear: list[str], domain: str = "EX") -> tuple[list[Entry], str]:
    times = times_of(source, have, (f"{domain}STDY", f"{domain}STDTC"), unclear)
    ends = {"study days": f"{domain}ENDY", "dates": f"{domain}ENDTC"}
    further = {"dose": f"{domain}DOSE", "dose_unit": f"{domain}DOSU"}
    base = {"patient_id": have["USUBJID"]}
    base |= {ours: have[theirs] for ours, theirs in further.items() if theirs in have}
    entries = [
        _base(source) | {
            "table": "treatments", "time": when.time, **_of_rows({**when.rows, **rows}),
            "columns": {
                **base, "treatment": name, "start_week": when.column,
                "end_week": have.get(ends[when.time], when.column),
            },
        }
        for name, rows in _called(source, have, (f"{domain}TRT", f"{domain}DECOD"), unclear)
        for when in times
    ]  # fmt: skip
    return entries, "a treatment" if entries else "a course with a start"


def _called(
    source: Source, have: Mapping[str, str], names: tuple[str, str], unclear: list[str]
) -> list[tuple[str, Mapping[str, str]]]:
    """The columns that say what a record is of, each with its rows: the first of these names, and the second in rows
    where only that one is not blank."""
    first, second = (have.get(name, "") for name in names)
    if not first or not second:
        return [(first or second, {})]
    blank, other = (texts(source.sheet.cells[name]).isna() for name in (first, second))
    told = int((blank & ~other).sum())
    if not told:
        return [(first, {})]
    unclear.append(f"{source.file}: {first} is blank in {told:,} row(s), which are called as {second} says.")
    return [(second, {})] if blank.all() else [(first, {first: ANYTHING}), (second, {first: ""})]


def _laboratory(source: Source, have: Mapping[str, str], unclear: list[str]) -> tuple[list[Entry], str]:
    """Entries for each specimen: one test of two of them is two subsets."""
    cells = source.sheet.cells
    times = times_of(source, have, ("LBDY", "LBDTC", "VISIT", "VISITNUM"), unclear)
    below = "LBSTRESC" in have and cells[have["LBSTRESC"]].astype(str).str.contains("<", regex=False).any()
    values = (("LBSTRESC",) if below else ()) + ("LBSTRESN", "LBSTRESC", "LBORRES")
    value = next((name for name in values if name in have), None)
    if not times or value is None:
        return [], "a laboratory value with a time"
    test = have.get("LBTEST", have["LBTESTCD"])
    columns = {"patient_id": have["USUBJID"], "subset": test, "value": have[value]}
    units = [have[name] for name in ("LBSTRESU", "LBORRESU") if name in have]
    columns |= {"unit": units[0]} if units else {}
    entries = [
        _base(source)
        | {"table": "immune_subsets", "time": when.time, "columns": {**columns, "week": when.column}}
        | _of_rows({**rows, **when.rows})
        | names
        for rows, names in _specimens(source, have, test)
        for when in times
    ]
    return entries, "a laboratory value"


def _of_rows(rows: Mapping[str, str]) -> Entry:
    return {"rows": dict(rows)} if rows else {}


def _specimens(source: Source, have: Mapping[str, str], test: str) -> list[tuple[Mapping[str, str], Entry]]:
    """Which rows are of each specimen, and what its tests are called where another specimen has them too: the specimen
    of the most rows keeps their names."""
    if "LBSPEC" not in have:
        return [({}, {})]
    tests, specimens = texts(source.sheet.cells[test]), texts(source.sheet.cells[have["LBSPEC"]]).fillna("")
    several = {str(specimen): set(of_it.dropna()) for specimen, of_it in tests.groupby(specimens)}
    most = str(specimens.value_counts().index[0])
    if not any(known & several[most] for specimen, known in several.items() if specimen != most):
        return [({}, {})]
    found: list[tuple[Mapping[str, str], Entry]] = []
    for specimen, known in several.items():
        words = {name: f"{name} ({specimen.lower() or 'no specimen'})" for name in sorted(known & several[most])}
        named = {"values": {"subset": words}} if specimen != most and words else {}
        found.append(({have["LBSPEC"]: specimen}, named))
    return found


def _questionnaires(
    source: Source, have: Mapping[str, str], unclear: list[str], domain: str = "QS"
) -> tuple[list[Entry], str]:
    times = times_of(source, have, (f"{domain}DY", f"{domain}DTC", "VISIT", "VISITNUM"), unclear)
    value = next((name for name in (f"{domain}STRESN", f"{domain}STRESC", f"{domain}ORRES") if name in have), None)
    if value is None:
        return [], "a score"
    names = (f"{domain}TESTCD", f"{domain}TEST", f"{domain}CAT")
    return _scores(source, have, names, have[value], times, unclear), "a score"


def _adverse(source: Source, have: Mapping[str, str], unclear: list[str]) -> tuple[list[Entry], str]:
    times = times_of(source, have, ("AESTDY", "AESTDTC"), unclear)
    columns = {"patient_id": have["USUBJID"]}
    grades = [have[name] for name in ("AESEV", "AETOXGR") if name in have]
    columns |= {"severity": grades[0]} if grades else {}
    entries = [
        _base(source)
        | {"table": "events", "time": when.time, "columns": {**columns, "event": name, "week": when.column}}
        | _of_rows({**when.rows, **rows})
        for name, rows in _called(source, have, ("AEDECOD", "AETERM"), unclear)
        for when in times
    ]
    return entries, "an event with a start"


PROPOSED: Mapping[str, Callable[[Source, Mapping[str, str], list[str]], tuple[list[Entry], str]]] = MappingProxyType(
    {
        "DM": _people,
        "ADSL": _people,
        "EX": _doses,
        "CM": lambda source, have, unclear: _doses(source, have, unclear, "CM"),
        "LB": _laboratory,
        "QS": _questionnaires,
        "RS": lambda source, have, unclear: _questionnaires(source, have, unclear, "RS"),
        "AE": _adverse,
    }
)

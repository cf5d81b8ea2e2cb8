"""CDISC tables: ADaM's basic data structure, and the SDTM domains DM, EX, LB, QS and AE."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd

from data.intake.layout import Context, Draft, Entry
from data.intake.roles import Guess
from data.intake.scores import SCORE_WORDS, SCORED
from data.intake.sources import Source
from data.intake.vocabulary import word

DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "DM": "RFSTDTC",
        "EX": "EXTRT",
        "LB": "LBTESTCD",
        "QS": "QSTESTCD",
        "AE": "AETERM",
        "RS": "RSTESTCD",
        "CM": "CMTRT",
    }
)
"""The domains that are read, with a column that only they have."""
NOT_A_SCORE = re.compile(
    r"%|percent|chang|improv|responder|ratio|pasi[_ ]?(?:50|75|90|100)|component|sub-?score", re.IGNORECASE
)


def score_adam(source: Source) -> tuple[float, str]:
    """ADaM BDS: a parameter and its analysis value for each subject."""
    names = {str(name).upper() for name in source.sheet.cells.columns}
    fits = {"USUBJID", "PARAMCD", "AVAL"} <= names
    return (1.0, "it has USUBJID, PARAMCD and AVAL, as an ADaM data set has") if fits else (0.0, "")


def score_sdtm(source: Source) -> tuple[float, str]:
    """SDTM: USUBJID and the columns of a domain."""
    domain = _domain(source.sheet.cells)
    return (0.95, f"it has USUBJID and the columns of the SDTM domain {domain}") if domain else (0.0, "")


def _domain(cells: pd.DataFrame) -> str:
    names = {str(name).upper() for name in cells.columns}
    return next((domain for domain, column in DOMAINS.items() if {"USUBJID", column} <= names), "")


def propose_adam(source: Source, context: Context) -> Draft:
    """One entry for each parameter that is a score; imputed records (DTYPE) are left out."""
    have = _columns(source.sheet.cells)
    time = _time(have, ("ADY", "ADT", "AVISIT", "AVISITN"))
    entries = _scores(source, have, "PARAMCD", "PARAM", have["AVAL"], time)
    observed = {have["DTYPE"]: ""} if "DTYPE" in have else {}
    entries = [entry | {"rows": {**entry["rows"], **observed}} for entry in entries]
    group = next((have[name] for name in ("TRT01A", "TRTA", "TRT01P", "TRTP", "ARM", "ACTARM") if name in have), None)
    person = {ours: have[theirs] for ours, theirs in (("sex", "SEX"), ("age", "AGE")) if theirs in have}
    person |= {"group": group} if group else {}
    if person:
        entries.append(_base(source) | {"table": "patients", "columns": {"patient_id": have["USUBJID"], **person}})
    return _draft(source, entries, "a score")


def propose_sdtm(source: Source, context: Context) -> Draft:
    """The entries of the domain."""
    have = _columns(source.sheet.cells)
    entries, needed = PROPOSED[_domain(source.sheet.cells)](source, have)
    return _draft(source, entries, needed)


def _draft(source: Source, entries: list[Entry], needed: str) -> Draft:
    used = {theirs: ours for entry in reversed(entries) for ours, theirs in entry["columns"].items()}
    used |= {name: "row choice" for entry in entries for name in entry.get("rows", {})}
    known = "a CDISC variable of this domain"
    names = [str(name) for name in source.sheet.cells.columns]
    columns = [Guess(name, used.get(name, ""), known if name in used else "not needed; not read") for name in names]
    unclear = [] if entries else [f"{source.file}: nothing in it is {needed} that the study has a place for."]
    return Draft(entries, columns, unclear)


def _columns(cells: pd.DataFrame) -> dict[str, str]:
    return {str(name).upper(): str(name) for name in cells.columns}


def _base(source: Source) -> Entry:
    return {"file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "cdisc"}


def _time(have: Mapping[str, str], names: tuple[str, str, str, str]) -> tuple[str, str] | None:
    """The surest of day, date, visit name and visit number, with the `time` it is counted in."""
    times = ("study days", "dates", "visits", "weeks")
    return next(((have[name], time) for name, time in zip(names, times, strict=True) if name in have), None)


def _scores(
    source: Source, have: Mapping[str, str], code: str, name: str, value: str, time: tuple[str, str] | None
) -> list[Entry]:
    """One entry for each test whose code or name is a score of the study."""
    cells = source.sheet.cells
    named = cells[[have[code], have.get(name, have[code])]].dropna().drop_duplicates().astype(str).to_numpy().tolist()
    found: dict[str, str] = {}
    for test, words in named:
        score = _score_named(test, words)
        if score and score not in found:
            found[score] = test
    columns = {"patient_id": have["USUBJID"], **({"week": time[0]} if time else {})}
    return [
        _base(source)
        | {
            "table": "pasi",
            "rows": {have[code]: test},
            "time": time[1] if time else "weeks",
            "columns": {**columns, score: value},
        }
        for score, test in found.items()
    ]


def _score_named(code: str, words: str) -> str:
    if NOT_A_SCORE.search(f"{code} {words}"):
        return ""
    for score, pattern in SCORE_WORDS.items():
        if re.fullmatch(SCORED.format(pattern), word(code)) or re.search(rf"(?:^|_){pattern}(?:_|$)", word(words)):
            return score
    return ""


def _people(source: Source, have: Mapping[str, str]) -> tuple[list[Entry], str]:
    group = next((name for name in ("ACTARM", "ARM", "ACTARMCD", "ARMCD") if name in have), None)
    pairs = {"group": group, "sex": "SEX", "age": "AGE", "reference_date": "RFSTDTC"}
    columns = {ours: have[theirs] for ours, theirs in pairs.items() if theirs and theirs in have}
    return [_base(source) | {"table": "patients", "columns": {"patient_id": have["USUBJID"], **columns}}], "a patient"


def _doses(source: Source, have: Mapping[str, str], domain: str = "EX") -> tuple[list[Entry], str]:
    days = f"{domain}STDY" in have and source.sheet.cells[have[f"{domain}STDY"]].notna().any()
    start, end, time = (
        (f"{domain}STDY", f"{domain}ENDY", "study days") if days else (f"{domain}STDTC", f"{domain}ENDTC", "dates")
    )
    if start not in have:
        return [], "a course with a start"
    columns = {"patient_id": have["USUBJID"], "treatment": have[f"{domain}TRT"], "start_week": have[start]}
    columns["end_week"] = have.get(end, have[start])
    columns |= {
        ours: have[theirs]
        for ours, theirs in (("dose", f"{domain}DOSE"), ("dose_unit", f"{domain}DOSU"))
        if theirs in have
    }
    return [_base(source) | {"table": "treatments", "time": time, "columns": columns}], "a treatment"


def _laboratory(source: Source, have: Mapping[str, str]) -> tuple[list[Entry], str]:
    time = _time(have, ("LBDY", "LBDTC", "VISIT", "VISITNUM"))
    below = "LBSTRESC" in have and source.sheet.cells[have["LBSTRESC"]].astype(str).str.contains("<", regex=False).any()
    value = next(
        (name for name in (("LBSTRESC",) if below else ()) + ("LBSTRESN", "LBSTRESC", "LBORRES") if name in have), None
    )
    if time is None or value is None:
        return [], "a laboratory value with a time"
    columns = {
        "patient_id": have["USUBJID"],
        "week": time[0],
        "subset": have.get("LBTEST", have["LBTESTCD"]),
        "value": have[value],
    }
    units = [have[name] for name in ("LBSTRESU", "LBORRESU") if name in have]
    columns |= {"unit": units[0]} if units else {}
    return [_base(source) | {"table": "immune_subsets", "time": time[1], "columns": columns}], "a laboratory value"


def _questionnaires(source: Source, have: Mapping[str, str], domain: str = "QS") -> tuple[list[Entry], str]:
    time = _time(have, (f"{domain}DY", f"{domain}DTC", "VISIT", "VISITNUM"))
    value = next((name for name in (f"{domain}STRESN", f"{domain}STRESC", f"{domain}ORRES") if name in have), None)
    if value is None:
        return [], "a score"
    return _scores(source, have, f"{domain}TESTCD", f"{domain}TEST", have[value], time), "a score"


def _adverse(source: Source, have: Mapping[str, str]) -> tuple[list[Entry], str]:
    time = ("AESTDY", "study days") if "AESTDY" in have else ("AESTDTC", "dates")
    if time[0] not in have:
        return [], "an event with a start"
    term = have.get("AEDECOD", have["AETERM"])
    columns = {"patient_id": have["USUBJID"], "week": have[time[0]], "event": term}
    grades = [have[name] for name in ("AESEV", "AETOXGR") if name in have]
    columns |= {"severity": grades[0]} if grades else {}
    return [_base(source) | {"table": "events", "time": time[1], "columns": columns}], "an event"


PROPOSED = {
    "DM": _people,
    "EX": _doses,
    "CM": lambda source, have: _doses(source, have, "CM"),
    "LB": _laboratory,
    "QS": _questionnaires,
    "RS": lambda source, have: _questionnaires(source, have, "RS"),
    "AE": _adverse,
}

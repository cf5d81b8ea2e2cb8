"""A plain table of a clinic or laboratory: one row per visit, per patient, per course or per sample."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from data.intake.columns.header_units import unit_of
from data.intake.columns.infer import ANOTHER, STATED, inferred
from data.intake.columns.infusions import infusion_in
from data.intake.columns.roles import OWN_SCORE, Guess
from data.intake.columns.visits import read_visits
from data.intake.columns.wide_headers import Grid, grid_of
from data.intake.layouts.base import Ask, Context, Draft, Entry, used
from data.intake.layouts.clinic.coded_values import known_words
from data.intake.layouts.clinic.covariates import COVARIATE, with_covariates
from data.intake.layouts.clinic.infusions import infused, is_infusion
from data.intake.layouts.clinic.score_columns import scored, scores_of, weeks_named
from data.intake.layouts.clinic.segments import with_treatment
from data.intake.layouts.clinic.treatment_courses import counted_in, of_the_past
from data.intake.layouts.clinic.unknown_subsets import with_neighbours
from data.intake.layouts.clinic.without_time import samples_of, timeless
from data.intake.sources import Source
from data.privacy.identifiers import holds_dates
from data.problems import listed
from data.schema import OF_PATIENTS
from data.study import SCORES
from data.tables.amounts import unit_in
from data.tables.columns import texts
from data.tables.time_units import CLOCKS, TIMES

Words = Mapping[str, str]
Clock = tuple[str, str] | None
CLOCK_ROLES = {
    "week": "weeks",
    "study days": "study days",
    "days": "days",
    "months": "months",
    "date": "dates",
    "visit": "visits",
    "years": "years",
    "hours": "hours",
}
"""Roles that say when, the surest first, with the `time` they are counted in."""
COURSE = ("treatment", "kind", "status", "dose", "dose_unit", "note")


def score(source: Source) -> tuple[float, str]:
    """Something to work with: a patient, and anything the study has a place for."""
    known = {guess.role for guess in source.guessed} - {"", ANOTHER, "other date"}
    if known & {"patient_id", "identifier"} and len(known) > 1:
        return min(0.3 + 0.05 * len(known), 0.6), "it names patients, and columns that a study has"
    if "patient_id" in known:
        return 0.25, "it names patients"
    return (0.1, "nothing in it is known") if not known else (0.2, "it has columns that a study has, but no patient")


def propose(source: Source, context: Context) -> Draft:
    """Entries for every table of the study that the columns can fill."""
    told = context.labels or context.roles
    found = inferred(source.sheet.cells, context.labels, context.roles) if told else source.guessed
    return drafted(source, source.sheet.cells, found, {}, context)


def drafted(source: Source, cells: pd.DataFrame, found: list[Guess], start: Entry, context: Context) -> Draft:
    """The draft of these cells; every entry begins with `start`."""
    grid = grid_of([guess.column for guess in found], context.roles)
    if not any(guess.role == "start" for guess in found):
        found = [replace(one, role="") if one.role == "treatment" and of_the_past(one.column) else one for one in found]
    roles = _roles(found, grid)
    unclear = [f"{source.file}: {guess.column} may be {guess.role}: {guess.why}." for guess in found if guess.unclear]
    start = {"file": source.file, **({"sheet": source.page} if source.page else {}), **start}
    if coded := _coded_by(source, cells, roles, found, unclear):
        roles["patient_id"], start["pseudonyms"] = coded, True
    if "patient_id" not in roles:
        return Draft([], found, [*unclear, f"{source.file}: no column says which patient a row is about."])
    found = with_treatment(cells, found, roles["patient_id"])
    roles = _roles(found, grid) | {"patient_id": roles["patient_id"]}
    found = with_neighbours(cells, found, roles["patient_id"], {*context.roles, *filter(grid.of, cells.columns)})
    if beside := [guess.column for guess in found if guess.role == "marker" and guess.unclear]:
        unclear.append(f"{source.file}: {listed(beside)} stand beside immune subsets and are taken as such: are they?")
    unread = set(grid.weeks.get("", ())) if context.measures.get("visits") == "" else set()
    found = [replace(guess, why=STATED) if guess.column in unread else guess for guess in found]
    entries, asks, untimed = _entries(source, cells, roles, found, grid, context, unclear)
    entries += infused(source.file, cells, _drugless(roles, entries), found, start, unclear)
    of_patients = _of_patients(cells[roles["patient_id"]], entries, start)
    settled = {*(name for entry in entries for name in used(entry)), *context.roles, *unread}
    found = with_covariates(cells, found, roles["patient_id"], settled, of_patients=of_patients)
    entries = [*_patients(roles, found), *entries]
    recoded = [start | entry | known_words(entry, context.choices) | _unit_of_dose(entry) for entry in entries]
    drafts = [_with_visits(entry, cells, source, unclear) for entry in recoded]
    return Draft(drafts, found, unclear, asks, untimed)


def _coded_by(source: Source, cells: pd.DataFrame, roles: Words, found: list[Guess], unclear: list[str]) -> str:
    """The column of patients where codes must replace what stands in it, which is said: it identifies them, or holds
    dates; "" where it may stay, or where no column names patients."""
    column = roles.get("patient_id", "")
    if column and holds_dates(cells[column]):
        unclear.append(f"{source.file}: patients are told apart by dates; codes replace them.")
        return column
    named = "" if column else next((guess.column for guess in found if guess.role == "identifier"), "")
    if named:
        unclear.append(f"{source.file}: patients are told apart by {named}, which identifies them; codes replace it.")
    return named


def _entries(
    source: Source,
    cells: pd.DataFrame,
    roles: Words,
    found: list[Guess],
    grid: Grid,
    context: Context,
    unclear: list[str],
) -> tuple[list[Entry], list[Ask], list[str]]:
    """Entries of scores, samples, treatments and events; what there is to ask of visits, and of rows without a time."""
    clock = _clock(roles)
    scores = scores_of(roles, found, grid)
    visits, asks = weeks_named(source, grid, clock, context.measures.get("visits"), unclear)
    entries = scored(source, roles, scores, clock, visits, unclear)
    samples = samples_of(cells, roles, found)
    late, untimed = (
        ([], []) if clock else timeless(source.file, roles["patient_id"], scores, samples, context.weeks, unclear)
    )
    made = [entry for make in TABLES if (entry := make(source, cells, roles, clock, found, unclear))]
    return [*entries, *late, *made], asks, untimed


def _roles(found: Sequence[Guess], grid: Grid) -> dict[str, str]:
    """The first column of each role, without those that are one of several visits."""
    return {guess.role: guess.column for guess in reversed(found) if guess.role and not grid.of(guess.column)}


def _drugless(roles: Mapping[str, str], entries: Sequence[Entry]) -> dict[str, str]:
    """The roles without the treatment, if one of the entries reads it."""
    read = any(entry["table"] == "treatments" for entry in entries)
    return {role: column for role, column in roles.items() if role != "treatment" or not read}


def _of_patients(patients: pd.Series, entries: Sequence[Entry], start: Entry) -> bool:
    """Whether rows are of patients or their visits, not of courses, events, results or a repeating instrument."""
    courses = [one for one in entries if one["table"] in {"treatments", "events"} and not is_infusion(one)]
    others = [*courses, *(one for one in entries if "subset" in one["columns"])]
    repeating = any(start.get("rows", {}).values())
    return not repeating and (not others or texts(patients).dropna().is_unique)


def _clock(roles: Mapping[str, str]) -> tuple[str, str] | None:
    """The column that says when, and the `time` it is counted in."""
    known = [role for role in CLOCK_ROLES if role in roles]
    return (roles[known[0]], CLOCK_ROLES[known[0]]) if known else None


def _treatments(
    source: Source, cells: pd.DataFrame, roles: Words, clock: Clock, found: list[Guess], unclear: list[str]
) -> Entry | None:
    timed = clock is not None or "start" in roles or ("end" in roles and "infusion" not in roles)
    if "treatment" not in roles or not timed:
        return None
    columns = {"patient_id": roles["patient_id"], **{name: roles[name] for name in COURSE if name in roles}}
    if "start" in roles:
        time = counted_in(cells[roles["start"]])
        columns |= {"start_week": roles["start"]} | _end(roles, time, unclear)
        if "end" not in roles and infusion_in(roles["start"]):
            columns |= {"end_week": roles["start"]}
        elif "end" not in roles:
            unclear.append(f"{source.file}: no column says when treatments ended; they are taken as ongoing.")
    elif clock is None:
        return _segments(source, cells, columns | {"end_week": roles["end"]}, unclear)
    else:
        return _at_visits(source, columns, clock, unclear, with_scores=bool({*SCORES, OWN_SCORE} & set(roles)))
    return {"table": "treatments", "time": time, "columns": columns}


def _segments(source: Source, cells: pd.DataFrame, columns: dict[str, str], unclear: list[str]) -> Entry | None:
    """Courses of which only the ends are told, one after the other, where patients have several."""
    if texts(cells[columns["patient_id"]]).dropna().is_unique:
        return None
    unclear.append(
        f"{source.file}: no column says when treatments began. Each is taken to start where the one before it ended, "
        "and each patient's first at week 0."
    )
    return {"table": "treatments", "time": counted_in(cells[columns["end_week"]]), "columns": columns, "segments": True}


def _end(roles: Words, time: str, unclear: list[str]) -> dict[str, str]:
    """The column of ends, unless its header counts in another unit than the starts."""
    end = roles.get("end", "")
    if end and time in CLOCKS and unit_of(end) not in {"", time}:
        unclear.append(
            f"{end} counts in {unit_of(end)}, and {roles['start']} in {time}: count both in one unit. "
            "The ends are not read, and courses are taken as ongoing."
        )
        return {}
    return {"end_week": end} if end else {}


def _at_visits(
    source: Source, columns: dict[str, str], clock: tuple[str, str], unclear: list[str], *, with_scores: bool
) -> Entry:
    """Treatments with one time each: in a table of visits with scores what was taken then, else what was given."""
    runs = with_scores and "dose" not in columns
    column, drug = clock[0], columns["treatment"]
    unclear.append(
        f"{source.file}: {drug} is taken as the treatment at each visit, and visits with the same one as one course."
        if runs
        else f"{source.file}: treatments have one time each ({column}), and are taken as given then."
    )
    columns = columns | {"start_week": column, "end_week": column}
    return {"table": "treatments", "time": clock[1], "columns": columns, **({"runs": True} if runs else {})}


def _events(
    source: Source, cells: pd.DataFrame, roles: Words, clock: Clock, found: list[Guess], unclear: list[str]
) -> Entry | None:
    if "start" in roles:
        clock = roles["start"], counted_in(cells[roles["start"]])
    if "severity" in roles and "event" not in roles:
        unclear.append(
            f"{source.file}: {roles['severity']} is the severity of events, and no column says what happened."
        )
    if "event" not in roles or clock is None:
        return None
    further = {name: roles[name] for name in ("severity", "note") if name in roles}
    return {
        "table": "events",
        "time": clock[1],
        "columns": {"patient_id": roles["patient_id"], "week": clock[0], "event": roles["event"], **further},
    }


def _immune(
    source: Source, cells: pd.DataFrame, roles: Words, clock: Clock, found: list[Guess], unclear: list[str]
) -> Entry | None:
    entry = samples_of(cells, roles, found) if clock else None
    if clock is None or entry is None:
        return None
    return entry | {"time": clock[1], "columns": {**entry["columns"], "week": clock[0]}}


def _patients(roles: Mapping[str, str], found: Sequence[Guess]) -> list[Entry]:
    known = {name: roles[name] for name in OF_PATIENTS if name in roles}
    known |= {guess.column: guess.column for guess in found if guess.role == COVARIATE}
    return [{"table": "patients", "columns": {"patient_id": roles["patient_id"], **known}}] if known else []


TABLES = (_immune, _treatments, _events)


UNIT = re.compile(r"[_ (\[](mg/kg|mg|g|µg|ml|iu|j/cm²|j/cm2)[)\]]?$")
MILLIONS = re.compile(
    r"(?:[x×*]\s*)?(?:10\s*(?:\^|\*\*)\s*6|10⁶|(?<![a-z])1?0?e6|mio\.?|(?<!\w)million(?:en|s)?)(?=[^a-z\d]|$)[\w\s/]*"
)


def _unit_of_dose(entry: Entry) -> Entry:
    """The unit that the header of a dose ends in: dose_mg, "Dose (x10^6 cells/kg)"."""
    header = entry["columns"].get("dose", "").casefold()
    unit, millions = UNIT.search(header), MILLIONS.search(header)
    if not (unit or millions) or "dose_unit" in entry["columns"]:
        return {}
    said = unit_in(millions[0].replace("_", " ")) if millions else unit[1] if unit else ""
    return {"constants": {**entry.get("constants", {}), "dose_unit": said}}


def _with_visits(entry: Entry, cells: pd.DataFrame, source: Source, unclear: list[str]) -> Entry:
    """The entry with the week of every visit name; names that say none are left to a person."""
    column = entry["columns"].get("week", entry["columns"].get("start_week"))
    if entry.get("time") in set(CLOCKS) - {"weeks", "study days"}:
        times = list(dict.fromkeys(entry["columns"][name] for name in TIMES if name in entry["columns"]))
        taken = f"{' and '.join(times)} {'are' if len(times) > 1 else 'is'} taken as {entry['time']} since week 0."
        unclear += [f"{source.file}: {taken}"] if f"{source.file}: {taken}" not in unclear else []
    if entry.get("time") != "visits":
        return entry
    weeks, said = read_visits(texts(cells[column]).dropna().unique())
    unclear += [told for sentence in said if (told := f"{source.file}: {sentence}") not in unclear]
    return entry | {"visits": weeks}


def without_unit(entry: Entry) -> str:
    """The column of an entry's times, if they are numbers and neither its header nor that of the ends says of what:
    "" where nothing needs to be asked."""
    columns = entry.get("columns", {})
    headers = [str(columns[name]) for name in TIMES if name in columns]
    asked = entry.get("layout") in {None, "redcap", "flowjo"} and entry.get("time") in CLOCKS
    return headers[0] if asked and headers and not any(map(unit_of, headers)) else ""

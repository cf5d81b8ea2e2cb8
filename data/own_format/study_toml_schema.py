"""A study.toml: title, citation, index event, and how files in other shapes map to the tables of a study.

title = "…"
citation = "…"
week_zero = "what week 0 is"

[index]                                  # the event that names the phases; default: the first cell therapy
treatment = "UC-MSC"
label = "MSC"

[outcomes.clinical_score]                # a score of the study's own: the column clinical_score of pasi
label = "Clinical score"                 # what it is called
range = [0, 5]                           # its lowest and its highest possible value
better = "lower"                         # or higher: which way it improves
decimals = 0                             # with how many it is scored
relative = true                          # false where a percentage of its baseline means nothing
targets = [0, 1]                         # values that are aimed at

[schedule]                               # for which weeks since the index event visits were planned: non-responder
weeks = [0, 4, 8, 12, 24, 52]            # imputation counts who has no row for one of them

[tables]                                 # a table that is not named here is NAME.csv beside this file, if it exists
patients = "my_patients.csv"             # the same as [tables.patients] file = "my_patients.csv"

[tables.immune_subsets]
file = "book.xlsx"                       # relative to this file
sheet = "FACS"                           # in workbooks
time = "days"                            # its weeks are in weeks (default), days, study days (day 1: week 0), months,
                                         # years, hours, dates or visits
columns = { patient_id = "ID", week = "Day" }    # the study's column = the file's column
constants = { provenance = "observed" }  # a value for every row

[tables.pasi.wide]                       # one row per patient, one column per visit (also: tables.treatments.wide)
weeks = { SCREENING = -4, BASELINE = 0 } # the file's column = its week
pattern = "WEEK_{week}"                  # and every column named like this
blanks = "missing"                       # a blank cell: missing, tail or nothing (`data.tables.wide.by_week` says more)

[tables.treatments.wide]
pattern = "DOSE_{n}"                     # the n-th session; its cell is the dose, and it ends on its day
days = [0, 2, 4]                         # the days of each week on which there is a session

[[story]]                                # a step of a story, in order: Present goes through them, and so do exports
address = "#lit=P1&zoom=-4,12"           # what stands after the # of the page there, without study=; or nothing
sentence = "P1 clears, then relapses"    # what is told, in at most 120 characters
notes = "What to say"                    # for who tells it: shown on N, and in the notes of slides
shown = "figure"                         # or panel: the view that the address opens
data = "3f9a61c204be"                    # the digest of the data it was made on; of other data, the step says so

Files of other systems, as the import proposes and writes them (`data/intake/`), instead of [tables]:

[reference]                              # what dates are counted from, for each patient: a key of `clock.REFERENCES`
from = "index treatment"                 # or: reference date, first treatment, first visit, baseline visit

[patients]                               # other spellings of a patient's id
P-01 = "1"

[privacy]
keep = ["initials"]                      # columns that identify and are kept on purpose; others are left out

[[sources]]                              # one for each table of the study that a table of a file fills
file = "redcap.csv"                      # or any file with these columns
sheet = "FACS"                           # in workbooks
table = "pasi"
layout = "redcap"                        # how its rows are prepared: a name of `layouts.LAYOUTS`
rows = { redcap_repeat_instrument = "" } # only rows with these cells; "*": any that is not blank
columns = { patient_id = "record_id", week = "visit_date", pasi = "pasi_total" }    # others in patients: covariates
                                         # an outcome by its name; pasi_base, dlqi_base: a patient's baseline,
                                         # where no row is of it
values = { sex = { 1 = "female" } }      # words for coded cells
constants = { provenance = "observed" }
time = "dates"                           # or weeks, days, study days, months, years, hours, visits
date_order = "day first"                 # or month first; or year first, for 21/04/03: how 03/04/2021 is read
visits = { "Visit 3" = 4, EOT = "set aside" }    # weeks of visits whose names do not say them (as "Week 4" does)
subsets = ["Treg", "Th17"]               # columns that are immune subsets
sample = { column = "Tube", pattern = "*_{patient_id}_W{week}*" }    # or {day}, {study_day}, {month}, {hour}, {visit},
                                         # {date}; none, and weeks = [0] of all tubes, or [0, 4] of a patient's in order
weeks = [0]                              # of all rows, if no column says when; or [0, 4] of a patient's rows in order
absent = "zero"                          # a subset without a row in a sample; or not measured, as without this key
scale = "fraction"                       # 0.051 is 5.1 %; or percent
shares = "% of parent"                   # of what values are shares, where no header says it; or % of total
phenotypes = { "CD4+/Treg" = "CD4+, CD25hi" }    # what subsets are known as; no value depends on it
wide = { weeks = { BASELINE = 0, W4 = 4 } }      # one row per patient; value = "dlqi" for another score than PASI
runs = true                              # treatments at visits: those with the same one are one course
segments = true                          # treatments without starts: each starts where the last one ended
pauses = ["Off"]                         # words in place of a treatment that say there is none
pseudonyms = true                        # patients by codes, where their ids identify them
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from data.formats.toml_files import parsed
from data.intake.build.sample_values import STATED
from data.intake.build.weeks import REFERENCES
from data.intake.columns.dates import ORDERS
from data.intake.columns.visits import SET_ASIDE
from data.intake.layouts.registry import LAYOUTS
from data.problems import Problem, Report
from data.schema import TABLES
from data.study import BETTER, SHOWN
from data.tables.columns import did_you_mean
from data.tables.long_cells import LONGEST
from data.tables.time_units import CLOCKS
from data.tables.wide import BLANK_CELLS
from data.validation.story import LENGTHS

TEXT, NUMBERS, TABLE, FILE = (str,), (list,), (dict,), (str, dict)
FLAG, CELL, WEEK, WEEKS, COUNT = (bool,), (str, int, float), (int, float, str), (int, float), (int,)
INTAKE = {"reference": TABLE, "patients": TABLE, "privacy": TABLE, "sources": NUMBERS}
ANY = "*"
GRAMMAR: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "": {
        "title": TEXT,
        "citation": TEXT,
        "week_zero": TEXT,
        "index": TABLE,
        "outcomes": TABLE,
        "schedule": TABLE,
        "tables": TABLE,
        "story": NUMBERS,
        **INTAKE,
    },
    "sources.*": {
        **dict.fromkeys(("file", "sheet", "table", "layout", "time", "date_order", *STATED), TEXT),
        **dict.fromkeys(("rows", "columns", "values", "constants", "visits", "sample", "phenotypes", "wide"), TABLE),
        **dict.fromkeys(("subsets", "pauses", "weeks"), NUMBERS),
        **dict.fromkeys(("pseudonyms", "runs", "segments"), FLAG),
    },
    "story.*": dict.fromkeys(("address", "sentence", "notes", "shown", "data"), TEXT),
    "sources.*.rows": {ANY: CELL},
    "sources.*.columns": {ANY: CELL},
    "sources.*.constants": {ANY: CELL},
    "sources.*.values": {ANY: TABLE},
    "sources.*.visits": {ANY: WEEK},
    "sources.*.sample": {"column": TEXT, "pattern": TEXT, "weeks": NUMBERS},
    "sources.*.phenotypes": {ANY: TEXT},
    "sources.*.wide": {"weeks": TABLE, "value": TEXT, "blanks": TEXT},
    "sources.*.wide.weeks": {ANY: WEEKS},
    "reference": {"from": TEXT},
    "patients": {ANY: TEXT},
    "privacy": {"keep": NUMBERS},
    "index": {"treatment": TEXT, "label": TEXT},
    "schedule": {"weeks": NUMBERS},
    "outcomes": {ANY: TABLE},
    "outcomes.*": {
        **dict.fromkeys(("label", "better"), TEXT),
        **dict.fromkeys(("range", "targets"), NUMBERS),
        "decimals": COUNT,
        "relative": FLAG,
    },
    "tables": dict.fromkeys(TABLES, FILE),
    "tables.*": {"file": TEXT, "sheet": TEXT, "time": TEXT, "columns": TABLE, "constants": TABLE, "wide": TABLE},
    "tables.*.wide": {"weeks": TABLE, "pattern": TEXT, "days": NUMBERS, "blanks": TEXT},
}
"""The keys at every place, with what they hold; `ANY` stands for names that the files give."""
LISTED: Mapping[str, str] = {"sources": "file", "story": "sentence"}
"""Lists of tables, with the key that one is taken for which is no table."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "sources.*": ("file", "table"),
    "story.*": ("sentence",),
    "sources.*.sample": ("column", "pattern"),
}
VALUES: Mapping[str, tuple[str, ...]] = {
    "time": (*CLOCKS, "dates", "visits"),
    "blanks": tuple(BLANK_CELLS),
    "from": tuple(REFERENCES),
    "better": BETTER,
    "shown": SHOWN,
    "date_order": tuple(ORDERS),
    "table": tuple(TABLES),
    **{name: answers for name, (answers, _) in STATED.items()},
    "layout": (*(layout.name for layout in LAYOUTS), "cdisc"),
}
IN_WORDS: Mapping[tuple[type, ...], str] = {
    TEXT: "text in quotes",
    NUMBERS: "a list in [ ]",
    TABLE: "a table",
    FILE: "a file name or a table",
    FLAG: "true or false",
    CELL: "text in quotes or a number",
    WEEK: f"a number of weeks, or '{SET_ASIDE}'",
    WEEKS: "a number of weeks",
    COUNT: "a whole number",
}


MOST = 30
"""Problems of one study.toml from which no further ones are looked for."""


def check_mapping(path: Path, report: Report) -> dict[str, Any] | None:
    """What a study.toml says, None when it says something that is not in the grammar."""
    text, about = parsed(path, report)
    if about is None:
        return None
    before = len(report.problems)
    lines = Lines(path.name, text)
    _check_lengths(about, lines, report)
    if len(report.problems) == before:
        _check_grammar(about, "", lines, report)
    for name, first in LISTED.items():
        for one in about.get(name, []) if isinstance(about.get(name), list) else []:
            if len(report.problems) < before + MOST:
                _check_grammar(one if isinstance(one, dict) else {first: one}, f"{name}.*", lines, report)
    return about if len(report.problems) == before else None


class Lines:
    """The lines of a TOML file, to say where a key is."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.lines = text.splitlines()

    def row(self, key: str) -> int | None:
        """The first line that sets `key` or opens it as a table."""
        says = re.compile(rf"(?:^|[{{,\[.\s\"']){re.escape(key)}[\"']?\s*[=.\]]")
        return next((row for row, line in enumerate(self.lines, start=1) if says.search(line.split("#")[0])), None)


def _check_lengths(about: Mapping[str, Any], lines: Lines, report: Report) -> None:
    """No name and no text is longer than a cell may be: each of them may be said again at every row and every mark."""
    rest: list[tuple[str, object]] = [("", about)]
    while rest:
        place, part = rest.pop()
        inner = [(".".join(filter(None, (place, key[:60]))), key, value) for key, value in _inner(part)]
        rest += [(name[-LONGEST:], value) for name, _, value in inner if isinstance(value, (dict, list))]
        for name, *texts in inner:
            longest = max(len(text) for text in texts if isinstance(text, str))
            most = LENGTHS.get(name.removeprefix("story."), LONGEST) if name.startswith("story.") else LONGEST
            if longest > most and len(report.problems) < MOST:
                found, expected = f"a text of {longest:,} characters", f"at most {most}"
                report.add(Problem(lines.file, None, name[:LONGEST], found, expected, "Shorten it."))


def _inner(part: object) -> Iterable[tuple[str, object]]:
    """What a table or a list holds, each with its key; in a list, that of the list."""
    if isinstance(part, Mapping):
        return part.items()
    return [("", one) for one in part] if isinstance(part, list) else []


def _check_grammar(part: Mapping[str, object], place: str, lines: Lines, report: Report) -> None:
    """Every key is one of GRAMMAR's at its place, and holds what it should; none is lacking."""
    pattern = re.sub(r"^(tables|outcomes)\.[^.]+", r"\1.*", place)
    known = GRAMMAR.get(pattern, {})
    for key in [key for key in REQUIRED.get(pattern, ()) if key not in part]:
        report.add(Problem(lines.file, None, place, "no such key", f"{key} = …"))
    before = len(report.problems)
    for key, value in part.items() if known else ():
        if len(report.problems) >= before + MOST:
            return
        name = f"{place}.{key[:60]}".lstrip(".")
        types = known.get(key, known.get(ANY))
        if types is None:
            found, expected = f"the key '{key[:60]}'", f"one of {', '.join(known)}"
            report.add(Problem(lines.file, lines.row(key), name, found, expected, did_you_mean(key, known)))
        elif not _holds(value, types):
            report.add(Problem(lines.file, lines.row(key), name, f"{value!r}"[:60], IN_WORDS[types]))
        elif key == "weeks" and isinstance(value, list) and not all(_holds(week, WEEKS) for week in value):
            report.add(Problem(lines.file, lines.row(key), name, f"{value!r}"[:60], "numbers of weeks in [ ]"))
        elif key in known and key in VALUES and value not in VALUES[key]:
            report.add(Problem(lines.file, lines.row(key), name, f"'{value}'"[:60], f"one of {', '.join(VALUES[key])}"))
        elif isinstance(value, dict):
            _check_grammar(value, name, lines, report)


def _holds(value: object, types: tuple[type, ...]) -> bool:
    """Whether a value is of these types; true is no number, and the only word for a week is that it is set aside."""
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types) and not (types is WEEK and isinstance(value, str) and value != SET_ASIDE)

"""Tables with one row a patient and one column a visit: which columns are visits, and of which score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from data.intake.columns.roles import OWN_SCORE
from data.intake.columns.scores import MEASURED, SCORE_WORDS
from data.intake.columns.visit_names import before_range, without_window
from data.intake.columns.visits import weeks_of
from data.intake.columns.vocabulary import folded, word
from data.study import SCORES
from data.tables.minus_signs import MINUS, with_hyphens
from data.tables.outcome_names import outcome_name
from data.tables.time_units import WEEKS_PER_MONTH

SCORE = re.compile(
    rf"(?<![a-z0-9])(?:(?:total|abs|a|score)[ _.-]?)?(?P<score>{'|'.join(SCORE_WORDS.values())})"
    r"(?:[ _.-]*(?:total|score|gesamt|tot))*(?=[^a-z0-9]|$|w\d|wk|week|bl$|base|v\d|m\d)"
)
COUNTED = re.compile(r"(?P<unit>[a-z]+)(?P<sign>[ _.]*[-−]?[ _.]*)(?P<number>\d+(?:\.\d+)?)")
COUNTING = re.compile(r"(?P<number>[-−]?\d+)[ _.-]*(?P<unit>[a-z]+)")
UNITS: Mapping[str, float] = {
    **dict.fromkeys(("week", "weeks", "wk", "w"), 1.0),
    **dict.fromkeys(("month", "months", "mo", "mon", "m"), WEEKS_PER_MONTH),
    **dict.fromkeys(("year", "years", "y"), 12 * WEEKS_PER_MONTH),
}
"""Weeks in what visits are counted in. Days are left to `visits`, which knows whether there is a day 0."""
DAYS = ("day", "days", "d", "j")
NUMBERED = ("visit", "v", "t", "timepoint", "tp", "")
RESPONSES = ("50", "75", "90")
"""Numbers behind PASI that say of an improvement."""
STARTS = (
    "baseline", "base", "bl", "pre", "pretreatment",
    *(f"{before}_treatment" for before in ("pre", "before", "vor", "avant", "prima", "antes", "voor")),
)  # fmt: skip
BEFORE_VISIT = re.compile(r"^(?:end[ _.-]*(?:of)?|at|after|post|nach|ende)[ _.-]+(?=\d|w|d|m|t)")
"""What may stand before a visit's count: `end of week 4`, `after 4 weeks`."""
MOST_WORDS = 6
"""Words of a visit."""
NUMERAL = re.compile(r"[0-9]")


@dataclass(frozen=True)
class Grid:
    """`weeks`: score -> column -> week, "" for columns whose header names no score; `numbered`: score or "date" ->
    column -> number of a visit whose week nothing says."""

    weeks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    numbered: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, column: str) -> tuple[str, str] | None:
        """What a column is: its score (or "date", or "" for an unknown one), and its visit in words."""
        for kind, columns in self.weeks.items():
            if column in columns:
                return kind, f"week {columns[column]:.4g}"
        return next(((kind, f"visit {by[column]}") for kind, by in self.numbered.items() if column in by), None)


def grid_of(columns: Iterable[str], stated: Mapping[str, str]) -> Grid:
    """The columns that are visits, two or more of a score; what a person has `stated` of a column goes first."""
    found = {name: part for name in columns if (part := _parted(name, stated.get(name))) is not None}
    weeks = _weeks({name: visit for name, (_, visit) in found.items()})
    by_week: dict[str, dict[str, float]] = {}
    numbered: dict[str, dict[str, str]] = {}
    for name, (score, visit) in found.items():
        if name in weeks and score != "date":
            by_week.setdefault(score, {})[name] = weeks[name]
        elif score and (number := _number_of(visit)):
            numbered.setdefault(score, {})[name] = number
    named = [score for score in by_week if score]
    if len(named) == 1 and not set(by_week.get("", {}).values()) & set(by_week[named[0]].values()):
        by_week[named[0]] |= by_week.pop("", {})  # "Baseline" beside "PASI W4"
    numbered = {score: names for score, names in numbered.items() if len(set(names.values())) > 1}
    return Grid(
        {score: names for score, names in by_week.items() if len(names) > 1},
        numbered if set(numbered) - {"date"} else {},
    )


def _parted(header: str, role: str | None) -> tuple[str, str] | None:
    """A header as its score and the words of its visit: "PASI W4" -> ("pasi", "w4"); None if it is no such header."""
    text = without_window(with_hyphens(folded(header)).strip())
    if role is not None and role not in {*SCORES, OWN_SCORE, "date"}:
        return None
    if role == OWN_SCORE:
        return _own_parted(text)
    if match := SCORE.search(text):
        score = next(name for name, words in SCORE_WORDS.items() if re.fullmatch(words, match["score"]))
        rest = text[: match.start()] + " " + text[match.end() :]
    elif dated := re.search(r"(?<![a-z])(?:visit[ _]?)?(?:date|datum|fecha|dat)(?![a-z])", text):
        score, rest = "date", text[: dated.start()] + " " + text[dated.end() :]
    else:
        score, rest = "", text
    visits = [BEFORE_VISIT.sub("", words.strip(" _.()[]:/-")) for words in (before_range(rest), rest)]
    known = next((visit for visit in visits if visit and _is_visit(visit)), None)
    return (role or score, known) if known else None


def _own_parted(text: str) -> tuple[str, str] | None:
    """The same of a study's own score, by the name that it gets; OWN_SCORE where the header names only a visit."""
    words = re.split(r"(?<=[ _.-])", text)
    for at in range(max(len(words) - MOST_WORDS, 0), len(words)):
        visit = BEFORE_VISIT.sub("", "".join(words[at:]).strip(" _.()[]:/-"))
        if visit and _is_visit(visit):
            return (outcome_name("".join(words[:at])) if at else OWN_SCORE), visit
    return None


def _is_visit(visit: str) -> bool:
    return bool(_start(visit) or COUNTED.fullmatch(visit) or COUNTING.fullmatch(visit) or _number_of(visit))


def _start(visit: str) -> bool:
    return not NUMERAL.search(visit) and word(visit) in {*STARTS, *(f"{start}_visit" for start in STARTS)}


def _number_of(visit: str) -> str:
    """The number of a visit that says no week: "v2" -> "2"."""
    match = re.fullmatch(r"([a-z]*)[ _.-]*(\d{1,2})", visit)
    return match[2] if match and word(match[1]) in NUMBERED and match[2] not in RESPONSES else ""


def _weeks(visits: Mapping[str, str]) -> dict[str, float]:
    """The week of each column whose visit says one. A hyphen is a minus where others count without one,
    U+2212 always."""
    counted = {name: match for name, visit in visits.items() if (match := COUNTED.fullmatch(visit))}
    signs = [match["sign"] for match in counted.values() if MINUS not in match["sign"]]
    minus = MINUS if all("-" in sign for sign in signs) else f"-{MINUS}"
    found = {name: 0.0 for name, visit in visits.items() if _start(visit)}
    days: dict[str, str] = {}
    for name, visit in visits.items():
        match = counted.get(name) or COUNTING.fullmatch(visit)
        unit = word(match["unit"]) if match else ""
        sign = -1 if name in counted and set(counted[name]["sign"]) & set(minus) else 1
        number = sign * float(match["number"].replace(MINUS, "-")) if match else 0.0
        if unit in UNITS:
            found[name] = number * UNITS[unit]
        elif unit in DAYS:
            days[name] = f"day {number:g}"
    known = weeks_of(list(days.values()))
    return found | {name: known[day] for name, day in days.items() if day in known}


def said_by(titles: Sequence[str]) -> str | None:
    """The score that the name of a sheet or file says, "" if none of them says any, None if one says another thing."""
    for title in titles:
        name = f"_{word(PurePath(title).stem if '.' in title else title)}_"
        if MEASURED.search(name):
            return None
        said = [score for score, words in SCORE_WORDS.items() if re.search(rf"_{words}_", name)]
        if said:
            return said[0] if len(said) == 1 else ""
    return ""

"""Patient and time in the names of tubes: `Specimen_001_P01_W04_003.fcs` is `*_{patient_id}_W{week}_*`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from data.intake.visits import week_of
from data.privacy import name_without_dates

HOLES: Mapping[str, str] = MappingProxyType(
    {
        "patient_id": r"(?P<patient_id>[A-Za-z0-9]+(?:-[A-Za-z]*\d+)*)",
        "week": r"(?P<week>-?\d+(?:\.\d+)?)",
        "day": r"(?P<day>-?\d+(?:\.\d+)?)",
        "month": r"(?P<month>-?\d+(?:\.\d+)?)",
        "visit": r"(?P<visit>[A-Za-z0-9.-]+(?: \d+)?)",
        "date": r"(?P<date>\d{4}-?\d{2}-?\d{2}|\d{1,2}[A-Za-z]{3}\d{4})",
    }
)
"""What stands in a pattern in { }, and what it takes."""

TIMES = ("week", "day", "month", "visit", "date")
TIME = re.compile(
    r"(?P<before>(?<![A-Za-z])(?:weeks?|wks?|w)[\s_.-]?)(?P<week>\d+(?:\.\d+)?)"
    r"|(?P<before_day>(?<![A-Za-z])(?:days?|d)[\s_.-]?)(?P<day>\d+)"
    r"|(?P<before_month>(?<![A-Za-z])(?:months?|mth|mo|m)[\s_.-]?)(?P<month>\d+)"
    r"|(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}[A-Za-z]{3}\d{4})"
    r"|(?P<visit>(?<![A-Za-z])(?:baseline|screening|bl|pre|post|v(?:isit)?[\s_.-]?\d+|t\d+)(?![A-Za-z]))",
    re.IGNORECASE,
)
PATIENT = re.compile(
    r"(?<![A-Za-z0-9])(?:patient|pat|pt|subject|subj|donor|p|s|d)[\s_#-]?\d+(?![A-Za-z0-9])", re.IGNORECASE
)


def matcher(pattern: str) -> re.Pattern[str] | None:
    """The regular expression of a pattern with holes and `*`; None if it has not one patient and one time."""
    parts = re.split(r"(\{\w+\}|\*)", pattern)
    holes = [part[1:-1] for part in parts if part.startswith("{")]
    if holes.count("patient_id") != 1 or sum(hole in TIMES for hole in holes) != 1 or set(holes) - set(HOLES):
        return None
    made = [".*?" if part == "*" else HOLES[part[1:-1]] if part.startswith("{") else re.escape(part) for part in parts]
    return re.compile("".join(made), re.IGNORECASE)


def proposed_pattern(names: Sequence[str], patients: Collection[str]) -> tuple[str, list[str]]:
    """A pattern for these tube names, and sentences on what to look at. Patients that other files name are looked for
    first."""
    candidates = dict.fromkeys(pattern for name in names[:50] for pattern in _patterns(name, patients))
    read = {pattern: [name for name in names if _reads(pattern, name)] for pattern in candidates}
    best = max(read, key=lambda pattern: len(read[pattern]), default="*{patient_id}_W{week}*")
    why = ["check that it finds the patient and the time." if read else "no name fits it: state the pattern."]
    return best, [*why, *_left_out(best, names if read else [])]


def stated_pattern(pattern: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """The pattern that a person states, and a sentence on the tubes that it leaves out."""
    return pattern, _left_out(pattern, names)


def _left_out(pattern: str, names: Sequence[str]) -> list[str]:
    known = matcher(pattern)
    others = [name for name in names if known is None or not known.fullmatch(name)]
    shown = ", ".join(map(name_without_dates, others[:3]))
    return [f"{len(others)} tube(s) do not fit it ({shown}) and are set aside."] if others else []


def _reads(pattern: str, name: str) -> bool:
    known = matcher(pattern)
    match = known.fullmatch(name) if known else None
    return match is not None and ("{visit}" not in pattern or week_of(match["visit"]) is not None)


def _patterns(name: str, patients: Collection[str]) -> list[str]:
    """Patterns of one name: what stands before, between and after patient and time; with the time's number, or with
    its word (W4, baseline) as a visit."""
    patient = _patient_in(name, patients)
    times = [
        match
        for match in TIME.finditer(name)
        if not patient or match.end() <= patient[0] or match.start() >= patient[1]
    ]
    first = patient or (_first_word(name, times[0].start()) if times else None)
    if not times or first is None:
        return []
    time = times[0]
    hole = str(next(hole for hole in TIMES if time[hole]))
    spans = [(time.start(hole), time.end(hole), hole), (time.start(), time.end(), "visit")]
    return [_around(name, *sorted([(*first, "patient_id"), span])) for span in spans]


def _around(name: str, one: tuple[int, int, str], other: tuple[int, int, str]) -> str:
    (start, end, left), (begin, stop, right) = one, other
    between = name[end:begin]
    between = between if len(between) < 12 else "*"
    edge = _edge(name[:start], letters=left != "patient_id")
    return f"{'*' if len(edge) < start else ''}{edge}{{{left}}}{between}{{{right}}}{'*' if stop < len(name) else ''}"


def _edge(before: str, *, letters: bool) -> str:
    """What stands right before the first hole, so that it begins at a word; with `letters`, at the number of W4."""
    match = re.search(r"(?:[^A-Za-z0-9]|^)[A-Za-z]*[\s_.-]?$" if letters else r"[^A-Za-z0-9]$", before)
    return match[0] if match else ""


def _patient_in(name: str, patients: Collection[str]) -> tuple[int, int] | None:
    within = [patient for patient in patients if patient.casefold() in name.casefold()]
    for patient in sorted(within, key=len, reverse=True):
        match = re.search(rf"(?<![A-Za-z0-9]){re.escape(patient)}(?![A-Za-z0-9])", name, re.IGNORECASE)
        if match and (not patient.isdigit() or len(patient) > 2):
            return match.span()
    match = PATIENT.search(name)
    return match.span() if match else None


def _first_word(name: str, before: int) -> tuple[int, int] | None:
    """The first word with a digit before the time."""
    words = [match for match in re.finditer(r"[A-Za-z0-9]+", name[:before]) if re.search(r"\d", match[0])]
    return words[0].span() if words else None

"""One visit's name taken apart: "Week 4", "W-4", "3 months", "Screening (Day -14)", "Woche 4", "Cycle 1 Day 1"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from data.tables.minus_signs import MINUS, with_hyphens

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "week": r"weeks?|wks?|w|wochen?|semaines?|sem|semanas?",
        "month": r"months?|mths?|mo|m|monate?|mois|mes(?:es)?",
        "day": r"days?|d|tage?|jours?|j|d[ií]as?",
        "year": r"years?|yrs?|y|jahre?|ans?|años?",
        "hour": r"hours?|hrs?|stunden?|std|heures?|horas?",
    }
)
"""Units in lower case as they stand in names; the first that a name has says its time: Month 3 (Week 12) is week 12."""

BEHIND: Mapping[str, str] = MappingProxyType({"hour": "|h|ore"})
"""Words of a unit that only follow a number: 24 h, but H1 is a well of a plate."""
ANY_UNIT = rf"(?:{'|'.join(UNITS.values())})(?![^\W\d_])"
WINDOW = re.compile(
    rf"(?<![\s,;])[\s,;]*(?:[(\[]\s*)?(?:±|\+\s*/?\s*[-−–])\s*\d+(?:[.,]\d+)?\s*(?:{ANY_UNIT})?\.?\s*[)\]]?",
    re.IGNORECASE,
)
"""By how much a visit may be early or late: (±3 days), ± 3d, (+/- 2 days)."""
SIGNED = rf"(?:(?:{'|'.join(UNITS.values())})[\s.]*)?[-+−]?\s*\d+(?:\.\d+)?\s*(?:{ANY_UNIT})?"
BETWEEN = re.compile(rf"(?<!\s)\s*[(\[,;:]\s*{SIGNED}\s*(?:-|–|to|bis|until)\s*{SIGNED}\s*[)\]]?\s*$", re.IGNORECASE)
"""From when until when a visit is, behind its name: Baseline (Day -14 to -1)."""
AMOUNT = r"(?P<number>\d+(?:\.\d+)?)(?!\d)"
LAST = r"(?:\s*(?:(?P<dash>-)|to|bis|until)\s*(?:(?:{unit})[\s_.]*)?(?P<last>-?\s*\d+(?:\.\d+)?)(?![\w.-]))?"
UNIT_FIRST = r"(?<![^\W\d_])(?:{unit})(?P<gap>[\s_.:(#]*)(?P<minus>-?)(?P<space>\s*)" + AMOUNT + LAST
NUMBER_FIRST = r"(?:(?<![^\s(])(?P<minus>-)|(?<![\d.]))" + AMOUNT + LAST + r"[\s_.-]{{0,2}}(?:{unit})(?![^\W\d_])"
BASELINE = re.compile(r"(?<![^\W\d_])(?:baseline|base|bl|pre|before|randomi[sz]ation|basal)(?![^\W\d_])")
NOT_BASELINE = re.compile(
    r"pre[\s_-]*(?:screen|base|study|trial)|(?:post|after|since|from)[\s_-]*(?:base|bl|random)"
    r"|follow|unsched|(?:baseline|bl)[\s_]*[2-9]|screen"
)
LATER = (
    r"follow[\s_-]*up|(?<![^\W\d_])(?:fu|ole|f/u)(?![^\W\d_])|off[\s_-]*(?:treatment|drug)|extension|wash[\s_-]?out"
    r"|re-?treatment|withdrawal"
)
AGAIN = (
    r"(?:post|after|since|from)[\s_-]*(?:the[\s_]*)?(?:end|last|stop|eot|discontinu|withdraw|relapse|restart|flare|surgery"
    r"|treatment(?!\s*(?:start|begin))|therapy)"
)
AGE = re.compile(
    r"(?<![^\W\d_])(?:pma|pca|pna|ga|ssw|dol|(?:gestation|schwangerschaft|lebens)\w*|gestaci[oó]n|grossesse|embarazo|gravidanza"
    r"|zwangerschap\w*|pregnan\w*|post-?(?:menstrual|conception(?:al)?|natal)|aged?|alter|[aâ]ge|edad|et[aà]|idade|leeftijd"
    r"|vida|vita|of[\s_]+life|de[\s_]+vie)(?![^\W\d_])|\d[\s_-]*(?:weeks?|months?|years?|days?|wks?|yrs?)[\s_-]*old"
)
"""Words of an age, or of a week of pregnancy: what stands beside them is no time of the study."""
EARLIER = re.compile(r"\s*(?:before|prior|pre-)")
CYCLE = re.compile(r"(?<![^\W\d_])(?:cycle|c)[\s_]*(\d+)[\s_,:-]*(?:day|d)[\s_]*(\d+)")


@dataclass(frozen=True)
class NamedTime:
    """What a name says of its time: `number` of `unit`s. `hyphen` is the number with a hyphen right before it (W-4),
    which may be a minus; `bare` that nothing else stands between unit and number (W4); `later` that it counts from
    something after week 0 (Follow-up week 8); `last` the other end of a range; `start` that the name says baseline."""

    unit: str
    number: float
    hyphen: bool = False
    bare: bool = False
    later: bool = False
    last: float | None = None
    start: bool = False
    day: float | None = None
    """The day that stands beside a week: Week 4 (Day 29)."""
    screening: bool = False


def named_time(name: str) -> NamedTime | None:
    """What the name says of its time, None if nothing ("Visit 3", "Unscheduled", "Cycle 2 Day 1"). A name goes before
    the window that stands behind it."""
    plain = without_window(with_hyphens(name))
    named = before_range(plain)
    return (_named_time(named) if named != plain else None) or _named_time(plain)


def is_age(name: str) -> bool:
    """Whether a name says how old the patient is, or a pregnancy, and not when in the study it is."""
    return AGE.search(_plain(name)) is not None


def without_window(name: str) -> str:
    """A name without by how much the visit may be early or late."""
    return WINDOW.sub(" ", name).strip()


def before_range(name: str) -> str:
    """What stands before the range of days at the end of a name."""
    return BETWEEN.sub("", name)


def _named_time(name: str) -> NamedTime | None:
    text = _plain(name)
    if AGE.search(text):
        return None
    if cycle := CYCLE.search(text):
        return NamedTime("study day", float(cycle[2])) if float(cycle[1]) == 1 else None
    found = next((one for unit in UNITS if (one := _timed(text, unit))), None)
    start = BASELINE.search(text) is not None and NOT_BASELINE.search(text) is None
    if found is None or (start and found.unit == "day" and found.number in {0, 1}):
        return NamedTime("start", found.number if found else 0, start=True) if start else None
    beside = _timed(text, "day") if found.unit == "week" else None
    return found if beside is None else NamedTime(**{**vars(found), "day": beside.number})


def _plain(name: str) -> str:
    """Lower case; what is certainly a minus stands after a space."""
    return re.sub(rf"{MINUS}\s*(?=\d)", " -", with_hyphens(name.casefold()))


def _timed(text: str, unit: str) -> NamedTime | None:
    """What the name says in this unit: "Week 4", else "4 weeks"."""
    words = UNITS[unit]
    if match := re.search(UNIT_FIRST.format(unit=words), text):
        hyphen = match["minus"] == "-" and (not match["gap"] or bool(match["space"]))
        sign = -1 if match["minus"] and not hyphen else 1
        bare = not match["gap"] and not match["minus"]
    elif match := re.search(NUMBER_FIRST.format(unit=words + BEHIND.get(unit, "")), text):
        hyphen, bare = False, False
        sign = -1 if match["minus"] or EARLIER.match(text[match.end() :]) else 1
    else:
        return None
    later = bool(re.search(LATER, text[: match.start()]) or re.search(AGAIN, text))
    number = sign * float(match["number"])
    return NamedTime(unit, number, hyphen, bare, later, _last(match, number), screening="screen" in text)


def _last(match: re.Match[str], number: float) -> float | None:
    """The other end of a range that begins with `number`; a dash behind a minus and before no other is none."""
    if not match["last"]:
        return None
    last = float(re.sub(r"\s", "", match["last"]))
    return last if last > number and (number >= 0 or last <= 0 or not match["dash"]) else None

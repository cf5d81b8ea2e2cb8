"""The words of one tube's name that may be its patient, or its time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.intake.columns.patient_id_spellings import Patients
from data.intake.columns.visit_names import UNITS, is_age
from data.intake.layouts.flowjo.plate_wells import NO_PLATE, Plate
from data.intake.layouts.flowjo.tubes import MARKING, NAMED_DATE, NAMED_VISIT, is_laboratory
from data.tables.minus_signs import plain_signs

NOT_BEHIND = {"hour": r"(?<!\d)(?<!\d[ _-])"}
"""Hours follow their number: 2 Hour_1 is an hour 2."""
MARKED = {
    unit: re.compile(
        rf"(?<![^\W\d_]){NOT_BEHIND.get(unit, '')}(?P<marker>(?:{UNITS[unit]})[ _.-]?)"
        r"(?P<number>(?:(?<=[ _])-)?\d+(?:\.\d{1,2}(?!\d))?)",
        re.IGNORECASE,
    )
    for unit in MARKING
}
VISIT = re.compile(rf"(?<![^\W\d_]){NAMED_VISIT}", re.IGNORECASE)
DATE = re.compile(rf"(?<!\d){NAMED_DATE}(?!\d)", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+(?:-[^\W\d_]*\d+)*")
DOTTED = re.compile(r"(?<![^\W_])(?<!\d\.)[^\W\d_]*\d+\.\d+(?!\.?\d)(?![^\W_])")
PLAIN_WORD = re.compile(r"[^\W_]+")
TWO_WORDS = re.compile(r"(?=((?<![^\W_])[^\W_]+[ _.#/]+[^\W\d_]*\d+(?![^\W_])))")
LIKE = re.compile(r"(?:patient|pat|pt|subject|subj|donor|p|s|d)[\s_#-]?\d+", re.IGNORECASE)
"""An id that looks like a patient's."""

KINDS_OF_ID = (
    (WORD, "{patient_id}"),
    (PLAIN_WORD, "{patient_id}"),
    (DOTTED, "{dotted_id}"),
    (TWO_WORDS, "{two_word_id}"),
)
"""What an id looks like: P01, the second animal of cage 1 as 1.2, two words; each with its hole."""
MOST_WORDS = 40
"""Words of a name that is looked at: more are no name of a tube."""


@dataclass(frozen=True)
class Span:
    """A part of a name that becomes a hole: from `start` to `end`, with a `marker` right before it (the W of W4)."""

    start: int
    end: int
    hole: str
    marker: str = ""

    @property
    def outer(self) -> int:
        """Where its marker begins."""
        return self.start - len(self.marker)


def times_in(name: str, plate: Plate = NO_PLATE) -> Iterator[Span]:
    """What may be the time: a number after its unit, a word of time, a date; an age (PMA_40wks) is none, nor the well
    of a plate (D1 beside C1)."""
    name = plain_signs(name)
    dates = [match.span() for match in DATE.finditer(name)]
    wells = plate.wells(name)
    for unit, marked in MARKED.items():
        for match in marked.finditer(name):
            if _apart(match.span(), [*dates, *wells]) and not _of_an_age(name, match.start()):
                yield Span(*match.span("number"), f"{{{unit}}}", match["marker"])
    for match in VISIT.finditer(name):
        if _apart(match.span(), [*dates, *wells]) and not _of_an_age(name, match.start()):
            yield Span(*match.span(), "{visit}")
    for start, end in dates:
        yield Span(start, end, "{date}")


def _of_an_age(name: str, start: int) -> bool:
    """Whether the word before a place of a name says an age."""
    before = re.split(r"[\s_.-]+", name[:start].rstrip(" _.-"))
    return is_age(before[-1])


def patients_in(name: str, time: Span | None, known: Patients, plate: Plate = NO_PLATE) -> Iterator[Span]:
    """What may be the patient beside this time: a known one however they are spelt; where nobody is known, a word with
    a number that is no well of a plate."""
    taken = [
        *([(time.outer, time.end)] if time else []),
        *([] if known else plate.wells(name)),
        *(match.span() for match in DATE.finditer(name)),
    ]
    blank = list(name)
    for start, end in taken:
        blank[start:end] = "\n" * (end - start)
    rest = "".join(blank)
    if len(PLAIN_WORD.findall(rest)) > MOST_WORDS:
        return
    for words, hole in KINDS_OF_ID:
        for match in words.finditer(rest):
            start, end = match.span(1) if words is TWO_WORDS else match.span()
            word = name[start:end]
            if not is_laboratory(name[:start], word) and (known.one(word) if known else _may_be_id(word, hole)):
                yield Span(start, end, hole)


def _may_be_id(word: str, hole: str) -> bool:
    """Whether a word may be the id of a patient whom nobody knows."""
    if hole == "{dotted_id}":
        return word[:1].isdecimal()
    return hole == "{patient_id}" and re.search(r"\d", word) is not None and VISIT.fullmatch(word) is None


def _apart(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return all(span[1] <= start or span[0] >= end for start, end in others)

"""Columns that say when something was infused ("1st infusion date", "MSC infusion 2"), and their doses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from data.drugs import kind_of
from data.intake.columns.header_units import unit_of
from data.intake.columns.partial_dates import partly_dated
from data.intake.columns.roles import Guess
from data.intake.columns.value_types import are_doses, are_numbers, dated
from data.intake.columns.vocabulary import word
from data.tables.columns import numbers

STEM = re.compile(r"infu|perfu|inje|inye|inie|transplant", re.IGNORECASE)
"""What words for it have in common in six languages: no other header needs a closer look."""
INFUSED = re.compile(r"(infusion|injection|transplantation)s?(\d{0,2})")
NUMBER = re.compile(r"(?:nr|no|day)?0*(\d{1,2})(?:st|nd|rd|th|ere?|re|eme|e|a|o)?")
ORDINALS = {
    ordinal: number
    for number, words in (
        ("1", "first erste ersten erster premiere premier primera primer prima primeira eerste"),
        ("2", "second zweite zweiten zweiter deuxieme seconde segunda segundo seconda tweede"),
        ("3", "third dritte dritten dritter troisieme tercera terza terceira derde"),
        ("4", "fourth vierte vierten quatrieme cuarta quarta vierde"),
    )
    for ordinal in words.split()
}
TIME = re.compile(r"date?|dt|(?:day|week|month|year|hour)s?|wk|time|on|given|no|study|d|w")
GENERAL = re.compile(r"cells?|stem|drug|treatment|therapy|product|biologic|iv")
"""Words beside an infusion that name no other thing: of a rate, a reaction or a volume is no time."""
DOSE = re.compile(r"dos(?:e|age)s?(\d{0,2})")


@dataclass(frozen=True)
class Infusion:
    """What a header says of an infusion: the name of what was given, and which of several it is ("" if it does not)."""

    name: str
    number: str


def infusion_in(header: str) -> Infusion | None:
    """The infusion whose time a header says, None if it says none."""
    if not STEM.search(header):
        return None
    number, rest, infused = "", [], ""
    for part in word(re.sub(r" \(\d\)$", "", header)).split("_"):
        if match := INFUSED.fullmatch(part):
            infused, number = match[1], number or match[2]
        elif found := _number(part):
            number = number or found
        elif not TIME.fullmatch(part):
            rest.append(part)
    known = all(map(GENERAL.fullmatch, rest)) or any(kind_of(sign.join(rest)) != "other" for sign in " -")
    if not (infused and known):
        return None
    return Infusion(_named(header, rest) or infused, number.lstrip("0"))


def _number(part: str) -> str:
    match = NUMBER.fullmatch(part)
    return match[1] if match else ORDINALS.get(part, "")


def _named(header: str, rest: Collection[str]) -> str:
    """The words of a header that name what was given, as they are written."""
    words = [written for written in re.split(r"[\s_.,:;#()\[\]/]+", header) if written]
    return " ".join(written for written in words if (parts := word(written)) and set(parts.split("_")) <= set(rest))


def infusions_of(cells: pd.DataFrame, settled: Collection[str], *, drug: bool) -> dict[str, Guess]:
    """The columns with times of infusions, and those with their doses. Where another column names the `drug`, only
    infusions that are numbered: the time of a single one is the start of its course."""
    named = {str(name): infusion_in(str(name)) for name in cells.columns if str(name) not in settled}
    said = {name: one for name, one in named.items() if one and (one.number or not drug) and _may_be_time(name, cells)}
    sure = {name for name in said if _has_unit(name, cells)} | _ascending(said, cells)
    found = {
        name: Guess(name, "infusion", f"its header says when {one.name} was given")
        for name, one in said.items()
        if name in sure
    }
    doses = doses_of(cells, found, settled).items()
    return found | {dose: Guess(dose, "dose", f"the dose of '{name}'") for name, dose in doses}


def _may_be_time(name: str, cells: pd.DataFrame) -> bool:
    column = cells[name]
    return dated(column) or partly_dated(column) or are_numbers(column)


def _has_unit(name: str, cells: pd.DataFrame) -> bool:
    """Whether it is certain that a column holds times: dates, or numbers whose header says of what."""
    return bool(unit_of(name)) or dated(cells[name]) or partly_dated(cells[name])


def _ascending(said: Mapping[str, Infusion], cells: pd.DataFrame) -> set[str]:
    """The columns of numbers without a unit that may be times: those of later infusions are greater, in everyone."""
    by_name: dict[str, dict[int, str]] = {}
    for column, one in said.items():
        if one.number and are_numbers(cells[column]):
            by_name.setdefault(one.name, {})[int(one.number)] = column
    found: set[str] = set()
    for columns in by_name.values():
        times = [numbers(cells[columns[number]])[0] for number in sorted(columns)]
        greater = len(times) > 1 and not any(np.any(later <= earlier) for earlier, later in pairwise(times))
        found |= set(columns.values()) if greater else set()
    return found


def doses_of(cells: pd.DataFrame, infusions: Collection[str], settled: Collection[str]) -> dict[str, str]:
    """The column of its dose for each column of an infusion: of the same number, else the one right behind it."""
    columns = [str(name) for name in cells.columns]
    rest = [name for name in columns if name not in {*infusions, *settled}] if infusions else []
    doses = {name: said for name in rest if (said := _dose_in(name)) is not None and are_doses(cells[name])}
    numbered = {number: name for name, number in reversed(doses.items()) if number}
    behind = {name: after for name, after in pairwise(columns) if doses.get(after) == ""}
    found: dict[str, str] = {}
    for name in infusions:
        infusion = infusion_in(name)
        dose = numbered.get(infusion.number if infusion else "") or behind.get(name)
        found |= {name: dose} if dose else {}
    return found


def _dose_in(header: str) -> str | None:
    """Which of several doses a header says, "" if it says only that it is one, None if it says none."""
    parts = word(re.sub(r" \(\d\)$", "", header)).split("_")
    at = next((index for index, part in enumerate(parts) if DOSE.fullmatch(part)), None)
    if at is None or set(parts) & {"unit", "units", "date", "week", "day"}:
        return None
    match = DOSE.fullmatch(parts[at])
    stuck = match[1] if match else ""
    beside = [parts[at + 1 : at + 2], parts[:at][::-1], parts[at + 1 :] if "infusion" in parts else []]
    number = stuck or next((found for near in beside for part in near if (found := _number(part))), "")
    return number.lstrip("0")

"""Doses as people write them: "300 mg", "2.41 x 10^6 cells/kg", "2,41·10⁶", "1 Mio/kg"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from data.problems import Report
from data.tables.columns import as_text, number_in, texts
from data.tables.number_formats import plain_numbers
from data.tables.sheet import Sheet, located

RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
TEN = r"10\s*(?:(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,2})|(?P<raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))"
MANY = (
    r"(?P<million>mio\.?|mln\.?|mill\.|milli?on(?:en|s|es|i)?|millones|milioni|miljoen|milhoes)"
    r"|(?P<milliard>mrd\.?|milliarden?)"
)
UNIT = r"\s*(?P<unit>(?:(?![⁰¹²³⁴⁵⁶⁷⁸⁹])[^\W\d_]|[%°/])[^\d()<>=,;:!?]{0,40})?"
POWERED = re.compile(
    r"(?:(?P<alone>10\s*(?:(?:\^|\*\*)\s*\d{1,2}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))|(?P<number>\d+(?:[.,]\d+)?|[.,]\d+|\d{1,3}(?:,\d{3}){2,})"
    rf"(?:\s*(?:[x×*·⋅∙]\s*)(?:{TEN}|10?e\+?(?P<times>\d{{1,2}}))|\s?e(?P<exponent>[+-]?\d{{1,2}})|\s*(?:{MANY}))?"
    r")" + UNIT,
    re.IGNORECASE,
)
"""A number, what it is times, and of what. `x 106` is none: the power is lost, or it is no power."""
THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3}){2,}")
UNSURE = re.compile(r"[1-9]\d{0,2},\d{3}")
"""A comma before three digits, which may be of thousands."""
LONGEST = 80
MILLION, MILLIARD, LARGE = 6, 9, 100_000
"""Powers of ten; from which number on an amount is told in millions."""
IN_MILLIONS = "1e6"
SHOWN = 3


@dataclass(frozen=True)
class Amount:
    """A number of a `unit`, "" if none is written; "1e6 cells/kg" for millions of them."""

    value: float
    unit: str


def may_be_dose(text: str) -> bool:
    """Whether a cell is an amount, if it may not be certain which."""
    return len(text) <= LONGEST and POWERED.fullmatch(text.strip()) is not None


def dose_in(text: str) -> Amount | None:
    """The amount that a cell says, None if it is none for certain."""
    match = POWERED.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        return None
    power = _power(match)
    number = match["number"] or "1"
    if UNSURE.fullmatch(number) and not power:
        return None
    number = number.replace(",", "") if THOUSANDS.fullmatch(number) else number.replace(",", ".")
    return _scaled(Decimal(number).scaleb(power), _plain(match["unit"] or ""))


def _power(match: re.Match[str]) -> int:
    """The power of ten that stands behind a number."""
    if match["alone"]:
        return int(re.split(r"\^|\*\*|(?<=10)", match["alone"].replace(" ", ""))[-1].translate(RAISED))
    said = match["power"] or match["raised"] or match["times"] or match["exponent"]
    if said:
        return int(said.translate(RAISED))
    return MILLION if match["million"] else MILLIARD if match["milliard"] else 0


def _scaled(number: Decimal, unit: str) -> Amount:
    if number < LARGE:
        return Amount(float(number), unit)
    return Amount(float(number.scaleb(-MILLION)), in_millions(unit))


def in_millions(unit: str) -> str:
    """What a million of a unit is called."""
    return unit if unit.startswith(IN_MILLIONS) else f"{IN_MILLIONS}{'' if unit.startswith('/') else ' '}{unit}".strip()


def _plain(unit: str) -> str:
    """A unit as all are written: "cells per kg" -> "cells/kg"."""
    return re.sub(r"\s*(?:/|\bper\b|\bpro\b)\s*", "/", re.sub(r"\s+", " ", unit.strip()))


def unit_in(text: str) -> str:
    """A stated unit as all are written: "x10^6 cells / kg" -> "1e6 cells/kg"."""
    words = re.sub(r"^[x×*·]\s*", "", text.strip())
    amount = dose_in(words) or dose_in(f"1 {words}" if re.match(r"mio|mln|mill", words, re.IGNORECASE) else f"1{words}")
    return amount.unit if amount and amount.value == 1 and amount.unit.startswith(IN_MILLIONS) else _plain(text)


def with_doses(sheet: Sheet, report: Report) -> Sheet:
    """The sheet with doses that are written with units or powers as numbers, with their unit; a note tells them. What
    cannot be read is set aside as missing, with a warning."""
    if "dose" not in sheet.cells or pd.api.types.is_numeric_dtype(sheet.cells["dose"]):
        return sheet
    codes, uniques = pd.factorize(sheet.cells["dose"])
    plain = [number_in(cell, percent=False) for cell in uniques]
    if not any(wrong for _, wrong in plain):
        return sheet
    read = {
        as_text(cell): dose_in(text) if wrong else None
        for cell, text, (_, wrong) in zip(uniques, _settled(list(uniques)), plain, strict=True)
    }
    _note(sheet, {cell: amount for cell, amount in read.items() if amount}, report)
    large = any(amount and amount.unit.startswith(IN_MILLIONS) for amount in read.values())
    amounts = [
        read[as_text(cell)] if wrong else _of_number(value, large=large)
        for cell, (value, wrong) in zip(uniques, plain, strict=True)
    ]
    odd = np.array([*(amount is None for amount in amounts), False])[codes] & sheet.cells["dose"].notna().to_numpy()
    advice = "The dose is set aside as missing. Write the number, and its unit behind it."
    for problem in located(sheet, "dose", odd, "a number, with or without a unit", advice):
        report.warn(problem)
    values = np.array([*(amount.value if amount else np.nan for amount in amounts), np.nan])[codes]
    units = _units(sheet, [*np.array([*(one.unit if one else "" for one in amounts), ""], dtype=object)[codes]], report)
    return replace(sheet, cells=sheet.cells.assign(dose=values, dose_unit=units))


def _of_number(value: float, *, large: bool) -> Amount:
    """A plain number, in millions where others of its column are, and it is as large."""
    return Amount(value / 10**MILLION, IN_MILLIONS) if large and value >= LARGE else Amount(value, "")


def _settled(uniques: Sequence[object]) -> list[str]:
    """The cells, with the comma of 1,000 mg as what all numbers of the column say that it is, if they do."""
    cells = [as_text(cell) for cell in uniques]
    found = [POWERED.fullmatch(cell.strip()) if len(cell) <= LONGEST else None for cell in cells]
    written = [match["number"] or "" if match else "" for match in found]
    known, _ = plain_numbers([number for number in written if number])
    return [
        cell.replace(number, known[number], 1) if UNSURE.fullmatch(number) and number in known else cell
        for cell, number in zip(cells, written, strict=True)
    ]


def _units(sheet: Sheet, said: list[str], report: Report) -> pd.Series:
    """The unit of every dose: the one in its cell, before the one that its row states."""
    words = list(texts(sheet.cells["dose_unit"])) if "dose_unit" in sheet.cells else [None] * len(said)
    known = {word: unit_in(word) if isinstance(word, str) else "" for word in set(words)}
    stated = [known[word] for word in words]
    units = [_joined(mine, theirs) for mine, theirs in zip(said, stated, strict=True)]
    apart = [_apart(mine, theirs) for mine, theirs in zip(said, stated, strict=True)]
    for problem in located(sheet, "dose", np.array(apart), "the unit that its row states", "The cell's own is used."):
        report.warn(problem)
    return pd.Series([unit or None for unit in units], index=sheet.cells.index, dtype=object)


def _apart(said: str, stated: str) -> bool:
    """Whether a cell and its row say different units, millions of one aside."""
    mine, theirs = (unit.removeprefix(IN_MILLIONS).strip().casefold() for unit in (said, stated))
    return bool(mine and theirs) and mine != theirs


def _joined(said: str, stated: str) -> str:
    """The unit of a cell, completed by the stated one where the cell says only that it is in millions."""
    return in_millions(stated) if said == IN_MILLIONS else said or stated


def _note(sheet: Sheet, read: Mapping[str, Amount], report: Report) -> None:
    """Tell the amounts that are not written as they are kept."""
    told = {cell: f"{one.value:g} {one.unit}".strip() for cell, one in read.items()}
    told = {cell: amount for cell, amount in told.items() if amount != cell}
    if not told:
        return
    shown = "; ".join(f"'{cell}' is {amount}" for cell, amount in list(told.items())[:SHOWN])
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    column = sheet.names.get("dose", "dose")
    report.note(f"{sheet.file}: doses in {column} are read with their units and powers ({shown}{more}).")

"""Doses as people write them: "300 mg", "2.41 x 10^6 cells/kg", "2,41·10⁶", "1 Mio/kg"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from data.problems import Report
from data.tables.columns import as_text, number_in, texts
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
    cannot be read stays as it is, to be told of as any cell that is no number."""
    if "dose" not in sheet.cells or pd.api.types.is_numeric_dtype(sheet.cells["dose"]):
        return sheet
    codes, uniques = pd.factorize(sheet.cells["dose"])
    plain = [not number_in(cell, percent=False)[1] for cell in uniques]
    read = [None if is_plain else dose_in(as_text(cell)) for cell, is_plain in zip(uniques, plain, strict=True)]
    if not any(read):
        return sheet
    large = any(amount and amount.unit.startswith(IN_MILLIONS) for amount in read)
    told = [(dose_in(as_text(cell)) if large else None) if is_plain else amount
            for cell, is_plain, amount in zip(uniques, plain, read, strict=True)]  # fmt: skip
    _note(sheet, {as_text(cell): amount for cell, amount in zip(uniques, read, strict=True) if amount}, report)
    amounts = [None if code < 0 else told[code] for code in codes]
    values = [amount.value if amount else cell for amount, cell in zip(amounts, sheet.cells["dose"], strict=True)]
    units = _units(sheet, [amount.unit if amount else "" for amount in amounts], report)
    columns = {"dose": pd.Series(values, index=sheet.cells.index, dtype=object), "dose_unit": units}
    return replace(sheet, cells=sheet.cells.assign(**columns))


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
    shown = "; ".join(f"'{cell}' is {one.value:g} {one.unit}".strip() for cell, one in list(read.items())[:SHOWN])
    more = f"; and {len(read) - SHOWN} more" if len(read) > SHOWN else ""
    column = sheet.names.get("dose", "dose")
    report.note(f"{sheet.file}: doses in {column} are read with their units and powers ({shown}{more}).")

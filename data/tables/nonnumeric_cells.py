"""Cells that are no plain number where one is expected: what they mean if that is certain, else set aside and told."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

UNOBSERVED = frozenset(
    (
        "ltfu", "lost to follow-up", "lost to follow up", "wd", "withdrawn", "nd", "n.d.", "not done", "not measured",
        "not available", "n.a.", "not applicable", "not assessed", "not evaluable", "ne", "missing", "miss", "no data",
        "unknown", "unk", "nr", "not recorded", "refused", "declined", "-", "--", "–", "?", "??", "k.a.", "k. a.", "ka",
        "keine angabe", "nicht erhoben", "nicht gemacht", "nicht bekannt", "unbekannt", "fehlt", "fehlend",
        "verweigert",
        "non fait", "non disponible", "manquant", "inconnu", "no disponible", "no realizado", "desconocido",
        "sin datos",
        "non eseguito", "sconosciuto", "mancante", "onbekend", "niet gedaan", "ontbreekt", "geweigerd",
        "inv", "nask", "asku", "nav", "oth", "msk", "navu", "np", "trc", "unc", "der", "ni",
    )
)  # fmt: skip
"""Words that clinics write where a number was not observed, and REDCap's codes for it, in lower case."""

CODES = np.array([-9, -8, -7, -99, -98, -97, -88, -77, -999, -998, -997, -9999, 88, 99, 777, 888, 998, 999, 9999])
"""Numbers that stand for no value, where they cannot be one."""
TOLD = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(?:/\s*(\d+)|[ (][a-zA-Zäöüéèàç.,;:!() %-]*)")
FEW = 6
PERCENT = 100
"""The highest value of what is a percentage: of another score, a percentage is an improvement."""


@dataclass(frozen=True)
class Read:
    """A column's numbers, NaN where there is none; where cells are odd; and sentences on those that were understood."""

    values: np.ndarray
    odd: np.ndarray
    notes: tuple[str, ...]


def leading_number(cell: object, high: float) -> float | None:
    """The number of a cell that says more than that: "0 (clear)", "9.3 improved", "12.4/72" where 72 is the highest;
    None if it says none for certain."""
    match = TOLD.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match is None or (match[2] and float(match[2]) != high) or ("%" in match[0] and high != PERCENT):
        return None
    return float(match[1].replace(",", "."))


def read(cells: pd.Series, values: np.ndarray, wrong: np.ndarray, low: float, high: float) -> Read:
    """The numbers of a column between `low` and `high`, of which `wrong` cells are no plain numbers."""
    notes = []
    values, wrong = values.copy(), wrong.copy()
    if wrong.any() and np.isfinite(high):
        known = [leading_number(cell, high) for cell in cells[wrong]]
        found = np.array([np.nan if one is None else one for one in known])
        values[wrong] = found
        notes += _listed(
            [cell for cell, one in zip(cells[wrong], known, strict=True) if one is not None], "as a number"
        )
        wrong[wrong] = np.isnan(found)
    codes = np.isin(values, CODES) & _impossible(values, low, high)
    notes += _listed([f"{value:g}" for value in values[codes]], "as missing, which it cannot be as a value")
    values[codes] = np.nan
    outside = (values < low) | (values > high) | np.isinf(values)
    return Read(values, wrong | outside, tuple(notes))


def _impossible(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Where a value is out of range; below zero, where no range is known and all others are above."""
    if np.isfinite(low) or np.isfinite(high):
        return (values < low) | (values > high)
    others = values[~np.isin(values, CODES)]
    return (values < 0) & bool(len(others) and (np.nan_to_num(others) >= 0).all())


def _listed(words: list[str], how: str) -> list[str]:
    unique = list(dict.fromkeys(map(str, words)))
    shown = ", ".join(f"'{word}' ({words.count(word)})" for word in unique[:FEW])
    return [f"{shown}{' and others' if len(unique) > FEW else ''} read {how}"] if words else []

"""The columns of a table of gates: which holds the tubes, which a gate's statistic, and what a statistic measures."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from data.intake.columns.value_types import are_numbers
from data.tables.columns import texts
from data.tables.mostly import beyond
from data.tables.turned_tables import TUBE

STATISTIC = re.compile(
    r"(?P<path>.+?)(?:"
    r"\|\s*(?P<statistic>(?:Freq\. of|Count|Mean|Median|Geom|Mode|CV|Robust|SD|Percentile|# ?Cells).*)"
    r"|,\s*(?P<listed>Freq\. of .+|Count|# ?Cells|(?:Geom\.? |Geometric )?(?:Mean|Median)\b.*)"
    r"|\s+(?P<diva>%\s?(?:Parent|Grandparent|Total)|#\s?Events))",
    re.IGNORECASE,
)
"""`gate/path | statistic`, as FlowJo 10 writes it, `gate/path,statistic`, as FlowJo 9 does, and `gate %Parent`, as
FACSDiva does."""
DIVA = re.compile(r"[%#]\s?\w+$")
ROOT = re.compile(r"/?(?:root|all events|total events|ungated)", re.IGNORECASE)
"""What exports call all events of a tube, which are no population."""

TUBE_HEADER = re.compile(r"(?:tube|sample)(?:[ _]?name)?:?", re.IGNORECASE)
SPECIMEN_HEADER = re.compile(r"specimen(?:[ _]?name)?:?", re.IGNORECASE)
PERCENT = re.compile(r"freq\. of (?P<of>.+?)(?:\s*\(%\))?(?: \(\d+\))?$", re.IGNORECASE)
FOOTERS = ("mean", "sd", "stdev", "std dev", "std. dev.", "cv", "median", "min", "max")


def gates_of(cells: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """The gate's path and the statistic ("" if it is not named) of every column that has one, by header. Where no
    header has a statistic, every column of numbers beside the names of FCS files is a gate that was renamed."""
    named = {name: _parted(name) for name in map(str, cells.columns) if STATISTIC.fullmatch(name)}
    if named and (not all(map(DIVA.search, named)) or any(map(TUBE_HEADER.fullmatch, map(str, cells.columns)))):
        return _without_root(named)
    tube = tube_column(cells, named)
    others = [name for name in map(str, cells.columns) if name != tube]
    renamed = tube and are_tubes(cells[tube]) and all(are_numbers(cells[name]) for name in others)
    return _without_root({name: (name, "") for name in others}) if renamed else {}


def _without_root(gates: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """The gates but all events of a tube."""
    return {name: gate for name, gate in gates.items() if not ROOT.fullmatch(gate[0])}


def _parted(header: str) -> tuple[str, str]:
    match = STATISTIC.fullmatch(header)
    if match is None:
        return header, ""
    said = (match["statistic"] or match["listed"] or match["diva"]).strip()
    if not match["diva"]:
        return match["path"].strip(), said
    return match["path"].strip(), "Count" if said.startswith("#") else f"Freq. of {said.lstrip('% ').capitalize()} (%)"


def tube_column(cells: pd.DataFrame, gates: Mapping[str, object]) -> str:
    """The column of tubes: names of FCS files if any column has them, else the first beside the gates; "" if none."""
    others = _beside(cells, gates)
    named = [name for name in others if TUBE_HEADER.fullmatch(name)] + others[:1]
    return next((name for name in others if are_tubes(cells[name])), named[0] if named else "")


def specimen_column(cells: pd.DataFrame, gates: Mapping[str, object]) -> str:
    """FACSDiva's column of specimens, "" if there is none."""
    return next((name for name in _beside(cells, gates) if SPECIMEN_HEADER.fullmatch(name)), "")


def _beside(cells: pd.DataFrame, gates: Mapping[str, object]) -> list[str]:
    return [name for name in map(str, cells.columns) if name not in gates and not ROOT.fullmatch(_parted(name)[0])]


def are_tubes(cells: pd.Series) -> bool:
    """Whether most cells are names of FCS files."""
    if not TUBE.search("\n".join(map(str, cells.tolist()))):
        return False
    names = [name for name in texts(cells).dropna() if not is_footer(name)]
    return beyond(names, TUBE.fullmatch, 0.6)


def is_footer(name: str) -> bool:
    """Whether a row is one of FlowJo's summaries below the samples."""
    return name.strip().casefold() in FOOTERS


def counts(statistic: str) -> bool:
    """Whether a statistic counts events."""
    return statistic.casefold().replace(" ", "") in {"count", "#cells"}


def of_parent(statistic: str) -> bool:
    """Whether a statistic is a share of the parent gate."""
    return statistic.casefold().startswith("freq. of parent")


def main_statistics(gates: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The header that a gate's plain name stands for, by path: its frequency of parent, else its first frequency, else
    its first."""
    order = sorted(gates, key=lambda name: (not of_parent(gates[name][1]), not PERCENT.match(gates[name][1])))
    main: dict[str, str] = {}
    for name in order:
        main.setdefault(gates[name][0], name)
    return main


def unit_of(statistic: str) -> str | None:
    """The unit of a statistic, None if it is not named."""
    if match := PERCENT.match(statistic):
        return f"% of {match['of'].strip().casefold()}"
    return "events" if counts(statistic) else statistic or None

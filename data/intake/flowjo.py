"""FlowJo's table exports: one row per tube, one column per gate and statistic, footers below."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from data.columns import numbers, texts
from data.intake.gates import gate, lineage_of, phenotypes_of
from data.intake.layout import Context, Draft, Entry, Ledger
from data.intake.roles import Guess
from data.intake.sources import Source
from data.intake.tubes import proposed_pattern, stated_pattern
from data.problems import Problem
from data.sheet import Sheet

STATISTIC = re.compile(
    r"(?P<path>.+?)\s*\|\s*(?P<statistic>(?:Freq\. of|Count|Mean|Median|Geom|Mode|CV|Robust|SD|Percentile|# Cells).*)",
    re.IGNORECASE,
)
FOOTERS = ("mean", "sd", "stdev", "std dev", "std. dev.", "cv", "median", "min", "max")
CONTROL = re.compile(
    r"comp(?:ensation)?(?:[\s_.-]|$)|unstained|single[\s_-]?stain|\bfmo\b|(?:^|[_\s-])fmo|beads?|isotype|blank",
    re.IGNORECASE,
)
PERCENT = re.compile(r"freq\. of (?P<of>.+?)(?:\s*\(%\))?$", re.IGNORECASE)


def score(source: Source) -> tuple[float, str]:
    """Headers of the form `gate/path | statistic`."""
    names = [str(name) for name in source.sheet.cells.columns]
    fitting = [name for name in names if STATISTIC.fullmatch(name)]
    if not fitting or len(fitting) == len(names):
        return 0.0, ""
    share = len(fitting) / max(len(names) - 1, 1)
    return 0.6 + 0.4 * min(share, 1.0), f"{len(fitting)} of its headers are a gate and a statistic, as '{fitting[0]}'"


def propose(source: Source, context: Context) -> Draft:
    """One entry: every gate a subset; patient and time by a pattern in the tubes' names."""
    cells = source.sheet.cells
    tube = _tube_column(cells)
    names = [name for name in texts(cells[tube]).dropna() if not _is_footer(name) and not CONTROL.search(name)]
    pattern, unclear = (
        stated_pattern(context.pattern, names) if context.pattern else proposed_pattern(names, context.patients)
    )
    gates = [str(name) for name in cells.columns if STATISTIC.fullmatch(str(name))]
    phenotypes = phenotypes_of(map(_path, gates))
    entry: Entry = {
        "file": source.file, **({"sheet": source.page} if source.page else {}), "layout": "flowjo",
        "table": "immune_subsets", "sample": {"column": tube, "pattern": pattern},
        **({"phenotypes": phenotypes} if phenotypes else {}),
    }  # fmt: skip
    columns = [Guess(tube, "sample", "the names of tubes; patient and time are read from them", unclear=True)]
    columns += [
        Guess(str(name), "marker" if name in gates else "", "a gate and a statistic" if name in gates else "not read")
        for name in map(str, cells.columns) if name != tube
    ]  # fmt: skip
    said = [f"{source.file}: tube names are read as '{pattern}'; {why}" for why in unclear]
    if phenotypes:
        said.append(f"{source.file}: phenotypes are proposed from the gates' names; no value depends on them.")
    return Draft([entry], columns, said)


def _tube_column(cells: pd.DataFrame) -> str:
    return next(str(name) for name in cells.columns if not STATISTIC.fullmatch(str(name)))


def _is_footer(name: str) -> bool:
    return name.strip().casefold() in FOOTERS


def _path(header: str) -> str:
    match = STATISTIC.fullmatch(header)
    return match["path"].strip() if match else header


def prepare(sheet: Sheet, entry: Entry, ledger: Ledger) -> Sheet:
    """One row per tube and gate: the tube's name, subset, value, count, parent_count, and what defines the subset
    (label, lineage, parent, phenotype, unit)."""
    tube = entry["sample"]["column"]
    names = texts(sheet.cells[tube]).fillna("")
    footer = np.array([_is_footer(name) for name in names])
    gates = [str(name) for name in sheet.cells.columns if STATISTIC.fullmatch(str(name))]
    _check_footers(sheet, gates, names, footer, ledger)
    sheet = ledger.drop(sheet, footer, "a footer of FlowJo (Mean, SD), no sample")
    names = texts(sheet.cells[tube]).fillna("")
    sheet = ledger.drop(
        sheet, names.map(lambda name: bool(CONTROL.search(name))).to_numpy(bool), "a control or compensation tube"
    )
    sheet = ledger.drop(sheet, texts(sheet.cells[tube]).isna().to_numpy(), "a row without the name of a tube")
    sheet = ledger.drop(sheet, sheet.cells[gates].isna().all(axis=1).to_numpy(), "a sample without any value")
    return _long(sheet, tube, gates, entry.get("phenotypes", {}))


def _long(sheet: Sheet, tube: str, gates: list[str], phenotypes: dict[str, str]) -> Sheet:
    """Frequencies and intensities on top of each other; a count goes beside its gate's own frequency."""
    paths = {name: _path(name) for name in gates}
    statistics = {name: STATISTIC.fullmatch(name)["statistic"].strip() for name in gates}  # type: ignore[index]
    counts = {paths[name]: name for name in gates if _counts(statistics[name])}
    measured = [name for name in gates if not _counts(statistics[name])]
    measured += [name for path, name in counts.items() if path not in {paths[other] for other in measured}]
    main = _main_statistics(measured, paths, statistics)
    parts = []
    for name in measured:
        path, statistic = paths[name], statistics[name]
        above = path.rpartition("/")[0]
        cells = pd.DataFrame({tube: sheet.cells[tube], "value": sheet.cells[name].astype(object)})
        with_counts = main[path] == name and not _counts(statistic)
        cells = cells.assign(
            subset=path if main[path] == name else f"{path} | {statistic}",
            count=_numbers(sheet, counts.get(path)) if with_counts else np.nan,
            parent_count=_numbers(sheet, counts.get(above)) if with_counts and _of_parent(statistic) else np.nan,
            label=gate(path) if main[path] == name else f"{gate(path)} ({statistic})",
            lineage=lineage_of(path), parent=gate(above) if above else "",
            phenotype=phenotypes.get(path, ""), unit=_unit(statistic),
        )  # fmt: skip
        parts.append(cells)
    codes = np.repeat(np.arange(len(measured)), len(sheet.cells))
    origin = pd.Categorical.from_codes(codes, pd.Index(measured, dtype="str"))
    cells = pd.concat(parts, ignore_index=True)
    rows = np.tile(sheet.rows, len(measured))
    return Sheet(cells, sheet.file, rows, {**sheet.names, "sample": tube}, {"value": origin})


def _numbers(sheet: Sheet, name: str | None) -> np.ndarray | float:
    return np.nan if name is None else numbers(sheet.cells[name])[0]


def _counts(statistic: str) -> bool:
    return statistic.casefold() in {"count", "# cells"}


def _of_parent(statistic: str) -> bool:
    return statistic.casefold().startswith("freq. of parent")


def _main_statistics(names: list[str], paths: dict[str, str], statistics: dict[str, str]) -> dict[str, str]:
    """The header that a gate's plain name stands for: its frequency of parent, else its first frequency, else its
    first."""
    order = sorted(names, key=lambda name: (not _of_parent(statistics[name]), not PERCENT.match(statistics[name])))
    main: dict[str, str] = {}
    for name in order:
        main.setdefault(paths[name], name)
    return main


def _unit(statistic: str) -> str:
    if match := PERCENT.match(statistic):
        return f"% of {match['of'].strip().casefold()}"
    return "events" if _counts(statistic) else statistic


def _check_footers(sheet: Sheet, gates: list[str], names: pd.Series, footer: np.ndarray, ledger: Ledger) -> None:
    """Whether the rows above give the Mean and SD (n - 1) that FlowJo wrote below them, in its three digits: if not,
    rows were edited, added or lost since the export."""
    wrong = []
    for name in gates:
        values, _ = numbers(sheet.cells[name])
        above = values[~footer & ~np.isnan(values)]
        for position in np.flatnonzero(footer):
            kind = names[position].strip().casefold()
            if kind not in {"mean", "sd", "stdev"} or np.isnan(values[position]) or len(above) < 2:
                continue
            ours = above.mean() if kind == "mean" else above.std(ddof=1)
            if not _same(ours, values[position]):
                wrong.append((name, position, ours, values[position]))
    for name, position, ours, theirs in wrong[:5]:
        found = f"{names[position]} {theirs:g}"
        expected = f"{ours:.3g}, as the rows above give"
        advice = "Were rows edited, added or removed after the export?"
        ledger.report.warn(Problem(sheet.file, int(sheet.rows[position]), name, found, expected, advice, 0))
    if footer.any() and not wrong:
        ledger.report.note(f"{sheet.file}: FlowJo's own Mean and SD agree with the rows that were read.")


def _same(ours: float, theirs: float) -> bool:
    """Equal to three significant digits, of rounded values: half a unit of the third digit, and as much again for the
    rounding of the rows."""
    size = max(abs(ours), abs(theirs))
    return abs(ours - theirs) <= (10 ** (np.floor(np.log10(size)) - 2) * 1.01 if size else 0)

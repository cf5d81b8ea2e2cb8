"""A mapping done to the tables of its files: the sheets of a study, ready to be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from data.intake.build.extract import all_ours, of_pasi, parts_of
from data.intake.build.join import joined
from data.intake.build.match_sources import Column, note_columns
from data.intake.build.patients import known_as
from data.intake.build.weeks import on_weeks
from data.intake.sources import Source
from data.problems import Problem, Report
from data.schema import ENOUGH
from data.tables.sheet import RawStudy, Sheet

NO_REASONS: Mapping[Column, str] = MappingProxyType({})


def raw_study(
    mapping: Mapping[str, Any],
    sources: Sequence[Source],
    report: Report,
    key: str,
    why: Mapping[Column, str] = NO_REASONS,
    toml: str = "study.toml",
) -> RawStudy:
    """The study that `mapping`, of the file `toml`, makes of these tables; what stands in the way goes to the report,
    and `why` columns are not read."""
    about = {name: value for name, value in mapping.items() if name not in {"sources", "patients", "reference"}}
    parts, own = parts_of(mapping, sources, report), all_ours(mapping)
    timed = on_weeks(parts if own else known_as(parts, mapping, report), mapping, report)
    sheets = joined(timed, report) if timed else {}
    note_columns(mapping, sources, why, report)
    if missing := _missing(mapping, sheets) if not (own or report.problems) else "":
        files = " and ".join(dict.fromkeys(source.file for source in sources)) or key
        found = f"{len(sources)} table(s) without any {missing} that has a patient and a time"
        report.add(Problem(files, None, None, found, f"a patient, a week or date, and a {missing} in some table"))
    return RawStudy(key, report, about, sheets, toml)


def _missing(mapping: Mapping[str, Any], sheets: Mapping[str, Sheet]) -> str:
    """What is wanting: PASI where the mapping says which column it is, and no row of it is left; else anything that
    makes a study; "" for nothing."""
    if any(map(of_pasi, mapping.get("sources", []))) and ("pasi" not in sheets or "pasi" not in sheets["pasi"].cells):
        return "PASI value"
    return "" if sheets.keys() & set(ENOUGH) else "score, sample, treatment or event"

"""A mapping done to the tables of its files: the sheets of a study, ready to be checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from data.intake.clock import on_weeks
from data.intake.join import joined
from data.intake.matching import Column, note_columns
from data.intake.parts import parts_of
from data.intake.people import known_as
from data.intake.sources import Source
from data.problems import Problem, Report
from data.sheet import RawStudy

NO_REASONS: Mapping[Column, str] = MappingProxyType({})


def raw_study(
    mapping: Mapping[str, Any],
    sources: Sequence[Source],
    report: Report,
    key: str,
    why: Mapping[Column, str] = NO_REASONS,
) -> RawStudy:
    """The study that `mapping` makes of these tables; what stands in the way goes to the report, and `why` columns are
    not read."""
    about = {name: value for name, value in mapping.items() if name not in {"sources", "patients", "reference"}}
    parts = known_as(parts_of(mapping, sources, report), mapping, report)
    sheets = joined(on_weeks(parts, mapping, report), report) if parts else {}
    note_columns(mapping, sources, why, report)
    if "pasi" not in sheets and not report.problems:
        found = f"{len(sources)} table(s) without any PASI value that has a patient and a time"
        expected = "a patient, a week or date, and PASI in some table"
        report.add(
            Problem(" and ".join(dict.fromkeys(source.file for source in sources)) or key, None, None, found, expected)
        )
    return RawStudy(key, report, about, sheets, "study.toml")

"""The weeks for which a study says that visits were planned (`[schedule] weeks`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from data.problems import Problem, Report

MOST = 500
"""Planned weeks of a study."""
MOST_VISITS = 1_000_000
"""Patients times nominal weeks: several tables of that size are laid out."""
FURTHEST = 5200
"""Weeks from the index event: a century."""


def schedule_of(about: Mapping[str, Any], file: str, report: Report) -> tuple[float, ...]:
    """The planned weeks that `about` states, ascending, each once; () with a problem where they cannot be any."""
    weeks = about.get("schedule", {}).get("weeks", [])
    wrong = [week for week in weeks if not _is_week(week)]
    if wrong:
        found, expected = f"{wrong[0]!r}"[:60], f"weeks from −{FURTHEST:,} to {FURTHEST:,}, as numbers"
        report.add(Problem(file, None, "schedule.weeks", found, expected))
    elif len(weeks) > MOST:
        report.add(Problem(file, None, "schedule.weeks", f"{len(weeks):,} weeks", f"at most {MOST}"))
    return () if wrong or len(weeks) > MOST else tuple(sorted({float(week) for week in weeks}))


def too_long(weeks: tuple[float, ...], patients: int, file: str) -> Problem | None:
    """The problem of more planned visits than can be laid out."""
    if patients * len(weeks) <= MOST_VISITS:
        return None
    found = f"{len(weeks):,} weeks of {patients:,} patients: {patients * len(weeks):,} visits"
    return Problem(file, None, "schedule.weeks", found, f"at most {MOST_VISITS:,}", "State fewer weeks.")


def _is_week(week: object) -> bool:
    if isinstance(week, bool) or not isinstance(week, (int, float)):
        return False
    return math.isfinite(week) and abs(week) <= FURTHEST

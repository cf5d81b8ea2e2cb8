"""Times to an event as a tidy table: the steps of every curve, and its median."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.phase_visits import chosen_phases
from analysis.report.options import ReportOptions
from analysis.response.survival import bounded_medians, curves, times
from analysis.response.time_to_event import MEASURES, Followed
from data.study import Study

COLUMNS = (
    "measure", "group", "phase", "kind", "week", "at_risk", "events", "censored", "survival", "low", "high", "note",
)  # fmt: skip
STEPS = ["week", "at_risk", "events", "censored", "survival", "low", "high"]


def survival(study: Study, asked: ReportOptions) -> pd.DataFrame:
    """One row per measure, group, phase and step of its curve (`kind` step), then one of its median: week, with low and
    high in weeks. Drug survival has no phase. The first response and relapse rule that were asked for, and a restart as
    the policy has it: under composite it is an event."""
    restart = "event" if asked.policy == "composite" else "policy"
    phases = chosen_phases(study, asked.phases)
    each = [(key, phase) for key in MEASURES for phase in (phases if MEASURES[key].of_outcome else ["all"])]
    chosen = Followed(asked.response, asked.relapse, baseline=asked.baseline, restart=restart)
    tables = [_rows(study, key, replace(chosen, phase=phase)) for key, phase in each]
    found = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    return found.reindex(columns=list(COLUMNS))


def _rows(study: Study, measure: str, chosen: Followed) -> pd.DataFrame:
    found = times(study, measure, chosen)
    steps = curves(found).assign(kind="step", note="")
    together = pd.concat([steps[["group", "kind", *STEPS, "note"]], _medians(found)]) if len(steps) else steps
    phase = chosen.phase if MEASURES[measure].of_outcome else ""
    return together.assign(measure=measure, phase=phase).sort_values("group", kind="stable")


def _medians(found: pd.DataFrame) -> pd.DataFrame:
    """A row for each curve's median, whose note says what it may be between visits."""
    table = bounded_medians(found)
    bounds = zip(table["shortest_weeks"], table["longest_weeks"], strict=True)
    notes = [_note(reached, *ends) for reached, ends in zip(table["median_weeks"], bounds, strict=True)]
    return pd.DataFrame(
        {
            "group": table["group"],
            "kind": "median",
            "week": table["median_weeks"],
            "at_risk": table["n"],
            "events": table["events"],
            "censored": table["n"] - table["events"],
            "survival": 0.5,
            "low": table["low_weeks"],
            "high": table["high_weeks"],
            "note": notes,
        }
    )


def _note(median: float, shortest: float, longest: float) -> str:
    if np.isnan(median):
        return "not reached"
    weeks = [f"{bound:g}" if np.isfinite(bound) else "not reached" for bound in (shortest, longest)]
    between = f"; between visits {weeks[0]} to {weeks[1]}" if weeks[0] != weeks[1] else ""
    return f"low and high are weeks{between}"

"""What each rule says of each patient: under which they responded or relapsed, when, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import categorical, patient_codes, pick
from analysis.filters import kept_patients
from analysis.outcomes import outcome_of
from analysis.phase_visits import phase_start, phase_visits
from analysis.phases import INDEX_PHASES, phase_codes
from analysis.response import relapse
from analysis.response.rule_options import USUAL, RuleOptions
from analysis.response.rules import response_rule, rules_of
from data.study import Study

VERDICTS: Mapping[str, str] = MappingProxyType(
    {"responded": "responded", "no_response": "no response", **relapse.STATES}
)
"""Key -> label."""


def verdicts(
    study: Study,
    patients: Iterable[str] | None = None,
    phase: str = "all",
    how: RuleOptions = USUAL,
    rules: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per response rule (None: all) × patient (None: all), then one per relapse rule × patient.

    kind (response or relapse), rule, patient_id, verdict (key of `VERDICTS`), week (of the study: of the first visit
    that showed the response, or of the relapse), weeks (the same since the phase's start), phase (in which that week
    lies), pasi (then), threshold (the PASI to reach, or the line that was crossed, else the last one in force), nadir
    and nadir_week (of a relapse), cause (of a relapse: PASI or restart), reason (why not evaluable, or "").
    NaN: it did not happen.
    """
    keep = kept_patients(study, patients)
    found = relapse.relapses(study, None, [phase], how)
    relapsed = found.assign(kind="relapse", verdict=found["state"].astype(str)).drop(columns=["state", "phase"])
    known = rules_of(study)
    keys = list(known.responses if rules is None else rules)
    tables = [_response(study, key, phase, how) for key in keys]
    tables += [relapsed[(relapsed["rule"] == key).to_numpy(bool)] for key in known.relapses]
    together = pd.concat([table[keep] for table in tables], ignore_index=True)
    return _placed(study, together, phase)


def _response(study: Study, key: str, phase: str, how: RuleOptions) -> pd.DataFrame:
    """The first response of every patient by one rule."""
    seen, rule = phase_visits(study, phase, *how.visits), response_rule(key, outcome_of(study))
    first = seen.first(rule.holds(seen.base, seen.pasi))
    reason = (seen.no_baseline if rule.relative else seen.missing).astype("str")
    verdict = np.select([first >= 0, reason != ""], ["responded", "not_evaluable"], "no_response")
    return pd.DataFrame(
        {
            "kind": "response",
            "rule": key,
            "patient_id": study.patients["patient_id"].array,
            "verdict": verdict,
            "week": pick(seen.week, first),
            "pasi": pick(seen.pasi, first),
            "threshold": rule.line(seen.baseline),
            "reason": reason,
        }
    )


def _placed(study: Study, table: pd.DataFrame, phase: str) -> pd.DataFrame:
    """`table` with the weeks since the phase's start and the phase in which they lie."""
    patient, week = patient_codes(table), table["week"].to_numpy(float)
    return table.assign(
        weeks=week - phase_start(study, phase)[patient],
        phase=categorical(phase_codes(study, patient, week), INDEX_PHASES),
        rule=table["rule"].astype(str),
        reason=table["reason"].astype(str),
    )

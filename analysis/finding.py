"""What a study found by the rules in force: of each phase who responded and who relapsed, as data and as one or two
sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.cohort import patient_groups
from analysis.filters import kept_patients
from analysis.outcomes import outcome_name
from analysis.phase_visits import phase_start, phase_visits
from analysis.phases import phase_labels, zeros
from analysis.query import only
from analysis.response.milestones import told_phases
from analysis.response.rates import ENOUGH_PATIENTS, INTERVALS, percent_texts
from analysis.response.relapse import STATES, judged
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analysis.arrays import Flags
    from analysis.query import Query
    from data.study import Study

FIELDS = (
    "patients", "groups", "from_week", "to_week", "clock", "score", "phase", "baseline", "response", "cutoff",
    "relapse", "interval",
)  # fmt: skip
"""The query's fields that a finding depends on."""
LONGEST, LINE = 180, 110
"""Characters of a finding, and of a line of it."""
WEEKS = 6
"""Up to this many relapses are told with their weeks."""
GROUPS = 3
"""Up to this many groups are told apart."""
RELAPSES = frozenset({"NPF", "EMA", "half_lost"})
"""Rules that are what the field calls a relapse; another goes by its own name."""


@dataclass(frozen=True)
class Count:
    """How many `of` those who can be judged; `low` and `high` are the 95 % interval of the rate in percent, NaN below
    `ENOUGH_PATIENTS`."""

    positive: int
    of: int
    low: float = np.nan
    high: float = np.nan

    @property
    def percent(self) -> float:
        """The rate, NaN of nobody."""
        return 100 * self.positive / self.of if self.of else np.nan


@dataclass(frozen=True)
class PhaseFinding:
    """A phase (key of `PHASES`): first responses among the evaluable, in all and by group (none where a group has fewer
    than `ENOUGH_PATIENTS`); relapses among those at risk, None where no rule tells them, with their weeks on the
    query's clock, ascending; `patients`, who are kept and reached the phase, and the usual `reason` why one of them is
    not evaluable."""

    phase: str
    response: Count
    groups: dict[str, Count]
    relapse: Count | None
    weeks: tuple[float, ...]
    patients: int
    reason: str


def finding(study: Study, query: Query) -> str:
    """What was found in the kept patients, of the outcome that the study is focused on: at most `LONGEST` characters,
    on two lines (parted by a line break) where one is too long. Only observed values count: nothing is imputed."""
    if not study.has_pasi:
        return f"No {_short(outcome_name(study), 40)} values: add them to see who responded."
    parts = found(study, query)
    if not parts:
        return "Nobody is kept: remove a filter."
    told = (" ".join(_sentence(study, query, part, how) for how, part in _ways(way, parts)) for way in WAYS)
    return _lines(next((text for text in told if len(text) <= LONGEST), _ending(study, query, parts)))


def found(study: Study, query: Query) -> list[PhaseFinding]:
    """The finding of each phase that a milestone is told of (`milestones.told_phases`) and that a kept patient reached;
    of the query's own phase in any case. Nothing where nobody is kept."""
    return _all_found(study, only(query, FIELDS))


@lru_cache(maxsize=8)
def _all_found(study: Study, query: Query) -> list[PhaseFinding]:
    keep = kept_patients(study, query.patients or None, query.groups or None)
    phases = told_phases(study, query.phase) if keep.any() else []
    reached = [phase for phase in phases if (keep & ~np.isnan(phase_start(study, phase))).any()]
    return [_found(study, query, phase, keep) for phase in reached or phases[:1]]


def _found(study: Study, query: Query, phase: str, keep: Flags) -> PhaseFinding:
    how = query.rules(study)
    rule, seen = how.response_of(study), phase_visits(study, phase, *how.visits)
    reason = seen.no_baseline if rule.relative else seen.missing
    responded: Flags = seen.first(rule.holds(seen.base, seen.pasi)) >= 0
    known = keep & (reason == "") & rule.evaluable(seen.baseline)
    relapse, weeks = (None, ()) if query.relapse == NO_RULE else _relapse(study, query, phase, keep)
    start = phase_start(study, phase)
    inside = keep & ~np.isnan(start) if not np.isnan(start).all() else keep
    reasons = pd.Series(reason[inside & ~known]).astype(str)
    return PhaseFinding(
        phase,
        _count(query, responded & known, known),
        _by_group(study, query, responded, known),
        relapse,
        weeks,
        int(inside.sum()),
        str(reasons.mode().iloc[0]) if len(reasons) else "",
    )


def _relapse(study: Study, query: Query, phase: str, keep: Flags) -> tuple[Count, tuple[float, ...]]:
    found, state = judged(study, phase, query.relapse, *query.rules(study).visits), [*STATES]
    relapsed = keep & (found.state == state.index("relapsed"))
    at_risk = relapsed | (keep & (found.state == state.index("no_relapse")))
    weeks = found.week - zeros(study, query.clock)
    return _count(query, relapsed, at_risk), tuple(np.sort(weeks[relapsed]).tolist())


def _by_group(study: Study, query: Query, positive: Flags, known: Flags) -> dict[str, Count]:
    names, group = patient_groups(study, "group")
    there = [at for at in range(len(names)) if (known & (group == at)).any()] if len(names) <= WEEKS * GROUPS else []
    if not 1 < len(there) <= GROUPS:
        return {}
    each = {names[at]: _count(query, positive & known & (group == at), known & (group == at)) for at in there}
    return each if all(count.of >= ENOUGH_PATIENTS for count in each.values()) else {}


def _count(query: Query, positive: Flags, known: Flags) -> Count:
    hits, of = int(positive.sum()), int(known.sum())
    if of < ENOUGH_PATIENTS:
        return Count(hits, of)
    low, high = INTERVALS[query.interval](np.array([float(hits)]), np.array([float(of)]))
    return Count(hits, of, float(low[0]), float(high[0]))


@dataclass(frozen=True)
class _Way:
    """How much is said: `names` and `label` are the longest of each, in characters."""

    groups: bool = False
    weeks: bool = True
    rates: bool = True
    names: int = 24
    label: int = 40


WAYS: tuple[tuple[_Way, _Way], ...] = (
    (_Way(groups=True), _Way(groups=True)),
    (_Way(groups=True), _Way()),
    (_Way(), _Way()),
    *(
        (way, way)
        for way in (
            _Way(weeks=False, label=24),
            _Way(weeks=False, rates=False, label=24),
            _Way(weeks=False, rates=False, names=8, label=12),
        )
    ),
)
"""Of the first phase and of the others, the fullest first."""


def _ways(way: tuple[_Way, _Way], parts: list[PhaseFinding]) -> Iterable[tuple[_Way, PhaseFinding]]:
    return zip([way[0], *[way[1]] * (len(parts) - 1)], parts, strict=True)


def _ending(study: Study, query: Query, parts: list[PhaseFinding]) -> str:
    """What fits whatever the names: the first phase alone."""
    return _sentence(study, query, parts[0], WAYS[-1][0])[:LONGEST]


def _sentence(study: Study, query: Query, part: PhaseFinding, how: _Way) -> str:
    name, label = (
        _phase(study, part.phase, how.names),
        _short(query.rules(study).response_of(study).label, how.label),
    )
    if not part.response.of:
        why = f": {part.reason}" if how.weeks and part.reason else ""
        whom = f" in any of {part.patients:,} patients" if part.patients > 1 else ""
        return f"{name}: {label} cannot be judged{whom}{why}."
    some = " evaluable" if how.rates and part.response.of < part.patients else ""
    said = [f"{label} in {_count_text(part.response, some, rate=how.rates)}"]
    if part.relapse and part.relapse.positive:
        said.append(_relapsed(study, query, part, how))
    groups = (
        [f"{_short(group, how.names)} {_count_text(count)}" for group, count in part.groups.items()]
        if how.groups
        else []
    )
    return f"{name}: {', '.join(said)}." + (f" {label} by group: {', '.join(groups)}." if groups else "")


def _relapsed(study: Study, query: Query, part: PhaseFinding, how: _Way) -> str:
    """Relapses among those at risk, who are named so where they are not all who are evaluable."""
    count, rule = part.relapse or Count(0, 0), rules_of(study).relapses[query.relapse]
    name = "relapse" if rule.key in RELAPSES else _short(rule.label, how.label)
    risk = "" if count.of == part.response.of else " at risk"
    known = how.weeks and len(part.weeks) <= WEEKS and not np.isnan(part.weeks).any()
    weeks = f" (week{'s' * (len(part.weeks) > 1)} {', '.join(map(_week, part.weeks))})" if known else ""
    return f"{name} in {count.positive:,} of {count.of:,}{risk}{weeks}"


def _count_text(count: Count, of: str = "", *, rate: bool = True) -> str:
    """A count with what it is `of`, and its rate and interval where there are enough patients for one."""
    text = f"{count.positive:,} of {count.of:,}{of}"
    if not rate or np.isnan(count.low):
        return text
    percent, low, high = percent_texts(count.percent, count.low, count.high)
    return f"{text} ({percent} %, {low}–{high})"


def _phase(study: Study, phase: str, longest: int) -> str:
    """A phase as a sentence begins: the index treatment by its own name where that is short."""
    own = study.index.treatment or ""
    index = own if 0 < len(own) <= longest else _short(study.index.label, longest)
    label = phase_labels(study)[phase].replace(study.index.label, index, 1) if phase != "restart" else "after restart"
    return label[:1].upper() + label[1:]


def _week(week: float) -> str:
    return f"{round(week, 1) + 0.0:.4g}".replace("-", "−")


def _short(text: str, longest: int) -> str:
    """A name cut in the middle: names that differ only at their ends stay apart."""
    tail = longest // 2
    return text if len(text) <= longest else f"{text[: longest - 1 - tail]}…{text[-tail:]}"


def _lines(text: str) -> str:
    """Two lines where one is too long: parted at the end of a sentence, else of a part of one, else of a word."""
    if len(text) <= LINE:
        return text
    for after in (r"(?<=[.]) ", r"(?<=[,;:]) ", " "):
        places = [match.start() for match in re.finditer(after, text)]
        longest: Callable[[int], int] = lambda at: max(at, len(text) - at - 1)  # noqa: E731
        best = min(places, key=longest, default=0)
        if best and longest(best) <= LINE:
            return f"{text[:best]}\n{text[best + 1 :]}"
    return text

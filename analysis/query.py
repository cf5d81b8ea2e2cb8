"""The query: what is drawn. A frozen value that any worker can read back from the address."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import VISITS, Compared
from analysis.comparisons.single_case import BETTER
from analysis.correlation import serial
from analysis.correlation.pairing import PAIR_PHASES
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import focused, outcome_of
from analysis.phases import PHASES, study_clocks
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rates import INTERVALS, Choices
from analysis.response.response import BASELINES, LANE_SORTS
from analysis.response.rule_kinds import begins, written
from analysis.response.rule_options import NO_RULE, RuleOptions
from analysis.response.rules import rules_for, rules_of
from analysis.response.time_to_event import GAP, MEASURES, RESTARTS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, study_scores
from analysis.tracks import NO_TRACK, tracks
from data.study import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from data.study import Outcome, Study

THEMES = ("light", "dark")
MAX_SUBSETS = 6
OWN_CUTOFFS = ("own_percent", "own_absolute")
"""The reader's own response: an improvement by so many percent, or a value to reach."""
USUAL_PERCENT = 80.0
LINES = ("", "all", "median")
CURVES_BY = ("group", "treatment", "all")
MATRIX_COLUMNS = ("phase", "lag", "group")
MATRIX_SORTS = ("tree", "estimate")
HEATMAPS = ("patient", "subset")
LANE_COLOURS = ("patient", "drug")
LANES = ("patients", "share")
LISTED = 40
"""Up to so many patients each has lanes of their own, unless the reader asks; beyond, the drugs' shares are shown."""
MAX_LAG = 104.0
MAX_WEEK, MAX_PAGE = 5200, 10**6
MAX_GAP = 3650.0
MAX_CUTOFF = 1e6
QUOTED = 80
"""Characters of a value that a complaint quotes."""
UNCHOSEN = "*"
"""Of `patient`: the first that is kept; of `outcome`: the score."""
DECKS = {
    "pair_view": ("correlation", "multiples", "phase_plane", "lag_profile", "tolerance", "specifications"),
    "cohort_view": ("matrix", "rates", "group_course", "survival", "waterfall", "lasagna", "heatmap"),
    "table_view": (
        "response",
        "sensitivity",
        "goals",
        "one_patient",
        "influence",
        "before_after",
        "responders",
        "roc",
        "auc",
    ),
}
"""Views that were there before `panel`, by the field that remembers which of them was opened last, the first by
default: an address of then opens one by that field alone. Which views there are is for `components.views` to say."""
VIEW = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""What a view may be called."""
CHOICES: dict[str, Collection[str]] = {
    "pasi_scale": PASI_SCALES,
    "immune_scale": IMMUNE_SCALES,
    "phase": PHASES,
    "lane_sort": LANE_SORTS,
    "lane_colour": LANE_COLOURS,
    "lanes": LANES,
    "baseline": BASELINES,
    "imputation": IMPUTATIONS,
    "policy": POLICIES,
    "interval": INTERVALS,
    "lines": LINES,
    "measure": MEASURES,
    "curves_by": CURVES_BY,
    "at_restart": RESTARTS,
    "statistic": STATISTICS,
    "p_by": serial.SERIAL,
    "pair_phase": PAIR_PHASES,
    "matrix_by": MATRIX_COLUMNS,
    "matrix_sort": MATRIX_SORTS,
    "heat_by": HEATMAPS,
    "better": BETTER,
    "visit": VISITS,
    "adjust": ADJUSTMENTS,
    "average": AVERAGES,
    "theme": THEMES,
}
"""Fields of the query whose values are the same in every study, with these."""
RULES = {"response": "responses", "relapse": "relapses", "rebound": "rebounds"}
"""Fields that are rules, each with its registry among the rules of an outcome."""
FEW = 9
"""From so many patients on, a study opens on its cohort."""


@dataclass(frozen=True)
class Query:
    """Every field is one control and one key of the address; the defaults are what a bare address shows.

    patients, groups    kept; empty keeps all          from_week, to_week  closed window in weeks of `clock`; None: open
    score               the outcome: a key of `analysis.scales.study_scores`
    lines               of `LINES`: every patient's line, or the groups' medians with quartiles; "": by their number
    subset, phase       what the scatter shows         tolerance           largest sample-to-visit gap in a pair, weeks
    lane_colour         of `LANE_COLOURS`: what the colour of a course says
    track               key of `analysis.tracks.tracks`: what stands beside lanes, and along waterfall and lasagna
    lanes               of `LANES`: lanes of each patient, or the share of the patients on each drug
    lane_page           counted from 1                 response             of the outcome's rules or `OWN_CUTOFFS`
    cutoff              of an own response; None: its usual one
    relapse, rebound    keys of their registries, or none
    baseline, imputation, policy, interval, measure, at_restart   keys of their registries
    sustained           weeks for which a response must hold
    curves_by           what tells survival curves apart
    gap                 days between two courses of one drug that are one in drug survival
    statistic           key of `STATISTICS`            lag                 weeks from sample to visit in a pair
    p_by                key of `serial.SERIAL`: what p stands on
    pair_phase          key of `PAIR_PHASES`: what of a pair must lie in the phase
    matrix_by, matrix_sort   columns and order of rows of the matrix
    heat_by, patient    whether the heatmap is of one patient or one subset, and whose
    outcome, better     what is compared between phases (the score or a subset), and which direction is improvement
    visit, at_week, adjust   which visit is compared with the baseline (of `VISITS`, and which nominal week; None: the
                        last with enough patients), and how p is adjusted over subsets (of `ADJUSTMENTS`)
    average             of a group's course: key of `AVERAGES`
    panel               the open view of the panel: a key of `components.views.VIEWS`
    pair_view, cohort_view, table_view   of each of `DECKS` the view that was opened last
    """

    patients: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    from_week: float | None = None
    to_week: float | None = None
    clock: str = "index"
    lens: bool = True
    score: str = "pasi"
    pasi_scale: str = "absolute"
    immune_scale: str = "raw"
    subsets: tuple[str, ...] = ()
    lines: str = ""
    subset: str = ""
    phase: str = "all"
    tolerance: float = 1.0
    lane_sort: str = "id"
    lane_colour: str = "patient"
    track: str = NO_TRACK
    lane_page: int = 1
    lanes: str = "patients"
    response: str = "PASI75"
    cutoff: float | None = None
    relapse: str = "NPF"
    rebound: str = NO_RULE
    baseline: str = "phase"
    sustained: float = 52.0
    imputation: str = "OC"
    policy: str = "treatment_policy"
    interval: str = "wilson"
    measure: str = "response"
    curves_by: str = "group"
    at_restart: str = "policy"
    gap: float = GAP
    statistic: str = "repeated_measures"
    p_by: str = serial.DEFAULT
    lag: float = 0.0
    pair_phase: str = "both"
    matrix_by: str = "phase"
    matrix_sort: str = "tree"
    heat_by: str = "patient"
    patient: str = UNCHOSEN
    outcome: str = UNCHOSEN
    better: str = "rise"
    visit: str = "week"
    at_week: float | None = None
    adjust: str = "holm"
    average: str = "mean"
    panel: str = "correlation"
    pair_view: str = "correlation"
    cohort_view: str = "matrix"
    table_view: str = "response"
    theme: str = "light"

    def __hash__(self) -> int:
        """Computed once: everything that is remembered of a query is found by it, some hundred times a redraw."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(tuple(getattr(self, one.name) for one in fields(self)))

    @property
    def window(self) -> tuple[float, float] | None:
        """The week window on the current clock, or None when it is open on both sides."""
        if self.from_week is None and self.to_week is None:
            return None
        low = -math.inf if self.from_week is None else self.from_week
        return low, math.inf if self.to_week is None else self.to_week

    def response_key(self, study: Study) -> str:
        """The response rule, as `analysis.response.rules.response_rule` takes it: PASI80 for an own cut-off of 80 %."""
        if self.response not in OWN_CUTOFFS:
            return self.response
        outcome = outcome_of(study)
        if self.response == "own_percent":
            return f"{begins(outcome)}{written(min(max(self.cutoff or USUAL_PERCENT, 0.1), 100.0))}"
        usual = usual_cutoff(outcome) if self.cutoff is None else self.cutoff
        kind = "at_least_" if outcome.better == "higher" else "at_most_"
        return f"{kind}{written(min(max(usual, outcome.low), outcome.high))}"

    def rules(self, study: Study) -> RuleOptions:
        """The rules under which a course is told."""
        keys = (self.response_key(study), self.relapse, self.rebound, f"sustained_{self.sustained:g}")
        return RuleOptions(*keys, self.baseline, self.window, self.clock)

    @property
    def choices(self) -> Choices:
        """What a responder rate is told under, besides rule, imputation and phase."""
        return Choices(self.baseline, self.policy, self.interval, self.clock)

    def compared(self, study: Study) -> Compared:
        """What comparisons of few patients are told under."""
        who: dict[str, Any] = {"patients": self.patients or None, "groups": self.groups or None}
        told: dict[str, Any] = {
            "phase": self.phase,
            "baseline": self.baseline,
            "clock": self.clock,
            "window": self.window,
        }
        seen: dict[str, Any] = {"visit": self.visit, "at_week": self.at_week, "adjust": self.adjust}
        scored: dict[str, Any] = {"policy": self.policy, "scale": self.pasi_scale}
        return Compared(**who, **told, **seen, **scored, response=self.response_key(study))

    @property
    def kept(self) -> dict[str, Any]:
        """The narrowing arguments that `analysis.filters.narrow` takes."""
        return {
            "patients": self.patients or None,
            "groups": self.groups or None,
            "window": self.window,
            "clock": self.clock,
        }


def asked(study: Study, raw: Mapping[str, Any]) -> tuple[Study, Query, list[str]]:
    """The study focused on the outcome that is asked for, and what `read` gives."""
    query, complaints = read(study, raw)
    return focused(study, query.score), query, complaints


def usual_cutoff(outcome: Outcome) -> float:
    """The value to reach of an own response for which none is given."""
    return 4.0 if outcome.name == "pasi" else next(iter(outcome.targets), outcome.low)


@lru_cache(maxsize=16)
def default(study: Study, score: str = "") -> Query:
    """The query of a bare address: the clock that everyone is on, the study's first score (or `score`) with its first
    rules, and first two subsets; responder rates where there is none. Without any score, of each what can be told
    without it."""
    score = score or next(iter(study_scores(study)))
    study = focused(study, score)
    known, rules = study.subset_definitions["subset"].astype(str).tolist(), rules_of(study)
    with_subsets, without = ("matrix", "rates") if study.has_pasi else ("heatmap", "survival")
    return Query(
        clock=study_clocks(study)[0],
        score=score,
        response=rules.first_response,
        relapse=rules.first_relapse,
        subsets=tuple(known[:2]),
        subset=known[0] if known else "",
        measure="response" if study.has_pasi or study.treatments.empty else "drug_survival",
        cohort_view=with_subsets if known else without,
        panel=_opens(study, subsets=bool(known)),
        lanes="patients" if len(study.patients) <= LISTED or study.treatments.empty else "share",
    )


def _opens(study: Study, *, subsets: bool) -> str:
    """The view on which a study opens."""
    if not study.has_pasi:
        return "heatmap" if subsets else "survival"
    return "correlation" if subsets and len(study.patients) < FEW else "rates"


def read(study: Study, raw: Mapping[str, Any]) -> tuple[Query, list[str]]:
    """A query from untrusted keys and values, and a sentence for each value that was not usable (its default stays)."""
    query, found, complaints = default(study), {}, []
    score = raw.get("score", query.score)
    if isinstance(score, str) and score in study_scores(study):
        query = default(study, score)
    parsers = _parsers(focused(study, query.score), tuple(study_scores(study)))
    for name, value in raw.items():
        if name not in parsers or (name in RULES and _is_of_another(study, name, value, query)):
            continue
        try:
            found[name] = parsers[name](value)
        except ValueError as error:
            complaints.append(
                f"The address asks for {name.replace('_', ' ')} “{_cut(value)}”, but {error}; the default is shown."
            )
    query = replace(query, **found)
    return (query if "panel" in raw else replace(query, panel=_of_decks(query, default(study)))), complaints


def _of_decks(query: Query, usual: Query) -> str:
    """The view that an address without `panel` opens."""
    return next((getattr(query, deck) for deck in DECKS if getattr(query, deck) != getattr(usual, deck)), usual.panel)


def only(query: Query, names: Iterable[str]) -> Query:
    """A query with these fields of another and the rest as they are by default: the key of what depends on no other."""
    return Query(**{name: getattr(query, name) for name in names})


def asked_by(study: Study, query: Query, names: Iterable[str]) -> Query:
    """`only` with the study's own defaults: its outcome's rules where no other is asked for."""
    return replace(default(study, query.score), **{name: getattr(query, name) for name in names})


def changed(old: Query, new: Query) -> set[str]:
    """Names of the fields in which two queries differ."""
    return {f.name for f in fields(Query) if getattr(old, f.name) != getattr(new, f.name)}


def _is_of_another(study: Study, name: str, value: Any, query: Query) -> bool:
    """Whether a value is a rule of another outcome: it gives way to the first of this one, without a word."""
    others = [rules_for(one) for one in (*OUTCOMES.values(), *study.outcomes) if one.name != query.score]
    own = getattr(rules_for(study.outcome(query.score)), RULES[name])
    return isinstance(value, str) and value not in own and any(value in getattr(one, RULES[name]) for one in others)


@lru_cache(maxsize=16)
def _parsers(study: Study, scores: tuple[str, ...]) -> dict[str, Callable[[Any], Any]]:
    rules = rules_of(study)
    subsets = study.subset_definitions["subset"].astype(str).tolist()
    patients, groups = set(study.patient_ids), set(study.patients["group"].astype(str))
    return {
        **{name: _among(known) for name, known in CHOICES.items()},
        "patients": lambda value: _several(value, patients, "patient"),
        "groups": lambda value: _several(value, groups, "group"),
        "from_week": _week,
        "to_week": _week,
        "clock": lambda value: _one(value, study_clocks(study)),
        "lens": lambda value: str(value).lower() in {"true", "1"},
        "score": lambda value: _one(value, scores),
        "subsets": lambda value: _several(value, set(subsets), "subset")[:MAX_SUBSETS],
        "subset": lambda value: _one(value, subsets or [""]),
        "tolerance": lambda value: _number(value, 0, 26),
        "track": lambda value: _one(value, tracks(study)),
        "lane_page": lambda value: int(_number(value, 1, MAX_PAGE)),
        "response": lambda value: _one(value, (*rules.responses, *OWN_CUTOFFS)),
        "cutoff": lambda value: None if value is None or value == "" else _number(value, -MAX_CUTOFF, MAX_CUTOFF),
        "relapse": lambda value: _one(value, (*rules.relapses, NO_RULE)),
        "rebound": lambda value: _one(value, (*rules.rebounds, NO_RULE)),
        "sustained": lambda value: _number(value, 1, 1040),
        "gap": lambda value: _number(value, 0, MAX_GAP),
        "lag": lambda value: _number(value, -MAX_LAG, MAX_LAG),
        "patient": lambda value: _one(value, (UNCHOSEN, *study.patient_ids)),
        "outcome": lambda value: _one(value, (UNCHOSEN, *subsets)),
        "at_week": _week,
        "panel": _view,
        **{deck: _among(views) for deck, views in DECKS.items()},
    }


def _among(known: Collection[str]) -> Callable[[Any], str]:
    return lambda value: _one(value, known)


def _one(value: Any, known: Collection[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise ValueError(f"this study knows {', '.join(list(known)[:8]) or 'none'}")
    return str(value)


def _view(value: Any) -> str:
    if not isinstance(value, str) or not VIEW.fullmatch(value):
        raise ValueError("no view is called so")
    return value


def _several(value: Any, known: set[str], noun: str) -> tuple[str, ...]:
    wanted = [str(item) for item in (value or [] if isinstance(value, list | tuple | None) else [value])]
    unknown = [item for item in wanted if item not in known]
    if unknown:
        raise ValueError(f"this study has no {noun} {_cut(', '.join(unknown[:5]))}")
    return tuple(dict.fromkeys(wanted))


def _number(value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError("a number is needed") from None
    if not math.isfinite(number):
        raise ValueError("a finite number is needed")
    if not low <= number <= high:
        raise ValueError(f"a number from {low:,.10g} to {high:,.10g} is needed")
    return number


def _cut(value: Any) -> str:
    text = str(value)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _week(value: Any) -> float | None:
    return None if value is None or value == "" else _number(value, -MAX_WEEK, MAX_WEEK)

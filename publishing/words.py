"""The legend of a figure and the paragraph of methods, from the rules in force, in words that a journal takes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.comparisons import rank_sums, signed_ranks
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.phase_samples import baseline_words
from analysis.correlation import serial
from analysis.correlation.matrix import FAMILY_SOURCE
from analysis.correlation.pairing import PAIR_PHASES
from analysis.correlation.statistics import STATISTICS
from analysis.filters import kept_patients, narrow
from analysis.outcomes import outcome_name, outcome_of
from analysis.phases import clock_labels, phase_labels
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.rates import ENOUGH_PATIENTS
from analysis.response.rules import RELAPSE_JUDGED, rules_of
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from publishing import stamp as stamps
from publishing.references import Reference, bibtex, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analysis.query import Query
    from data.study import Study

    Told = Callable[[Study, Query], list[str]]

INTERVALS = {
    "wilson": "Wilson's score method (1927, doi 10.1080/01621459.1927.10502953)",
    "clopper_pearson": "the exact method of Clopper and Pearson (1934, doi 10.1093/biomet/26.4.404)",
}
ILLUSTRATIVE = (
    "Illustrative: {count}. These values were made for demonstration; they must not be quoted or published as data."
)
MISSING = (
    "Missing values were never taken for zero; values below a limit of detection were counted and left out of fold "
    "changes and correlations."
)
GESTURE = re.compile(r"\b(?:[Cc]lick|hover|[Dd]rag|lanes from)\b")
"""A sentence that only the page has a use for."""
HOLLOW = re.compile(r"[;,] hollow(?: marks are| is) illustrative")


@dataclass(frozen=True)
class Panel:
    """What a panel of a figure says of itself: its title, what is drawn, its n, its number with what that stands on,
    and how it is computed; "" where it says nothing."""

    key: str
    title: str
    about: str
    caption: str
    headline: str = ""
    note: str = ""


@dataclass(frozen=True)
class Words:
    """A legend and methods as texts of plain sentences, and the works they cite, numbered alike."""

    legend: str
    methods: str
    references: tuple[Reference, ...]

    @property
    def text(self) -> str:
        """All of it."""
        listed = "\n".join(f"{at}. {one.text}" for at, one in enumerate(self.references, 1))
        parts = {"Figure legend": self.legend, "Methods": self.methods, "References": listed}
        return "\n\n".join(f"{name}\n{text}" for name, text in parts.items() if text) + "\n"

    @property
    def bibtex(self) -> str:
        """The works as a .bib file."""
        return bibtex(self.references)


def words(study: Study, query: Query, panels: Sequence[Panel]) -> Words:
    """The legend of these panels, lettered in their order, and the methods of the last of them; the study focused on
    its outcome."""
    said = methods(study, query, panels[-1]) if panels else methods(study, query, None)
    told, references = numbered([legend(study, query, panels), *said])
    return Words(told[0], "\n".join(told[1:]), tuple(references))


def legend(study: Study, query: Query, panels: Sequence[Panel]) -> str:
    """The legend as one paragraph: each panel with its n, then the weeks, who is drawn, the rules and what was not
    measured."""
    several = len(panels) > 1
    parts = [_panel(f"({'abcdefghijklmnopqrstuvwxyz'[at]}) " if several else "", one) for at, one in enumerate(panels)]
    rules = f"Rules: {stamps.rules(study, query)}. Baseline: {stamps.baseline(query)}."
    weeks = f"Time: {clock_labels(study)[query.clock]}. Used: {stamps.filters(study, query)}."
    missing = "No missing value is drawn as zero."
    told = " ".join([f"{study.title}.", *parts, weeks, rules, missing, _illustrative(study)]).strip()
    return told if study.illustrative else HOLLOW.sub("", told)


def methods(study: Study, query: Query, panel: Panel | None) -> list[str]:
    """The methods as paragraphs: data, outcome, rules, missing values, statistics of the panel, and software."""
    told = STATISTICS_OF.get(panel.key) if panel else None
    computed = told(study, query) if told else [panel.note if panel else ""]
    paragraphs = (
        _data(study, query), _outcome(study, query), _rules(study, query), [MISSING], computed,
        [f"Computed with Reprise {stamps.version()}; data {stamps.study_digest(study)}."], [_illustrative(study)],
    )  # fmt: skip
    return [text for sentences in paragraphs if (text := " ".join(filter(None, sentences)))]


def _panel(letter: str, panel: Panel) -> str:
    about = [text for text in re.split(r"(?<=[.]) ", panel.about) if not GESTURE.search(text)]
    said = " ".join(f"{text.rstrip('.')}." for text in (panel.headline, *about) if text)
    n = ", ".join(part for part in panel.caption.split(" · ") if part and not GESTURE.search(part))
    return f"{letter}{panel.title}{f' ({n})' if n else ''}. {said}".strip()


def _illustrative(study: Study) -> str:
    count = stamps.illustrative(study)
    return ILLUSTRATIVE.format(count=count.split(" are ")[0]) if count else ""


def _data(study: Study, query: Query) -> list[str]:
    kept = int(kept_patients(study, query.patients or None, query.groups or None).sum())
    seen = narrow(study, study.pasi, **query.kept)["pasi"]
    visits = f"{seen.notna().sum():,} observed values of {outcome_name(study)}" if study.has_pasi else ""
    missed = int(seen.isna().sum())
    gap = f" ({missed:,} visit{'s' * (missed != 1)} without a value)" if visits and missed else ""
    samples = narrow(study, study.immune_subsets, **query.kept)[["patient_id", "week"]].drop_duplicates()
    blood = f"{len(samples):,} blood samples" if len(samples) else ""
    found = " and ".join(filter(None, (visits + gap, blood)))
    who = f"{kept:,} of {len(study.patients):,}" if kept < len(study.patients) else f"{kept:,}"
    chosen = f" Used: {stamps.filters(study, query)}." if stamps.filters(study, query) != stamps.EVERYTHING else ""
    whose = f" Source of the data: {study.citation.rstrip('.')}." if study.citation else ""
    return [f"Analyses include {who} patient{'s' * (kept != 1)} with {found or 'no values'}.{chosen}{whose}"]


def _outcome(study: Study, query: Query) -> list[str]:
    outcome = outcome_of(study)
    better = "higher" if outcome.better == "higher" else "lower"
    scale = PASI_SCALES[query.pasi_scale]
    shown = f" {scale.rule}" if scale.key != "absolute" else ""
    return [
        f"The outcome was {outcome_name(study)} ({outcome.low:g} to {outcome.high:g}; {better} is better).{shown}",
        f"Time is in {clock_labels(study)[query.clock]}. The baseline was {stamps.baseline(query)}.",
    ]


def _rules(study: Study, query: Query) -> list[str]:
    """Response, relapse and rebound as they are defined, each with its source."""
    if not study.has_pasi:
        return []
    known = rules_of(study)
    relapse, rebound = known.relapses.get(query.relapse), known.rebounds.get(query.rebound)
    named = {"Response": query.rules(study).response_of(study), "Relapse": relapse, "Rebound": rebound}
    said = [
        f"{name} ({rule.label}) was defined as: {rule.wording.rstrip('.')} ({rule.source})."
        for name, rule in named.items()
        if rule
    ]
    return [*said, RELAPSE_JUDGED if relapse else ""]


def _pairs(study: Study, query: Query, subset: str = "") -> list[str]:
    """How samples and visits were paired, and the statistic."""
    kind, labels = STATISTICS[query.statistic], study.subset_definitions.set_index("subset")["label"]
    subset = subset or f"{labels.get(query.subset, 'each subset')}"
    lag = f" to {_weeks(query.lag)} after it" if query.lag else ""
    where = f"{phase_labels(study)[query.phase]}; in a phase lies {PAIR_PHASES[query.pair_phase]}"
    scales = PASI_SCALES[query.pasi_scale].label, IMMUNE_SCALES[query.immune_scale].label
    related = f"{outcome_name(study)} ({scales[0]}) and {subset} ({scales[1]}) were related by {kind.label}"
    near = f"Each blood sample was paired with the nearest visit{lag}, at most {_weeks(query.tolerance)} away"
    return [
        f"{near}, each used once ({where}).",
        f"{related} ({kind.source}): {kind.wording}",
        f"Assumption: {kind.assumption} Limitation: {kind.caveat}",
        _serial(query),
    ]


def _serial(query: Query) -> str:
    """What p stands on, where that is not the statistic's own."""
    one = serial.SERIAL[query.p_by]
    source = f" ({one.source})." if "doi" in one.source else ""
    return f"{one.wording}{source}" if serial.wording_of_p(query.statistic, query.p_by) else ""


def _family(study: Study, query: Query) -> list[str]:
    return [*_pairs(study, query, "each subset"), f"q is p adjusted over all cells that have one ({FAMILY_SOURCE})."]


def _rates(study: Study, query: Query) -> list[str]:
    imputation, policy = IMPUTATIONS[query.imputation], POLICIES[query.policy]
    return [
        f"Missed visits were handled by {imputation.label}: {imputation.wording}",
        f"Restarts of treatment: {policy.label}. {policy.wording}",
        f"Intervals of rates (95 %) are by {INTERVALS[query.interval]}.",
        f"No rate is given of fewer than {ENOUGH_PATIENTS} patients.",
    ]


def _weeks(count: float) -> str:
    return f"{count:g} week{'s' * (count != 1)}"


def _signed(study: Study, query: Query) -> list[str]:
    return [f"Baseline: {baseline_words(study, query.compared(study))}.", signed_ranks.RULE, signed_ranks.SHIFT,
            signed_ranks.BISERIAL, *_adjusted(query)]  # fmt: skip


def _ranked(study: Study, query: Query) -> list[str]:
    return [rank_sums.RULE, rank_sums.AREA, *_adjusted(query)]


def _adjusted(query: Query) -> list[str]:
    one = ADJUSTMENTS[query.adjust]
    return [f"p was adjusted over all subsets of the study ({one.label}; {one.source})."]


STATISTICS_OF: Mapping[str, Told] = MappingProxyType(
    {
        **dict.fromkeys(("correlation", "multiples", "tolerance", "influence"), _pairs),
        **dict.fromkeys(("matrix", "lag_profile"), _family),
        **dict.fromkeys(("rates", "sensitivity"), _rates),
        "before_after": _signed,
        **dict.fromkeys(("responders", "roc"), _ranked),
    }
)
"""View -> its statistics in sentences; another view's are what it says of itself."""

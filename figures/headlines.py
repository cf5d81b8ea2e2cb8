"""What every view of the panel says first: its number, what that stands on, and one sentence of caution."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.correlation.statistics import STATISTICS
from analysis.finding import found
from analysis.phases import phase_labels
from analysis.response.rates import ENOUGH_PATIENTS
from figures import (
    before_after,
    goals,
    group_course,
    heatmap,
    improvement_area,
    influence,
    lag_profile,
    lasagna,
    matrix,
    one_patient,
    panels,
    phase_plane,
    rates,
    responders,
    scatter,
    sensitivity,
    specifications,
    survival,
    tolerance_sweep,
    waterfall,
)
from figures.visuals import formatting
from figures.visuals.empty_state import absence
from figures.visuals.frame import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query
    from data.study import Study

OUTCOME, BOTH = ("pasi",), ("pasi", "immune_subsets")


@dataclass(frozen=True)
class ViewHeadline:
    """Of a view: its headline, one sentence of caution, and the keys of `NEEDS` without which it has neither."""

    headline: Callable[[Frame], formatting.Headline]
    short: Callable[[Frame], str]
    needs: tuple[str, ...] = ()


def headline(key: str, study: Study, query: Query) -> formatting.Headline:
    """The number of a view, and what it stands on, as plain text (`formatting.Headline`); why there is none where it
    lacks something."""
    why = absence(study, TOLD[key].needs)
    return formatting.unable(why) if why else TOLD[key].headline(Frame.of(study, query))


def short(key: str, study: Study, query: Query) -> str:
    """One sentence of caution, of at most `formatting.REST` characters; the view's note has the rest."""
    return TOLD[key].short(Frame.of(study, query))


def _always(text: str) -> Callable[[Frame], str]:
    return lambda *_: text


def _about(frame: Frame) -> str:
    """Whom the inference of a coefficient is to."""
    if STATISTICS[frame.query.statistic].judges == "patients":
        return "p is about patients like these."
    return "p counts visits, not patients."


def _few(large: str, small: str) -> Callable[[Frame], str]:
    """One of two sentences, by whether enough patients for a rate are kept."""
    return lambda frame: large if frame.kept.sum() >= ENOUGH_PATIENTS else small


def _responses(frame: Frame) -> formatting.Headline:
    """Responders of the first phase that was reached."""
    study, query = frame.study, frame.query
    parts = found(study, query)
    if not parts:
        return formatting.unable("Nobody is kept: remove a filter.")
    rule = formatting.middle(query.rules(study).response_of(study).label, 24)
    counts = [f"{part.response.positive:,} of {part.response.of:,}" for part in parts]
    names = [formatting.middle(phase_labels(study)[part.phase], 24) for part in parts]
    later = [f"{one} {name}" for one, name in zip(counts[1:], names[1:], strict=True)]
    n = formatting.plural(parts[0].patients, "patient")
    return f"{counts[0]} {rule}", formatting.fitted(f"{names[0]}; n = {n}", *later)


TOLD: Mapping[str, ViewHeadline] = MappingProxyType(
    {
        "correlation": ViewHeadline(scatter.headline, _about, BOTH),
        "multiples": ViewHeadline(panels.headline, _about, BOTH),
        "phase_plane": ViewHeadline(
            phase_plane.headline, _always("What lies between two visits is not known, and a loop is no cause."), BOTH
        ),
        "lag_profile": ViewHeadline(
            lag_profile.headline, _always("What comes first is not what causes what follows."), BOTH
        ),
        "tolerance": ViewHeadline(
            tolerance_sweep.headline, _always("Neighbours share most pairs: they are not independent evidence."), BOTH
        ),
        "specifications": ViewHeadline(
            specifications.headline, _always("All share the same data: they are no independent tests."), BOTH
        ),
        "matrix": ViewHeadline(matrix.headline, _always("Grey is not computed; q is p adjusted over all cells."), BOTH),
        "rates": ViewHeadline(
            rates.headline,
            _few("Under the axis: responders of evaluable patients.", "Too few for a rate: read each patient's state."),
            OUTCOME,
        ),
        "group_course": ViewHeadline(
            group_course.headline, _always("Thin lines are patients; n stands under the axis."), OUTCOME
        ),
        "survival": ViewHeadline(
            survival.headline, _always("An event is seen at a visit: it came between that visit and the one before.")
        ),
        "waterfall": ViewHeadline(
            waterfall.headline, _always("The best single visit of each: it may have been lost again."), OUTCOME
        ),
        "lasagna": ViewHeadline(lasagna.headline, _always("Blank is not observed; nothing is imputed here."), OUTCOME),
        "heatmap": ViewHeadline(
            heatmap.headline, _always("The middle colour is the own baseline; blank is not measured."), BOTH[1:]
        ),
        "response": ViewHeadline(
            _responses, _always("A response came between the visit that showed it and the one before."), OUTCOME
        ),
        "sensitivity": ViewHeadline(
            sensitivity.headline, _always("A finding that depends on the rule is told with its rule."), OUTCOME
        ),
        "goals": ViewHeadline(goals.headline, _always("n.e.: not evaluable, as a score or a baseline is missing.")),
        "one_patient": ViewHeadline(
            one_patient.headline, _always("No p is given: visits of one patient depend on each other.")
        ),
        "influence": ViewHeadline(influence.headline, _always("A diamond: without this patient the sign flips."), BOTH),
        "before_after": ViewHeadline(
            before_after.headline, _always("p is adjusted over all subsets of the study, shown or not."), BOTH[1:]
        ),
        "responders": ViewHeadline(
            responders.headline, _always("The outcome made the groups: a difference is no prediction."), BOTH
        ),
        "roc": ViewHeadline(
            responders.roc_headline, _always("The same patients made the curve: it looks better than it is."), BOTH
        ),
        "auc": ViewHeadline(
            improvement_area.headline, _always("Who was followed shorter has the mean of less time."), OUTCOME
        ),
    }
)
"""View of the panel -> what it says first."""

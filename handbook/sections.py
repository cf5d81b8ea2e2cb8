"""What the handbook's pages take from the registries, where a page says `<!-- generated: NAME -->`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from handbook import files, rules, statistics, views

MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)

SECTIONS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "responses": rules.responses,
        "relapses": rules.relapses,
        "rebounds": rules.rebounds,
        "sustained": rules.sustained_responses,
        "milestones": rules.milestones,
        "goals": rules.goals,
        "imputations": rules.imputations,
        "policies": rules.policies,
        "restarts": rules.restarts,
        "measures": rules.measures,
        "statistics": statistics.statistics,
        "serial": statistics.serial,
        "adjustments": statistics.adjustments,
        "averages": statistics.averages,
        "outcome_scales": statistics.outcome_scales,
        "immune_scales": statistics.immune_scales,
        "checks": statistics.checks,
        "references": statistics.references,
        "figure_views": views.figure_views,
        "panel_views": views.panel_views,
        "controls": views.controls,
        "signs": views.signs,
        "columns": files.columns,
        "outcomes": files.outcomes,
        "study_toml_example": files.study_toml_example,
        "study_toml_keys": files.study_toml_keys,
        "settings": files.settings,
    }
)


def filled(text: str) -> str:
    """A page with what is generated in its places. KeyError for a name that is no section's."""
    return MARK.sub(lambda mark: SECTIONS[mark[1]](), text)

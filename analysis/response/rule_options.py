"""Under which rules a course is told: one value for milestones, responses, relapses, rebounds and summaries."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.filters import Window
from analysis.outcomes import outcome_of
from analysis.response.rule_kinds import Response
from analysis.response.rules import response_rule, rules_of
from data.study import Study

NO_RULE = "none"
"""No relapse (or rebound) is told."""


@dataclass(frozen=True)
class RuleOptions:
    """Keys of the registries of rules (None: the outcome's first; a response may be an own cut-off, as `response_rule`
    takes it; a relapse or rebound may be `NO_RULE`) and of `BASELINES`; `window` is in weeks of `clock`, closed, and
    limits the visits, never the baseline."""

    response: str | None = None
    relapse: str | None = None
    rebound: str = NO_RULE
    sustained: str = "sustained_52"
    baseline: str = "phase"
    window: Window | None = None
    clock: str = "index"

    @property
    def visits(self) -> tuple[str, Window | None, str]:
        """What `phase_visits` takes after the phase."""
        return self.baseline, self.window, self.clock

    def response_of(self, study: Study) -> Response:
        """The response rule of the study's outcome."""
        return response_rule(self.response or rules_of(study).first_response, outcome_of(study))

    def relapse_of(self, study: Study) -> str:
        """The key of the relapse rule; the outcome's first where none is told."""
        return rules_of(study).first_relapse if self.relapse in {None, NO_RULE} else str(self.relapse)


USUAL = RuleOptions()
"""The first rules of the outcome, every visit."""

"""What a report is asked to hold."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.correlation.pairing import TOLERANCE_WEEKS
from analysis.correlation.serial import DEFAULT
from analysis.filters import Window
from analysis.response.rule_options import RuleOptions


@dataclass(frozen=True)
class ReportOptions:
    """What a report holds, in keys of the registries and of the study's subsets; None: all of them. `window` is in
    weeks of `clock`; `lags` and `tolerance` are in weeks."""

    responses: tuple[str, ...] | None = None
    relapses: tuple[str, ...] | None = None
    imputations: tuple[str, ...] | None = None
    phases: tuple[str, ...] | None = None
    baseline: str = "phase"
    policy: str = "treatment_policy"
    interval: str = "wilson"
    clock: str = "index"
    window: Window | None = None
    statistics: tuple[str, ...] | None = None
    subsets: tuple[str, ...] | None = None
    lags: tuple[float, ...] = (0.0,)
    tolerance: float = TOLERANCE_WEEKS
    pasi_scale: str = "absolute"
    immune_scale: str = "raw"
    pair_phase: str = "both"
    p_by: str = DEFAULT

    @property
    def response(self) -> str | None:
        """The response of patients.csv: the first asked for; None: the outcome's first."""
        return self.responses[0] if self.responses else None

    @property
    def relapse(self) -> str | None:
        """The relapse of patients.csv: the first asked for; None: the outcome's first."""
        return self.relapses[0] if self.relapses else None

    @property
    def rules(self) -> RuleOptions:
        """The rules of patients.csv."""
        return RuleOptions(self.response, self.relapse, baseline=self.baseline, window=self.window, clock=self.clock)

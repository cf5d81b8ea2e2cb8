"""README.txt of the report: what the files hold, how the numbers were made, and each rule's wording and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from textwrap import fill

import numpy as np

from analysis.comparisons import friedman, group_follow_up, improvement_area, rank_sums, signed_ranks
from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.families import ADJUSTMENTS
from analysis.comparisons.group_course import OBSERVED
from analysis.comparisons.phase_samples import Compared
from analysis.comparisons.responders import CHANCES, rule_words
from analysis.correlation import serial
from analysis.correlation.lag import LEAD
from analysis.correlation.lag import RULE as LAG_RULE
from analysis.correlation.matrix import FAMILY_SOURCE
from analysis.correlation.pairing import PAIR_PHASES
from analysis.correlation.points import GUARD
from analysis.correlation.specifications import MOST, RULE, SOURCE
from analysis.correlation.statistics import STATISTICS, Statistic
from analysis.outcomes import outcome_name, outcome_of
from analysis.phase_visits import BASELINES, chosen_phases
from analysis.phases import clock_labels, off_clock, phase_labels
from analysis.report.correlations import written_statistics
from analysis.report.options import ReportOptions
from analysis.report.specifications import USUAL
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.nominal_visits import no_schedule
from analysis.response.rule_kinds import Rule
from analysis.response.rules import RELAPSE_JUDGED, SUSTAINED, response_rule, rules_of
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, score_unit
from data.study import Study

WIDTH = 100

FILES = """responses.csv   Responder rates: one row per group, phase, week, rule and imputation. `evaluable` is the
                denominator, `due` how many were in the phase at that week, observed or not; rate_percent and its
                95 % interval are in percent; `note` says how restarts were handled, which visits belong to the
                week, and why a rate is missing, leaves patients out or takes them for non-responders.
patients.csv    One row per patient and phase, under the rules in response_rule and relapse_rule, of {unit};
                depth_percent is the improvement at the best value. A response was reached between the visits
                weeks_to_response_low and weeks_to_response_high after the phase's start, and is dated by the later
                one. auc_per_week is the area under the curve by the trapezoid rule, per week followed.
relapses.csv    One row per patient, phase and relapse rule. `threshold` is the value that was crossed or, without a
                relapse, the one in force at the last visit; `week` is that of the relapse.

survival.csv    Times to an event, by Kaplan–Meier: one row per measure, group and phase for each step (`kind` step),
                and one for the median. `week` is counted from the phase's start (response), the first response
                (relapse), the first {best} (durability) or the start of the course (drug_survival); `survival` is the
                share without the event, with its 95 % interval where there are 5 events; of a median low and high are
                weeks. Clock and window do not apply.

correlations.csv {outcome} against each immune subset: one row per statistic, subset, phase and lag. `score` is its
                column, `phase` that of both halves of a pair, `lag_weeks` how long after the sample it was
                scored. `estimate` has its 95 % interval, low to high; `q` is p adjusted over every cell of one
                statistic in this file (all subsets of the study, in these phases and lags), whichever are written.
                `note` says why an estimate or p is missing, how p was made and the smallest it could be, over how many
                cells q was adjusted, and how many pairs and patients are left out.
specifications.csv {outcome} against {curves}, under every defensible statistic,
                tolerance, scale and phase, without a lag and with the one asked for; `chosen` is the one that was
                asked for. `oriented` is the estimate, turned where the outcome's scale runs against that of the chosen
                one, so that a sign means one thing.
                The rows share their patients and visits: they are no independent evidence. No p is adjusted.
pairs.csv       What became of every sample and visit: `kind` is pair, or sample or visit for one that stands
                alone, with its reason. gap_weeks is visit − sample − lag; value and {column} are as measured.

comparisons.csv Subsets of few patients, by exact tests: `comparison` is before_after (a visit against the same
                patients' baseline: `estimate` is the shift in the subset's unit with its 95 % interval, `effect` the
                matched rank-biserial), several_visits (Friedman's statistic, `effect` Kendall's W) or responders
                (against the others at baseline: `estimate` is the area under the ROC curve, `effect` the
                rank-biserial). `smallest_p` is the smallest p that n can reach; holm_p and bh_q are over the `family`
                of all subsets of the study. Of {outcome}, and of a `group` instead of a subset: group_course (per visit
                `n` observed, `left_out` due and not observed, `estimate` the mean or median that `rule` names, on the
                scale it names, with its 95 % interval), auc (the area under each patient's improvement, per week
                followed: `estimate` is the group's median; in the row with an other_group, the chance that one of the
                group lies above one of the other, `effect` the rank-biserial) and follow_up (`estimate` is the median
                in weeks).

A blank means not observed, or that it did not happen: it is never 0 and never no. Text that a spreadsheet would
take for a formula begins with '. The files are UTF-8 with a byte order mark, by which Excel knows it; base R leaves the
mark out with read.csv(..., fileEncoding = "UTF-8-BOM")."""

NO_OUTCOME = (
    "This study has no {outcome}: no rate, relapse or correlation could be computed. The tables say so row by row; "
    "samples stand in pairs.csv without a partner."
)


def readme(study: Study, asked: ReportOptions) -> str:
    """The text of README.txt."""
    known, outcome = rules_of(study), outcome_of(study)
    best = known.relapses[known.lasting].after.label
    names = {"outcome": outcome.short, "unit": score_unit(study, outcome.name), "best": best, "column": outcome.name}
    names["curves"] = "each subset asked for" if asked.subsets else f"the first {USUAL} subsets (--subset names others)"
    sections = {
        study.title or study.key: _about(study),
        "Files": FILES.format(**names),
        "Choices": _choices(study, asked),
        "Phases": _lines({key: phase_labels(study)[key] for key in chosen_phases(study, asked.phases)}),
        "Response": _rules(response_rule(key, outcome) for key in (asked.responses or known.responses)),
        "Relapse": _rules(known.relapses[key] for key in (asked.relapses or known.relapses))
        + "\n"
        + _wrapped(RELAPSE_JUDGED),
        "Rebound": _rules(known.rebounds.values()),
        "Sustained response": _rules([SUSTAINED["sustained_52"]]),
        "Correlation": _correlation(study, asked),
        "Comparisons": _comparisons(study, asked),
        "Imputation": _lines({key: IMPUTATIONS[key].wording for key in (asked.imputations or IMPUTATIONS)}),
    }
    return "\n\n".join(f"{title}\n{'-' * len(title)}\n{text}" for title, text in sections.items() if text) + "\n"


def _about(study: Study) -> str:
    """What the study is, and what of it was not observed."""
    made = "Some values of this study are illustrative: made for demonstration, neither observed nor published."
    told = "" if study.has_pasi else NO_OUTCOME.format(outcome=outcome_name(study))
    lines = [study.citation, f"Week 0: {study.week_zero}.", made if study.illustrative else "", told, *study.notes]
    return "\n".join(_wrapped(line) for line in lines if line)


def _choices(study: Study, asked: ReportOptions) -> str:
    """Each choice that the numbers depend on, as it was made."""
    off, schedule = off_clock(study, asked.clock), no_schedule(study, asked.clock)
    policy = POLICIES[asked.policy]
    lines = {
        "weeks": clock_labels(study)[asked.clock] + _left_out(off),
        "window": _window(asked),
        "baseline": f"{BASELINES[asked.baseline]}; for all visits always the original one",
        "restarts": f"{policy.label}: {policy.wording}",
        "interval": f"{asked.interval.replace('_', '-').title()}, 95 %",
        "visits": schedule or "nominal: each belongs to the nearest nominal week, within the window in `note`",
        "patients.csv": f"response {asked.response or rules_of(study).first_response}, "
        f"relapse {asked.relapse or rules_of(study).first_relapse}",
        "ties": "a tie counts as response; improvement is undefined without a baseline above 0",
    }
    return _lines(lines)


def _correlation(study: Study, asked: ReportOptions) -> str:
    """How pairs are made and each statistic's wording, or that there is nothing to correlate."""
    if study.immune_subsets.empty:
        return _wrapped("No immune samples: correlations.csv, specifications.csv and pairs.csv hold their header only.")
    how = {
        "pairs": f"each sample with the nearest visit, each used once; largest gap in weeks: {asked.tolerance:g}",
        "phase": f"in a phase lies {PAIR_PHASES[asked.pair_phase]}; `note` says how many pairs that leaves out",
        "scales": f"{outcome_name(study)}: {PASI_SCALES[asked.pasi_scale].rule} "
        f"Subsets: {IMMUNE_SCALES[asked.immune_scale].rule}",
        "lag": f"{LAG_RULE} {LEAD}",
        "refused": GUARD,
        "p": serial.wording_of_p("repeated_measures", asked.p_by) or serial.SERIAL[asked.p_by].wording,
        "specifications": f"{RULE} At most {MOST} of a subset, fewer in large studies. Source: {SOURCE}.",
        "q": f"p adjusted over every p of one statistic; `note` says how many. Source: {FAMILY_SOURCE}.",
    }
    statistics = [STATISTICS[key] for key in written_statistics(asked)]
    return _lines(how) + "\n\n" + "\n\n".join(_statistic(statistic) for statistic in statistics)


def _comparisons(study: Study, asked: ReportOptions) -> str:
    """How the rows of comparisons.csv are computed, or that there is nothing to compare."""
    groups = {
        "group_course": f"{' '.join(one.wording for one in AVERAGES.values())} {OBSERVED}",
        "auc": f"{improvement_area.unit(study)}. {improvement_area.RULE} Between two groups: {rank_sums.RULE}",
        "follow_up": group_follow_up.RULE,
    }
    if study.immune_subsets.empty:
        none = _wrapped("This study has no immune samples: comparisons.csv has no row of a subset.")
        return f"{none}\n{_lines(groups)}"
    usual = "the last nominal week at which at least 80 % were observed, else the best observed; or the first or last"
    rules = asked.responses or (rules_of(study).first_response,)
    told = [rule_words(study, Compared(asked.phases[0] if asked.phases else "all", response=key)) for key in rules]
    texts = {
        "visit": f"{usual} sample of the phase",
        "before_after": f"{signed_ranks.RULE} {signed_ranks.SHIFT} {signed_ranks.BISERIAL}",
        "several_visits": f"Baseline and all nominal weeks at which at least 80 % were observed. {friedman.RULE}",
        "responders": f"{' '.join(told)} In each phase anew. {CHANCES} {rank_sums.RULE} {rank_sums.AREA}",
        "family": "; ".join(f"{one.label}: {one.source}" for one in ADJUSTMENTS.values()),
    }
    return _lines(texts | groups)


def _statistic(statistic: Statistic) -> str:
    texts = {
        "": statistic.wording,
        "assumes": statistic.assumption,
        "but": statistic.caveat,
        "in simulation": statistic.coverage,
        "source": f"{statistic.source}.",
    }
    return f"{statistic.key} ({statistic.label}, {statistic.symbol})\n{_lines(texts)}"


def _left_out(off: list[str]) -> str:
    return f"; patients left out, without a week 0 on this clock: {len(off)}" if off else ""


def _window(asked: ReportOptions) -> str:
    if asked.window is None:
        return "all weeks"
    low, high = asked.window
    ends = [f"from week {low:g}" if np.isfinite(low) else "", f"to week {high:g}" if np.isfinite(high) else ""]
    return f"{' '.join(filter(None, ends))}, which limits the visits, never the baseline"


def _rules(rules: Iterable[Rule]) -> str:
    return _lines({rule.key: f"{rule.wording} Source: {rule.source}." for rule in rules})


def _lines(texts: Mapping[str, str]) -> str:
    """One entry per line: its name, then its text, wrapped under itself."""
    width = max(map(len, texts), default=0) + 2
    return "\n".join(_wrapped(f"{name:<{width}}{text}", " " * width) for name, text in texts.items())


def _wrapped(text: str, indent: str = "") -> str:
    return fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)

"""What holds for every function of this layer: it changes nothing, and gives the same again."""

import pytest

from analysis import cohort, filters, phases, scales
from analysis.comparisons import single_case
from analysis.correlation import correlation, influence, lag, pairing, specifications
from analysis.immune import checks, event_counts, gating
from analysis.response import rates, rebound, relapse, response, sensitivity, summary, survival
from analysis.response.time_to_event import MEASURES
from studies import random_study

SUBSETS = ["s1", "s2"]
TABLES = ("patients", "pasi", "immune_subsets", "subset_definitions", "treatments")
DERIVATIONS = {
    "anchors": phases.anchors,
    "with_phase": lambda study: phases.with_phase(study, study.pasi),
    "course_kind": phases.course_kind,
    "on_clock": lambda study: phases.on_clock(study, study.treatments, "restart"),
    "narrow": lambda study: filters.narrow(study, study.pasi, ["P1"], ["all"], (0, 20)),
    "scaled_pasi": lambda study: scales.scaled_pasi(study, "percent_improvement"),
    "scaled_immune": lambda study: scales.scaled_immune(study, SUBSETS, "fold"),
    "responses": response.responses,
    "relapses": relapse.relapses,
    "relapse_lines": lambda study: relapse.relapse_lines(study, "NPF"),
    "rebounds": rebound.rebounds,
    "rates": rates.rates,
    "summaries": summary.summaries,
    "sensitivity": sensitivity.sensitivity,
    "pairs": lambda study: pairing.pairs(study, SUBSETS),
    "scaled_pairs": lambda study: pairing.scaled_pairs(study, SUBSETS, 2.0, "percent_improvement", "log2_fold"),
    "unpaired": lambda study: pairing.unpaired(study, SUBSETS),
    "matrix": correlation.matrix,
    "lag_profile": lambda study: lag.lag_profile(study, "s1", (0.0, 4.0)),
    "audit": lambda study: pairing.audit(study, SUBSETS, 2.0, 4.0),
    "specifications": lambda study: specifications.specifications(study, "s1", specifications.Specification()),
    "leave_one_out": lambda study: influence.leave_one_out(pairing.pairs(study, ["s1"])),
    "patient_coefficients": lambda study: correlation.patient_coefficients(pairing.pairs(study, ["s1"])),
    "phase_effects": single_case.phase_effects,
    "picker": gating.picker,
    "counted": lambda study: event_counts.counted(study, SUBSETS),
    "immune_warnings": checks.immune_warnings,
    **{
        f"scaled_immune as {key}": lambda study, key=key: scales.scaled_immune(study, SUBSETS, key)
        for key in scales.IMMUNE_SCALES
    },
    **{
        f"matrix of {key}": lambda study, key=key: correlation.matrix(study, statistic=key)
        for key in correlation.STATISTICS
    },
    "common_slope": lambda study: correlation.common_slope(pairing.pairs(study, ["s1"])),
    "bands": lambda study: cohort.bands(study, scales.scaled_pasi(study, "absolute")),
    **{f"times to {key}": lambda study, key=key: survival.times(study, key) for key in MEASURES},
    "curves": lambda study: survival.curves(survival.times(study, "response")),
}


@pytest.mark.parametrize("derive", DERIVATIONS.values(), ids=DERIVATIONS)
def test_a_study_is_never_changed_and_the_answer_is_the_same_again(derive):
    study = random_study(11, patients=12)
    before = {name: getattr(study, name).copy() for name in TABLES}
    first = derive(study).copy()
    for name, table in before.items():
        assert getattr(study, name).equals(table)
    assert derive(study).equals(first)


@pytest.mark.parametrize("derive", DERIVATIONS.values(), ids=DERIVATIONS)
def test_a_patient_is_the_same_category_in_every_answer(derive):
    study = random_study(11, patients=12)
    answer = derive(study)
    if "patient_id" in answer:
        assert answer["patient_id"].dtype == study.patients["patient_id"].dtype


@pytest.mark.parametrize("derive", DERIVATIONS.values(), ids=DERIVATIONS)
def test_a_study_without_rows_is_a_normal_state(derive):
    study = random_study(11)
    empty = type(study)(
        **{name: getattr(study, name) for name in study.__dataclass_fields__}
        | {name: getattr(study, name).iloc[:0] for name in ("pasi", "immune_subsets", "treatments")}
    )
    assert len(derive(empty)) >= 0

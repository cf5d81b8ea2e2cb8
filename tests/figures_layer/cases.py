"""The studies and the queries that every view is held to."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from analysis.outcomes import focused
from analysis.phases import study_clocks, study_phases
from analysis.query import OWN_CUTOFFS, UNCHOSEN, changed, default
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import rules_of
from analysis.response.time_to_event import MEASURES
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from analysis.tracks import tracks
from components.views import CHARTS, VIEWS
from data.catalog import open_study
from studies import make_study, msc, random_study

AWKWARD = ("<b>B</b> & co", "50 %, a~b|c", 'Åsa "Ø" #1', "control+x=1")
NAN = float("nan")


@lru_cache
def bundled():
    return open_study()


@lru_cache
def no_immune():
    return make_study({"P1": {0: 20, 4: 5, 8: NAN, 12: 9}, "P2": {0: 10, 4: 0}}, treatments=msc("P1"))


@lru_cache
def no_treatments():
    return make_study(
        {"P1": {0: 20, 4: 5, 9: 8}, "P2": {0: 10, 5: 4}}, {"treg": {"P1": {0: 2, 4: 3}, "P2": {0: 1, 5: 3}}}
    )


@lru_cache
def only_samples():
    """No PASI, no treatment: what a flow lab sends."""
    return make_study(immune={"treg": {"P1": {0: 2, 4: 3}, "P2": {0: 1, 5: 3}}, "nk": {"P1": {0: 7, 4: 9}}})


@lru_cache
def only_treatments():
    """No PASI, no samples."""
    later = [("P1", "etanercept", "biologic", 9, None), ("P2", "secukinumab", "biologic", 6, 20)]
    return make_study(treatments=[*msc("P1"), ("P2", "adalimumab", "biologic", -9, 4), *later])


@lru_cache
def no_pasi():
    """Samples and treatments without PASI; a patient of either table alone."""
    return make_study(
        immune={"treg": {"P1": {0: 2, 4: 3}, "P2": {0: 1, 5: 3}}},
        treatments=[*msc("P1"), *msc("P3"), ("P1", "etanercept", "biologic", 9, None)],
        groups={"P1": "A", "P2": "B", "P3": "A"},
    )


@lru_cache
def other_scores():
    """Visits with DLQI and BSA, and without PASI; DLQI is the outcome."""
    study = make_study(
        scores={"dlqi": {"P1": {0: 18, 4: 6}, "P2": {0: 12, 5: NAN}}, "bsa": {"P1": {0: 30, 4: 12}}},
        immune={"treg": {"P1": {0: 2, 4: 3}, "P2": {0: 1, 5: 3}}},
        treatments=msc("P1"),
    )
    return focused(study, "dlqi")


@lru_cache
def many_without_pasi():
    """Samples and treatments of 200 patients."""
    study = two_hundred()
    return replace(study, pasi=study.pasi.iloc[:0])


@lru_cache
def one_patient():
    return make_study({"P1": {0: 20, 4: 5}}, {"treg": {"P1": {0: 2, 4: 3}}}, msc("P1"))


@lru_cache
def unmeasured():
    """A subset without a single value beside one that has some."""
    gaps = {patient: {0: NAN, 4: NAN} for patient in ("P1", "P2")}
    seen = {patient: {0: 2.0, 4: 3.0, 9: 2.5} for patient in ("P1", "P2")}
    return make_study(
        {"P1": {0: 20, 4: 5, 9: 9}, "P2": {0: 10, 4: 4, 9: 7}}, {"none": gaps, "treg": seen}, [*msc("P1"), *msc("P2")]
    )


@lru_cache
def thirty():
    return grouped(random_study(3, patients=30), ("A", "B"))


@lru_cache
def two_hundred():
    return grouped(random_study(4, patients=200), ("A", "B"))


@lru_cache
def awkward():
    """Names that mean something to HTML, to an address or to a table of rows."""
    weeks = (-2, 0, 2, 6, 12)
    courses = [course for patient in AWKWARD[:3] for course in msc(patient)]
    courses += [(AWKWARD[0], "drug <u>A</u>, new", "biologic", 9, None, 40.0, "mg <i>each</i>")]
    return make_study(
        {patient: {week: 30.0 - week - i for week in weeks} for i, patient in enumerate(AWKWARD)},
        {"<s>treg</s>": {patient: {week: 2.0 + week % 5 + i for week in weeks} for i, patient in enumerate(AWKWARD)}},
        courses,
        groups={patient: "<em>1</em>" if i else "2" for i, patient in enumerate(AWKWARD)},
        definitions={"<s>treg</s>": {"label": "<s>treg</s> label", "parent": "<q>T</q>", "unit": "% of parent"}},
    )


@lru_cache
def untreated_arm():
    seen = {patient: {0: 2.0, 4: 3.0, 9: 2.5, 20: 4.0} for patient in ("T1", "T2", "C1")}
    return make_study(
        {patient: {-4: 21, 0: 20, 4: 5, 9: 12, 20: 3} for patient in seen},
        {"treg": seen},
        [*msc("T1"), *msc("T2"), ("T1", "etanercept", "biologic", 9, None), ("C1", "emollient", "topical", -9, 30)],
        groups={"T1": "treated", "T2": "treated", "C1": "control"},
    )


def grouped(study, names):
    """`study` with its patients in these groups, by turns."""
    turns = np.array(names)[np.arange(len(study.patients)) % len(names)]
    return replace(study, patients=study.patients.assign(group=pd.Categorical(turns)))


STUDIES = {
    study.__name__: study
    for study in (
        bundled, no_immune, no_treatments, one_patient, unmeasured, thirty, two_hundred, awkward, untreated_arm,
        only_samples, only_treatments, no_pasi, other_scores, many_without_pasi,
    )
}  # fmt: skip
SHARE = 3
"""Of which one part of the `queries` is drawn for every study but the bundled one, another part for the next study."""


def marked(name):
    """A study as a parameter: its tests run in one process, which draws its `gallery` once."""
    return pytest.param(name, marks=[pytest.mark.xdist_group(name), pytest.mark.whole])


EVERY = pytest.mark.parametrize("name", [marked(name) for name in STUDIES])
TIMES = ("pasi", "immune", "swimlanes")
TABLES = ("patients", "pasi", "immune_subsets", "subset_definitions", "treatments", "events")


CHANGES = {
    "patients": ("P1",), "groups": ("UC-MSC alone",), "from_week": 0.0, "to_week": 26.0, "clock": "restart", "lens": False,
    "score": "pasi", "pasi_scale": "percent_improvement", "immune_scale": "fold", "subsets": ("treg",), "subset": "treg", "phase": "after",
    "tolerance": 0.0, "lane_sort": "follow_up", "lane_colour": "drug", "track": "covariate_age", "lane_page": 2, "lanes": "share", "lines": "all", "theme": "dark",
    "response": "PASI90", "cutoff": 60.0, "relapse": "loss_of_PASI50", "rebound": "NPF", "baseline": "original",
    "sustained": 26.0, "imputation": "LOCF", "policy": "composite", "interval": "clopper_pearson", "measure": "relapse",
    "curves_by": "all", "at_restart": "censor", "gap": 90.0, "panel": "rates", "pair_view": "lag_profile", "cohort_view": "rates",
    "table_view": "sensitivity", "statistic": "change_on_change", "p_by": "effective_df", "lag": 4.0, "pair_phase": "sample", "matrix_by": "lag", "matrix_sort": "estimate",
    "heat_by": "subset", "patient": "P2", "outcome": "treg", "better": "fall",
    "visit": "last", "at_week": 4.0, "adjust": "bh", "average": "median",
}  # fmt: skip
"""A value of each field that differs from the default of the bundled study."""
REST = (
    "rebound", "sustained", "interval", "curves_by", "at_restart", "gap", "statistic", "p_by", "lag", "pair_phase", "matrix_by", "matrix_sort", "heat_by", "better",
    "visit", "at_week", "adjust", "average",
)  # fmt: skip
"""What `queries` changes all at once."""


def queries(study):
    """The default, and one change at a time; then some that leave nothing."""
    start, subsets = default(study), tuple(study.subset_definitions["subset"].astype(str))
    changes = [{"clock": clock} for clock in study_clocks(study)]
    changes += [{"pasi_scale": scale} for scale in PASI_SCALES] + [{"immune_scale": scale} for scale in IMMUNE_SCALES]
    changes += [{"phase": phase} for phase in study_phases(study)]
    changes += [{"lens": False}, {"theme": "dark"}, {"from_week": 0.0, "to_week": 12.0}, {"to_week": 6.5}]
    changes += [{"patients": tuple(study.patient_ids[-1:])}, {"groups": (str(study.patients["group"].iloc[0]),)}]
    changes += [{"response": "at_most_2", "imputation": "NRI"}, {"imputation": "LOCF", "policy": "composite"}]
    changes += [{"response": "own_percent", "cutoff": 80.0, "relapse": "EMA", "baseline": "original"}]
    changes += [{"measure": measure, "curves_by": "treatment", "at_restart": "event"} for measure in MEASURES]
    changes += [{"relapse": NO_RULE, "measure": "relapse"}, {"lane_sort": "best_response"}]
    changes += [{"subsets": subsets[:6]}, {"subsets": ()}, {"subset": ""}, {"tolerance": 0.0}, {"lane_page": 2}]
    changes += [{"lanes": "share"}, {"lanes": "share", "patients": tuple(study.patient_ids[-1:]), "to_week": 6.0}]
    changes += [{"lane_colour": "drug"}, {"track": list(tracks(study))[-1]}, {"track": "covariate_group"}]
    changes += [{"from_week": 500.0, "to_week": 600.0}, {"from_week": 9.0, "to_week": 2.0}]
    changes += [
        {field: CHANGES[field] for field in REST}
        | {"patient": study.patient_ids[-1], "outcome": subsets[-1] if subsets else UNCHOSEN}
    ]
    return [_of_outcome(study, start, replace(start, **change)) for change in ({}, *changes)]


def _of_outcome(study, start, query):
    """The query with the first rules of its outcome for those that are another's."""
    rules = rules_of(focused(study, query.score))
    known = {"response": {*rules.responses, *OWN_CUTOFFS}, "relapse": rules.relapses, "rebound": rules.rebounds}
    return replace(
        query,
        **{
            field: getattr(start, field)
            for field, keys in known.items()
            if getattr(query, field) not in {*keys, NO_RULE}
        },
    )


def drawn(study, query, names=tuple(CHARTS)):
    """View -> its figure as plain dictionaries and arrays."""
    study = focused(study, query.score)
    return {name: CHARTS[name].draw(study, query) for name in names}


def gallery(name):
    """(query, view -> figure) for every query of one of `STUDIES`."""
    return [(query, figures) for query, figures, _ in shown(name)]


@lru_cache
def shown(name):
    """(query, view -> figure, view -> caption) for the queries that fall to one of `STUDIES`; a view that does not depend on what
    differs from the default is not drawn again, which `test_contract` holds every view to."""
    study = STUDIES[name]()
    start = default(study)
    figures, captions = drawn(study, start), told(study, start)
    moved = [(query, changed(start, query)) for query in share(name, queries(study))]
    return [
        (
            query,
            figures | drawn(study, query, dependent(fields)),
            captions | told(study, query, dependent(fields, VIEWS)),
        )
        for query, fields in moved
    ]


def share(name, asked):
    """Those of the queries that fall to a study: the default and the last, which changes most, to each of them."""
    first = list(STUDIES).index(name)
    return asked if name == "bundled" else [asked[0], *asked[1 + first % SHARE : -1 : SHARE], asked[-1]]


def told(study, query, names=tuple(VIEWS)):
    """View -> its caption."""
    study = focused(study, query.score)
    return {name: VIEWS[name].caption(study, query) for name in names}


def figures_of(name, key):
    """(query, figure) for every figure of one view in the gallery of a study, each once."""
    once = {id(figures[key]): (query, figures[key]) for query, figures in reversed(gallery(name))}
    return list(once.values())


def dependent(fields, views=CHARTS):
    """Those of the views that depend on any of these fields."""
    return [key for key, view in views.items() if view.fields & fields]


def data_traces(figure):
    """Traces that are marks of one patient each: not a frame, a legend entry, a band, a heatmap, marks that stand for
    several (a group's median, its responders) or for nobody (a band), what a rule draws, an event, a follow-up, a cross over a low count, or what has no
    pair."""
    others = {"band", "group", "members", "rule", "event", "followed", "alone", "count"}
    return [
        trace for trace in figure["data"] if "customdata" in trace and not others & (trace.get("meta") or {}).keys()
    ]


def rule_traces(figure):
    """Traces that say what the reader's rules find of patients: lines to cross, and signs."""
    return [trace for trace in figure["data"] if "rule" in (trace.get("meta") or {})]


def marks(trace):
    """(patient, week, x, y, row of customdata, position) of each mark of a trace; lifts of the pen are left out."""
    across = trace["base"] if "base" in trace else trace["x"]
    rows = zip(trace["customdata"], across, trace["y"], strict=True)
    return [(row[0], row[1], x, y, row, i) for i, (row, x, y) in enumerate(rows) if row[0] is not None]

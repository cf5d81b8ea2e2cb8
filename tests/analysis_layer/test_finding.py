"""The finding line says what the tables of responses and relapses say, and no more."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.finding import FIELDS, LONGEST, finding, found
from analysis.outcomes import focused
from analysis.phases import CLOCKS, anchors
from analysis.query import Query, asked, default
from analysis.response.relapse import relapses
from analysis.response.response import responses
from data.catalog import open_study
from data.study import Outcome
from studies import make_study, msc, random_study

NAN = float("nan")
CHANGES = (
    {},
    {"phase": "after"},
    {"phase": "before"},
    {"clock": "restart"},
    {"to_week": 9.0},
    {"from_week": 2.0, "to_week": 20.0},
    {"baseline": "original"},
    {"relapse": "EMA", "interval": "clopper_pearson"},
    {"relapse": "none"},
    {"groups": ("A",)},
    {"patients": ("P1", "P2", "P5")},
)


def grouped(study, names):
    group = pd.Categorical([names[at % len(names)] for at in range(len(study.patients))], categories=names)
    return replace(study, patients=study.patients.assign(group=group))


def brute(study, query, phase):
    """Responders, evaluable, relapsed and at risk, and the weeks of relapses, row by row."""
    how, clock = query.rules(study), anchors(study).set_index("patient_id")[CLOCKS[query.clock].anchor]
    groups = dict(zip(study.patient_ids, study.patients["group"].astype(str), strict=True))
    kept = {
        one
        for one in study.patient_ids
        if one in (query.patients or (one,)) and groups[one] in (query.groups or (groups[one],))
    }
    told = {"responded": 0, "evaluable": 0, "relapsed": 0, "at_risk": 0, "weeks": []}
    for row in responses(study, [phase], how).itertuples():
        if row.patient_id in kept and row.reason == "":
            told["evaluable"] += 1
            told["responded"] += not np.isnan(row.weeks_to_pasi75)
    for row in relapses(study, [how.relapse_of(study)], [phase], how).itertuples():
        if row.patient_id in kept and query.relapse != "none":
            told["at_risk"] += row.state in {"relapsed", "no_relapse"}
            if row.state == "relapsed":
                told["relapsed"] += 1
                told["weeks"].append(row.week - clock[row.patient_id])
    return told


@pytest.mark.parametrize("change", CHANGES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_it_counts_what_the_tables_say(seed, change):
    study = grouped(random_study(seed, patients=3 + 5 * seed), ("A", "B"))
    query = replace(default(study), **change)
    for part in found(study, query):
        told, relapse = brute(study, query, part.phase), part.relapse
        assert (part.response.positive, part.response.of) == (told["responded"], told["evaluable"])
        assert (
            (relapse.positive, relapse.of) == (told["relapsed"], told["at_risk"])
            if relapse
            else query.relapse == "none"
        )
        np.testing.assert_allclose(part.weeks, np.sort(told["weeks"]))
        assert sum(count.of for count in part.groups.values()) in {0, part.response.of}
        assert np.isnan(part.response.low) == (part.response.of < 5)


@pytest.mark.parametrize("seed", range(6))
def test_it_is_short_and_every_number_in_it_is_counted(seed):
    study = grouped(random_study(seed, patients=3 + 9 * seed), ("A", "B"))
    for change in CHANGES:
        query = replace(default(study), **change)
        text, parts = finding(study, query), found(study, query)
        assert 0 < len(text) <= LONGEST
        assert text.count("\n") <= 1
        counts = [count for part in parts for count in (part.response, part.relapse, *part.groups.values()) if count]
        said = re.findall(r"(\d+) of (\d+)", text)
        assert said or "cannot be judged" in text
        assert set(said) <= {(str(count.positive), str(count.of)) for count in counts}, text


def test_the_case_series_is_told_as_the_paper_tells_it():
    study = open_study()
    query = default(study)
    line = "After UC-MSC: PASI 75 in 1 of 3, relapse in 3 of 3 (weeks 8, 8, 20). After restart: PASI 75 in 2 of 3."
    assert finding(study, query) == line
    assert finding(study, replace(query, relapse="none", phase="after")) == "After UC-MSC: PASI 75 in 1 of 3."
    assert finding(study, replace(query, patients=("P3",), phase="after")) == (
        "After UC-MSC: PASI 75 in 0 of 1, relapse in 1 of 1 (week 20)."
    )
    assert "treatment restarted in 3 of 3 (weeks 9, 9, 24)" in finding(
        study, replace(query, relapse="treatment_restarted")
    )


def arms(size):
    """Two arms, of which every patient of A responds and none of B."""
    scores = {f"{arm}{at}": {0: 20, 8: 2 if arm == "A" else 19} for arm in "AB" for at in range(size)}
    return make_study(
        scores, treatments=[one for who in scores for one in msc(who)], groups={who: who[0] for who in scores}
    )


def test_a_rate_and_groups_are_told_from_five_patients_on():
    assert finding(arms(2), default(arms(2))) == "After UC-MSC: PASI 75 in 2 of 4."
    assert finding(arms(4), default(arms(4))) == "After UC-MSC: PASI 75 in 4 of 8 (50 %, 22–78)."
    said = finding(arms(5), default(arms(5))).replace("\n", " ")
    assert said == (
        "After UC-MSC: PASI 75 in 5 of 10 (50 %, 24–76). "
        "PASI 75 by group: A 5 of 5 (100 %, 57–100), B 0 of 5 (0 %, 0–43)."
    )


def test_who_cannot_be_judged_is_in_no_denominator_and_is_said():
    study = make_study(
        {"P1": {0: 20, 4: 2}, "P2": {4: 2}, "P3": {0: 20, 4: NAN}}, treatments=[*msc("P1"), *msc("P2"), *msc("P3")]
    )
    assert finding(study, default(study)) == "After UC-MSC: PASI 75 in 1 of 1 evaluable."
    alone = replace(default(study), patients=("P2",))
    assert finding(study, alone) == (
        "After UC-MSC: PASI 75 cannot be judged: no baseline: no PASI at or before first MSC."
    )


def test_without_values_patients_or_a_treatment_it_says_what_there_is():
    samples = make_study(immune={"treg": {"P1": {0: 2}}})
    assert finding(samples, default(samples)) == "No PASI values: add them to see who responded."
    study = arms(2)
    assert finding(study, replace(default(study), patients=("nobody",))) == "Nobody is kept: remove a filter."
    untreated = make_study({"P1": {0: 20, 4: 2}})
    assert finding(untreated, default(untreated)) == "After week 0: PASI 75 in 1 of 1."


def test_it_follows_the_outcome_and_never_names_another():
    skin = Outcome("skin", "Skin <b>x</b> score of a very long name that somebody gave it", 0, 4, targets=(1.0,))
    study = make_study({"P1": {0: 4, 4: 1}, "P2": {0: 3, 4: 2}}, treatments=[*msc("P1"), *msc("P2")])
    study = replace(study, outcomes=(skin,), pasi=study.pasi.rename(columns={"pasi": "skin"}).assign(pasi=np.nan))
    study, query, _ = asked(study, {"score": "skin"})
    said = finding(study, query)
    assert "PASI" not in said
    assert len(said) <= LONGEST
    dlqi = make_study(scores={"dlqi": {"P1": {0: 18, 4: 1}}}, treatments=msc("P1"))
    assert finding(focused(dlqi, "dlqi"), default(dlqi, "dlqi")) == "After UC-MSC: DLQI ≤ 1 in 1 of 1."


def test_it_depends_on_nothing_but_its_fields():
    study = open_study()
    start = default(study)
    other = replace(Query(), **{name: getattr(start, name) for name in FIELDS})
    assert finding(study, other) == finding(study, start)


@pytest.mark.parametrize("length", [5, 30, 300])
def test_long_names_never_make_it_longer_than_it_may_be(length):
    study = arms(5)
    names = {"A": "A" * length, "B": "A" * (length - 1) + "B"}
    study = replace(study, patients=study.patients.assign(group=study.patients["group"].cat.rename_categories(names)))
    said = finding(study, default(study))
    assert len(said) <= LONGEST
    assert "5 of 10" in said
    assert max(map(len, said.split("\n"))) <= 120

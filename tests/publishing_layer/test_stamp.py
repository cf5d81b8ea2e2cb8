"""Every export says of which data, by which code and rules it was made, and what it must not be taken for."""

import re
from dataclasses import replace

from analysis import query as queries
from analysis.outcomes import focused
from data.catalog import open_study
from publishing.stamp import stamp, study_digest
from studies import make_study, msc

PASI = {"P1": {0: 20.0, 4: 5.0}, "P2": {0: 10.0, 4: 9.0}}


def stamped(study, **changes):
    return stamp(study, replace(queries.default(study), **changes))


def test_the_digest_is_of_the_data_and_of_nothing_else():
    study = make_study(PASI, treatments=msc("P1"), scores={"dlqi": {"P1": {0: 18.0}}})
    same = replace(study, key="other", title="Another name", citation="x")
    assert study_digest(same) == study_digest(focused(study, "dlqi")) == study_digest(study)
    other = make_study({**PASI, "P2": {0: 10.0, 4: 9.1}}, treatments=msc("P1"), scores={"dlqi": {"P1": {0: 18.0}}})
    assert study_digest(other) != study_digest(study)
    assert re.fullmatch(r"[0-9a-f]{12}", study_digest(study))


def test_filters_and_rules_stand_in_it_in_words():
    study = make_study(PASI, treatments=msc("P1"))
    assert stamped(study).filters == "all patients and weeks"
    assert stamped(study, patients=("P1",), to_week=12.0).filters == "patient P1; to week 12"
    rules = stamped(study, response="PASI90", relapse="none", baseline="original")
    assert rules.rules == "response: PASI 90; sustained: 52 weeks"
    assert "original baseline" in rules.baseline


def test_another_outcome_is_called_by_its_name():
    study = make_study(PASI, scores={"dlqi": {"P1": {0: 18.0, 4: 2.0}}})
    told = stamp(study, queries.read(study, {"score": "dlqi"})[0])
    assert told.outcome == "DLQI"
    assert "PASI" not in told.text


def test_what_was_not_measured_and_what_is_not_de_identified_is_said():
    told = stamped(open_study())
    assert "illustrative" in told.short
    assert "do not quote" in told.text
    assert "not de-identified" in told.short
    assert "illustrative" not in stamped(make_study(PASI)).text


def test_without_a_date_there_is_none_and_the_same_state_says_the_same():
    study = make_study(PASI)
    assert stamped(study) == stamped(study)
    query = queries.default(study)
    assert "2026-01-02" in stamp(study, query, date="2026-01-02").text

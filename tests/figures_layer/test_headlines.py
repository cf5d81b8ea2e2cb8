"""What holds for the number of every view of the panel, whatever the study and the query."""

import re
from dataclasses import replace

import pytest

from analysis.outcomes import focused
from analysis.query import DECKS, changed, default
from components.views import VIEWS
from figures.headlines import TOLD, headline, short
from figures.visuals import formatting
from figures_layer.cases import CHANGES, EVERY, STUDIES, bundled, dependent, queries, share
from studies import make_study, msc

PANEL = list(TOLD)
NONE = ("No number", "Not computed")


def test_each_is_of_a_view_of_the_panel():
    assert set(TOLD) <= {key for key, view in VIEWS.items() if view.tab}
    assert {key for views in DECKS.values() for key in views} <= set(TOLD)


def without_names(study, text):
    """A text without what the study's own tables call their groups, drugs and subsets, which may look like tags."""
    names = [*study.subset_definitions["label"], *study.patients["group"], *study.patient_ids]
    for name in [*names, *study.treatments["treatment"]]:
        text = text.replace(str(name), "")
    return text


@EVERY
def test_a_headline_is_short_plain_and_has_its_n(name):
    study = STUDIES[name]()
    start = default(study)
    for query in share(name, queries(study)):
        own = focused(study, query.score)
        moved = TOLD if query == start else set(dependent(changed(start, query), VIEWS)) & set(TOLD)
        for key in moved:
            number, rest = headline(key, own, query)
            assert 0 < len(number) <= formatting.NUMBER, (key, number)
            assert 0 < len(rest) <= formatting.REST, (key, rest)
            told = without_names(study, f"{number} {rest}")
            assert not re.search(r"</?(b|br|i|span|sub|sup)\b|nan\b|&(lt|amp|gt);", told), (
                key,
                number,
                rest,
            )
            assert number in NONE or re.search(r"\d", rest), (key, number, rest)
            assert 0 < len(short(key, own, query)) <= formatting.REST
            assert short(key, own, query).endswith(".")


@pytest.mark.parametrize("key", PANEL)
@pytest.mark.xdist_group("bundled")
def test_a_headline_depends_on_nothing_but_the_fields_of_its_view(key):
    study, view = bundled(), VIEWS[key]
    start = default(study)
    other = replace(start, **{field: value for field, value in CHANGES.items() if field not in view.fields})
    assert view.headline(study, other) == view.headline(study, start) == headline(key, study, start)
    assert short(key, study, other) == short(key, study, start)


@pytest.mark.parametrize("key", PANEL)
def test_no_headline_names_pasi_for_another_outcome(key):
    weeks = {0: 18, 4: 6, 8: 4, 12: 1}
    scores = {"dlqi": {f"P{at}": weeks for at in range(6)}}
    samples = {"treg": {f"P{at}": {0: 2 + at, 4: 3, 8: 5 + at} for at in range(6)}}
    study = make_study(scores=scores, immune=samples, treatments=[one for who in scores["dlqi"] for one in msc(who)])
    study, query = focused(study, "dlqi"), default(study, "dlqi")
    assert "PASI" not in " ".join([*headline(key, study, query), short(key, study, query)])


def test_the_numbers_are_those_of_the_views():
    study = bundled()
    query = default(study)
    found = headline("correlation", study, query)
    assert found == ("r(rm) = −0.74", "95 % CI −0.88 to −0.50; 3 patients, 28 pairs, p = 0.0037")
    assert headline("correlation", study, replace(query, p_by="own"))[1].endswith("p < 0.0001")
    assert headline("response", study, query) == ("1 of 3 PASI 75", "after MSC; n = 3 patients; 2 of 3 after restart")
    assert headline("rates", study, query)[0] == "3 of 3 PASI 75"
    assert headline("roc", study, query)[0] == "No number"


def test_of_five_and_more_a_rate_has_its_interval():
    study = make_study({f"P{at}": {0: 20, 4: 2 if at else 19} for at in range(5)})
    rest = "95 % CI 38–96; 4 of 5 at week 4; all groups together; observed cases"
    assert headline("rates", study, default(study)) == ("80 % reached PASI 75", rest)


@pytest.mark.parametrize("key", PANEL)
def test_where_nothing_can_be_told_it_says_why(key):
    empty = make_study(immune={}, treatments=msc("P1"))
    number, rest = headline(key, empty, default(empty))
    assert number == "No number" or key in {"survival", "one_patient"}
    assert rest.endswith(".") or number != "No number"

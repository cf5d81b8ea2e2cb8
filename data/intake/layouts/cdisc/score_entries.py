"""Which tests of a data set are scores of the study, with what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from data.intake.layouts.base import Ask, Entry
from data.intake.layouts.cdisc.data_set import DataSet
from data.intake.layouts.cdisc.evaluators import of_one_evaluator
from data.intake.layouts.cdisc.scores import Measure, scores_among
from data.intake.layouts.cdisc.times import When
from data.problems import listed
from data.study import SCORES
from data.tables.columns import numbers, texts

MOST = 150
"""No list of tests to choose from is longer."""


def tests_in(data: DataSet, names: Sequence[str]) -> list[Measure]:
    """The tests of a data set, by the columns `names` of their code, words and category."""
    code = data.have[names[0]]
    named = data.cells[[data.have.get(name, code) for name in names]].astype(object)
    rows = dict.fromkeys(map(tuple, named.where(named.notna(), "").astype(str).to_numpy().tolist()))
    return [Measure(row[0], row[1], row[2] if names[2] in data.have else "") for row in rows if row[0]]


def score_entries(data: DataSet, names: Sequence[str], value: str, times: Sequence[When]) -> list[Entry]:
    """Entries for each test that is a score of the study: as a person says, or by its code or words (or, for its total,
    category)."""
    code, tests = data.have[names[0]], tests_in(data, names)
    entries = []
    for score, test in _chosen(data, tests, code, value).items():
        rows = {code: test, **of_one_evaluator(data, names[0][:2], {code: test}, times)}
        entries += [
            data.entry("pasi", {"week": when.column, score: value}, {**rows, **when.rows}, when.time) for when in times
        ]
    return entries


def _chosen(data: DataSet, tests: Sequence[Measure], code: str, value: str) -> dict[str, str]:
    """Score -> the code of the test that is taken for it; what may be another is asked."""
    codes, found = {test.code for test in tests}, scores_among(tests)
    chosen = {}
    for score in dict.fromkeys(["pasi", *found, *(name for name in data.said if name in SCORES)]):
        likely, said = found.get(score, []), data.said.get(score)
        if said is None and likely and score == "bsa" and _is_of_a_body(data, likely[0], code, value):
            continue
        several = len({one.code for one in likely}) > 1
        if said is None and several:
            others = listed(one.code for one in likely[1:])
            sentence = f"{score} is read from {likely[0].code} ({likely[0].words}); {others} would fit as well."
            data.unclear.append(f"{data.source.file}: {sentence}")
        taken = said if said is not None else likely[0].code if likely else ""
        if taken in codes:
            chosen[score] = taken
        if score == "pasi" or likely:
            data.asks.append(_ask(score, taken, tests, unclear=said is None and (several or not likely)))
    return chosen


def _ask(score: str, taken: str, tests: Sequence[Measure], *, unclear: bool) -> Ask:
    named = sorted(tests, key=lambda test: score not in f"{test.code} {test.words}".casefold())
    words = {
        test.code: f"{test.code} ({test.words})" if test.words not in {"", test.code} else test.code for test in named
    }
    choices = {"": "none of them", **dict(list(words.items())[:MOST])}
    return Ask(score, taken, choices, "its name says so" if taken else "no test is called so", unclear)


def _is_of_a_body(data: DataSet, test: Measure, code: str, value: str) -> bool:
    """Whether a body surface is that of the whole body, in square meters: nothing says that it is affected, and no
    value is above 3."""
    values = data.cells.loc[(texts(data.cells[code]) == test.code).to_numpy(), value]
    affected = re.search(r"affect|involv|psoria|%|percent", test.words, re.IGNORECASE)
    whole = not affected and bool(np.nanmax(numbers(values)[0], initial=-np.inf) <= 3)
    if whole:
        sentence = f"{test.code} is at most 3, as a body surface in m² is, and is not read as BSA (%)."
        data.unclear.append(f"{data.source.file}: {sentence}")
    return whole

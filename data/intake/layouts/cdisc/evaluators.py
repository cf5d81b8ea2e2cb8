"""Who rated what: one test of one visit, rated by several, is read from one of them, and asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from data.intake.layouts.base import Ask
from data.intake.layouts.cdisc.data_set import DataSet
from data.intake.layouts.cdisc.times import When
from data.tables.columns import texts

EVALUATOR = "evaluator"
"""What a person says of it: whose ratings are read."""


def of_one_evaluator(data: DataSet, prefix: str, rows: Mapping[str, str], times: Sequence[When]) -> dict[str, str]:
    """The rows of the evaluator that is said, or who rated most, where a patient's test has several at one time; none
    where nobody's ratings stand beside another's."""
    column = data.first(f"{prefix}EVAL", "QSEVAL", "EVAL", f"{prefix}EVALID", "EVALID")
    if not column or not times:
        return {}
    cells = data.cells
    for name, word in rows.items():
        cells = cells[(texts(cells[name]) == word).to_numpy()]
    who = texts(cells[column]).fillna("")
    visit = pd.DataFrame({"patient": texts(cells[data.have["USUBJID"]]), "week": texts(cells[times[0].column])})
    if (who.groupby([visit["patient"], visit["week"]]).nunique() < 2).all():
        return {}
    counted = who.value_counts()
    said = data.said.get(EVALUATOR)
    taken = str(said if said in counted.index else counted.index[0])
    choices = {str(name): f"{name or 'nobody named'} ({count} rows)" for name, count in counted.items()}
    ask = Ask(EVALUATOR, taken, choices, "several rated one visit", unclear=said is None)
    if not any(one.about == EVALUATOR for one in data.asks):
        data.asks.append(ask)
    if said is None:
        data.unclear.append(
            f"{data.source.file}: {column} names several who rated one visit ({', '.join(filter(None, choices))}); "
            f"{taken or 'rows that name nobody'} is read."
        )
    return {column: taken}

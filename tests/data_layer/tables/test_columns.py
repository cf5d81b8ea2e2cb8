"""Cells in the types of a table's columns: what can be no name is told."""

import numpy as np
import pandas as pd

from data.problems import Report
from data.schema import TABLES
from data.tables.columns import typed
from data.tables.long_cells import LONGEST
from data.tables.sheet import Sheet


def test_a_name_that_is_longer_than_a_cell_can_be_is_a_problem_with_its_row():
    names = ["CD4", "CD4/" * 200, "x" * LONGEST]
    cells = pd.DataFrame({"patient_id": "P1", "week": 0, "subset": names, "value": 3})
    report = Report()
    typed(Sheet(cells, "flow.csv", np.array([2, 3, 4])), TABLES["immune_subsets"], report)
    assert [(one.row, one.column, one.expected) for one in report.problems] == [
        (3, "subset", f"at most {LONGEST} characters")
    ]

"""What is told of a view that says nothing of itself is told of the marks that it draws."""

import pandas as pd

from components.drawn import COLUMNS, drawn_caption, drawn_headline, drawn_table

LINE = {"x": [0, 4, 8], "y": [10.0, None, 3.0], "customdata": [["P1", 0.0], ["P1", 4.0], ["P2", 8.0]]}
OTHERS = [
    {"x": [0, 9], "y": [5, 5]},
    {"x": [1], "y": [2], "customdata": [["A", 1.0]], "meta": "group"},
    {"x": [1], "y": [2], "customdata": [[None, None, "a text"]]},
]


def test_a_row_is_a_mark_of_a_patient_and_nothing_else():
    table = drawn_table({"data": [LINE, *OTHERS], "layout": {}})
    assert table.to_numpy().tolist() == [["P1", 0.0, 0, 10.0], ["P2", 8.0, 8, 3.0]]
    assert drawn_caption(table) == "2 patients, 2 marks"
    assert drawn_headline(table) == ("2 patients", "n = 2 marks")


def test_nothing_drawn_is_no_number():
    table = drawn_table({"data": OTHERS, "layout": {}})
    assert table.columns.tolist() == COLUMNS
    assert drawn_caption(table) == "0 patients, 0 marks"
    assert drawn_headline(pd.DataFrame(columns=COLUMNS))[0] == "No number"

"""Numbers as they are shown."""

import io

import pandas as pd
import pytest

from components.grid import numbers_grid
from data.csv_export import csv_text
from figures.visuals import formatting
from figures.visuals.marks import plain


@pytest.mark.parametrize(("value", "shown"), [(-0.004, "0.00"), (-0.0, "0.00"), (0.004, "0.00"), (-0.006, "−0.01")])
def test_what_rounds_to_zero_has_no_sign(value, shown):
    assert formatting.number(value) == shown
    assert formatting.significant(-0.0, 3) == formatting.significant(-0.0) == "0"
    assert formatting.significant(-1.5, 3) == "−1.5"


def test_a_table_has_no_negative_zero_where_it_is_sent():
    table = pd.DataFrame({"r": [-0.0, -0.00001, -0.25]})
    assert [str(value) for value in plain(table["r"])] == ["0.0", "0.0", "-0.25"]
    assert pd.read_csv(io.StringIO(csv_text(table)), dtype=str)["r"].tolist()[0] == "0"


def test_the_digits_of_a_column_are_the_same_in_each_row():
    columns = numbers_grid(pd.DataFrame({"nap": [0.95, 0.963, 0.8542], "n": [1.0, 2.0, None], "who": ["a", "b", "c"]}))
    shown = [column.get("valueFormatter", {}).get("function") for column in columns.columnDefs]
    assert shown == ["shown(params.value, 4)", "shown(params.value, 0)", None]

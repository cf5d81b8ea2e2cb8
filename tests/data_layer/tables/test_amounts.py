"""Doses with units and powers: a number in a unit, or nothing for certain."""

import pytest

from data.tables.amounts import LONGEST, dose_in, unit_in


@pytest.mark.parametrize(
    ("cell", "value", "unit"),
    [
        ("1.87 x 10^6 cells/kg", 1.87, "1e6 cells/kg"), ("1.87×10⁶ cells/kg", 1.87, "1e6 cells/kg"),
        ("1,87*10^6", 1.87, "1e6"), ("1.87·10**6 MSC/kg", 1.87, "1e6 MSC/kg"), ("1.87E6/kg", 1.87, "1e6/kg"),
        ("1.87e+06 cells per kg", 1.87, "1e6 cells/kg"), ("2 x 10E6", 2, "1e6"), ("18.7 x 10^5 cells", 1.87, "1e6 cells"),
        ("3 x 10^7 cells", 30, "1e6 cells"), ("10^6/kg", 1, "1e6/kg"), ("10⁶ Zellen/kg", 1, "1e6 Zellen/kg"),
        ("1 Mio/kg", 1, "1e6/kg"), ("1,5 Mio. Zellen/kg", 1.5, "1e6 Zellen/kg"), ("2 millions de cellules", 2, "1e6 de cellules"),
        ("1870000 cells/kg", 1.87, "1e6 cells/kg"), ("1,870,000 cells/kg", 1.87, "1e6 cells/kg"), ("2 Mrd", 2000, "1e6"),
        ("150 mg", 150, "mg"), ("150mg", 150, "mg"), ("0,5 mg/kg", 0.5, "mg/kg"), ("2 x 10^3 IU", 2000, "IU"),
        ("5 x 10^-1 mg", 0.5, "mg"), ("40 mg/m²", 40, "mg/m²"), ("2 vials", 2, "vials"), ("1.5", 1.5, ""),
    ],
)  # fmt: skip
def test_a_number_with_its_power_and_unit(cell, value, unit):
    amount = dose_in(cell)
    assert (amount.value, amount.unit) == (value, unit)


@pytest.mark.parametrize(
    "cell",
    ["", "not given", "about 150 mg", "150-300 mg", "150 mg every 4 weeks", "-3 mg", "<150 mg", "1.87 x 106 cells/kg",
     "2,410 mg", "2 10^6", "x10^6", "150 (planned)", "mg 150", "1" * (LONGEST + 1), "1 " + "m" * LONGEST, "e6", "10^"],
)  # fmt: skip
def test_what_is_no_amount_for_certain_is_none(cell):
    assert dose_in(cell) is None


@pytest.mark.parametrize(
    ("stated", "unit"),
    [("10^6 cells/kg", "1e6 cells/kg"), ("x10^6/kg", "1e6/kg"), ("×10⁶ cells / kg", "1e6 cells/kg"), ("e6/kg", "1e6/kg"),
     ("Mio/kg", "1e6/kg"), ("million cells/kg", "1e6 cells/kg"), ("mg", "mg"), ("mg per kg", "mg/kg"), ("IU", "IU")],
)  # fmt: skip
def test_units_of_one_meaning_are_written_alike(stated, unit):
    assert unit_in(stated) == unit

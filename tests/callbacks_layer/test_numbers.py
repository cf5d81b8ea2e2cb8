"""The numbers behind every card: each row, nothing made up."""

import csv
import io

import pytest

from analysis.outcomes import named
from analysis.query import default, read
from callbacks import numbers
from components.views import VIEWS
from data.csv_export import MARK
from data.deadline import LateError
from figures_layer.cases import EVERY, STUDIES, bundled, no_immune
from publishing.stamp import study_digest


def downloaded(study, view, **wanted):
    """File name and rows of a card's CSV."""
    answer = numbers.csv(study, view, wanted)
    return answer["filename"], list(csv.DictReader(io.StringIO(answer["content"].removeprefix(MARK))))


@EVERY
def test_every_card_and_its_dialog_give_every_row_and_no_word_for_missing(name):
    study = STUDIES[name]()
    for key, view in VIEWS.items():
        file, rows = downloaded(study, key)
        table = view.numbers(study, default(study))
        assert file == f"{study.key}-{study.focus if key == 'pasi' else key}.csv"
        assert len(rows) == len(table)
        assert not {"nan", "NaN", "None", "<NA>", "inf"} & {cell for row in rows for cell in row.values()}, key
        is_open, title, grid = numbers.shown(study, key, {})
        assert is_open is True
        assert title == f"{view.titled(study)}: {len(table):,} rows"
        assert [column["field"] for column in grid.columnDefs] == [str(name) for name in named(study, table)]
        assert len(grid.rowData) == len(table)


def test_every_table_says_in_its_last_column_what_it_is_of():
    for key in VIEWS:
        _, rows = downloaded(bundled(), key, patients=["P1"])
        told = [row["about_this_file"] for row in rows]
        assert not any(told[1:]), key
        assert all(f"data {study_digest(bundled())}" in one and "Filters: patient P1" in one for one in told[:1]), key


def test_every_card_opens_in_a_spreadsheet_with_its_umlauts():
    for key in VIEWS:
        content = numbers.csv(bundled(), key, {})["content"]
        assert content.startswith(MARK), key
        assert content.count(MARK) == 1, key


def test_a_missing_value_is_an_empty_cell_and_a_zero_is_a_zero():
    _, rows = downloaded(no_immune(), "pasi")
    found = [(row["patient_id"], float(row["week"]), row["pasi"]) for row in rows]
    assert found[:4] == [("P1", 0, "20"), ("P1", 4, "5"), ("P1", 8, ""), ("P1", 12, "9")]
    assert found[5] == ("P2", 4, "0")


def test_the_csv_is_what_is_drawn():
    _, rows = downloaded(bundled(), "pasi", patients=["P1"], to_week=26, pasi_scale="percent_improvement")
    assert {row["patient_id"] for row in rows} == {"P1"}
    assert max(float(row["week"]) for row in rows) <= 26
    assert any("improvement" in column for column in rows[0])
    assert any("baseline" in column for column in rows[0])


def test_the_columns_of_the_immune_csv_name_unit_and_provenance():
    _, rows = downloaded(bundled(), "immune", subsets=["treg"])
    assert {row["subset"] for row in rows} == {"treg"}
    assert {row["unit"] for row in rows} == {"% of CD4+ T (parent)"}
    assert {row["provenance"] for row in rows} <= {"illustrative", "published"}


def test_a_table_that_is_too_long_for_a_file_is_refused_in_a_sentence(monkeypatch):
    whole = numbers.csv(bundled(), "pasi", {})["content"].removeprefix(MARK)
    monkeypatch.setattr(numbers, "MOST_CHARACTERS", len(whole))
    assert numbers.csv(bundled(), "pasi", {})["content"] == MARK + whole
    monkeypatch.setattr(numbers, "MOST_CHARACTERS", len(whole) - 1)
    with pytest.raises(LateError, match="Choose fewer patients or subsets"):
        numbers.csv(bundled(), "pasi", {})


def test_garbage_in_the_address_gives_the_numbers_of_the_defaults():
    assert downloaded(bundled(), "pasi", clock="moon") == downloaded(bundled(), "pasi")
    assert read(bundled(), {"clock": "moon"})[1] != []

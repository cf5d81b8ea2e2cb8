"""What it takes to propose for a table of very many columns grows with their number, and no faster."""

import pandas as pd
import pytest

from data.files import open_files, proposed
from data.intake.columns import infer, vocabulary
from data.tables.mostly import beyond, mostly


def write(path, columns, encoding="utf-8", delimiter=","):
    names = ["Proband", "Woche", "PASI", *(f"word {at}" for at in range(columns))]
    rows = [[f"00{at}", "4", "12", *(f"alpha {at} {column}" for column in range(columns))] for at in range(10)]
    path.write_text("\n".join(map(delimiter.join, [names, *rows])), encoding=encoding)
    return path


def calls(monkeypatch, place, name, act):
    """How often a function is called while something is done."""
    count = 0
    real = getattr(place, name)

    def counted(*args, **more):
        nonlocal count
        count += 1
        return real(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(place, name, counted)
        act()
    return count


def test_each_column_is_guessed_once_whatever_layouts_look_at_it(monkeypatch, tmp_path):
    for columns in (20, 40):
        path = write(tmp_path / "wide.csv", columns)
        assert calls(monkeypatch, infer, "_guess", lambda path=path: proposed([path])) == columns + 3


def test_headers_are_folded_as_often_as_there_are_columns(monkeypatch, tmp_path):
    few, many = (
        calls(monkeypatch, vocabulary, "folded", lambda path=path: proposed([path]))
        for path in (write(tmp_path / "few.csv", 20), write(tmp_path / "many.csv", 220))
    )
    assert many - few <= 200 * 10


def test_a_share_is_settled_without_looking_at_every_cell():
    seen = []
    words = ["a"] * 100
    assert not mostly(words, lambda cell: seen.append(cell) or cell == "b", 0.6)
    assert len(seen) == 41
    assert mostly(list("aaabb"), "a".__eq__, 0.6)
    assert not beyond(list("aaabb"), "a".__eq__, 0.6)
    assert not beyond([], "a".__eq__, 0.6)


def test_unicode_text_of_excel_keeps_the_zeros_of_patients_as_utf_8_does(tmp_path):
    plain = proposed([write(tmp_path / "sheet.txt", 2, delimiter="\t")])
    assert proposed([write(tmp_path / "sheet.txt", 2, "utf-16", "\t")]) == plain
    shown = pd.DataFrame(plain.columns).set_index("column")["preview"]
    assert shown["Proband"] == ["000", "001", "002"]


@pytest.mark.parametrize(
    "headers",
    [
        ("PASI_PRE_TREATMENT", "PASI_END_WEEK_2", "PASI_END_WEEK_12"),
        ("PASI before treatment", "PASI at week 2", "PASI after 12 weeks"),
        ("PASI vor Therapie", "PASI nach 2 Wochen", "PASI nach 12 Wochen"),
        ("pre-treatment PASI", "post week 2 PASI", "end of week 12 PASI"),
    ],
)
def test_a_header_may_say_where_in_its_week_a_visit_was(tmp_path, headers):
    (tmp_path / "wide.csv").write_text(f"ID,{','.join(headers)}\nA,20,12,3\nB,15,9,2\n")
    study = open_files([tmp_path / "wide.csv"])
    assert study.pasi["week"].tolist() == [0, 2, 12] * 2
    assert study.pasi["pasi"].tolist() == [20, 12, 3, 15, 9, 2]

"""The mapping page is made of components: each question with a field, what is closed apart, nothing read as tags."""

import json

import pytest
from dash.development.base_component import Component

from components.mapping import AT_ONCE, Shown, mapping
from data.intake.review.edits import edits_of
from data.uploading.sent_files import read_sent
from data_layer.clinic_files import DRUGS, SKIN, TUBES

LONE = "Subject,DPO,Clinical score,CD4 T\nA,0,20,40\nA,14,3,44\nB,0,6,38\n"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def found(tmp_path):
    def read(edits=None, **files):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content)
        return read_sent([tmp_path / f"{name}.csv" for name in files], edits, lambda *_: None, None)

    return read


def components(part):
    """Every component in a part of a page."""
    if isinstance(part, Component):
        yield part
        part = getattr(part, "children", None)
    if isinstance(part, list | tuple):
        for child in part:
            yield from components(child)
    elif isinstance(part, Component):
        yield from components(part)


def fields(page, folded):
    """Of every field: what it is about -> its component."""
    parts = [*components(page), *(one for part in folded.values() for one in components(part))]
    asked = [one for one in parts if getattr(one, "data-edit", None)]
    return {tuple(json.loads(getattr(one, "data-edit"))): list(components(one)) for one in asked}


def words(part):
    return " ".join(one.children for one in components(part) if isinstance(getattr(one, "children", None), str))


def test_every_column_and_question_has_one_field(found):
    read = found(skin=SKIN, drugs=DRUGS, flow=TUBES)
    proposal = read["proposal"]
    has = fields(*mapping(read, {}, Shown()))
    asked = {(one["kind"], *one["key"]) for one in proposal["questions"]}
    open_tables = {(one["file"], one["sheet"]) for one in proposal["tables"] if one["open"]}
    columns = {("roles", one["file"], one["sheet"], one["column"]) for one in proposal["columns"]}
    assert has.keys() == asked | {one for one in columns if one[1:3] in open_tables}
    for one in proposal["questions"]:
        (value,) = (part for part in has[one["kind"], *one["key"]] if hasattr(part, "value"))
        assert value.value in {one["value"], one["value"] != "", "–"}


def test_a_table_that_cannot_be_read_yet_asks_what_its_columns_are(found):
    page, folded = mapping(found(scores=LONE), {}, Shown())
    assert "These files are not opened yet" in words(page)
    (choice,) = (one for one in fields(page, folded)["roles", "scores.csv", "", "DPO"] if hasattr(one, "options"))
    assert {"days", "pasi", "–"} <= {option["value"] for option in choice.options}


def test_a_score_of_any_name_asks_for_its_range_among_what_is_open(found):
    edits = edits_of({"roles": [["scores.csv", "", "DPO", "days"], ["scores.csv", "", "Clinical score", "score"]]})
    page, _ = mapping(found(edits, scores=LONE), {}, Shown())
    assert ("outcomes", "scores.csv", "", "Clinical score", "range") in fields(page, {})
    assert "no range of Clinical score" in words(page)


@pytest.mark.parametrize(("said", "shown"), [(None, ""), ("0, 4", "0, 4"), ("6", "6")])
def test_a_table_without_any_time_has_a_field_for_the_weeks_of_its_rows(found, said, shown):
    edits = {"weeks": [["scores.csv", "", said]]} if said else {}
    read = found(
        edits_of(edits) if said else None,
        scores="Patient,PASI\nA,20\nA,5\nB,6\n" if said != "6" else "Patient,PASI\nA,20\nB,6\n",
    )
    page, folded = mapping(read, edits, Shown())
    (field,) = (one for one in fields(page, folded)["weeks", "scores.csv", ""] if hasattr(one, "value"))
    assert field.value == shown
    assert "write one week for all of them" in words([page, *folded.values()])


def test_what_cannot_be_read_at_all_is_told_without_a_field(found):
    page, folded = mapping(found(empty=""), {}, Shown())
    assert "This is what to correct" in words(page)
    assert fields(page, folded) == {}
    assert "empty.csv: found an empty file" in words(page)


def test_columns_are_shown_so_many_at_a_time_and_no_row_is_missing(found):
    names = [f"lab {at}" for at in range(3 * AT_ONCE)]
    rows = "".join(f"P{who},{who % 3},{who + 1},{','.join('7' for _ in names)}\n" for who in range(4))
    read = found(wide=f"Patient,Week,PASI,{','.join(names)}\n{rows}", box="Box\n1\n")
    page, folded = mapping(read, {}, Shown())
    shown = fields(page, {})
    assert len([about for about in shown if about[0] == "roles"]) <= 2 * AT_ONCE
    assert {("roles", "wide.csv", "", name) for name in names} <= fields(page, folded).keys()


def test_a_page_holds_no_more_than_so_many_columns_and_counts_the_others(found, monkeypatch):
    monkeypatch.setattr("components.mapping.MOST", 3)
    names = [f"lab {at}" for at in range(9)]
    rows = "".join(f"P{who},{who % 3},{who + 1},x,{','.join('7' for _ in names)}\n" for who in range(4))
    read = found(wide=f"Patient,Week,PASI,DPO?,{','.join(names)}\n{rows}", box="Box,Shelf\n1,2\n")
    page, folded = mapping(read, {}, Shown())
    shown = [about for about in fields(page, folded) if about[0] == "roles"]
    assert len(shown) == 3
    assert {("roles", "box.csv", "", "Box"), ("roles", "box.csv", "", "Shelf")} <= set(shown)  # which are asked
    assert f"{len(read['proposal']['columns']) - 3} further columns are not shown" in words(page)


def test_a_fold_stays_as_the_reader_has_it_and_counts_tell_what_changed(found):
    read = found(skin=SKIN, drugs=DRUGS, flow=TUBES)
    noun, count = next(iter(read["counts"].items()))
    page, folded = mapping(read, {}, Shown({noun: count + 2}, {"read": True}))
    assert "read" not in folded
    assert f"(was {count + 2})" in words(page)
    assert "read" in mapping(read, {}, Shown())[1]


def test_an_answered_column_stays_where_it_was(found):
    about = ["scores.csv", "", "DPO"]
    edits = {"roles": [[*about, "days"]]}
    read = found(edits=None, scores=LONE)
    page, _ = mapping(read, edits, Shown())
    assert ("roles", *about) in fields(page, {})


def test_names_of_files_are_text(found):
    read = found(skin=SKIN.replace("PASI", HOSTILE), box=f"{HOSTILE}\n1\n")
    page, folded = mapping(read, {}, Shown())
    kinds = {type(one).__name__ for one in [*components(page), *components([*folded.values()])]}
    assert not kinds & {"Markdown", "Iframe", "Img", "Script"}
    assert HOSTILE in json.dumps([words(page), *map(words, folded.values())])

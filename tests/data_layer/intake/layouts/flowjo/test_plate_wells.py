"""Wells, hours, animals and missing times in the names of tubes."""

import pytest

from data.files import take_in
from data.intake.columns.visits import week_of
from data.intake.layouts.flowjo.plate_wells import plate_of
from data.intake.layouts.flowjo.tube_patterns import proposed_pattern
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data.intake.review.write_toml import toml_text

GATE = "Live/CD4+ | Freq. of Parent (%)"


@pytest.fixture
def read(tmp_path):
    """What comes of tubes with the values 1, 2, 3 …, after what is said of them, beside patients of a table of PASI."""

    def taken(names, said=None, known=()):
        lines = [f"{name}.fcs,{value}" for value, name in enumerate(names, start=1)]
        (tmp_path / "tubes.csv").write_text("\n".join([f",{GATE}", *lines]) + "\n")
        scores = [f"{patient},0,20" for patient in known]
        (tmp_path / "scores.csv").write_text("\n".join(["patient,week,PASI", *scores]) + "\n")
        paths = [tmp_path / "tubes.csv", *([tmp_path / "scores.csv"] if known else [])]
        edits = {kind: [["tubes.csv", "", value]] for kind, value in (said or {}).items()}
        return take_in(paths, edits=edits_of(edits) if said else None)

    return taken


def values(intake):
    table = intake.study.immune_subsets.sort_values("value")
    return list(zip(table["patient_id"].astype(str), table["week"].round(6), table["value"], strict=True))


def asked(intake):
    return [one for one in open_questions(intake.proposal) if one["kind"] == "weeks"]


@pytest.mark.parametrize(
    ("names", "wells"),
    [
        (["S_C1_x", "S_D1_x"], ["C1"]), (["S_A01", "S_H12"], ["A01"]), (["a3_P1", "d3_P1"], ["a3"]),
        (["S_D1_x", "S_D7_x"], []), (["S_D1_x", "S_D12_x", "S_E12_x"], ["D1"]), (["C1_D1", "C1_D8"], []),
        (["S_C1_x", "S_V1_x"], []), (["S_D1", "S_E13"], []), (["S_D1", "S_BL"], []), (["W0_D1", "W4_E1"], ["D1"]),
        (["P1_extra_B2", "P1_C3"], ["B2"]), ([], []),
    ],
)  # fmt: skip
def test_a_place_of_letters_from_a_to_h_has_wells(names, wells):
    plate = plate_of(names)
    assert [name[start:end] for name in names[:1] for start, end in plate.wells(name)] == wells


def test_wells_are_neither_days_nor_patients():
    names = ["Skin_C4_3.1.fcs", "Skin_C5_3.2.fcs", "Skin_D4_4.1.fcs", "Skin_D5_4.2.fcs"]
    assert proposed_pattern(names, ()).pattern == proposed_pattern(names, ["3.1", "4.2"]).pattern == "*_{dotted_id}*"
    assert proposed_pattern(["W0_E2_K7.fcs", "W4_F2_K7.fcs"], ()).pattern == "W{week}_*_{patient_id}*"
    assert proposed_pattern(["K7_D2.fcs", "K7_D9.fcs"], ["K7"]).pattern == "{patient_id}_D{day}*"
    assert proposed_pattern(["A1_W0.fcs", "B2_W0.fcs"], ["A1", "B2"]).pattern == "{patient_id}_W{week}*"


@pytest.mark.parametrize(
    ("names", "known", "expected"),
    [
        (["6 Hour_A3_7.1", "6 Hour_D3_7.2", "48 Hour_E3_7.1"], (), [("7.1", 6), ("7.2", 6), ("7.1", 48)]),
        (["6h_K1_1", "48h_K1_2", "6h_K2_3"], ("K1", "K2"), [("K1", 6), ("K1", 48), ("K2", 6)]),
        (["K1_6hrs_T", "K1_48hrs_T"], ("K1",), [("K1", 6), ("K1", 48)]),
        (["K1_Hour 6_T", "K1_Hour 48_T"], ("K1",), [("K1", 6), ("K1", 48)]),
        (["K1 6 Stunden", "K1 48 Stunden"], ("K1",), [("K1", 6), ("K1", 48)]),
    ],
)
def test_hours_are_times(read, names, known, expected):
    found = values(read(names, known=known))
    assert [one[:2] for one in found] == [(who, round(hours / 168, 6)) for who, hours in expected]


@pytest.mark.parametrize(
    ("name", "week"),
    [("24 h", 1 / 7), ("24h post dose", 1 / 7), ("48 hours", 2 / 7), ("Hour 12", 1 / 14), ("24 heures", 1 / 7), ("12 Std", 1 / 14),
     ("H1", None), ("Week 2 (24 h)", 2), ("Day 7 2h", 1)],
)  # fmt: skip
def test_names_of_visits_in_hours(name, week):
    assert week_of(name) == (None if week is None else pytest.approx(week))


TUBES = ["Skin_C4_3.1", "Skin_C5_3.2", "Skin_D4_3.1", "Skin_D5_3.1"]


def test_the_week_of_tubes_whose_names_say_none_is_asked(read):
    intake = read(TUBES)
    assert intake.study is None
    assert intake.answerable
    (question,) = asked(intake)
    assert (question["file"], question["proposed"]) == ("tubes.csv", "")
    assert any("say no time" in sentence for sentence in intake.proposal.unclear)


def test_a_whole_study_at_one_time(read):
    intake = read(["Skin_C4_3.1", "Skin_D4_3.2", "Skin_E4_3.3"], {"weeks": "12"})
    assert values(intake) == [("3.1", 12, 1), ("3.2", 12, 2), ("3.3", 12, 3)]
    assert not asked(intake)
    assert not any("say no time" in sentence for sentence in intake.proposal.unclear)


@pytest.mark.parametrize("said", ["0, 4", "0;4", "0 4", "0.0, 4.0"])
def test_tubes_in_the_order_of_their_rows(read, said):
    intake = read(TUBES, {"weeks": said})
    assert values(intake) == [("3.1", 0, 1), ("3.2", 0, 2), ("3.1", 4, 3)]
    (account,) = [one for one in intake.report.accounts if one.table == "immune_subsets"]
    assert [(one.rows, one.reason) for one in account.aside] == [
        ((5,), "a tube beyond the weeks that are stated for a patient's")
    ]


def test_a_pattern_without_a_time_can_be_said(read):
    names = ["K1_W0", "K1_W4"]
    intake = read(names, {"patterns": "{patient_id}_*", "weeks": "8, 9"}, known=["K1"])
    assert values(intake) == [("K1", 8, 1), ("K1", 9, 2)]


@pytest.mark.parametrize("said", ["zero", "0, x", "99999", "nan", "inf"])
def test_what_is_no_list_of_weeks_is_refused(said):
    with pytest.raises(ValueError, match="is no week"):
        edits_of({"weeks": [["tubes.csv", "", said]]})


def test_weeks_are_kept_in_a_study_toml(read, tmp_path):
    said = read(TUBES, {"weeks": "0, 4, 9"})
    text = toml_text(said.proposal.mapping)
    (tmp_path / "study.toml").write_text(text)
    again = take_in([tmp_path / "study.toml", tmp_path / "tubes.csv"])
    assert values(again) == values(said) == [("3.1", 0, 1), ("3.2", 0, 2), ("3.1", 4, 3), ("3.1", 9, 4)]
    (tmp_path / "study.toml").write_text(text.replace("[0.0, 4.0, 9.0]", '["soon"]'))
    (problem,) = take_in([tmp_path / "study.toml", tmp_path / "tubes.csv"]).report.problems
    assert problem.expected == "numbers of weeks in [ ]"

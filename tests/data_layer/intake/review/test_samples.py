"""What is asked of the values of samples, and done: pairs without a row, fractions, and of what values are a share."""

import pytest

from data.files import take_in
from data.intake.review.edits import edits_of
from data.intake.review.open_questions import open_questions
from data.intake.review.write_toml import toml_text

LONG = "Code;Date;Cells;Result\nQ1;01.02.2021;CD8 T;20\nQ1;01.02.2021;gdT;1\nQ1;15.02.2021;CD8 T;22\nQ2;01.02.2021;CD8 T;30\nQ2;01.02.2021;gdT;2\n"
SCORES = "Code;Date;PASI\nQ1;01.02.2021;12\nQ1;15.02.2021;8\nQ2;01.02.2021;9\n"
LONG_ROLES = [["lab.csv", "", "Cells", "subset"], ["lab.csv", "", "Result", "value"]]
SHARES = ",Q1_W0.fcs,Q1_W6.fcs,Q2_W0.fcs\nCD3+,0.71,0.72,0.66\nCD8+,0.3,0.28,0.35\nTreg,0.04,0.05,0.06\n"
WIDE = "Patient,Week,PASI,CD8 T,Treg\nQ1,0,12,0.3,0.04\nQ1,6,8,0.28,0.05\n"


@pytest.fixture
def read(tmp_path):
    """What comes of a table, beside a table of scores, after what is said of its values."""

    def taken(text, scores="", **said):
        files = {"lab": text, **({"scores": scores} if scores else {})}
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content)
        edits = {kind: [["lab.csv", "", value]] for kind, value in said.items()}
        edits |= {"roles": LONG_ROLES} if text == LONG else {}
        return take_in([tmp_path / f"{name}.csv" for name in files], edits=edits_of(edits) if edits else None)

    return taken


def values(intake):
    table = intake.study.immune_subsets[["patient_id", "week", "subset", "value"]]
    return sorted(table.astype({"patient_id": str, "subset": str}).itertuples(index=False, name=None))


def asked(intake):
    return {one["kind"]: one for one in open_questions(intake.proposal) if one["kind"] in {"absent", "scale", "shares"}}


def test_a_subset_without_a_row_in_a_sample_is_counted_and_asked(read):
    intake = read(LONG, SCORES)
    question = asked(intake)["absent"]
    assert (question["file"], question["proposed"], set(question["choices"])) == (
        "lab.csv",
        "not measured",
        {"not measured", "zero"},
    )
    assert "1 pair(s) of a sample and a subset have no row ('gdT')" in question["sentence"]
    assert len(values(intake)) == 5
    assert any("1 pair(s)" in str(one) for one in intake.report.warnings)


def test_it_is_zero_where_a_person_says_so(read):
    intake = read(LONG, SCORES, absent="zero")
    assert ("Q1", 2, "gdT", 0) in values(intake)
    assert len(values(intake)) == 6
    assert not asked(intake)
    assert not any("pair(s)" in str(one) for one in intake.report.warnings)
    assert any("1 pair(s) of a sample and a subset without a row are read as 0" in one for one in intake.report.notes)
    account = next(one for one in intake.report.accounts if one.table == "immune_subsets")
    assert (account.rows, account.kept) == (5, 5)


def test_it_stays_missing_where_a_person_says_so(read):
    intake = read(LONG, SCORES, absent="not measured")
    assert len(values(intake)) == 5
    assert not asked(intake)


@pytest.mark.parametrize(
    "text",
    [
        LONG.replace("Q2;01.02.2021;gdT;2\n", ""),  # which one sample of three has
        LONG + "Q1;15.02.2021;gdT;\n",  # a blank cell is not measured
        WIDE,
    ],
)
def test_nothing_is_asked_where_a_sample_lacks_nothing_that_most_have(read, text):
    assert "absent" not in asked(read(text))


def test_scale_and_denominator_of_populations_as_rows_are_asked(read):
    intake = read(SHARES)
    found = asked(intake)
    assert (found["scale"]["proposed"], set(found["scale"]["choices"])) == ("percent", {"percent", "fraction"})
    assert set(found["shares"]["choices"]) == {"", "% of parent", "% of total"}
    said = read(SHARES, scale="fraction", shares="% of total")
    assert [value for *_, subset, value in values(said) if subset == "Treg"] == [4, 5, 6]
    assert set(said.study.subset_definitions["unit"]) == {"% of total"}
    assert not asked(said)
    assert not any("fractions" in str(one) for one in said.report.warnings)


def test_fractions_beside_scores_are_asked_too_and_percentages_are_not(read):
    assert set(asked(read(WIDE))) == {"scale"}
    assert ("Q1", 6, "Treg", 5) in values(read(WIDE, scale="fraction"))
    assert ("Q1", 6, "Treg", 0.05) in values(read(WIDE, scale="percent"))
    for cells in ("30,4", "1,0", "0.3 %,0.04"):
        assert not asked(read(f"Patient,Week,PASI,CD8 T,Treg\nQ1,0,12,{cells}\nQ1,6,8,{cells}\n"))


def test_a_value_below_its_limit_is_a_fraction_too(read):
    table = read("Patient,Week,PASI,Treg\nQ1,0,12,0.4\nQ1,6,8,<0.02\n", scale="fraction").study.immune_subsets
    assert table["below_limit"].dropna().tolist() == [2]


@pytest.mark.parametrize(
    ("text", "scores", "said"),
    [(LONG, SCORES, {"absent": "zero"}), (SHARES, "", {"scale": "fraction", "shares": "% of parent"})],
)
def test_what_was_said_is_kept_in_a_study_toml(read, tmp_path, text, scores, said):
    first = read(text, scores, **said)
    (tmp_path / "study.toml").write_text(toml_text(first.proposal.mapping))
    again = take_in(
        [tmp_path / "study.toml", *(tmp_path / f"{one}.csv" for one in ("lab", "scores")[: 2 if scores else 1])]
    )
    assert values(again) == values(first)
    assert again.study.subset_definitions.equals(first.study.subset_definitions)


@pytest.mark.parametrize("kind", ["absent", "scale", "shares"])
def test_what_is_no_answer_is_refused(kind, tmp_path):
    with pytest.raises(ValueError, match="is nothing that values can be"):
        edits_of({kind: [["lab.csv", "", "soon"]]})
    (tmp_path / "lab.csv").write_text(WIDE)
    source = f'[[sources]]\nfile = "lab.csv"\ntable = "pasi"\n{kind} = "soon"\n'
    (tmp_path / "study.toml").write_text(source)
    assert take_in([tmp_path / "study.toml", tmp_path / "lab.csv"]).report.problems[0].found == "'soon'"

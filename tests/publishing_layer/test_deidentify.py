"""A de-identified copy opens again, gives the same numbers, and holds no id, no free text and no covariate that was not chosen."""

from dataclasses import asdict, replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from analysis import query as queries
from components.views import VIEWS
from data.catalog import load, open_study
from data.own_format.write_tables import write_zip
from data.schema import TABLES
from publishing.deidentify import Choices, covariates, deidentified
from publishing.remaining import remaining, text
from publishing.stamp import study_digest
from studies import make_study, msc

WRITTEN = "Mrs Smith"


def series():
    """The case series with a name in every text that a person may have written."""
    study = load("case-series")
    treatments = study.treatments.assign(note=WRITTEN, end_reason="lack of effect")
    events = study.events.assign(note=WRITTEN, event=WRITTEN, severity="Grade 3 (of Mrs Smith)", dose=WRITTEN)
    return replace(
        study,
        title=WRITTEN,
        citation=WRITTEN,
        week_zero=WRITTEN,
        notes=(WRITTEN,),
        treatments=treatments,
        events=events,
    )


def zipped(study):
    place = BytesIO()
    write_zip(study, place, "Made with: a test")
    return place.getvalue()


def reopened(study, folder):
    (folder / "copy.zip").write_bytes(zipped(study))
    return open_study(folder / "copy.zip")


def test_no_id_and_no_free_text_is_left():
    study = series()
    content = ZipFile(BytesIO(zipped(deidentified(study, Choices(covariates=("age",))).study)))
    held = {name: content.read(name).decode() for name in content.namelist()}
    assert held["study.toml"].startswith("# Made with: a test\n")
    for name, one in held.items():
        assert WRITTEN not in one, name
        assert not {"P1", "P2", "P3"} & {cell for row in one.splitlines() for cell in row.split(",")}, name
    assert held["patients.csv"].splitlines()[0].split(",") == ["patient_id", "group", "age", "provenance"]
    assert "etanercept" not in held["patients.csv"]


def test_every_free_column_of_the_schema_is_emptied_or_told_in_our_words():
    copy = deidentified(series()).study
    for name, table in TABLES.items():
        for column in (column.name for column in table.columns if column.free):
            cells = set(getattr(copy, name).get(column, []))
            assert cells <= {"", "event", "3", "lack of effect"}, (name, column, cells)


@pytest.mark.whole
def test_the_copy_opens_and_every_view_has_the_same_numbers(tmp_path):
    study = load("case-series")
    made = deidentified(study, Choices(covariates=tuple(covariates(study))))
    again = reopened(made.study, tmp_path)
    assert study_digest(again) == study_digest(made.study)
    label = dict(made.mapping.itertuples(index=False))
    for state in ({}, {"patients": ["P1", "P3"], "to_week": 60, "response": "PASI90"}):
        told, query, _ = queries.asked(study, state)
        copied, same, complaints = queries.asked(again, {**asdict(made.query(query)), "theme": "light"})
        assert complaints == []
        for key, view in VIEWS.items():
            if key == "swimlanes":
                continue
            before, after = view.numbers(told, query), view.numbers(copied, same)
            assert relabelled(before, label).to_csv() == after.to_csv(), key


def relabelled(table, label):
    columns = [name for name in table if str(table[name].dtype) in {"category", "str", "object"}]
    named = {name: table[name].astype(object).map(lambda cell: label.get(cell, cell)) for name in columns}
    return table.assign(**named).rename(columns={f"{old}: verdict": f"{new}: verdict" for old, new in label.items()})


def test_labels_are_no_ids_of_the_study_and_the_mapping_is_apart():
    study = make_study({"S2": {0: 20.0}, "S1": {0: 10.0}})
    made = deidentified(study)
    assert made.study.patient_ids == ["A01", "A02"]
    assert made.mapping.values.tolist() == [["S2", "A01"], ["S1", "A02"]]


def test_weeks_are_rounded_and_what_falls_together_is_counted():
    study = make_study({"P1": {0: 20.0, 3.0: float("nan"), 4.9: 5.0, 8.2: 4.0}}, treatments=msc("P1", 0.4))
    made = deidentified(study, Choices(step=4.0))
    assert made.study.pasi[["week", "pasi"]].values.tolist() == [[0.0, 20.0], [4.0, 5.0], [8.0, 4.0]]
    assert made.study.treatments["start_week"].tolist() == [0.0]
    assert made.merged == 1
    assert "1 values fell" in text(made.study, made.merged, 4.0)


def test_the_check_lists_small_groups_rare_values_and_unique_combinations():
    pasi = {f"P{at}": {0: 10.0, 4: 5.0} for at in range(12)}
    groups = {f"P{at}": "B" if at < 2 else "A" for at in range(12)}
    study = make_study(pasi, treatments=msc("P1", 0), groups=groups)
    study = replace(study, patients=study.patients.assign(age=[40.0] * 11 + [80.0]))
    found = {one.kind: one.found for one in remaining(deidentified(study, Choices(covariates=("group", "age"))).study)}
    assert found["rare values"] == "group: B in fewer than 5 patients each."
    assert found["exact numbers"] == "age: 1 of 12 values belong to one patient alone."
    assert found["unique combinations"].startswith("group × age: 1 patients alone")
    assert "UC-MSC" in found["rare treatments"]
    assert "few patients" not in found
    assert "few patients" in {one.kind for one in remaining(load("case-series"))}
    plain = {one.kind for one in remaining(deidentified(study, Choices(covariates=())).study)}
    assert not {"rare values", "exact numbers", "unique combinations"} & plain

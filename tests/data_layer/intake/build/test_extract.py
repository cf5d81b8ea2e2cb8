"""What one [[sources]] makes of its table."""

import pytest

from data.catalog import open_study

SOURCE = '[[sources]]\nfile = "v.csv"\ntable = "{}"\ncolumns = {{ patient_id = "patient_id", {} }}\n'
TOML = SOURCE.format("pasi", 'week = "day", pasi = "score"') + SOURCE.format("patients", 'sex = "sex"')


@pytest.mark.parametrize("header", ["week", "value", "count", "unit"])
def test_patients_get_no_covariate_that_nobody_named(folder, header):
    rows = f"patient_id,day,score,sex,{header}\n01,0,20,f,7\n01,4,4,f,8\n"
    study = open_study(folder(pasi=None, **{"study.toml": TOML, "v.csv": rows}))
    assert study.patients.columns.tolist() == ["patient_id", "group", "sex"]


def test_a_table_with_a_column_a_visit_carries_what_else_is_named(folder):
    toml = SOURCE.format("pasi", 'provenance = "from"') + "wide = { weeks = { pre = 0, post = 4 } }\n"
    rows = "patient_id,from,pre,post\n01,illustrative,20,4\n02,observed,9,3\n"
    study = open_study(folder(pasi=None, **{"study.toml": toml, "v.csv": rows}))
    assert study.pasi["provenance"].tolist() == ["illustrative"] * 2 + ["observed"] * 2

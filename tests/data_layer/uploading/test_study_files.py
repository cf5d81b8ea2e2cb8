"""A study written and read again is the same study; what cannot be read is a sentence that names no folder."""

import json
import pickle
import re

import numpy as np
import pandas as pd
import pytest

from benchmarks import cohort
from data.catalog import BUNDLED, open_study
from data.files import take_in
from data.schema import TABLES
from data.uploading import study_files
from data.uploading.manifest import DAMAGED, LATER, NUMBERS, TEXTS, UnreadableStudyError
from data.uploading.study_files import FORMAT, read_study, write_study
from data_layer.clinic_files import FLOWJO, REDCAP


def clinic(tmp_path):
    for name, content in (("redcap.csv", REDCAP), ("flow.csv", FLOWJO)):
        (tmp_path / name).write_text(content)
    return take_in([tmp_path / "redcap.csv", tmp_path / "flow.csv"]).study


def odd(tmp_path):
    """A study whose texts and covariates are what few studies have."""
    files = {
        "pasi.csv": 'patient_id,week,pasi,dlqi\n"A, ""1""",0,20,\n=1+1,0.142857142857,72,30\nZoë 🙂,-4,,3\n',
        "patients.csv": 'patient_id,group,smoker,height\n"A, ""1""",,yes,1.75\n=1+1,B,,\nZoë 🙂,Ä,no,\n',
        "study.toml": 'title = "x \\u2028 <b>"\ncitation = "§"\n',
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    return open_study(tmp_path)


def made_up(tmp_path):
    return open_study(cohort.write(tmp_path / "cohort", 30, subsets=3))


STUDIES = {"bundled": lambda _: open_study(BUNDLED), "clinic": clinic, "odd": odd, "cohort": made_up}


@pytest.mark.parametrize("made", STUDIES.values(), ids=STUDIES)
def test_a_study_comes_back_as_it_was(made, tmp_path):
    study = made(tmp_path)
    (tmp_path / "kept").mkdir()
    write_study(study, tmp_path / "kept")
    again = read_study(tmp_path / "kept", study.key)
    for name in TABLES:
        pd.testing.assert_frame_equal(without_codes(getattr(study, name)), without_codes(getattr(again, name)))
    for name in ("key", "title", "citation", "week_zero", "index", "notes"):
        assert getattr(again, name) == getattr(study, name)


def without_codes(table):
    """Categories compared by their order and values: how wide their codes are is pandas' own matter."""
    return table.assign(
        **{
            name: pd.Categorical(cells.astype(object), cells.cat.categories, ordered=cells.cat.ordered)
            for name, cells in table.items()
            if isinstance(cells.dtype, pd.CategoricalDtype)
        }
    )


@pytest.fixture
def kept(tmp_path):
    (tmp_path / "secret").mkdir()
    write_study(open_study(), tmp_path / "secret")
    return tmp_path / "secret"


def retold(kept, **change):
    texts = json.loads((kept / TEXTS).read_text())
    (kept / TEXTS).write_text(json.dumps({**texts, **change}))


def patched(kept, header, after):
    """One wrong byte in each of the `header`s of the zip."""
    content = bytearray((kept / NUMBERS).read_bytes())
    for found in re.finditer(re.escape(header), bytes(content)):
        content[found.start() + after] ^= 1
    (kept / NUMBERS).write_bytes(content)


class Ran:
    def __reduce__(self):
        return (pytest.fail, ("what lies on disk was executed",))


DAMAGE = {
    "no texts": lambda kept: (kept / TEXTS).unlink(),
    "no numbers": lambda kept: (kept / NUMBERS).unlink(),
    "torn texts": lambda kept: (kept / TEXTS).write_bytes((kept / TEXTS).read_bytes()[:-9]),
    "torn numbers": lambda kept: (kept / NUMBERS).write_bytes((kept / NUMBERS).read_bytes()[:-99]),
    "empty": lambda kept: (kept / TEXTS).write_bytes(b""),
    "a format of before": lambda kept: retold(kept, format=0),
    "no format": lambda kept: retold(kept, format=None),
    "no tables": lambda kept: retold(kept, tables={}),
    "an index of more": lambda kept: retold(kept, index={"moon": 1}),
    "a list": lambda kept: (kept / TEXTS).write_text("[]"),
    "deep": lambda kept: (kept / TEXTS).write_text("[" * 100_000),
    "another kind of zip": lambda kept: patched(kept, b"PK\x01\x02", 10),
    "a zip with a password": lambda kept: patched(kept, b"PK\x01\x02", 8),
    "a pickle": lambda kept: (kept / NUMBERS).write_bytes(pickle.dumps(Ran())),
    "pickled columns": lambda kept: np.savez(kept / NUMBERS, **{"pasi.0": np.array([Ran()], dtype=object)}),
}


@pytest.mark.parametrize("harm", DAMAGE.values(), ids=DAMAGE)
def test_what_cannot_be_read_is_an_error_of_its_own_that_names_no_folder(harm, kept):
    harm(kept)
    with pytest.raises(UnreadableStudyError) as error:
        read_study(kept, "key")
    assert (str(error.value), error.value.__cause__) == (DAMAGED, None)


def test_a_later_format_is_said_to_be_one(kept):
    retold(kept, format=FORMAT + 1)
    with pytest.raises(UnreadableStudyError) as error:
        read_study(kept, "key")
    assert str(error.value) == LATER


def test_an_older_format_is_brought_up_to_date_step_by_step(kept, monkeypatch):
    retold(kept, format=-1, title="as it was")
    steps = {
        **study_files.MIGRATIONS,
        -1: lambda texts: {**texts, "title": texts["title"] + ", then"},
        0: lambda texts: {**texts, "notes": ["new"]},
    }
    monkeypatch.setattr(study_files, "MIGRATIONS", steps)
    study = read_study(kept, "key")
    assert (study.title, study.notes) == ("as it was, then", ("new",))

"""Whatever the bytes of a file, opening it gives a study or a StudyError, and never anything else."""

import contextlib
import io
import os
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalog import BUNDLED, open_study
from data.problems import StudyError

pytestmark = pytest.mark.slow
TABLES = sorted(path.name for path in BUNDLED.iterdir())
CELLS = st.text(alphabet="0123456789.,;-\"'\n\r\t eENaA/P", max_size=60)
EXAMPLES = int(os.environ.get("REPRISE_EXAMPLES", "40"))
ANY = settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)


def opens_or_explains(name, content):
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / name
        path.write_bytes(content)
        with contextlib.suppress(StudyError):
            open_study(path)


def opens_or_explains_in_the_case_series(name, content):
    with tempfile.TemporaryDirectory() as home:
        for path in BUNDLED.iterdir():
            (Path(home) / path.name).write_bytes(content if path.name == name else path.read_bytes())
        with contextlib.suppress(StudyError):
            open_study(home)


def workbook():
    book = openpyxl.Workbook()
    book.active.title = "pasi"
    book.active.append(("patient_id", "week", "pasi"))
    book.active.append(("P1", 0, 12))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@ANY
@given(st.sampled_from(["x.csv", "x.xlsx", "x.xls", "x.toml"]), st.binary(max_size=300))
def test_random_bytes(name, content):
    opens_or_explains(name, content)


@ANY
@given(CELLS, CELLS)
def test_random_cells_below_a_header(first, second):
    opens_or_explains("x.csv", f"patient_id,week,pasi\n{first}\n{second}".encode())


@ANY
@given(st.text(max_size=80))
def test_random_headers(header):
    opens_or_explains("x.csv", f"{header}\nP1,0,3\n".encode(errors="replace"))


@ANY
@given(st.sampled_from(TABLES), st.floats(0, 1))
def test_truncated_tables(name, share):
    content = (BUNDLED / name).read_bytes()
    opens_or_explains_in_the_case_series(name, content[: int(share * len(content))])


@ANY
@given(st.sampled_from(TABLES), st.floats(0, 1), st.binary(min_size=1, max_size=4))
def test_overwritten_tables(name, share, noise):
    content = (BUNDLED / name).read_bytes()
    at = int(share * len(content))
    opens_or_explains_in_the_case_series(name, content[:at] + noise + content[at + len(noise) :])


@ANY
@given(st.floats(0, 1), st.binary(max_size=8))
def test_torn_workbooks(share, noise):
    content = workbook()
    at = int(share * len(content))
    opens_or_explains("x.xlsx", content[:at] + noise)
    opens_or_explains("x.xlsx", content[:at] + noise + content[at + len(noise) :])

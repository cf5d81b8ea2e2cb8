"""The third-party studies beside the checkout, opened once."""

from pathlib import Path

import pytest

from data.catalog import open_study

ROOT = Path(__file__).parents[2]
UVB = ROOT / "tests" / "data_studies" / "uvb" / "study.toml"


@pytest.fixture(scope="session")
def vissig_path(shared):
    return shared / "vissig_sustained" / "WWW_SustainedResponse.csv"


@pytest.fixture(scope="session")
def uvb_path(shared, tmp_path_factory):
    """The study.toml of the UVB workbook, wherever the workbook is."""
    text = UVB.read_text(encoding="utf-8")
    there = (shared / "uvb_newcastle" / "data_matlab.xlsx").as_posix()
    path = tmp_path_factory.mktemp("uvb") / "study.toml"
    path.write_text(text.replace("../../../../shared/data/uvb_newcastle/data_matlab.xlsx", there), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def vissig(vissig_path):
    return open_study(vissig_path)


@pytest.fixture(scope="session")
def uvb(uvb_path):
    return open_study(uvb_path)


@pytest.fixture(scope="session")
def case_series():
    return open_study()

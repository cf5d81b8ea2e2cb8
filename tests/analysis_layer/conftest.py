import pytest

from data.catalog import open_study


@pytest.fixture(scope="session")
def case_series():
    return open_study()

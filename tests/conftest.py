import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]

# The same examples on every machine, and no deadline: a slow machine is not a wrong answer.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory):
    """No test keeps an upload in the folders of who runs it."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def shared():
    """The folder of third-party data, at REPRISE_SHARED or beside the checkout; without it the test is skipped."""
    place = Path(os.environ.get("REPRISE_SHARED", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        pytest.skip(f"third-party data is not at {place} (set REPRISE_SHARED)")
    return place

import os
from pathlib import Path

import pytest
from hypothesis import settings

import stand_ins
from data.catalog import open_study

TESTS = Path(__file__).parent
ROOT = TESTS.parent

# The same examples on every machine, and no deadline: a slow machine is not a wrong answer.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_make_parametrize_id(val, argname):
    """Names content by what it is for: a zip holds the time it was made at, and both processes must find the same names."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 60) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Marks what drives a browser or tries further examples, keeps together what shares what is dear to make, and
    begins with what takes longest, so that both processes end at the same time."""
    tried = set()
    for item in items:
        if TESTS / "browser" in item.path.parents:
            item.add_marker(pytest.mark.browser)
        promise = item.nodeid.partition("[")[0]
        if promise in tried or getattr(item.obj, "is_hypothesis_test", False):
            item.add_marker(pytest.mark.wide)
        tried.add(promise)
    items.sort(key=dearness)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.relative_to(TESTS).as_posix()))


def pytest_collection_finish(session):
    """Ends the run where groups are not kept together, which nothing else would tell: all would pass, in twice the time."""
    if getattr(session.config.option, "loadgroup", False):
        assert all("@" in item.nodeid for item in session.items), "pytest-xdist does not know this version of pytest"


def dearness(item):
    """Sorts browser tests first, then those that share something across files."""
    return item.get_closest_marker("browser") is None, item.get_closest_marker("xdist_group") is None


@pytest.fixture(scope="session", autouse=True)
def _state(tmp_path_factory):
    """No test keeps an upload in the folders of who runs it."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session", params=["stand-in", pytest.param("third-party", marks=pytest.mark.corpus)])
def shared(request, tmp_path_factory):
    """A folder of files in the shape of the third-party ones, then that of the third-party ones themselves, at REPRISE_SHARED or
    beside the checkout; without it that second test is skipped."""
    if request.param == "stand-in":
        folder = tmp_path_factory.mktemp("shared")
        stand_ins.write(folder)
        return folder
    place = Path(os.environ.get("REPRISE_SHARED", ROOT.parent / "shared")) / "data"
    if not place.is_dir():
        pytest.skip(f"third-party data is not at {place} (set REPRISE_SHARED)")
    return place


@pytest.fixture(scope="session")
def known(shared):
    """What is known of the files in `shared`."""
    return stand_ins.known(shared)


@pytest.fixture(scope="session")
def vissig_path(shared):
    return shared / stand_ins.VISSIG


@pytest.fixture(scope="session")
def uvb_path(shared, tmp_path_factory):
    """The study.toml of the UVB workbook, wherever the workbook is."""
    text = (TESTS / "data_studies" / "uvb" / "study.toml").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("home") / "uvb" / "study.toml"
    path.parent.mkdir()
    path.write_text(text.replace("../../../../shared/data", shared.as_posix()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def vissig(vissig_path):
    return open_study(vissig_path)


@pytest.fixture(scope="session")
def uvb(uvb_path):
    return open_study(uvb_path)

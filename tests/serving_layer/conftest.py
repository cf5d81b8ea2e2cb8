import sys
from functools import partial
from pathlib import Path

import pytest

from app import create_app
from browser.serving import GUNICORN, ROOT, serving
from data.settings import SETTINGS

HERE = Path(__file__).parent
ECHO = (sys.executable, "-m", "gunicorn", "echo:app", "--config", str(ROOT / "gunicorn.conf.py"), "--chdir", str(HERE))


def echoing(signs, *options, command=ECHO, **env):
    """A context of gunicorn as it is configured, with an application that only echoes; one worker."""
    settings = {"WEB_CONCURRENCY": "1", "SIGNS": str(signs), "PYTHONPATH": f"{ROOT}:{HERE}", **env}
    return serving(env=settings, command=(*command, *options))


@pytest.fixture
def echo(tmp_path):
    """echo(*options, **env) -> `echoing`, which signals in the test's folder."""
    return partial(echoing, tmp_path)


@pytest.fixture
def reprise(tmp_path):
    """reprise(*options, **env) -> a context of Reprise itself, two workers."""

    def start(*options, **env):
        settings = {"WEB_CONCURRENCY": "2", "UPLOADS": str(tmp_path / "uploads"), **env}
        return serving(env=settings, command=(*GUNICORN, *options))

    return start


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture
def server(monkeypatch, home):
    """server(**env) -> the server under these settings alone."""

    def made(**env):
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"UPLOADS": str(home), **env}.items():
            monkeypatch.setenv(name, value)
        return create_app().server

    return made


@pytest.fixture(scope="session")
def usual(home):
    """The server as it is when nothing is set."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("UPLOADS", str(home))
        yield create_app().server


@pytest.fixture
def client(usual):
    return usual.test_client()

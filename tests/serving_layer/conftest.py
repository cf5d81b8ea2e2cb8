import sys
from functools import partial
from pathlib import Path

import pytest

from browser.serving import GUNICORN, ROOT, serving

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

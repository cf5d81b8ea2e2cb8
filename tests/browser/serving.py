"""The app as a process of its own on a free loopback port, for the browser tests and the benchmark."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import psutil

from data.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PERSON = (sys.executable, "app.py")
GUNICORN = (sys.executable, "-m", "gunicorn", "app:server", "--config", "gunicorn.conf.py")
OURS = frozenset(SETTINGS)
DEADLINE = 60.0
"""Seconds until the server must be healthy."""

direct = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class Served:
    """A running server: `url` ends with a slash; `seconds` passed between its start and its first healthy answer."""

    url: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    seconds: float = float("nan")

    def said(self) -> str:
        """What the server printed so far."""
        self.output.flush()
        return Path(self.output.name).read_text(errors="replace")


@contextmanager
def serving(
    study: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    command: tuple[str, ...] = PERSON,
    root: Path = ROOT,
) -> Iterator[Served]:
    """A server that has answered /health, with as many workers as `env` names, ended by its own pid when the block
    ends."""
    with started(study, env, command, root) as served:
        since = time.monotonic()
        wait_until_healthy(served, since + DEADLINE)
        if command == GUNICORN:
            wait_for_workers(served, int((env or {}).get("WEB_CONCURRENCY", 1)), since + DEADLINE)
        yield Served(served.url, served.process, served.output, time.monotonic() - since)


@contextmanager
def started(
    study: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    command: tuple[str, ...] = PERSON,
    root: Path = ROOT,
) -> Iterator[Served]:
    """A server just started, that may not answer yet."""
    settings = {"HOST": "127.0.0.1", "PORT": str(free_port()), "PYTHONUNBUFFERED": "1", **(env or {})}
    if study is not None:
        settings["STUDY"] = str(study)
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    prefix = settings.get("URL_PREFIX", "").strip("/")
    url = f"http://{settings['HOST']}:{settings['PORT']}/" + (f"{prefix}/" if prefix else "")
    with (
        tempfile.TemporaryDirectory(prefix="reprise-state-", ignore_cleanup_errors=True) as state,
        tempfile.NamedTemporaryFile(prefix="reprise-", suffix=".log") as output,
    ):
        whole = {**inherited, "XDG_STATE_HOME": state, **settings}
        process = subprocess.Popen(command, cwd=root, env=whole, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            yield Served(url, process, output)
        finally:
            end(process)


def status(url: str, timeout: float = 30) -> int:
    """HTTP status of `url`, without any proxy of the machine."""
    try:
        with direct.open(url, timeout=timeout) as answer:
            answer.read()
            return int(answer.status)
    except HTTPError as refused:
        with refused:
            return int(refused.code)


def wait_until_healthy(served: Served, deadline: float) -> None:
    problem = "no answer"
    while (left := deadline - time.monotonic()) > 0:
        if served.process.poll() is not None:
            raise RuntimeError(f"The server ended with status {served.process.returncode}:\n{served.said()}")
        try:
            code = status(served.url + "health", timeout=left)
        except (URLError, OSError) as refused:
            problem = str(refused)
        else:
            if code == 200:
                return
            problem = f"status {code}"
        time.sleep(0.02)
    raise TimeoutError(f"{served.url}health: {problem} after {DEADLINE:.0f} s; the server said:\n{served.said()}")


def wait_for_workers(served: Served, workers: int, deadline: float) -> None:
    """The first worker may answer before the others are forked."""
    while len(psutil.Process(served.process.pid).children()) < workers:
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"fewer than {workers} workers after {DEADLINE:.0f} s; the server said:\n{served.said()}"
            )
        time.sleep(0.02)


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

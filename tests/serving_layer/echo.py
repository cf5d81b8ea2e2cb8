"""An application that shows what a server hands on, and is in no hurry: for tests of the server alone."""

import json
import os
import time
from pathlib import Path

SIGNS = Path(os.environ.get("SIGNS", "."))
DEADLINE = 60.0


def app(environ, start_response):
    kind, _, name = environ["PATH_INFO"].strip("/").partition("/")
    return ANSWERS.get(kind, seen)(environ, start_response, name)


def seen(environ, start_response, name):
    """The environment and the length of the body, as JSON; `pid` of the worker."""
    shown = {key: value for key, value in environ.items() if isinstance(value, str)}
    return plain(start_response, json.dumps({**shown, "read": len(environ["wsgi.input"].read()), "pid": os.getpid()}))


def patient(environ, start_response, name):
    """Answers once there is a file called `name`; says by `name`.begun that it waits."""
    (SIGNS / f"{name}.begun").touch()
    wait_for(SIGNS / name)
    return plain(start_response, "waited")


def told(environ, start_response, name):
    """Two lines, the second once there is a file called `name`; `name`.closed when nobody reads any more."""
    start_response("200 OK", [("Content-Type", "application/x-ndjson"), ("X-Accel-Buffering", "no")])
    return Lines(name)


class Lines:
    def __init__(self, name):
        self.name, self.lines = name, self.said()

    def __iter__(self):
        return self.lines

    def said(self):
        yield b"first\n"
        deadline = time.monotonic() + DEADLINE
        while not (SIGNS / self.name).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
            yield b"\n"
        yield b"second\n"

    def close(self):
        (SIGNS / f"{self.name}.closed").touch()


def large(environ, start_response, name):
    """So many MB."""
    return plain(start_response, "x" * (int(name) * 1_000_000))


def unchanged(environ, start_response, name):
    start_response("304 Not Modified", [("ETag", '"x"')])
    return []


def broken(environ, start_response, name):
    raise RuntimeError("the cell of P1")


def plain(start_response, text):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text.encode()]


def wait_for(path):
    deadline = time.monotonic() + DEADLINE
    while not path.exists():
        assert time.monotonic() < deadline, path
        time.sleep(0.01)


ANSWERS = {"patient": patient, "told": told, "large": large, "unchanged": unchanged, "broken": broken}

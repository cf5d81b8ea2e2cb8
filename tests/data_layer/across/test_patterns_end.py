"""No header, cell or name, however it is made, is looked at for ever: patterns whose parts can be told apart in many
ways would be."""

import importlib
import pkgutil
import re
import signal
from collections.abc import Mapping

import pytest

import analysis
import data
from data.intake.columns.roles import ROLES

LONG, PATIENCE = 500, 10
"""Characters of the longest cell that is searched; seconds that no pattern needs by far, on the slowest machine."""
PARTS = (
    "1",
    "a",
    "A",
    " ",
    "-",
    "_",
    ".",
    ",",
    "(",
    "1.",
    "1,",
    "a ",
    "a_",
    "1_",
    "-1",
    "a1",
    "%",
    "é",
    "W1",
    "P1 ",
    "10^",
)


def strings(value):
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in strings(one)]
    if isinstance(value, tuple | list):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, re.Pattern) and isinstance(value.pattern, str) else []


def patterns():
    """Every pattern that a module of ours has, by its text."""
    found = {}
    for package in (data, analysis):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("process"):
                held = vars(importlib.import_module(module.name)).values()
                found |= {one.pattern: one for value in held for one in strings(value)}
    roles = [text for role in ROLES.values() for text in (role.header, role.never, role.doubt, *role.best)]
    return found | {text: re.compile(text) for text in roles}


class Late(BaseException):
    """It took too long; no `except Exception` holds it."""


@pytest.fixture
def _patience():
    def end(*_):
        raise Late

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("_patience")
def test_no_pattern_looks_at_a_long_text_for_ever():
    for text, pattern in patterns().items():
        signal.alarm(PATIENCE)
        for part in sorted({*PARTS, *re.findall(r"[A-Za-z]{2,}", text)[:40]}):
            try:
                pattern.fullmatch((part * LONG)[:LONG] + "\0")
            except Late:
                pytest.fail(f"{text} looks for ever at {part} again and again")

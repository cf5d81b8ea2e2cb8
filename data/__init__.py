"""What we know: studies, read from files and checked once at the door."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def release() -> str:
    """The release that pyproject.toml names: "0.1.0"."""
    project = Path(__file__).parents[1] / "pyproject.toml"
    return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])

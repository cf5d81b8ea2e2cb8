import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the handbook, built from these pages."""
    folder = tmp_path_factory.mktemp("handbook") / "site"
    code = f"from pathlib import Path; from handbook.build import build; build(Path({str(folder)!r}))"
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    return folder

"""The figure by a command is the figure of the dialog, byte by byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from browser.find_browser import find
from browser.hand import until

ROOT = Path(__file__).parents[2]
STATE = "#response=PASI90&panel=correlation"


def command(*arguments, **env):
    call = [sys.executable, "-m", "figures.paper", "data/case_series", *arguments]
    where = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(call, cwd=ROOT, env=where, capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.process
def test_the_command_saves_what_the_dialog_saves_and_its_check_beside_it(visit, base_url, tmp_path):
    out = tmp_path / "fig.svg"
    done = command("--state", STATE, "--profile", "elsevier-90", "--out", str(out), CHROMIUM=find())
    assert done.returncode in {0, 1}, done.stderr
    assert "90 × " in done.stdout
    assert (tmp_path / "fig-check.txt").read_text(encoding="utf-8") == done.stdout
    page = visit(f"{base_url}{STATE}")
    choices = {"profile": "elsevier", "width": 90, "type": 7, "letters": "a", "dpi": 1000, "height": 0}
    page.evaluate("choices => localStorage.setItem('reprise-figure', choices)", json.dumps(choices))
    page.evaluate("() => document.querySelector('[data-action=\"figure\"]').click()")
    until(page, "() => window.reprise.figureDrawn()")
    with page.expect_download(lambda file: file.suggested_filename.endswith(".svg")) as download:
        page.evaluate("() => document.querySelector('[data-action=\"figure-svg\"]').click()")
    assert out.read_bytes() == download.value.path().read_bytes()


@pytest.mark.process
def test_what_it_needs_and_what_it_does_not_know_is_said():
    assert "or name a browser" in command("--out", "fig.svg", CHROMIUM="/nowhere/chrome").stderr
    unknown = command("--out", "fig.svg", "--profile", "lancet-90")
    assert unknown.returncode == 2
    assert "elsevier-90" in unknown.stderr
    assert ".tiff" in command("--out", "fig.docx").stderr


@pytest.mark.slow
@pytest.mark.process
def test_a_panel_that_the_study_has_not_is_said_and_nothing_is_saved(tmp_path):
    done = command("--panels", "pasi,survivall", "--out", str(tmp_path / "fig.svg"), CHROMIUM=find())
    assert (done.returncode, done.stderr) == (2, done.stderr.strip() + "\n")
    assert done.stderr.startswith("This study has no panel called survivall. It has pasi, immune, swimlanes, ")
    assert list(tmp_path.iterdir()) == []

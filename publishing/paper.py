"""`python -m figures.paper STUDY --state '#…' --profile elsevier-90 --out fig.svg`: the figure for a journal as the
dialog of the page makes it, without a hand on the page. It needs a browser, and says so where there is none."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publishing.figure_files.files import KINDS
from publishing.figure_files.profiles import PROFILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NEEDS = (
    "A figure is drawn by a browser. Install playwright (`pip install playwright`) and Chromium or Chrome (on Debian: "
    "`apt-get install chromium`), or name a browser: CHROMIUM=/path/to/chrome. The numbers alone need none: Copy as "
    "Python, in the Share menu of the page."
)
FAILED = re.compile(r"^FAIL", re.MULTILINE)
ADOPTED = ("type", "letters", "dpi")
OFFERED = "() => [...document.querySelectorAll('#figure [data-panel]')].map((one) => one.dataset.panel)"
STARTED = "Reprise is at "
PATIENCE = 60_000
"""Milliseconds until the page, and then the figure, must be drawn."""


class PaperError(Exception):
    """Why there is no figure: a sentence for the person who asked."""


def main(arguments: Sequence[str]) -> int:
    """Write the figure, and its check beside it. Exit status 0; 1 where the check found something, 2 after a sentence
    on why there is no figure."""
    options = _parser().parse_args(arguments)
    try:
        choices, browser = _choices(options), _browser()
        with _served(options.study) as address:
            check = _drawn(browser, address + options.state, choices, Path(options.out))
    except PaperError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(check)
    return 1 if FAILED.search(check) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m figures.paper", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("study", metavar="STUDY", help="a folder, a zip, a study.toml, a table or a workbook")
    parser.add_argument("--state", default="", help="what stands after the address of the page, from # on")
    parser.add_argument("--profile", default="elsevier-90", help=f"journal and width in mm: {', '.join(_profiles())}")
    parser.add_argument("--panels", default="", help="views with commas between them; else those on the weeks")
    parser.add_argument("--dpi", type=int, default=0, choices=(0, 300, 600, 1000), help="of PNG and TIFF")
    parser.add_argument("--out", required=True, help=f"a file that ends with {', '.join(f'.{kind}' for kind in KINDS)}")
    return parser


def _profiles() -> dict[str, dict[str, Any]]:
    """What the dialog is told of each: of "elsevier-90", say."""
    return {
        f"{one.key}-{width:g}": {
            "profile": one.key,
            "width": width,
            "type": one.type,
            "letters": one.letters,
            "dpi": one.dpi,
        }
        for one in PROFILES
        for width in one.widths
    }


def _choices(options: argparse.Namespace) -> dict[str, Any]:
    """What is chosen in the dialog. PaperError for a profile or a kind of file that is not known."""
    found = _profiles().get(options.profile)
    if found is None:
        raise PaperError(f"No journal is called {options.profile}. Known are {', '.join(_profiles())}.")
    if Path(options.out).suffix.lstrip(".") not in KINDS:
        raise PaperError(f"--out must end with one of {', '.join(f'.{kind}' for kind in KINDS)}.")
    panels = [panel for panel in options.panels.split(",") if panel]
    return (
        {**found, "height": 0} | ({"panels": panels} if panels else {}) | ({"dpi": options.dpi} if options.dpi else {})
    )


def _browser() -> str:
    """The path of a browser. PaperError where it, or what drives it, is not installed."""
    try:
        import playwright  # noqa: F401, PLC0415 - only this command needs it
    except ImportError:
        raise PaperError(NEEDS) from None
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        raise PaperError(NEEDS)
    return found


@contextmanager
def _served(study: str) -> Iterator[str]:
    """The page of a study on a free port of this machine alone, until the block ends."""
    root = Path(__file__).parents[1]
    where = {**os.environ, "PORT": "0", "HOST": "127.0.0.1", "URL_PREFIX": "/"}
    command = [sys.executable, str(root / "app.py"), str(Path(study).resolve())]
    with subprocess.Popen(command, cwd=root, env=where, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            yield _address(server)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[str]) -> str:
    for line in server.stdout or ():
        if line.startswith(STARTED):
            return line.removeprefix(STARTED).split()[0]
    raise PaperError("This study cannot be opened: see above.")


def _drawn(browser: str, address: str, choices: dict[str, Any], out: Path) -> str:
    """Draw the figure with these choices and save it; the text of its check, which stands beside it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(f"localStorage.setItem('reprise-figure', {json.dumps(json.dumps(choices))})")
        page.goto(address)
        page.wait_for_function("() => window.reprise && window.reprise.complete()", timeout=PATIENCE)
        page.evaluate("""() => document.querySelector('[data-action="figure"]').click()""")
        page.wait_for_function("() => window.reprise.figureDrawn()", timeout=PATIENCE)
        _refuse_unknown(choices.get("panels", []), page.evaluate(OFFERED))
        with (
            page.expect_download(lambda file: file.suggested_filename.endswith("-check.txt")) as check,
            page.expect_download(lambda file: file.suggested_filename.endswith(out.suffix)) as figure,
        ):
            page.evaluate(f"""() => document.querySelector('[data-action="figure-{out.suffix[1:]}"]').click()""")
        figure.value.save_as(out)
        beside = out.with_name(f"{out.stem}-check.txt")
        check.value.save_as(beside)
        chromium.close()
    return beside.read_text(encoding="utf-8")


def _refuse_unknown(asked: list[str], offered: list[str]) -> None:
    unknown = [panel for panel in asked if panel not in offered]
    if unknown:
        raise PaperError(f"This study has no panel called {', '.join(unknown)}. It has {', '.join(offered)}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

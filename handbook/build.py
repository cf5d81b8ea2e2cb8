"""The handbook as a site: pages of docs/ with what the registries say, by Sphinx, which reads docs/conf.py."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sphinx.cmd.build import build_main

from handbook import SITE

PAGES = Path(__file__).parents[1] / "docs"
UNLEVELLED, LEVELLED = 'role="heading">', 'role="heading" aria-level="2">'
"""How Sphinx's theme writes a heading of its menu, which says no level to who hears it, and how it is served."""
NOT_SERVED = (".buildinfo", "objects.inv", "*.map", "*.LICENSE.txt", "debug.css")


class BuildError(Exception):
    """Why there is no site; Sphinx has said what is wrong."""


def build(site: Path = SITE) -> None:
    """Build the site into the folder `site`, in place of what is there; every warning of Sphinx is an error."""
    with tempfile.TemporaryDirectory() as work:
        made = Path(work, "html")
        options = ["-b", "html", "-q", "-W", "--keep-going", "-d", f"{work}/kept", str(PAGES), str(made)]
        if build_main(options):
            raise BuildError("The handbook was not built: see above.")
        for pattern in NOT_SERVED:
            for path in made.rglob(pattern):
                path.unlink()
        for path in made.rglob("*.html"):
            path.write_text(path.read_text(encoding="utf-8").replace(UNLEVELLED, LEVELLED), encoding="utf-8")
        shutil.rmtree(site, ignore_errors=True)
        shutil.copytree(made, site)

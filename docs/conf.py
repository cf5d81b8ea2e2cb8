"""How Sphinx makes a site of these pages (`make docs`)."""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from handbook.sections import filled

project = "Reprise"
html_title = "Reprise: handbook"
author = "the Reprise authors"
extensions = ["myst_parser"]
myst_heading_anchors = 3
html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
html_copy_source = False
html_show_copyright = False
html_show_sphinx = False
html_use_index = False
html_permalinks_icon = "#"


def setup(app: Any) -> None:
    """Fill each page before it is parsed."""
    app.connect("source-read", lambda _app, _name, source: source.__setitem__(0, filled(source[0])))

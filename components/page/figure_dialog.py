"""The dialog of a figure for print: its form, which the browser shows (`assets/browser/publish/figure.mjs`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from dash import html
from jinja2 import Environment, FileSystemLoader

from components import ids
from components.views import VIEWS
from figures.visuals.empty_state import absence
from publishing.figure_files import fonts, profiles
from publishing.figure_files.files import KINDS, RESOLUTIONS

if TYPE_CHECKING:
    from data.study import Study


def figure_dialog(study: Study) -> html.Dialog:
    """Its form, and as data which panels a figure of this study can have, what journals ask, and the font."""
    views = [view for view in VIEWS.values() if view.draw and not absence(study, view.needs)]
    font = {"family": fonts.FAMILY, "stack": fonts.STACK, "files": fonts.for_browsers()}
    asked = profiles.as_data()
    form = Environment(autoescape=True, loader=FileSystemLoader(Path(__file__).parent)).get_template("figure_form.html")
    shown = form.render(
        kinds=KINDS,
        panels=[(view.key, view.titled(study)) for view in views],
        journals=[(one["key"], one["label"]) for one in asked],
        resolutions=[(dpi, f"{dpi:,} dpi") for dpi in RESOLUTIONS],
    )
    given = {"profiles": asked, "panels": [view.key for view in views], "font": font}
    words = ids.data(form=shown, **{name: json.dumps(value) for name, value in given.items()})
    return html.Dialog(id=ids.FIGURE, className="figure-dialog", **words, **ids.aria(label="Figure for a journal"))

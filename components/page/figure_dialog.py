"""The dialog of a figure for print, which the browser fills (`assets/browser/publish/figure.mjs`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dash import html

from components import ids
from components.views import VIEWS
from figures.visuals.empty_state import absence
from publishing.figure_files import fonts, profiles

if TYPE_CHECKING:
    from data.study import Study


def figure_dialog(study: Study) -> html.Dialog:
    """Which panels a figure of this study can have, what journals ask, and the font, as data."""
    views = [view.key for view in VIEWS.values() if view.draw and not absence(study, view.needs)]
    font = {"family": fonts.FAMILY, "stack": fonts.STACK, "files": fonts.for_browsers()}
    given = {"profiles": profiles.as_data(), "panels": views, "font": font}
    words = ids.data(**{name: json.dumps(value) for name, value in given.items()})
    return html.Dialog(id=ids.FIGURE, className="figure-dialog", **words, **ids.aria(label="Figure for a journal"))

"""The handbook's sections of what is on the page: views, controls, signs."""

from __future__ import annotations

from collections.abc import Iterable

from components.controls import CONTROLS
from components.page.drawers import SIGNS, SPELLED
from components.view import View
from components.views import TABS, VIEWS, of_tab
from figures.visuals.empty_state import NEEDS
from handbook.markdown import entry, escaped, named, place, plain, table


def figure_views() -> str:
    """The views on the weeks, from top to bottom."""
    return _views(view for view in VIEWS.values() if not view.tab)


def panel_views() -> str:
    """The views of each tab."""
    return "\n\n".join(f"## In the panel: {title}\n\n{_views(of_tab(tab))}" for tab, title in TABS.items())


def controls() -> str:
    """Every control, by its name on the page."""
    rows = [(place("control", one.field, one.label), plain(one.about)) for one in CONTROLS.values()]
    return table(("control", "what it does"), rows)


def signs() -> str:
    """Every sign of the page."""
    return table(("sign", "what it means"), [(escaped(sign), plain(text)) for sign, text in (*SIGNS, *SPELLED)])


def _views(views: Iterable[View]) -> str:
    return "\n".join(
        entry("view", one.key, one.title, [plain(one.about), named("Needs", _needs(one)), _chosen(one)])
        for one in views
    )


def _needs(view: View) -> str:
    return "; ".join(NEEDS[need].name for need in view.needs)


def _chosen(view: View) -> str:
    """What can be chosen for a view: on the panel's line, then in its sheet."""
    names = [CONTROLS[field].label for field in (*view.controls, *view.method)]
    return named("May be chosen", f"{', '.join(names)}.") if names else ""

"""Every id on the page; no other file spells one."""

from __future__ import annotations

from typing import Any

PAGE = "page"
STUDY = "study"
STUDY_MENU = "study-menu"
ADDRESS = "address"
QUERY = "query"
DEFAULTS = "defaults"
NOTICE = "notice"
CHIPS = "chips"
LEGEND = "legend"
COPY = "copy"
THEME = "theme"
HELP = "help"
PLAY = "play"
SHOWN = "shown"
HELP_TEXT = "help-text"
SINGLE_KEYS = "single-keys"
REPORT = "report"
REPORT_TEXT = "report-text"
FINDING = "finding"
CAUTION = "caution"
SPOKEN = "spoken"
STORY = "story"
STORY_LIST = "story-list"
DRAWER_STORY = "drawer-story"
DRAWER_NOTES = "drawer-notes"
NOTE_WHO = "note-who"
NOTE_WHAT = "note-what"
NOTE_TEXT = "note-text"
NOTE_LOGIN = "note-login"
NOTE_COUNT = "note-count"
NOTE_LIST = "note-list"
STORY_WHAT = "story-what"
STORY_MASKED = "story-masked"
STORY_PINNED = "story-pinned"
STORY_MAKING = "story-making"
FIND = "find"
FOUND = "found"
DRAWER_FILTERS = "drawer-filters"
DRAWER_RULES = "drawer-rules"
DRAWER_CHECKS = "drawer-checks"
TO_CHECK = "to-check"
DRAWER_METHOD = "drawer-method"
DRAWER_SIGNS = "drawer-signs"
TABLE = "response-table"
TABLE_PLACE = "response-place"
TABLE_DUE = "table-due"
NUMBERS = "numbers"
NUMBERS_TITLE = "numbers-title"
NUMBERS_PLACE = "numbers-place"
NUMBERS_GRID = "numbers-grid"
DOWNLOAD = "download"
CHECKLIST_AS = "checklist-as"
TABLE_ONE_AS = "table-one-as"
COPY_WEEKS = "copy-weeks"
COPY_COVARIATES = "copy-covariates"
TEXTS = "texts"
TEXTS_TITLE = "texts-title"
TEXTS_ACTS = "texts-acts"
TEXTS_SAID = "texts-said"
FIGURE = "figure"
INTAKE = "intake"
INTAKE_OPEN = "intake-open"
INTAKE_PICK = "intake-pick"
INTAKE_CHOOSE = "intake-choose"
INTAKE_WAIT = "intake-wait"
INTAKE_SHOW = "intake-show"
INTAKE_SAID = "intake-said"
INTAKE_REPORT = "intake-report"
INTAKE_AGAIN = "intake-again"
INTAKE_TOML = "intake-toml"
INTAKE_LOOK = "intake-look"
INTAKE_UNDO = "intake-undo"
INTAKE_OTHER = "intake-other"
INTAKE_REREAD = "intake-reread"
INTAKE_SAVE = "intake-save"
INTAKE_DELETE = "intake-delete"
INTAKE_UNTIL = "intake-until"
INTAKE_SHARE = "intake-share"
INTAKE_SHARED = "intake-shared"

Id = dict[str, Any]


def control(field: str) -> Id:
    """The control that writes a field of the query."""
    return {"type": "control", "field": field}


def graph(view: str) -> Id:
    """The chart of a view."""
    return {"type": "graph", "view": view}


def plot(view: str) -> Id:
    """The room of a view's chart."""
    return {"type": "plot", "view": view}


def caption(view: str) -> Id:
    """What is printed beside the title of a card: its n."""
    return {"type": "caption", "view": view}


def action(name: str, view: str) -> Id:
    """What takes the numbers of a view: csv or numbers."""
    return {"type": name, "view": view}


def fold(name: str) -> Id:
    """What a fold of the mapping page holds."""
    return {"type": "fold", "name": name}


def data(**values: Any) -> dict[str, Any]:
    """The data- attributes of a component: `control="phase"` is data-control."""
    return {f"data-{name}": value for name, value in values.items()}


def aria(**values: Any) -> dict[str, Any]:
    """The aria- attributes of a component."""
    return {f"aria-{name}": value for name, value in values.items()}

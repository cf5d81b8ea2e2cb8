"""The dialog for the reader's own files: what it says before any, and of those that are kept. What it says of others is
`mapping.py`; `assets/browser/page/intake.mjs` sends files, and shows what comes back."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from dash import dcc, html

from components import ids
from components.page.handbook import explained
from components.row_report import quiet, row_report
from data.access import ANYONE, reader
from data.formats.limits import MEGA, limit
from data.uploading.manifest import lifetime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data.uploading.manifest import Owner


READ = (
    "A workbook with a sheet per table, CSV or TSV tables, a zip of them, exports of REDCap, FlowJo and CDISC: as they "
    "are, several at once. They are joined by patient and week."
)
PRIVATE = (
    "Names, birth dates and record numbers are left out, and dates become weeks. The files are read and removed; the "
    "study that comes of them is seen only by {who}, and {until}."
)


def dialog(asked: Sequence[str] = ()) -> html.Dialog:
    """Files in, progress, then what is made of them; at once of those that are `asked` about, by their names."""
    most = {"bytes": str(int(limit("MAX_UPLOAD_MB") * MEGA)), "files": str(int(limit("MAX_FILES")))}
    limits = ids.data(**most, asked=json.dumps(list(asked)))
    close = html.Form(html.Button("Close", className="quiet"), method="dialog")
    said = html.P(id=ids.INTAKE_SAID, className="intake-error", role="alert")
    parts = [html.Div([html.H3("Open your data"), close], className="intake-head"), said, _pick(), _wait()]
    parts.append(html.Div(id=ids.INTAKE_SHOW, className="intake-show"))
    return html.Dialog(parts, id=ids.INTAKE, className="intake", **ids.aria(label="Open your data"), **limits)


def _pick() -> html.Div:
    choose = html.Button("Choose files", id=ids.INTAKE_CHOOSE, className="quiet strong", type="button")
    template = html.A("a workbook to fill in", href="template.xlsx", download="reprise-template.xlsx")
    most = f"At most {limit('MAX_UPLOAD_MB'):,.0f} MB together."
    parts: list[Any] = [
        html.Div(["Drop files here, or anywhere on the page, or ", choose], className="intake-drop"),
        html.P(
            [
                f"{READ} {most} No data yet? There is ",
                template,
                ", with the case series as the example. ",
                explained("What files may look like", "data"),
                ".",
            ]
        ),
        html.P(PRIVATE.format(who=_who(), until=_until()), className="caption-line"),
    ]
    return html.Div(parts, id=ids.INTAKE_PICK)


def _who() -> str:
    return "you and whom you share it with" if reader() else "those who have its address"


def _until() -> str:
    hours = lifetime() / 3600
    return "kept until it is deleted" if math.isinf(hours) else f"deleted after {hours:,.4g} hours"


def _wait() -> html.Div:
    """The share that is sent, then read, and what is being read."""
    parts = [
        html.Progress(max="1", value="0"),
        html.Span(role="status"),
        html.Button("Cancel", className="quiet", type="button"),
    ]
    return html.Div(parts, id=ids.INTAKE_WAIT, className="intake-wait hidden")


def kept(report: Mapping[str, Any], owner: Owner | None = None, *, toml: bool) -> list[Any]:
    """What was read of a study that the server keeps, and what can be done with it: by its `owner`, where it has one,
    more than by others."""
    is_own = owner is None or owner.name == reader()
    seen = "Only those who have its address see this study." if owner is None else f"This study is {owner.name}'s."
    until: list[Any] = [f"{seen} It is kept until ", html.Span(id=ids.INTAKE_UNTIL)]
    delete = [". ", quiet("Delete this study", id=ids.INTAKE_DELETE)] if is_own else ["."]
    acts = [
        quiet("Change how it was read", id=ids.INTAKE_REREAD),
        quiet("Save as Reprise study", id=ids.INTAKE_SAVE),
        quiet("Choose other files", id=ids.INTAKE_OTHER),
    ]
    return [
        row_report(report, toml=toml),
        html.P([*until, *delete], className="intake-kept"),
        _sharing(owner) if owner and is_own else None,
        html.Div(acts, className="intake-acts"),
    ]


def _sharing(owner: Owner) -> html.P:
    """Who sees a study besides its owner, to be changed."""
    names = dcc.Input(id=ids.INTAKE_SHARED, value=", ".join(owner.shared), placeholder="nobody", maxLength=8000)
    words = f"Names with commas, or {ANYONE} for whoever is logged in and has its address. They see it, by its link."
    said = html.Label(["Seen by you and ", names])
    share = quiet("Share", id=ids.INTAKE_SHARE)
    return html.P([said, " ", share, html.Br(), html.Small(words)], className="intake-kept")

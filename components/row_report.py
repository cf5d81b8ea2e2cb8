"""What was read of a reader's files: rows kept and set aside, what to correct, warnings and notes, to read and save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dash import html

from components import ids

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMS = {"txt": "Text", "csv": "CSV", "json": "JSON"}
ROWS = ("File", "table", "rows", "kept", "not kept", "set aside, and why")
FEW_ROWS = 10


def row_report(report: Mapping[str, Any], *, toml: bool) -> html.Div:
    """A report, as its JSON has it, with a button for each of its forms, and for the study.toml where there is one."""
    parts = [
        *_problem_list("To correct", report["errors"], "intake-errors"),
        *_rows(report["accounts"]),
        *_problem_list("Warnings: worth a look", report["warnings"], "intake-warnings"),
    ]
    if report["notes"]:
        parts += [html.H4("Notes"), sentences(report["notes"], "intake-notes")]
    return html.Div([*parts, _downloads(toml=toml)], className="intake-report")


def sentences(texts: Sequence[str], name: str, **more: Any) -> html.Ul:
    """Sentences, one below the other."""
    return html.Ul([html.Li(text) for text in texts], className=name, **more)


def quiet(text: str, name: str = "", **more: Any) -> html.Button:
    """A button that is not the first one to press."""
    return html.Button(text, className=f"quiet {name}".strip(), type="button", **more)


def _problem_list(name: str, problems: Sequence[Mapping[str, Any]], kind: str) -> list[Any]:
    if not problems:
        return []
    return [html.H4(f"{name} ({len(problems):,})"), sentences([one["message"] for one in problems], kind)]


def _rows(accounts: Sequence[Mapping[str, Any]]) -> list[Any]:
    """How many rows of each file were kept, and why the others were not."""
    if not accounts:
        return []
    head = html.Thead(html.Tr([html.Th(name) for name in ROWS]))
    body = [html.Tr([html.Td(str(cell)) for cell in _cells(one)]) for one in accounts]
    return [html.H4("Rows"), html.Table([head, html.Tbody(body)])]


def _cells(one: Mapping[str, Any]) -> tuple[Any, ...]:
    aside = "; ".join(map(_reason, one["aside"]))
    return one["file"], one["table"], one["rows"], one["kept"], one["rows"] - one["kept"], aside


def _reason(aside: Mapping[str, Any]) -> str:
    rows = aside["rows"]
    more = f" and {len(rows) - FEW_ROWS:,} more" if len(rows) > FEW_ROWS else ""
    return f"{aside['reason']}: row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:FEW_ROWS]))}{more}"


def _downloads(*, toml: bool) -> html.P:
    forms = FORMS | ({"toml": "study.toml"} if toml else {})
    return html.P(
        ["Download: ", *(quiet(text, **ids.data(form=form)) for form, text in forms.items())], className="intake-forms"
    )

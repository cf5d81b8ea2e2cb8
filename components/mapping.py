"""The mapping page: what every column of a reader's files is taken for, what else may be said of them, each with a
field, and what comes of it. `assets/browser/page/mapping.mjs` gathers what the fields say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import html

from components import ids
from components.row_report import quiet, row_report, sentences

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dash.development.base_component import Component

TUBES = {"sample": "tube names"}
SYSTEMS = {
    "reprise": "Reprise's own table", "redcap": "REDCap", "flowjo": "FlowJo", "adam": "CDISC ADaM",
    "sdtm": "CDISC SDTM", "clinic": "a clinic's table",
}  # fmt: skip
COLUMNS = ("Column", "is", "goes to", "because", "its cells")
AT_ONCE = 25
"""Columns, or questions of one subject, that are shown before the others are folded."""
MOST = 1000
"""Columns, and questions, that a page holds: more are some seconds of a worker, and of a browser."""
NOTHING = "–"
"""Stands for the answer "" in a menu, whose placeholder has that value and cannot be chosen."""
FEW = 9
"""Columns that seem clear and are shown unfolded, where nothing else is."""
CORRECT = "These files are not opened, and the study on the page stays. This is what to correct:"
SAY = (
    "These files are not opened yet, and the study on the page stays. Say what their columns are, or choose other "
    "files:"
)
LOOK = "Please look at what was not certain, change what is wrong, then open it. "


@dataclass(frozen=True)
class Shown:
    """What the reader has before them: the `counts` of the last reading by their nouns, which `folds` are open by
    their names, and whether the files are too `large` to be read at every change. `folded` gathers what is in the
    folds that are closed."""

    counts: Mapping[str, int] = field(default_factory=dict)
    folds: Mapping[str, bool] = field(default_factory=dict)
    large: bool = False
    folded: dict[str, list[Component]] = field(default_factory=dict)


def mapping(
    found: Mapping[str, Any], edits: Mapping[str, Any], shown: Shown
) -> tuple[list[Component], dict[str, list[Component]]]:
    """What the dialog shows of files that are not opened, by what `uploading.sent_files.read_sent` says of them; and
    what is in the folds that are closed, by their names: a browser takes its time for a thousand fields."""
    shown = replace(shown, folded={})
    return _page(found, edits, shown), shown.folded


def _page(found: Mapping[str, Any], edits: Mapping[str, Any], shown: Shown) -> list[Component]:
    proposal, report = _at_most(found["proposal"]), json.loads(found["report"]["json"])
    if not proposal["tables"]:
        acts = html.Div(_other(), className="intake-acts")
        return [_alert(CORRECT), row_report(report, toml=bool(found["toml"])), acts]
    tables = [_table(one, proposal, edits, shown) for one in _ordered(proposal)]
    asked = _asked(proposal["questions"], shown)
    read = _fold("read", ["What was read, and which rows were used"], [row_report(report, toml=True)], shown)
    return [
        html.Div([_head(found), _counts(found["counts"], shown), _acts(edits, shown)], className="intake-top"),
        *([sentences([one["message"] for one in report["errors"]], "intake-errors")] if report["errors"] else []),
        *_unclear(proposal["unclear"], shown),
        *([*asked, *tables] if found["summary"] else [*tables, *asked]),
        read,
    ]


def _at_most(proposal: Mapping[str, Any] | None) -> dict[str, Any]:
    """The proposal with no more columns and questions than a page holds, those first that are not certain; a sentence
    counts the others."""
    if not proposal:
        return {"tables": []}
    kept = {name: _first(proposal[name]) for name in ("columns", "questions")}
    left = {name: len(proposal[name]) - len(some) for name, some in kept.items()}
    more = [
        f"{count:,} further {name} are not shown: a study.toml can say it." for name, count in left.items() if count
    ]
    return {**proposal, **kept, "unclear": [*proposal["unclear"], *more]}


def _first(some: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """At most `MOST` of them, in their order."""
    chosen = sorted(range(len(some)), key=lambda at: not some[at]["unclear"])[:MOST]
    return [some[at] for at in sorted(chosen)]


def _alert(text: str) -> html.P:
    return html.P(text, className="intake-error", role="alert")


def _head(found: Mapping[str, Any]) -> html.P:
    if not found["summary"]:
        return _alert(SAY)
    return html.P([LOOK, html.Span(found["summary"], className="caption-line")])


def _counts(counts: Mapping[str, int], shown: Shown) -> html.P:
    """How much of everything there would be, and how much there was before the last change."""

    def count_of(noun: str, count: int) -> html.Span:
        was = shown.counts.get(noun, count)
        changed = [html.Small(f" (was {was:,})")] if was != count else []
        return html.Span([html.B(f"{count:,}"), f" {noun}", *changed], **ids.data(count=noun, value=str(count)))

    return html.P([count_of(noun, count) for noun, count in counts.items()], className="intake-counts", role="status")


def _acts(edits: Mapping[str, Any], shown: Shown) -> html.Div:
    acts = [quiet("Open this study", "strong", id=ids.INTAKE_AGAIN), quiet("Download study.toml", id=ids.INTAKE_TOML)]
    acts += [quiet("Read again", id=ids.INTAKE_LOOK)] if shown.large else []
    acts += [quiet("Undo all changes", id=ids.INTAKE_UNDO)] if edits else []
    return html.Div([*acts, _other()], className="intake-acts")


def _other() -> html.Button:
    return quiet("Choose other files", id=ids.INTAKE_OTHER)


def _unclear(unclear: Sequence[str], shown: Shown) -> list[Component]:
    if not unclear:
        return []
    return [_fold("unclear", [f"To look at ({len(unclear)})"], [_scrolled(unclear)], shown, open_=True)]


def _fold(name: str, heading: list[Any], parts: list[Any], shown: Shown, *, open_: bool = False) -> html.Details:
    """Parts under a heading, open as the reader has it, else as proposed; closed, it is empty until it is opened."""
    is_open = shown.folds.get(name, open_)
    if not is_open:
        shown.folded[name] = parts
    inside = html.Div(parts if is_open else [], id=ids.fold(name))
    return html.Details([html.Summary(heading), inside], open=is_open, className="intake-fold", **ids.data(fold=name))


# ---- the columns of a table: what is unclear first, the certain ones folded


def _columns(proposal: Mapping[str, Any], table: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [one for one in proposal["columns"] if (one["file"], one["sheet"]) == (table["file"], table["sheet"])]


def _ordered(proposal: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tables, those first that leave most to be said."""
    return sorted(proposal["tables"], key=lambda table: -sum(one["unclear"] for one in _columns(proposal, table)))


def _table(
    table: Mapping[str, Any], proposal: Mapping[str, Any], edits: Mapping[str, Any], shown: Shown
) -> html.Section:
    said = {json.dumps(row[:-1]) for row in edits.get("roles", ())}
    columns = _columns(proposal, table)
    unsure = [one for one in columns if one["unclear"] or json.dumps(_about(one)) in said]
    certain = [one for one in columns if one not in unsure]
    named = f"{table['file']} · {table['sheet']}" if table["sheet"] else table["file"]
    why = html.Span(f" {SYSTEMS[table['layout']]}: {table['why']}", className="caption")

    def grids(name: str, some: list[dict[str, Any]]) -> list[Component]:
        parts = [_grid(part, table, proposal) for part in _parts(some)]
        return _one_by_one(f"{name} {json.dumps([table['file'], table['sheet']])}", parts, shown)

    parts = [html.H4([named, why]), *grids("asked", unsure)]
    if certain:
        name, few = f"columns {json.dumps([table['file'], table['sheet']])}", not unsure and len(certain) < FEW
        parts.append(_fold(name, [_kinds(certain, unsure)], grids("clear", certain), shown, open_=few))
    return html.Section(parts)


def _parts(some: Sequence[Any]) -> list[Sequence[Any]]:
    """So many of them at a time as a browser draws at once."""
    return [some[at : at + AT_ONCE] for at in range(0, len(some), AT_ONCE)]


def _one_by_one(name: str, parts: Sequence[Component], shown: Shown) -> list[Component]:
    """The first part, and each further one folded."""
    return [
        part if not at else _fold(f"{name} {at}", [f"{at * AT_ONCE + 1} and further"], [part], shown)
        for at, part in enumerate(parts)
    ]


def _about(one: Mapping[str, Any]) -> list[str]:
    return [one["file"], one["sheet"], one["column"]]


def _kinds(columns: Sequence[Mapping[str, Any]], unsure: Sequence[Any]) -> str:
    """How many columns seem clear, and what becomes of them."""
    kept, unread = sum(one["role"] == "covariate" for one in columns), sum(not one["table"] for one in columns)
    parts = [f"{len(columns) - kept - unread} read"]
    parts += [f"{kept} kept as covariates"] if kept else []
    parts += [f"{unread} not read"] if unread else []
    further, one = " further" if unsure else "", len(columns) == 1
    return f"{len(columns)}{further} column{'' if one else 's'} that seem{'s' if one else ''} clear: {', '.join(parts)}"


def _grid(columns: Sequence[Mapping[str, Any]], table: Mapping[str, Any], proposal: Mapping[str, Any]) -> html.Table:
    head = html.Thead(html.Tr([html.Th(name) for name in COLUMNS]))
    rows = [_row(one, proposal["roles"], open_=table["open"]) for one in columns]
    return html.Table([head, html.Tbody(rows)], className="intake-columns")


def _row(one: Mapping[str, Any], roles: Mapping[str, str], *, open_: bool) -> html.Tr:
    is_ = _role(one, roles) if open_ else roles.get(one["role"]) or TUBES.get(one["role"], one["role"])
    cells = [one["column"], is_, one["table"].replace("_", " "), one["why"], ", ".join(map(str, one["preview"]))]
    state = "unclear" if one["unclear"] else "" if one["role"] else "unread"
    return html.Tr([html.Td(cell) for cell in cells], className=state)


def _role(one: Mapping[str, Any], roles: Mapping[str, str]) -> html.Label:
    """What a column is, to be chosen; what it is now is offered too."""
    choices = ({} if one["role"] in roles else {one["role"]: one["role"]}) | dict(roles)
    name = html.Span(f"{one['column']} is", className="visually-hidden")
    about = {"data-edit": _edit("roles", _about(one)), "data-column": one["column"]}
    return html.Label([name, _choice({"choices": choices, "value": one["role"]})], **about)


def _scrolled(texts: Sequence[str]) -> html.Ul:
    """Sentences that may be many: a keyboard scrolls them too."""
    return sentences(texts, "intake-unclear", tabIndex=0)


def _edit(kind: str, about: Sequence[str]) -> str:
    """The kind and the words that one answer is about, as the page sends them back."""
    return json.dumps([kind, *about], ensure_ascii=False, separators=(",", ":"))


# ---- what else may be said: question by question, each with a field


def _asked(questions: Sequence[Mapping[str, Any]], shown: Shown) -> list[Component]:
    """The questions by their subjects, those first that want an answer, but for the first subject: the study."""
    subjects = list(dict.fromkeys(one["about"] for one in questions))
    return [
        _subject(subject, [one for one in questions if one["about"] == subject], shown, first=not at)
        for at, subject in enumerate(subjects)
    ]


def _subject(about: str, questions: list[Mapping[str, Any]], shown: Shown, *, first: bool) -> html.Details:
    unclear = sum(one["unclear"] for one in questions)
    number = [] if first else [html.Span(f" {len(questions)}", className="caption")]
    heading = [about, *([html.Small(f" {unclear} to look at")] if unclear else number)]
    fields = questions if first else sorted(questions, key=lambda one: not one["unclear"])
    parts = [html.Div([_field(one) for one in part], className="intake-asked") for part in _parts(fields)]
    return _fold(about, heading, _one_by_one(about, parts, shown), shown, open_=first or unclear > 0)


def _field(one: Mapping[str, Any]) -> html.Label:
    edit = _edit(one["kind"], one["key"])
    why = [html.Small(one["why"])] if one["why"] else []
    name = f"{one['form']}{' unclear' if one['unclear'] else ''}"
    return html.Label([html.Span(one["label"]), FORMS[one["form"]](one), *why], className=name, **ids.data(edit=edit))


def _text(one: Mapping[str, Any]) -> dbc.Input:
    return dbc.Input(type="text", size="sm", value=one["value"], placeholder=one["hint"])


def _number(one: Mapping[str, Any]) -> dbc.Input:
    return dbc.Input(type="number", size="sm", step="any", value=one["value"], placeholder=one["hint"])


def _choice(one: Mapping[str, Any]) -> dbc.Select:
    options = [{"value": name or NOTHING, "label": text} for name, text in one["choices"].items()]
    nothing = NOTHING if "" in one["choices"] else ""
    return dbc.Select(options=options, value=one["value"] or nothing, size="sm")


def _yes(one: Mapping[str, Any]) -> html.Span:
    """A tick for what is proposed, which is the only choice."""
    proposed = next(iter(one["choices"]))
    tick = dbc.Checkbox(value=one["value"] != "", class_name="d-inline-block")
    return html.Span([tick, f" {proposed}"], className="intake-yes", **ids.data(yes=proposed))


FORMS = {"text": _text, "number": _number, "choice": _choice, "yes": _yes}
"""How an answer is given, by the form of its question."""

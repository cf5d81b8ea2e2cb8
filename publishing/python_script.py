"""The page as a Python script: the same study, query, numbers and figures, by the functions that the page calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from analysis.outcomes import focused
from analysis.query import default
from publishing.stamp import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from analysis.query import Query
    from data.study import Study

BODY = """
STUDY = sys.argv[1] if len(sys.argv) > 1 else {default}
OUT = Path(sys.argv[2] if len(sys.argv) > 2 else ".")
DATA = {digest!r}
QUERY = {query}
HIGHLIGHTED = {lit}

study, query, complaints = queries.asked(open_study(STUDY), QUERY)
if complaints or study_digest(study) != DATA:
    print("Not the data or the rules of that page:", *complaints, f"data {{study_digest(study)}}, not {{DATA}}")
print(finding(study, query))
{told}
numbers = {{
{numbers}
}}
figures = {{
{figures}
}}
for name, table in numbers.items():
    named(study, table).to_csv(OUT / f"{{name}}.csv", index=False)
    if HIGHLIGHTED and "patient_id" in table:
        rows = table[table["patient_id"].isin(HIGHLIGHTED)]
        named(study, rows).to_csv(OUT / f"{{name}}_highlighted.csv", index=False)
for name, drawn in figures.items():
    figure(drawn).write_html(OUT / f"{{name}}.html", include_plotlyjs="directory")
"""


@dataclass(frozen=True)
class Part:
    """A view by the functions that make its numbers (None: they are those of its figure) and draw it (None: a table);
    `headline`: whether it tells a number first."""

    key: str
    numbers: Callable[..., Any] | None
    draw: Callable[..., Any] | None = None
    headline: bool = False


def script(study: Study, query: Query, parts: Sequence[Part], lit: Iterable[str] = (), *, bundled: bool = False) -> str:
    """The script, for a checkout of Reprise: `python page.py STUDY [FOLDER]` writes the numbers of each part as CSV and
    its figure as HTML into the folder. `study` as it was loaded; `bundled`: it is the one that comes with Reprise."""
    told = 'print(": ".join(headline({key!r}, study, query)))'
    path = "BUNDLED" if bundled else 'sys.exit("Say where the study is: python page.py STUDY [FOLDER]")'
    body = BODY.format(
        default=path,
        digest=stamp(study, query).digest,
        query=_literal(_changed(study, query)),
        lit=_literal(sorted(lit)),
        told="\n".join(told.format(key=part.key) for part in parts if part.headline),
        numbers="\n".join(_entry(part.key, part.numbers) for part in parts if part.numbers),
        figures="\n".join(_entry(part.key, part.draw) for part in parts if part.draw),
    )
    return f"{_about(study, query)}{_imports(parts, bundled=bundled)}{body}"


def _about(study: Study, query: Query) -> str:
    """The stamp, as comments."""
    lines = [" ".join(f"{name}: {text}".split()) for name, text in stamp(study, query).lines.items()]
    return "".join(f"# {line}\n" for line in ("The numbers and figures of a page of Reprise.", *lines))


def _imports(parts: Sequence[Part], *, bundled: bool) -> str:
    found: dict[str, set[str]] = defaultdict(set)
    for function in (function for part in parts for function in (part.numbers, part.draw) if function):
        room, _, module = function.__module__.rpartition(".")
        found[room].add(module)
    found["figures"] |= {"figure"}
    found["data.catalog"] |= {"open_study", *(["BUNDLED"] if bundled else [])}
    found["analysis"] |= {"query as queries"}
    found["analysis.finding"] |= {"finding"}
    found["analysis.outcomes"] |= {"named"}
    found["publishing.stamp"] |= {"study_digest"}
    if any(part.headline for part in parts):
        found["figures.headlines"] |= {"headline"}
    ours = [f"from {room} import {', '.join(sorted(names, key=str.lower))}" for room, names in sorted(found.items())]
    return "\n".join(["import sys", "from pathlib import Path", "", *ours, ""])


def _entry(key: str, function: Callable[..., Any]) -> str:
    return f'    "{key}": {function.__module__.rpartition(".")[2]}.{function.__name__}(study, query),'


def _changed(study: Study, query: Query) -> dict[str, Any]:
    """The fields in which a query is not the study's default, and those that would be read otherwise without them."""
    usual, given = asdict(default(focused(study, query.score), query.score)), asdict(query)
    always = {"score": query.score, "panel": query.panel}
    return always | {name: value for name, value in given.items() if value != usual[name] and name != "theme"}


def _literal(value: Any) -> str:
    """A Python literal in ASCII, an entry a line where it is long: no text of a study is anything but a text."""
    if isinstance(value, dict) and value:
        return "{\n" + "".join(f"    {name!a}: {_literal(one)},\n" for name, one in value.items()) + "}"
    return ascii(list(value) if isinstance(value, tuple) else value)

"""The handbook's sections of files and settings: tables and columns, scores, study.toml, environment variables."""

from __future__ import annotations

from data.own_format import study_toml_schema
from data.own_format.study_toml_schema import ANY, GRAMMAR, IN_WORDS, REQUIRED, VALUES
from data.schema import TABLES, Column
from data.settings import SETTINGS, Setting
from data.study import OUTCOMES
from handbook.markdown import escaped, table


def columns() -> str:
    """The columns of every table of a study."""
    rows = [(f"`{name}.csv`", f"`{one.name}`", _cells(one)) for name, kind in TABLES.items() for one in kind.columns]
    return table(("table", "column", "what it holds"), rows)


def outcomes() -> str:
    """The scores that are known by their names."""
    rows = [
        (f"`{one.name}`", escaped(one.label), f"{one.low:g}–{one.high:g}", f"{one.better} is better")
        for one in OUTCOMES.values()
    ]
    return table(("column", "score", "range", "direction"), rows)


def study_toml_example() -> str:
    """The example of all of it, as the schema's own file has it."""
    told = (study_toml_schema.__doc__ or "").split("\n\n", 1)[1].strip()
    ours, _, others = told.partition("Files of other systems")
    heading, _, rest = others.partition("\n\n")
    return f"```toml\n{ours.strip()}\n```\n\nFiles of other systems{heading}\n\n```toml\n{rest.strip()}\n```"


def study_toml_keys() -> str:
    """Every key at every place, and what it holds."""
    rows = [
        (_place(where), _key(key), escaped(IN_WORDS[types]) + _values(key) + _required(where, key))
        for where, keys in GRAMMAR.items()
        for key, types in keys.items()
    ]
    return table(("in", "key", "holds"), rows)


def settings() -> str:
    """Every variable of the environment."""
    rows = [
        (f"`{name}`", f"`{one.default}`" if one.default else "none", one.told or _sentence(one.what), _range(one))
        for name, one in SETTINGS.items()
    ]
    return table(("variable", "default", "what it is", "may be"), rows)


def _sentence(words: str) -> str:
    return escaped(f"{words[0].upper()}{words[1:]}.")


def _range(one: Setting) -> str:
    return escaped(one.kind.expected)


def _cells(column: Column) -> str:
    """What a column holds, its unit, and whether it must be there."""
    unit = f" ({column.unit})" if column.unit else ""
    among = f": {', '.join(column.choices)}" if column.choices else ""
    must = ", required" if column.required else ""
    return escaped(f"{column.type}{unit}{among}{must}")


def _place(where: str) -> str:
    return f"`[{where}]`" if where else "top"


def _key(key: str) -> str:
    return "any name" if key == ANY else f"`{key}`"


def _values(key: str) -> str:
    return f": {escaped(', '.join(VALUES[key]))}" if key in VALUES else ""


def _required(where: str, key: str) -> str:
    return "; required" if key in REQUIRED.get(where, ()) else ""

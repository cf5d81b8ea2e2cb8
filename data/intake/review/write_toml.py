"""A mapping as the text of a study.toml."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


def toml_text(mapping: Mapping[str, Any]) -> str:
    """The text: plain values, then tables, then lists of tables as one [[sources]] for each.
    `tomllib.loads` gives the mapping."""
    simple = {name: value for name, value in mapping.items() if value == [] or not isinstance(value, (dict, list))}
    plain = [f"{_key(name)} = {_value(value)}" for name, value in simple.items()]
    tables = [one for name, value in mapping.items() if isinstance(value, dict) for one in _tables(_key(name), value)]
    lists = {name: value for name, value in mapping.items() if isinstance(value, list)}
    listed = [_table(f"[[{_key(name)}]]", one) for name, value in lists.items() for one in value]
    return "\n\n".join(["\n".join(plain), *tables, *listed]).strip() + "\n"


def _tables(name: str, values: Mapping[str, Any]) -> list[str]:
    """A table; one of tables only as these: [outcomes.pain]."""
    if values and all(isinstance(value, dict) for value in values.values()):
        return [one for key, value in values.items() for one in _tables(f"{name}.{_key(key)}", value)]
    return [_table(f"[{name}]", values)]


def _table(header: str, values: Mapping[str, Any]) -> str:
    return "\n".join([header, *(f"{_key(name)} = {_value(value)}" for name, value in values.items())])


def _key(name: object) -> str:
    word = str(name)
    return word if re.fullmatch(r"[A-Za-z0-9_-]+", word) else _text(word)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, (int, float)) else _text(str(value))


def _text(text: str) -> str:
    """A basic string of TOML: JSON's, whose escapes TOML shares, with DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

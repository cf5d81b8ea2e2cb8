"""Bodies of requests: JSON whose shape is looked at before anything is done with it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from data.uploading.audit import about

MOST_BYTES = 1_000_000
"""Of every body but those that bring files or a drawing."""
MOST_DRAWN = 12_000_000
"""Of a body with a drawing."""
LONGEST, MANY = 20_000, 20_000
"""Characters of a text; items of a list, as of all patients who are kept."""


@dataclass(frozen=True)
class Field:
    """What a part of a body may be, and how that is called."""

    fits: Callable[[Any], bool]
    expected: str
    optional: bool = False


def text(most: int = LONGEST) -> Field:
    """A text that can be written as UTF-8."""
    return Field(lambda value: _is_text(value, most), f"a text of at most {most:,} characters")


def texts() -> Field:
    """A list of such texts."""
    return Field(_are_texts, f"a list of at most {MANY:,} texts")


def one_of(known: Collection[str]) -> Field:
    """One of a few words."""
    return Field(lambda value: _is_text(value, LONGEST) and value in known, f"one of {', '.join(known)}")


def nested(kind: type, deep: int, *, optional: bool = False) -> Field:
    """A list or an object of texts, numbers, lists and objects, `deep` levels of them at most."""
    known: dict[type, str] = {list: "a list", dict: "an object"}
    name = known.get(kind, "a value")
    fits = lambda value: isinstance(value, kind) and _is_plain(value, deep)  # noqa: E731
    return Field(fits, f"{name} of texts and numbers, at most {deep} levels deep", optional)


STUDY = text(200)
QUERY = nested(dict, 2)
FLAG = Field(lambda value: isinstance(value, bool), "true or false")


def body(fields: Mapping[str, Field], most: int = MOST_BYTES) -> dict[str, Any]:
    """The request's JSON object. Otherwise 400, 413 or 415, with a sentence that quotes nothing of it."""
    if not request.is_json:
        raise UnsupportedMediaType("This request must be JSON, with Content-Type: application/json.")
    content = request.get_data()
    if len(content) >= most:  # of a body without a stated length, werkzeug drops the rest and says nothing
        raise RequestEntityTooLarge
    found = _parsed(content)
    needed = {name for name, field in fields.items() if not field.optional}
    if not isinstance(found, dict) or not needed <= found.keys() <= fields.keys():
        raise BadRequest(f"This request must be a JSON object with {', '.join(sorted(needed))} and nothing else.")
    for name, value in found.items():
        check(name, value, fields[name])
    about(what=str(found.get("what", "")))
    return found


def check(name: str, value: Any, field: Field) -> None:
    """Nothing, when a part of a body fits; else BadRequest with what is expected of it."""
    if not field.fits(value):
        raise BadRequest(f"In this request, {name} must be {field.expected}.")


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise BadRequest("This request must be JSON, and is not.") from None


def _refused(constant: str) -> None:
    raise ValueError(constant)


def _is_text(value: Any, most: int) -> bool:
    """Half a surrogate pair is JSON, but no text."""
    return isinstance(value, str) and len(value) <= most and not any("\ud800" <= sign <= "\udfff" for sign in value)


def _is_plain(value: Any, deep: int) -> bool:
    if isinstance(value, dict):
        return deep > 0 and all(_is_text(key, LONGEST) and _is_plain(item, deep - 1) for key, item in value.items())
    if isinstance(value, list):
        return deep > 0 and len(value) <= MANY and all(_is_plain(item, deep - 1) for item in value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, int) or _is_text(value, LONGEST)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MANY and all(_is_text(item, LONGEST) for item in value)

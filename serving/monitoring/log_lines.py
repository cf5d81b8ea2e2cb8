"""The log: every line of the server, of gunicorn's and of what they are made of, as JSON or as text for a person.

A line is one line whatever was sent, and tells where something failed, not with which words: they may quote a cell."""

from __future__ import annotations

import json
import logging
import logging.config
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from data.settings import setting
from data.uploading.audit import REQUEST_ID
from data.uploading.sandbox_process import where

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 2_000
"""Characters of a message."""
OURS = ("reprise", "gunicorn.error", "waitress")
"""Loggers whose lines are written; what else logs is heard from warnings on."""


class JsonLines(logging.Formatter):
    """An object a line: time, level, logger, process, request, and the `fields` of the record or its message."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(told(record))


class TextLines(logging.Formatter):
    """The same in a row, without signs that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        found = told(record)
        head = f"{found.pop('time')} {found.pop('level')} {found.pop('message', '')}"
        return printable(" ".join([head, *(f"{name}={value}" for name, value in found.items())]))


FORMS: Mapping[str, type[logging.Formatter]] = MappingProxyType({"json": JsonLines, "text": TextLines})
"""What LOG may be."""


def told(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says."""
    time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    head = {"time": time, "level": record.levelname, "logger": record.name, "process": record.process}
    said = getattr(record, "fields", None) or {"message": record.getMessage()[:LONGEST]}
    error = record.exc_info[1] if record.exc_info else None
    failed = {"error": where(error)[:LONGEST]} if error else {}
    request = {"request": REQUEST_ID.get()} if REQUEST_ID.get() else {}
    return {**head, **request, **said, **failed}


def printable(text: str) -> str:
    """A text in which line breaks and control signs are written out."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def log_form(usual: str) -> str:
    """`json` or `text`: LOG, or what is `usual` where it is not set."""
    stated = setting("LOG")
    return usual if stated == "auto" else str(stated)


def log_config(usual: str = "json", level: str = "INFO") -> dict[str, Any]:
    """The configuration of Python's logging: one handler, to standard error, for `OURS` from `level` on."""
    quiet = {"handlers": ["lines"], "propagate": False, "level": level}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": FORMS[log_form(usual)]}},
        "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["lines"], "level": "WARNING"},
        "loggers": {name: dict(quiet) for name in OURS},
    }


def log_for_a_person() -> None:
    """The log of `python app.py`: what goes wrong, as text; with LOG=json, everything."""
    logging.config.dictConfig(log_config("text", "INFO" if setting("LOG") == "json" else "WARNING"))

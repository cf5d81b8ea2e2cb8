"""Studies that people uploaded: each in a folder of its own, under a key that cannot be guessed, for a limited time."""

from __future__ import annotations

import json
import os
import pickle
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Event, Thread
from typing import Any

from data.account import FORMATS
from data.files import Intake
from data.intake.toml_text import toml_text
from data.study import Study

KEY = re.compile(r"[A-Za-z0-9_-]{40,}")
SWEEP = 600.0
"""Seconds between two looks for what has expired."""
STUDY, TOML, REPORT = "study.pickle", "study.toml", "report.json"


def folder() -> Path:
    """Where uploads are kept: `UPLOADS`, else a folder of this user below the system's folder for temporary files."""
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(os.environ.get("UPLOADS") or Path(tempfile.gettempdir()) / f"reprise-uploads-{owner}")


def lifetime() -> float:
    """Seconds that an upload is kept: `UPLOAD_HOURS`, 24 by default."""
    return float(os.environ.get("UPLOAD_HOURS") or 24) * 3600


def is_key(key: str) -> bool:
    """Whether a study's key has the form of an upload's, which nothing should name but its address."""
    return KEY.fullmatch(key) is not None


def save(taken: Intake) -> str:
    """The key of a study that is kept from now on, with its study.toml and report. It appears whole or not at all, for
    any worker; no file that was uploaded is kept. ValueError when there is no study."""
    if taken.study is None:
        raise ValueError("a refused import is not kept")
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    forget_old()
    key = secrets.token_urlsafe(32)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=home))
    (draft / STUDY).write_bytes(pickle.dumps(replace(taken.study, key=key)))
    (draft / TOML).write_text(toml_text(taken.proposal.mapping if taken.proposal else {}), encoding="utf-8")
    (draft / REPORT).write_text(json.dumps({name: form(taken.report) for name, form in FORMATS.items()}), "utf-8")
    draft.rename(home / key)
    return key


def load(key: str) -> Study:
    """The study under a key; the last few are remembered. KeyError when there is none, or its time is over."""
    return _remembered(_place(key))


@lru_cache(maxsize=8)
def _remembered(place: Path) -> Study:
    study: Study = pickle.loads((place / STUDY).read_bytes())  # noqa: S301 - written by `save`, in a folder of this user
    return study


def expires(key: str) -> float:
    """When the upload's time is over, in seconds since 1970. KeyError as `load`."""
    return _place(key).stat().st_mtime + lifetime()


def mapping_text(key: str) -> str:
    """The study.toml of an upload, "" when it was in our own shape. KeyError as `load`."""
    return (_place(key) / TOML).read_text(encoding="utf-8").strip()


def report(key: str, form: str = "txt") -> str:
    """The report of an upload, in a form of `account.FORMATS`. KeyError as `load`."""
    known: Mapping[str, Any] = json.loads((_place(key) / REPORT).read_text(encoding="utf-8"))
    return str(known[form])


def delete(key: str) -> None:
    """Forget an upload now. KeyError as `load`."""
    place = _place(key)
    gone = place.with_name(f".{secrets.token_hex(8)}")
    place.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def forget_old() -> None:
    """Delete the uploads whose time is over, and drafts that were never finished."""
    for place in folder().glob("*"):
        if _age(place) > lifetime():
            shutil.rmtree(place, ignore_errors=True)


def keep_forgetting() -> None:
    """Delete, from now on and as long as this process lives, what has expired, whether or not anybody asks for it."""
    Thread(target=_forget_for_ever, args=(Event(),), daemon=True).start()


def _forget_for_ever(never: Event) -> None:
    forget_old()
    while not never.wait(min(SWEEP, lifetime())):
        forget_old()


def _place(key: str) -> Path:
    place = folder() / key
    if not is_key(key) or not place.is_dir():
        raise KeyError(key)
    if _age(place) > lifetime():
        shutil.rmtree(place, ignore_errors=True)
        raise KeyError(key)
    return place


def _age(place: Path) -> float:
    """Seconds since the folder was made; infinite when another worker has just deleted it."""
    try:
        return time.time() - place.stat().st_mtime
    except FileNotFoundError:
        return float("inf")

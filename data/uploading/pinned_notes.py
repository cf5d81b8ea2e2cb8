"""Notes that readers pin to a patient's visit, a course or a step: one file of JSON for each study, replaced whole."""

from __future__ import annotations

import json
import secrets
import time
import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.uploading.manifest import WRONG_TEXT, write_whole
from data.uploading.upload_folder import locked, prepared

if TYPE_CHECKING:
    from pathlib import Path

    from data.study import Study

KINDS = ("visit", "course", "step")
MOST, LONGEST, LONGEST_NAME, MOST_BYTES = 500, 2000, 8000, 1_000_000
"""Notes of a study; characters of one, and of the name of what it is pinned to; bytes of all of them."""
HOURS = 1e-3
"""Weeks by which a visit or a start may differ from the study's own."""
DAMAGED = "The notes of this study cannot be read, and are left as they are. Please tell who runs this server."
FULL = f"This study has as many notes as are kept ({MOST}, 1 MB together). Delete some first."
NOWHERE = "This study has no such visit, course or step, or no longer. Load the page again."


class NotesError(Exception):
    """A note cannot be kept; the text is a sentence for the reader."""


@dataclass(frozen=True)
class Note:
    """A `text` pinned to the visit of a `patient` at a study `week`, to the course of the treatment `of` it from that
    week on, or to the step at the address `of` it; written `by` whom ("": there is no login) and `at` which time (UTC).
    Each saving counts the `version` up."""

    kind: str
    patient: str
    week: float | None
    of: str
    text: str
    by: str = ""
    at: str = ""
    id: str = ""
    version: int = 0


class ChangedError(Exception):
    """Somebody else saved a note since it was read: `current` is what it says now, None where it was deleted."""

    def __init__(self, current: Note | None) -> None:
        super().__init__()
        self.current = current


def notes(file: Path) -> list[Note]:
    """The notes of a study, the oldest first. NotesError when they cannot be read."""
    try:
        return [Note(**one) for one in json.loads(file.read_text(encoding="utf-8"))["notes"]]
    except FileNotFoundError:
        return []
    except WRONG_TEXT:
        raise NotesError(DAMAGED) from None


def save(file: Path, wanted: Note) -> None:
    """Keep a note: a new one where it has no id, else in place of the version that it was read as; one without text is
    deleted. ChangedError where another version is kept, NotesError where there are too many, FileNotFoundError where
    the study is deleted meanwhile."""
    with locked(prepared()):
        kept = {one.id: one for one in notes(file)}
        current = kept.get(wanted.id)
        if wanted.id and (current is None or current.version != wanted.version):
            raise ChangedError(current)
        told = replace(wanted, text=plain(wanted.text), at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
        new = replace(told, id=wanted.id or secrets.token_hex(8), version=wanted.version + 1)
        kept[new.id] = (
            new if current is None else replace(current, text=new.text, by=new.by, at=new.at, version=new.version)
        )
        _write(
            file, [one for one in kept.values() if one.text], grown=len(new.text) > len(current.text if current else "")
        )


def _write(file: Path, kept: list[Note], *, grown: bool) -> None:
    """Whole or not at all."""
    content = json.dumps({"notes": [asdict(one) for one in kept]}).encode()
    if grown and (len(kept) > MOST or len(content) > MOST_BYTES):
        raise NotesError(FULL)
    write_whole(file, content)


def plain(text: str) -> str:
    """A text without signs that control devices, and without blanks around it."""
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


def pinned(study: Study, wanted: Note) -> Note:
    """A new note on what the study has, at the study's own week. NotesError where it has no such thing."""
    if wanted.kind == "step" and wanted.of and not wanted.patient and wanted.week is None:
        return wanted
    visits, courses = places(study, wanted.patient)
    weeks = visits if wanted.kind == "visit" else [start for name, start, _ in courses if name == wanted.of]
    near = [week for week in weeks if wanted.week is not None and abs(week - wanted.week) < HOURS]
    if wanted.kind == "step" or not near:
        raise NotesError(NOWHERE)
    return replace(wanted, week=near[0], of=wanted.of if wanted.kind == "course" else "")


def places(study: Study, patient: str) -> tuple[list[float], list[tuple[str, float, float | None]]]:
    """What of a patient a note can be pinned to: the weeks of visits and samples, and each course as its treatment, its
    first and its last week (None: it goes on)."""
    seen = pd.concat([_of(table, patient)["week"] for table in (study.pasi, study.immune_subsets)])
    drugs = _of(study.treatments, patient).dropna(subset="start_week")
    rows = zip(drugs["treatment"].astype(str), drugs["start_week"], drugs["end_week"], strict=True)
    courses = [(name, float(start), None if pd.isna(end) else float(end)) for name, start, end in rows]
    return [float(week) for week in np.unique(seen.dropna())], courses


def _of(table: pd.DataFrame, patient: str) -> pd.DataFrame:
    return table[table["patient_id"] == patient]


def told(note: Note) -> str:
    """A note as one paragraph: what it is on, its text, who wrote it and when."""
    at = "" if note.week is None else f"study week {note.week:.10g}".replace("-", "−")
    place = {"visit": f"{note.patient}, visit of {at}", "course": f"{note.patient}, {note.of} from {at}"}
    signed = ", ".join(filter(None, (note.by, note.at)))
    return f"Note on {place.get(note.kind, f'the step at #{note.of}')}: {note.text} ({signed})"


def as_table(kept: list[Note]) -> pd.DataFrame:
    """The notes, a row each: on (visit, course or step), patient_id, week (study weeks), name, note, written_by,
    written_at (UTC)."""
    heads = {"kind": "on", "patient": "patient_id", "text": "note", "by": "written_by", "at": "written_at"}
    columns = ["kind", "patient", "week", "of", "text", "by", "at"]
    return pd.DataFrame([asdict(one) for one in kept], columns=columns).rename(columns=heads)

"""Files that leave: each is made of a study, what is asked of it, and how it is wanted."""

from __future__ import annotations

import io
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from analysis.outcomes import focused
from data.csv_export import csv_text
from data.own_format.write_tables import write_zip
from data.uploading.pinned_notes import as_table, told
from publishing.checklist import STANDING, checklist, sources
from publishing.deidentify import Choices, Copy, deidentified
from publishing.stamp import Stamp, stamp, study_digest, with_about
from publishing.table_one import NOTE, as_html, table_one
from publishing.word import document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from analysis.query import Query
    from data.study import Study
    from data.uploading.pinned_notes import Note

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HEADS = {
    "list": "List", "item": "Item", "asks": "What it asks for", "in_the_study": "In the study",
    "authors_must_say": "What the authors must still say",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file that leaves: its name, its type for browsers, and its bytes."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True)
class Wanted:
    """A study as it was loaded, what is asked of it, the date as the reader's clock has it, what is kept of a
    de-identified copy, and the notes that readers `pinned` to it."""

    study: Study
    query: Query
    date: str = ""
    choices: Choices = field(default_factory=Choices)
    pinned: Sequence[Note] = ()

    @property
    def stamp(self) -> Stamp:
        """What a file of the study says of itself."""
        return stamp(self.study, self.query, date=self.date)

    @property
    def notes(self) -> list[str]:
        """The stamp, as one note of several lines; and the pinned notes, each as one."""
        return [*map(told, self.pinned), self.stamp.text]

    @property
    def focused(self) -> Study:
        """The study on its outcome."""
        return focused(self.study, self.query.score)

    @property
    def copy(self) -> Copy:
        """The de-identified copy."""
        return deidentified(self.study, self.choices)


def _checklist_word(wanted: Wanted) -> File:
    table = checklist(wanted.focused, wanted.query)
    rows = [list(HEADS.values()), *table.astype(str).to_numpy().tolist()]
    content = document("Reporting checklist", rows, [STANDING, *sources(), *wanted.notes], wide=True)
    return File("reporting-checklist.docx", WORD, content)


def _checklist_csv(wanted: Wanted) -> File:
    table = checklist(wanted.focused, wanted.query)
    notes = [STANDING, *sources(), *(line for note in wanted.notes for line in note.splitlines())]
    table = table.reindex(range(len(table) + len(notes))).fillna("")
    table.loc[len(table) - len(notes) :, "item"] = notes
    table.loc[len(table) - len(notes) :, "list"] = "note"
    return File("reporting-checklist.csv", "text/csv", csv_text(table).encode())


def _table_one_word(wanted: Wanted) -> File:
    made = table_one(wanted.focused, wanted.query)
    blank = ("",) * len(made.columns)
    rows = [("", *made.columns), *((f"{'   ' * row.indented}{row.label}", *(row.cells or blank)) for row in made.rows)]
    content = document("Table 1. Patients", rows, [NOTE, *wanted.notes], wide=len(made.columns) > 3)
    return File("table-1.docx", WORD, content)


def _table_one_html(wanted: Wanted) -> File:
    text = as_html(table_one(wanted.focused, wanted.query), "Table 1. Patients", [NOTE, *wanted.notes])
    return File("table-1.html", "text/html", text.encode())


def _deidentified(wanted: Wanted) -> File:
    content, copy = io.BytesIO(), wanted.copy
    whole = replace(copy.query(wanted.query), patients=(), groups=(), from_week=None, to_week=None)
    write_zip(copy.study, content, stamp(copy.study, whole, date=wanted.date, deidentified=True).text)
    return File("deidentified-study.zip", "application/zip", content.getvalue())


def _mapping(wanted: Wanted) -> File:
    copy = wanted.copy
    of = f"Labels of the de-identified copy with data {study_digest(copy.study)}; not de-identified, keep it apart"
    return _csv("PRIVATE-patients-of-the-copy.csv", copy.mapping, f"{of}; {wanted.stamp.text}")


def _pinned(wanted: Wanted) -> File:
    return _csv("notes.csv", as_table(list(wanted.pinned)), wanted.stamp.text)


def _csv(name: str, table: pd.DataFrame, about: str) -> File:
    return File(name, "text/csv", csv_text(with_about(table, about)).encode())


FILES: Mapping[str, Callable[[Wanted], File]] = MappingProxyType(
    {
        "checklist-docx": _checklist_word,
        "checklist-csv": _checklist_csv,
        "checklist-docx-notes": _checklist_word,
        "checklist-csv-notes": _checklist_csv,
        "table-one-docx": _table_one_word,
        "table-one-html": _table_one_html,
        "deidentified": _deidentified,
        "mapping": _mapping,
        "pinned": _pinned,
    }
)
NOTED = frozenset({"pinned", "checklist-docx-notes", "checklist-csv-notes"})
"""Files that hold the notes pinned to a study, each because somebody chose so; no other is given them."""


def made(what: str, wanted: Wanted) -> File:
    """The file that is called so."""
    return FILES[what](wanted if what in NOTED else replace(wanted, pinned=()))

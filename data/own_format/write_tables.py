"""A study as files in our own format, which open as the same study."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO

import pandas as pd

from data.csv_export import csv_parts
from data.intake.review.write_toml import toml_text
from data.schema import TABLES
from data.study import Study
from data.validation.outcomes import stated_of


def as_files(study: Study) -> dict[str, Iterator[str]]:
    """By name, the parts of a CSV file for each table that has rows, and of a study.toml. A text that a spreadsheet
    would take for a formula has a ' before it, which reading takes away."""
    tables = {name: getattr(study, name) for name in TABLES}
    files = {f"{name}.csv": csv_parts(_filled_columns(table)) for name, table in tables.items() if len(table)}
    return files | {"study.toml": iter([toml_text(_about(study))])}


def write_zip(study: Study, place: IO[bytes], about: str = "") -> None:
    """Write the same files into a zip, whose time is none, part by part: a study may be larger than the memory. Lines
    `about` it stand above the study.toml, as comments."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as made:
        for name, parts in as_files(study).items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            with made.open(entry, "w", force_zip64=True) as file:
                if name == "study.toml":
                    file.write("".join(f"# {_printed(line)}\n" for line in about.splitlines()).encode())
                file.writelines(part.encode() for part in parts)


def _printed(line: str) -> str:
    """A line as TOML takes it in a comment, which may hold no control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in line)


def _filled_columns(table: pd.DataFrame) -> pd.DataFrame:
    """The columns that hold anything."""
    return table[[name for name in table if table[name].notna().any()]]


def _about(study: Study) -> dict[str, object]:
    index = {name: value for name, value in asdict(study.index).items() if value}
    outcomes = {one.name: stated_of(one) for one in study.outcomes}
    about = {"title": study.title, "citation": study.citation, "week_zero": study.week_zero}
    schedule = {"weeks": list(study.schedule)} if study.schedule else {}
    story = [{name: value for name, value in asdict(step).items() if value} for step in study.story]
    parts = {"index": index, "schedule": schedule, "outcomes": outcomes, "story": story}
    return {name: value for name, value in (about | parts).items() if value}

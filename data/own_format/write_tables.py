"""A study as files in our own format, which open as the same study."""

from __future__ import annotations

import io
import zipfile
from dataclasses import asdict

import pandas as pd

from data.csv_export import escaped
from data.intake.review.write_toml import toml_text
from data.schema import TABLES
from data.study import Study


def as_files(study: Study) -> dict[str, str]:
    """By name, a CSV file for each table that has rows, and a study.toml. A text that a spreadsheet would take for a
    formula has a ' before it, which reading takes away."""
    tables = {name: getattr(study, name) for name in TABLES}
    files = {f"{name}.csv": _csv(table) for name, table in tables.items() if len(table)}
    return files | {"study.toml": toml_text(_about(study))}


def as_zip(study: Study) -> bytes:
    """The same files in a zip, whose time is none."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in as_files(study).items():
            made.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _csv(table: pd.DataFrame) -> str:
    return escaped(table.dropna(axis="columns", how="all")).to_csv(index=False, lineterminator="\n")


def _about(study: Study) -> dict[str, object]:
    index = {name: value for name, value in asdict(study.index).items() if value}
    about = {"title": study.title, "citation": study.citation, "week_zero": study.week_zero, "index": index}
    return {name: value for name, value in about.items() if value}

"""A workbook to fill in: one sheet per table, with the bundled case series as the example."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import pandas as pd

from data.catalog import BUNDLED
from data.schema import TABLES
from data.tables.sheet import BLANKS


def template(folder: Path = BUNDLED) -> bytes:
    """The workbook (.xlsx) of a folder of CSV files: a sheet `study` of properties, then one sheet per table. Opening
    it gives the same study as the folder."""
    from openpyxl import Workbook  # noqa: PLC0415 - memory that only who asks for the template needs
    from openpyxl.styles import Font  # noqa: PLC0415

    book = Workbook()
    page = book.active
    page.title = "study"
    page.append(("property", "value"))
    about = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    about.pop("story", None)  # no sheet has room for it
    for name, value in about.items():
        rows = {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {name: value}
        for pair in rows.items():
            page.append(pair)
    for name in TABLES:
        if (folder / f"{name}.csv").exists():
            _fill(book.create_sheet(name), folder / f"{name}.csv")
    for page in book.worksheets:
        page.freeze_panes = "A2"
        for cell in page[1]:
            cell.font = Font(bold=True)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(page: object, file: Path) -> None:
    table = pd.read_csv(file, keep_default_na=False, na_values=list(BLANKS), dtype={"patient_id": "str"})
    page.append(list(table.columns))  # type: ignore[attr-defined]
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        page.append(list(row))  # type: ignore[attr-defined]

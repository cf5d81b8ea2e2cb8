"""What a page is told of files that a person has sent: read, reported, proposed for, and written to be kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from data import uploads
from data.check import counts, summary
from data.files import take_in
from data.intake.review.edits import CHOICES, Edits
from data.intake.review.proposal import Proposal
from data.intake.review.questions import Question
from data.intake.review.write_toml import toml_text
from data.privacy.masking import masked
from data.problems import Report
from data.progress import Progress
from data.row_report import FORMATS, rows_aside


def read_sent(paths: Sequence[Path], edits: Edits | None, progress: Progress, draft: Path | None) -> dict[str, Any]:
    """`kept`: whether the study was written to `draft`, which it is not when it cannot be opened, when something is
    unclear and no person has seen it, or when there is no draft; `summary` and `counts` of it; `report` by form;
    `proposal` and `toml` of files in other shapes."""
    taken = take_in(paths, progress=progress, edits=edits, sent=True)
    progress(1.0, "opening")
    clear = edits is not None or not (taken.proposal and taken.proposal.unclear)
    kept = draft is not None and taken.study is not None and clear
    if kept and draft:
        uploads.write(taken, draft)
    return {
        "kept": kept,
        "summary": summary(taken.study) if taken.study else "",
        "counts": (counts(taken.study) | {"rows set aside": rows_aside(taken.report)}) if taken.study else {},
        "report": reported(taken.report),
        "proposal": _shown(taken.proposal) if taken.proposal else None,
        "toml": toml_text(taken.proposal.mapping) if taken.proposal else "",
    }


def unread(report: Report) -> dict[str, Any]:
    """What a page is told of files whose reading was ended, for the reason that a report has."""
    return {"kept": False, "summary": "", "counts": {}, "report": reported(report), "proposal": None, "toml": ""}


def reported(report: Report) -> dict[str, str]:
    """A report in each of its forms."""
    return {name: form(report) for name, form in FORMATS.items()}


def _shown(proposal: Proposal) -> dict[str, Any]:
    """What a page shows of a proposal: `tables`, `columns`, `unclear`, `questions`, and the `roles` of a column."""
    return {
        "tables": proposal.tables,
        "columns": proposal.columns,
        "unclear": [masked(sentence) for sentence in proposal.unclear],
        "questions": [_asked(question) for question in proposal.questions],
        "roles": dict(CHOICES),
    }


def _asked(question: Question) -> dict[str, Any]:
    """A question in what JSON has, whatever kind of mapping its choices are."""
    told = {one.name: getattr(question, one.name) for one in fields(question)}
    return told | {"choices": dict(question.choices)}

"""The reader's own files: received, read, and kept under a key that only the answer names. Nothing is logged."""

from __future__ import annotations

import json
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.posts import as_json, post
from data import uploads
from data.account import FORMATS, rows_aside
from data.check import counts, summary
from data.files import take_in
from data.intake.edits import CHOICES, edits_of
from data.intake.toml_text import toml_text
from data.limits import MEGA, limit
from data.masking import masked
from data.shelf import UnknownStudyError
from data.template import template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash import Dash
    from werkzeug.datastructures import FileStorage

    from data.intake.edits import Edits
    from data.intake.proposal import Proposal
    from data.shelf import Catalog

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(app: Dash, catalog: Catalog) -> None:
    """Files in, the report of an upload, its deletion, and the template; none of the answers is stored on the way."""
    prefix = app.config.routes_pathname_prefix
    app.server.add_url_rule(f"{prefix}upload", "upload", upload, methods=["POST"])
    app.server.add_url_rule(f"{prefix}template.xlsx", "template", workbook)
    app.server.after_request(unstored)
    post(app, "uploaded", uploaded)
    post(app, "forget", forget)


def unstored(answer: Response) -> Response:
    """What is posted is about patients: neither browser nor proxy keeps the answer."""
    if request.method == "POST":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def upload() -> Response:
    """The answer to posted `files` (and `edits`, as JSON): `received`, or a sentence on why they are not read; with
    `look`, half a word is no error. A file is on disk before it is read, and gone after."""
    request.max_content_length = int(limit("MAX_UPLOAD_MB") * MEGA)
    look = "look" in request.args
    try:
        files, stated = request.files.getlist("files"), request.form.get("edits")
        edits = edits_of(json.loads(stated)) if stated else None
    except RequestEntityTooLarge:
        most = f"{limit('MAX_UPLOAD_MB'):,.0f} MB (MAX_UPLOAD_MB)"
        return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"These files are larger than {most} together.")
    except (ValueError, TypeError, AttributeError) as error:
        return refused(HTTPStatus.OK if look else HTTPStatus.BAD_REQUEST, str(error))
    named = [file for file in files if plain_name(file.filename or "")]
    if not named:
        return refused(HTTPStatus.BAD_REQUEST, "No file arrived: choose at least one.")
    return as_json(received(named, edits, look=look))


def refused(status: HTTPStatus, sentence: str) -> Response:
    """A sentence for the reader."""
    return Response(sentence, status, mimetype="text/plain")


def received(files: Sequence[FileStorage], edits: Edits | None, *, look: bool = False) -> dict[str, Any]:
    """`study`: the key of the study that was read and is kept, None when it cannot be opened, when something is unclear
    and no person has seen it, or when a person only wants to `look`; `summary` and `counts` of it; `report` by form;
    `proposal` and `toml` of files in other shapes."""
    with TemporaryDirectory(prefix="reprise-upload-") as folder:
        taken = take_in([_written(file, Path(folder) / str(at)) for at, file in enumerate(files)], edits=edits)
    clear = edits is not None or not (taken.proposal and taken.proposal.unclear)
    return {
        "study": uploads.save(taken) if taken.study and clear and not look else None,
        "summary": summary(taken.study) if taken.study else "",
        "counts": (counts(taken.study) | {"rows set aside": rows_aside(taken.report)}) if taken.study else {},
        "report": {name: form(taken.report) for name, form in FORMATS.items()},
        "proposal": shown(taken.proposal) if taken.proposal else None,
        "toml": toml_text(taken.proposal.mapping) if taken.proposal else "",
    }


def shown(proposal: Proposal) -> dict[str, Any]:
    """What a page shows of a proposal: `tables`, `columns`, `unclear`, `questions`, and the `roles` of a column."""
    return {
        "tables": proposal.tables,
        "columns": proposal.columns,
        "unclear": [masked(sentence) for sentence in proposal.unclear],
        "questions": [asdict(question) for question in proposal.questions],
        "roles": dict(CHOICES),
    }


def uploaded(study: str) -> dict[str, Any]:
    """The report of an upload by form, its study.toml, and when it is deleted (seconds since 1970)."""
    try:
        report = {name: uploads.report(study, name) for name in FORMATS}
        return {"report": report, "toml": uploads.mapping_text(study), "expires": uploads.expires(study)}
    except KeyError:
        raise UnknownStudyError(study) from None


def forget(study: str) -> dict[str, Any]:
    """Delete an upload."""
    try:
        uploads.delete(study)
    except KeyError:
        raise UnknownStudyError(study) from None
    return {}


def workbook() -> Response:
    """The template, filled with the case series."""
    answer = Response(template(), mimetype=WORKBOOK)
    answer.headers["Content-Disposition"] = "attachment; filename=reprise-template.xlsx"
    return answer


def plain_name(name: str) -> str:
    """The last part of a file's name, "" if it is none: what a browser sends may be a path."""
    last = name.replace("\\", "/").rpartition("/")[2].replace("\0", "").strip()
    return "" if last.startswith(".") else last[-120:]


def _written(file: FileStorage, folder: Path) -> Path:
    """The file on disk, in a folder of its own: two may have the same name."""
    folder.mkdir()
    path = folder / plain_name(file.filename or "")
    file.save(path)
    return path

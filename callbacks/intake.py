"""The reader's own files: received, read, and kept under a key that only the answer names. Nothing is logged."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from callbacks.posts import post
from callbacks.told import told
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
    from data.progress import Progress
    from data.shelf import Catalog

BUSY = "This server is reading the files of others just now. Please send yours again in a minute."
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def register(app: Dash, catalog: Catalog) -> None:
    """Files in, the report of an upload, its deletion, and the template; none of the answers is stored on the way."""
    prefix = app.config.routes_pathname_prefix
    turns = BoundedSemaphore(int(limit("MAX_READERS")))
    app.server.add_url_rule(f"{prefix}upload", "upload", partial(upload, turns), methods=["POST"])
    app.server.add_url_rule(f"{prefix}template.xlsx", "template", workbook)
    app.server.after_request(unstored)
    post(app, "uploaded", uploaded)
    post(app, "forget", forget)


def unstored(answer: Response) -> Response:
    """What is posted is about patients: neither browser nor proxy keeps the answer."""
    if request.method == "POST":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def upload(turns: BoundedSemaphore) -> Response:
    """The answer to posted `files` (and `edits`, as JSON): `received`, told as it is read, or a sentence on why not;
    with `look`, half a word is no error."""
    look = "look" in request.args
    with ExitStack() as held:
        if not turns.acquire(blocking=False):
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
        held.callback(turns.release)
        try:
            files, edits = _posted()
        except RequestEntityTooLarge:
            most = f"{limit('MAX_UPLOAD_MB'):,.0f} MB (MAX_UPLOAD_MB)"
            return refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"These files are larger than {most} together.")
        except (ValueError, TypeError, AttributeError) as error:
            return refused(HTTPStatus.OK if look else HTTPStatus.BAD_REQUEST, str(error))
        if not files:
            return refused(HTTPStatus.BAD_REQUEST, "No file arrived: choose at least one.")
        return _read(files, edits, held, look=look)


def _posted() -> tuple[list[FileStorage], Edits | None]:
    request.max_content_length = int(limit("MAX_UPLOAD_MB") * MEGA)
    files, stated = request.files.getlist("files"), request.form.get("edits")
    named = [file for file in files if plain_name(file.filename or "")]
    return named, edits_of(json.loads(stated)) if stated else None


def _read(files: Sequence[FileStorage], edits: Edits | None, held: ExitStack, *, look: bool) -> Response:
    """Files are on disk before they are read, and gone after, with all else that is held."""
    try:
        folder = Path(held.enter_context(TemporaryDirectory(prefix="reprise-upload-", ignore_cleanup_errors=True)))
        paths = [_written(file, folder / str(at)) for at, file in enumerate(files)]
    except OSError:
        return refused(HTTPStatus.INSUFFICIENT_STORAGE, "The server has no room for these files just now.")
    return told(lambda progress: received(paths, edits, progress, look=look), held.pop_all().close)


def refused(status: HTTPStatus, sentence: str) -> Response:
    """A sentence for the reader."""
    return Response(sentence, status, mimetype="text/plain")


def received(paths: Sequence[Path], edits: Edits | None, progress: Progress, *, look: bool = False) -> dict[str, Any]:
    """`study`: the key of the study that was read and is kept, None when it cannot be opened, when something is unclear
    and no person has seen it, or when a person only wants to `look`; `summary` and `counts` of it; `report` by form;
    `proposal` and `toml` of files in other shapes."""
    taken = take_in(paths, progress=progress, edits=edits, sent=True)
    progress(1.0, "opening")
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
    file.close()
    return path

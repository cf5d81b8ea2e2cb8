"""The reader's own files: received, read in a sandbox, and kept under a key that only the answer names. Nothing of
them is logged."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory, TemporaryFile
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, cast

from flask import Request, Response, request
from werkzeug.exceptions import BadRequest, Forbidden, RequestEntityTooLarge

from analysis import query as queries
from callbacks.bodies import text
from callbacks.counts import UPLOADS
from callbacks.failures import log_places
from callbacks.json_routes import post
from callbacks.progress_stream import streamed
from callbacks.queue_jobs import sandboxes_of_queue
from components.intake import kept
from components.mapping import Shown, mapping
from data import uploads
from data.access import reader
from data.deadline import LateError
from data.formats.file_names import fitting
from data.formats.limits import MEGA, limit
from data.intake.review.edits import edits_of
from data.own_format.write_tables import write_zip
from data.row_report import FORMATS
from data.settings import setting
from data.shelf import known_key
from data.template import template
from data.unforeseen import FULL
from data.uploading.audit import CLOSED, AuditError, about, record
from data.uploading.owner import NotYoursError, names_of
from data.uploading.queued_sandbox import QueuedSandbox, QueuedSandboxes
from data.uploading.sandbox import Sandbox, Sandboxes
from data.uploading.upload_folder import FolderError, work_folder
from publishing.stamp import stamp

if TYPE_CHECKING:
    from dash import Dash
    from werkzeug.datastructures import FileStorage

    from data.progress import Progress
    from data.shelf import Catalog

BUSY = "This server is reading the files of others just now. Please send yours again in a minute."
WRITING = "This server is writing the studies of others just now. Please try again in a minute."
WRITERS, PIECE = 2, 65_536
"""Studies that a worker writes and sends at once; bytes that are sent together."""
NO_ROOM = "The server has no room for these files just now."
NO_PLACE = "This server cannot keep files just now. Please tell who runs it."
FAILED = "These files could not be read, and the study on the page stays. Please tell who runs this server."
NO_EDITS = "What is said of these files is not in the form that the page sends."
FIELDS = ("edits", "shown")
"""What the page sends beside the files."""
AT_ONCE_MB = 20
"""Files that are larger together are not read again at every change, but when the reader asks for it."""
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Readers = Sandboxes | QueuedSandboxes


class BusyError(Exception):
    """As many uploads are being read as may be."""


@dataclass(frozen=True)
class Sent:
    """What one request sent: its own `folder`, the `files` there, and `edits` as they came; `look`: to keep nothing;
    what the page has `shown` until now; `owner`: who sent it."""

    folder: Path
    files: Sequence[Path]
    edits: dict[str, Any] | None
    look: bool
    shown: Shown
    owner: str = ""


class FilesRequest(Request):
    """A request whose posted files are written where they will be read: into `files_go`, when it is set, open as long
    as `held`."""

    files_go: Path | None = None
    held: ExitStack

    def _get_file_stream(self, *about: Any, **more: Any) -> IO[bytes]:
        if self.files_go is None:
            return super()._get_file_stream(*about, **more)
        file = (self.files_go / token_hex(8)).open("w+b")
        self.held.callback(_closed, file)
        return file


def _closed(file: IO[bytes]) -> None:
    """On a full disk, what is not written yet fails once more; the reader has been told."""
    with suppress(OSError):
        file.close()


def register(app: Dash, catalog: Catalog) -> None:
    """Files in, the report of an upload, its deletion, and the template."""
    prefix = app.config.routes_pathname_prefix
    app.server.request_class = FilesRequest
    received = partial(upload, BoundedSemaphore(int(limit("MAX_READERS"))), sandboxes())
    app.server.add_url_rule(f"{prefix}upload", "upload", received, methods=["POST"])
    app.server.add_url_rule(f"{prefix}template.xlsx", "template", workbook)
    post(app, "uploaded", uploaded)
    post(app, "written", partial(written, catalog, BoundedSemaphore(WRITERS)))
    post(app, "forget", forget)
    post(app, "share", share, names=text())


def sandboxes() -> Readers:
    """Where files are read: by workers of the queue, if there is one."""
    return sandboxes_of_queue() if setting("REDIS_URL") else Sandboxes()


def upload(turns: BoundedSemaphore, sandboxes: Readers) -> Response:
    """The answer to posted `files` (and `edits`, as JSON): what `sent_files.read_sent` says and the key of the `study`
    that is kept, told as it is read; or a sentence on why not. With `look`, nothing is kept and half a word is no
    error."""
    look = "look" in request.args
    with ExitStack() as held:
        try:
            sent = _posted(held, look=look)
            if not look:
                uploads.check_room()
            _take_turn(turns, held)
            sandbox = sandboxes.take()
        except Exception as error:  # noqa: BLE001 - each becomes a sentence, those that nobody foresaw too
            status, sentence = counted(error, look=look)
            return refused(HTTPStatus.OK if look and status == HTTPStatus.BAD_REQUEST else status, sentence)
        work, done = partial(read, sandboxes, sandbox, sent), held.pop_all().close
        return streamed(work, lambda error: counted(error, look=look)[1], stop=sandbox.kill, after=done)


def _posted(held: ExitStack, *, look: bool) -> Sent:
    """What was sent, in a folder that goes with all that is `held`."""
    request.max_content_length = int(limit("MAX_UPLOAD_MB") * MEGA)
    request.max_form_parts = int(limit("MAX_FILES")) + len(FIELDS)
    folder = Path(held.enter_context(TemporaryDirectory(dir=work_folder(), ignore_cleanup_errors=True)))
    posted = cast("FilesRequest", request)
    posted.files_go, posted.held = folder, held
    files, stated = request.files.getlist("files"), request.form.get("edits")
    before = _before(request.form.get("shown", ""))
    named = [(file, name) for file in files if (name := plain_name(file.filename or ""))]
    if not named:
        raise ValueError("No file arrived: choose at least one.")
    placed = [_placed(file, folder / str(at) / name) for at, (file, name) in enumerate(named)]
    large = sum(path.stat().st_size for path in placed) >= AT_ONCE_MB * MEGA
    return Sent(folder, placed, _edits(stated) if stated else None, look, replace(before, large=large), reader())


def _before(stated: str) -> Shown:
    """What the page says that it shows; nothing, where that is in no form that the page sends."""
    try:
        shown = json.loads(stated)
        counts = {str(noun): int(count) for noun, count in shown["counts"].items()}
        return Shown(counts, {str(name): bool(is_open) for name, is_open in shown["folds"].items()})
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError):
        return Shown()


def _edits(stated: str) -> dict[str, Any]:
    """What a person says of files, as it was sent; ValueError with a sentence when it cannot be done."""
    try:
        edits = json.loads(stated)
    except (ValueError, RecursionError):
        raise ValueError(NO_EDITS) from None
    try:
        edits_of(edits)
    except (TypeError, AttributeError, RecursionError):
        raise ValueError(NO_EDITS) from None
    return dict(edits)


def _take_turn(turns: BoundedSemaphore, held: ExitStack) -> None:
    if not turns.acquire(blocking=False):
        raise BusyError
    held.callback(turns.release)


def read(sandboxes: Readers, sandbox: Sandbox | QueuedSandbox, sent: Sent, progress: Progress) -> dict[str, Any]:
    """What the sandbox says of the files, and under which key the `study` of them is kept; if none is, the `page` that
    the dialog shows, and what is `folded` there."""
    draft, unpacked = sent.folder / "study", sent.folder / "unpacked"
    unpacked.mkdir()
    found = sandbox.read(sent.files, sent.edits, unpacked, None if sent.look else draft, progress)
    if found["proposal"]:
        sandboxes.prepare()
    study = noted(uploads.keep(draft, sent.owner), sent.owner) if found.pop("kept") else None
    page, folded = (None, {}) if study else mapping(found, sent.edits or {}, sent.shown)
    answer = {name: found[name] for name in ("summary", "report", "toml")}
    return answer | {"study": study, "page": page, "folded": folded}


def noted(study: str, owner: str) -> str:
    """The same key of a study that has just been kept; it is deleted again where that cannot be noted."""
    try:
        record("uploaded", study, user=owner)
    except AuditError:
        uploads.discard(study)
        raise
    UPLOADS.labels("kept").inc()
    return study


def _placed(file: FileStorage, path: Path) -> Path:
    """The file under its name, in a folder of its own: two may have the same name."""
    path.parent.mkdir()
    file.close()
    return Path(file.stream.name).rename(path)


def refused(status: HTTPStatus, sentence: str) -> Response:
    """A sentence for the reader."""
    return Response(sentence, status, mimetype="text/plain")


def counted(error: Exception, *, look: bool) -> tuple[HTTPStatus, str]:
    """The same as `refusal`, of an upload."""
    if not look:
        UPLOADS.labels("refused").inc()
    return refusal(error)


def refusal(error: Exception) -> tuple[HTTPStatus, str]:
    """The status and the sentence for what stands in the way of files; what nobody foresaw is logged, without words
    that may quote a cell."""
    for kind, (status, sentence) in REFUSALS.items():
        if isinstance(error, kind):
            return status, sentence(error)
    log_places(error)
    return HTTPStatus.INTERNAL_SERVER_ERROR, FAILED


def _too_large(error: Exception) -> str:
    most = limit("MAX_UPLOAD_MB")
    if (request.content_length or 0) > most * MEGA:
        return f"These files are larger than {most:,.0f} MB (MAX_UPLOAD_MB) together."
    return f"These are more than {limit('MAX_FILES'):,.0f} files (MAX_FILES), or what is said of them is very long."


def _no_room(error: Exception) -> str:
    if isinstance(error, FolderError):
        logging.getLogger("reprise").error("%s", error)
    full = isinstance(error, OSError) and error.errno in FULL
    return NO_ROOM if full else NO_PLACE


def _not_noted(error: Exception) -> str:
    logging.getLogger("reprise").error("%s", error)
    return CLOSED


REFUSALS: Mapping[type[Exception], tuple[HTTPStatus, Callable[[Exception], str]]] = MappingProxyType(
    {
        LateError: (HTTPStatus.SERVICE_UNAVAILABLE, str),
        BusyError: (HTTPStatus.SERVICE_UNAVAILABLE, lambda _: BUSY),
        RequestEntityTooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large),
        uploads.NoRoomError: (HTTPStatus.INSUFFICIENT_STORAGE, str),
        FolderError: (HTTPStatus.INSUFFICIENT_STORAGE, _no_room),
        AuditError: (HTTPStatus.SERVICE_UNAVAILABLE, _not_noted),
        OSError: (HTTPStatus.INSUFFICIENT_STORAGE, _no_room),
        ValueError: (HTTPStatus.BAD_REQUEST, str),
    }
)
"""What can stand in the way of files: the status, and the sentence for the reader."""


def uploaded(study: str) -> dict[str, Any]:
    """The report of an upload by form, its study.toml, when it is deleted (seconds since 1970), and the `page` that the
    dialog shows of them."""
    with known_key(study):
        report = {name: uploads.report(study, name) for name in FORMATS}
        toml, expires, owner = uploads.mapping_text(study), uploads.expires(study), uploads.owner(study)
    page = kept(json.loads(report["json"]), owner if reader() else None, toml=bool(toml))
    return {"report": report, "toml": toml, "expires": expires, "page": page}


def written(catalog: Catalog, turns: BoundedSemaphore, study: str) -> Response:
    """The study as a zip of files in our own format, of which a few are made or sent at a time; or a sentence on why
    not."""
    with ExitStack() as held:
        try:
            _take_turn(turns, held)
            file = TemporaryFile(dir=work_folder())  # noqa: SIM115 - it is closed after the answer, by `held`
            held.callback(_closed, file)
            loaded = catalog.load(study)
            write_zip(loaded, file, stamp(loaded, queries.default(loaded), date=f"{datetime.now(UTC):%Y-%m-%d}").text)
            size = file.tell()
            file.seek(0)
        except (BusyError, OSError, FolderError) as error:
            status, sentence = refusal(error)
            return refused(status, WRITING if isinstance(error, BusyError) else sentence)
        answer = Response(iter(partial(file.read, PIECE), b""), mimetype="application/zip")
        answer.headers["Content-Disposition"] = "attachment; filename=reprise-study.zip"
        answer.content_length = size
        answer.call_on_close(held.pop_all().close)
        return answer


def forget(study: str) -> dict[str, Any]:
    """Nothing; the upload is deleted."""
    with known_key(study), _of_ones_own():
        uploads.delete(study)
    return {}


def share(study: str, names: str) -> dict[str, Any]:
    """Nothing; the upload is seen by these, and by nobody else but its owner."""
    with known_key(study), _of_ones_own():
        uploads.share(study, names_of(names))
    about(what=f"with {', '.join(names_of(names)) or 'nobody'}")
    return {}


@contextmanager
def _of_ones_own() -> Iterator[None]:
    try:
        yield
    except NotYoursError as error:
        raise Forbidden(str(error)) from None
    except ValueError as error:
        raise BadRequest(str(error)) from None


def workbook() -> Response:
    """The template, filled with the case series."""
    answer = Response(template(), mimetype=WORKBOOK)
    answer.headers["Content-Disposition"] = "attachment; filename=reprise-template.xlsx"
    return answer


def plain_name(name: str) -> str:
    """The last part of a file's name, as a file system takes it, "" if it is none: browsers may send a path."""
    last = name.replace("\\", "/").rpartition("/")[2].replace("\0", "").strip()
    return "" if last.startswith(".") else fitting(last)

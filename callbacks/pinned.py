"""Notes that readers pin to what the page shows: told, and kept for whoever may see the study."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response
from werkzeug.exceptions import Conflict, ServiceUnavailable

from callbacks.bodies import Field, nested, one_of, text
from callbacks.json_routes import as_json, post
from data.access import reader
from data.shelf import UnknownStudyError
from data.uploading.pinned_notes import (
    KINDS,
    LONGEST,
    LONGEST_NAME,
    ChangedError,
    Note,
    NotesError,
    notes,
    pinned,
    places,
    save,
)
from data.uploading.upload_folder import FolderError

if TYPE_CHECKING:
    from dash import Dash

    from data.shelf import Catalog

NO_PLACE = "This server cannot keep notes just now. Please tell who runs it."
MOST_WEEKS = 1e6
WEEK = Field(lambda week: week is None or (isinstance(week, int | float) and abs(week) < MOST_WEEKS), "a week")


def register(app: Dash, catalog: Catalog) -> None:
    """Notes out, with what of a patient they can be pinned to; and one note in."""
    pin = {"kind": one_of(KINDS), "patient": text(), "week": WEEK, "of": text(LONGEST_NAME)}
    post(app, "pinned", partial(listed, catalog))
    post(app, "pinnable", partial(pinnable, catalog), patient=text())
    post(app, "pin", partial(kept, catalog), id=text(16), version=nested(int, 0), text=text(LONGEST), **pin)


def kept_notes(catalog: Catalog, study: str) -> list[Note]:
    """The notes of a study; where there is no place for any, none."""
    try:
        return notes(catalog.notes_file(study))
    except NotesError as error:
        raise ServiceUnavailable(str(error)) from None
    except (FolderError, OSError):
        return []


def listed(catalog: Catalog, study: str) -> dict[str, Any]:
    """All `notes` of a study, and who the `reader` is."""
    catalog.load(study)
    return {"notes": [asdict(one) for one in kept_notes(catalog, study)], "reader": reader()}


def pinnable(catalog: Catalog, study: str, patient: str) -> dict[str, Any]:
    """The same; and all `patients`, and of one the weeks of `visits` and the `courses`."""
    loaded = catalog.load(study)
    visits, courses = places(loaded, patient)
    more = {"patients": list(loaded.patient_ids), "visits": visits, "courses": courses}
    return listed(catalog, study) | more


def kept(catalog: Catalog, study: str, **said: Any) -> dict[str, Any] | Response:
    """The notes once one is kept; 409 and what it says now (`current`) where somebody else saved it meanwhile."""
    note = Note(**said, by=reader())
    loaded = catalog.load(study)
    try:
        save(catalog.notes_file(study), note if note.id else pinned(loaded, note))
    except ChangedError as error:
        answer = as_json({"current": error.current and asdict(error.current)})
        answer.status_code = HTTPStatus.CONFLICT
        return answer
    except NotesError as error:
        raise Conflict(str(error)) from None
    except FileNotFoundError:
        raise UnknownStudyError from None
    except (FolderError, OSError):
        raise ServiceUnavailable(NO_PLACE) from None
    return listed(catalog, study)

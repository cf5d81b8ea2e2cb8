"""A story as it leaves: pictures that the browser drew, sent with what stands beside them, become slides, pages or one
HTML file."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, ServiceUnavailable

from analysis import query as queries
from analysis.caution import caution
from analysis.finding import finding
from analysis.outcomes import named
from callbacks.bodies import FLAG, QUERY, STUDY, Field, check, nested, one_of, text
from components.grid import cells, response_cells
from components.views import VIEWS, known
from data.formats.limits import MEGA
from data.study import PANEL, SHOWN
from data.uploading.audit import about
from publishing.deidentify import TITLE
from publishing.figure_files.safe_svg import DrawingError
from publishing.pages import Slide, pages
from publishing.pictures import PictureError, checked_png
from publishing.stamp import illustrative, stamp, study_digest
from publishing.story_file import Told, story_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dash import Dash

    from analysis.query import Query
    from data.shelf import Catalog
    from data.study import Study

MOST_MB, MOST_STEPS, WRITERS, AT_ONCE = 40, 60, 2, 2
"""Of all pictures of one story together; steps; stories that a worker writes at once;
pictures of each that it looks at together, of up to 200 MB while it does."""
LONGEST_ADDRESS = 100_000
"""Characters: it may name every patient who is highlighted."""
BUSY = "This server is writing the stories of others just now. Please try again in a minute."
STORY: Mapping[str, Field] = {
    "study": STUDY,
    "kind": one_of(("pptx", "pdf", "html")),
    "date": text(40),
    "page": text(2000),
    "here": text(LONGEST_ADDRESS),
    "masked": FLAG,
    "steps": nested(list, 4),
}
HEADERS = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
STEP: Mapping[str, Field] = {
    "sentence": text(200), "notes": text(), "shown": one_of(SHOWN), "query": QUERY, "address": text(LONGEST_ADDRESS),
    "lit": text(),
}  # fmt: skip


def _deck(slides: Sequence[Slide], told: Told) -> bytes:
    from publishing.slides import deck  # noqa: PLC0415 - memory that only who asks for slides needs

    return deck(slides, told.title)


KINDS: Mapping[str, tuple[Callable[[Sequence[Slide], Told], bytes], str, Callable[[bytes], bytes]]] = {
    "pptx": (_deck, "application/vnd.openxmlformats-officedocument.presentationml.presentation", checked_png),
    "pdf": (lambda slides, told: pages(slides, told.title), "application/pdf", bytes),
    "html": (story_file, "application/octet-stream", bytes),
}
"""What makes each file, its type, and what looks at a picture for it; a drawing is looked at as it is made. HTML has a
type that no browser opens: from here, a script in it could ask for what its reader may see."""


def register(app: Dash, catalog: Catalog) -> None:
    """The one route; each request is refused or answered as a whole."""
    writing = partial(written, catalog, BoundedSemaphore(WRITERS))
    app.server.add_url_rule(f"{app.config.routes_pathname_prefix}story", "story", writing, methods=["POST"])


def written(catalog: Catalog, turns: BoundedSemaphore) -> Response:
    """The file of a posted `story` (JSON) and its `pictures`, one a step: PNG for slides, SVG for pages, for
    HTML what `live_drawing` reads; "" for a table."""
    request.max_content_length = MOST_MB * MEGA
    request.max_form_memory_size, request.max_form_parts = MEGA, MOST_STEPS + 1
    if not turns.acquire(blocking=False):
        raise ServiceUnavailable(BUSY)
    try:
        asked = _asked(request.form.get("story", ""))
        study = catalog.load(asked["study"])
        about(what=f"story as {asked['kind']}")
        make, mimetype, looked_at = KINDS[asked["kind"]]
        with ThreadPoolExecutor(AT_ONCE) as looking:
            pictures = list(looking.map(lambda content: looked_at(content) if content else b"", _sent()))
        slides = [_slide(study, step, picture, asked) for step, picture in _pairs(asked["steps"], pictures)]
        content = make(slides, _told(study, asked))
        return Response(content, mimetype=mimetype, headers=dict(HEADERS))
    except (PictureError, DrawingError) as error:
        return Response(str(error), HTTPStatus.BAD_REQUEST, mimetype="text/plain")
    finally:
        turns.release()


def _told(study: Study, asked: dict[str, Any]) -> Told:
    """What one file says of itself, and of whom it is."""
    hollow = "Hollow marks are illustrative: not measured, do not quote. " if illustrative(study) else ""
    who = "patient ids replaced, notes and free text left out" if asked["masked"] else "not de-identified"
    about = f"{hollow}Data {study_digest(study)} · {asked['date']} · {who}"
    link = f"{asked['page']}{asked['here']}"
    return Told(study.title, study.patient_ids, asked["masked"], about, link)


def _asked(stated: str) -> dict[str, Any]:
    """What is asked for, each part of which is what it should be. BadRequest otherwise."""
    try:
        asked = json.loads(stated)
    except (ValueError, RecursionError):
        raise BadRequest("This story must be JSON, and is not.") from None
    _check(asked, STORY)
    if not 0 < len(asked["steps"]) <= MOST_STEPS:
        raise BadRequest(f"A story has 1 to {MOST_STEPS} steps.")
    for step in asked["steps"]:
        _check(step, STEP)
    if not asked["page"].startswith(("https://", "http://")):
        raise BadRequest("In this story, page must be an address.")
    return dict(asked)


def _check(part: Any, fields: Mapping[str, Field]) -> None:
    if not isinstance(part, dict) or part.keys() != fields.keys():
        raise BadRequest(f"A part of this story must be an object with {', '.join(sorted(fields))} and nothing else.")
    for name, value in part.items():
        check(name, value, fields[name])


def _sent() -> list[bytes]:
    """The pictures, not larger than they may be."""
    sent = [file.stream.read() for file in request.files.getlist("pictures")]
    if sum(map(len, sent)) > MOST_MB * MEGA:
        raise RequestEntityTooLarge
    return sent


def _pairs(steps: list[dict[str, Any]], pictures: list[bytes]) -> list[tuple[dict[str, Any], bytes]]:
    if len(steps) != len(pictures):
        raise BadRequest("This story must come with one picture for each step.")
    return list(zip(steps, pictures, strict=True))


def _slide(study: Study, step: dict[str, Any], picture: bytes, asked: dict[str, Any]) -> Slide:
    focus, query, _ = queries.asked(study, step["query"])
    query, _ = known(focus, query)
    said, careful, alt = _step_text(focus, query, step["shown"])
    link = f"{asked['page']}#{step['address']}"
    about = stamp(study, query, date=asked["date"], deidentified=asked["masked"])
    about = replace(about, title=TITLE) if asked["masked"] else about
    more = (step["notes"], said, alt, _counted(focus, query, step["shown"]), about.text, f"Link: {link}")
    return Slide(
        step["sentence"], said, picture, () if picture else _table(focus, query), alt,
        "\n\n".join(filter(None, more)), link, about.short, careful, step["notes"], about.text, step["lit"],
    )  # fmt: skip


def _step_text(study: Study, query: Query, shown: str) -> tuple[str, str, str]:
    """What a step says in numbers, what to be careful about, and what its picture shows with what it stands on."""
    if shown == PANEL:
        view = VIEWS[query.panel]
        number, rest, careful = view.summary(study, query)
        said = "; ".join(filter(None, (number, rest)))
        return said, careful, f"{view.titled(study)}. {view.about} {said} {careful}".strip()
    found, cautions = finding(study, query), [sentence for sentence, _ in caution(study, query)]
    titles = ", ".join(view.titled(study) for view in VIEWS.values() if not view.tab)
    shows = f"The figure ({titles}, on the same weeks). {found} {' '.join(cautions)}".strip()
    return found, next(iter(cautions), ""), shows


def _counted(study: Study, query: Query, shown: str) -> str:
    """The n of each view that is shown."""
    views = [VIEWS[query.panel]] if shown == PANEL else [view for view in VIEWS.values() if not view.tab]
    lines = [(view.titled(study), view.caption(study, view.asks(study, query))) for view in views]
    return "\n".join(f"{title}: {caption}" for title, caption in lines if caption)


def _table(study: Study, query: Query) -> list[list[str]]:
    """The view as texts, the header first."""
    if query.panel == "response":
        return response_cells(study, query)
    return cells(named(study, VIEWS[query.panel].numbers(study, query)))

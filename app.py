"""Reprise as a web application: `python app.py [FILES…]` for a person, `server` for gunicorn. Imported by nobody."""

from __future__ import annotations

import html
import re
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from flask import jsonify

import callbacks
from callbacks import opening
from components import grid, layout
from data import uploads
from data.access import ASKS, Reader
from data.catalog import BUNDLED, Root, studies
from data.files import study_of, take_in
from data.intake.review.open_questions import as_sentences, open_questions
from data.problems import StudyError
from data.settings import setting
from data.shelf import Catalog
from data.uploading.upload_folder import work_folder
from serving import assets, compression, guard, handbook, headers, index, personal, refusals, startup, turns, who
from serving.monitoring import acts, log_lines, metrics, request_log, routes
from serving.page import Backend, Page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dash import Dash
    from flask import Flask

    from data.study import Study

GIVE_UP = 3
"""The exit status of a gunicorn that cannot start."""


def create_app(study: Root | None = None, opened: Study | None = None, asked: Sequence[Path] = ()) -> Dash:
    """The application over one study, several files of one, or a folder of studies (default: `STUDY`, else the
    bundled case series), under `URL_PREFIX`; `opened`: the one study, if it was read already; `asked`: files that the
    page asks about as it opens. Raises StudyError when the first study cannot be read."""
    grid.leave_out_of_first_page()
    ASKS.set(Reader())
    catalog = Catalog(study or setting("STUDY") or BUNDLED, opened)
    first, prefix, files = catalog.first, setting("URL_PREFIX"), assets.files()
    folder = assets.folder(files)
    place = f"{prefix}{folder}"
    app = Page(
        "reprise", backend=Backend, title=_title(first), update_title="",
        url_base_pathname=prefix, assets_folder=str(assets.OURS), assets_url_path=folder, serve_locally=True,
        assets_path_ignore=[f"^{assets.INNER}$"], external_stylesheets=[f"{place}/{assets.BOOTSTRAP}"],
        on_error=callbacks.state.unanswered,
    )  # fmt: skip
    app.enable_dev_tools(debug=False)
    guard.attach(app.server)
    refusals.attach(app.server, prefix)
    compression.attach(app.server)
    app.index_string = index.index(app.index_string, prefix, place)
    names = [file.name for file in asked]
    app.layout = layout.shell(first, catalog.titles, names)
    app.opened = lambda: opening.page(catalog, names=names)  # type: ignore[method-assign]
    app.depends = lambda: (who.reader(), *catalog.told_first())  # type: ignore[method-assign]
    callbacks.register(app, catalog, names)
    app.server.add_url_rule(f"{prefix}health", "health", lambda: jsonify(status="ok"))
    assets.attach(app.server, place, files)
    personal.give(app.server, prefix, asked)
    pages = handbook.files()
    handbook.attach(app.server, prefix, pages)
    headers.attach(app, {handbook.ENDPOINT: handbook.hashes(pages)})
    turns.limit_time(app.server)
    who.add_routes(app.server, prefix)
    routes.add_routes(app.server, prefix)
    acts.attach(app.server, prefix)
    _warm(app.server, prefix)
    who.close(app.server, prefix)
    request_log.attach(app.server, prefix, request_log.tell_log, metrics.count)
    return app


def _title(first: Study) -> str:
    """The page's name before it knows who looks; where not everybody may see that study, its own is not told."""
    return "Reprise" if setting("ACCESS") else html.escape(f"{first.title} · Reprise")


def _warm(server: Flask, prefix: str) -> None:
    """Serve one whole page before anybody asks. Dash sets itself up during its first request and says it is done before
    it is: a second request in another thread would then find scripts missing (500). It compresses files, too."""
    client = server.test_client()
    page = client.get(prefix).get_data(as_text=True)
    scripts = re.findall(r'src="([^"]*/_dash-component-suites/[^"]*)"', page)
    for path in (f"{prefix}_dash-layout", f"{prefix}_dash-dependencies", *scripts):
        with client.get(html.unescape(path), headers={"Accept-Encoding": compression.CODINGS[0]}) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"Reprise did not start: {path} answered {answer.status}")


def main(arguments: list[str]) -> int:
    """Serve one study on this machine; 2 with a report when it cannot be read."""
    if arguments[:1] in (["-h"], ["--help"]):
        print("usage: python app.py [STUDY | FILES…]   a folder, a zip, a study.toml, or tables and workbooks together")
        return 0
    personal.end_as_by_hand()
    startup.refuse_wrong_settings()
    startup.refuse_uploads()
    log_lines.log_for_a_person()
    host, port = setting("HOST"), setting("PORT")
    startup.refuse_open([(host, port)])
    try:
        app = _of_files(tuple(arguments) if len(arguments) > 1 else arguments[0]) if arguments else create_app()
        uploads.keep_forgetting()
        personal.serve(app.server, host, port, setting("URL_PREFIX"))
    except StudyError as error:
        print(error, file=sys.stderr)
        return startup.REFUSED
    except KeyboardInterrupt:
        pass
    return 0


def _of_files(root: Root) -> Dash:
    """The application over these files; where they leave something to be guessed, over the bundled study, with the
    questions printed here and asked on the page."""
    if len(studies(root)) > 1:
        return create_app(root)
    intake = take_in(root if isinstance(root, tuple) else [root], work=work_folder)
    questions = open_questions(intake.proposal)
    if not questions or not (intake.study or intake.answerable):
        return create_app(root, study_of(intake))
    print(
        f"{as_sentences(questions)}\nThe page asks this as it opens; until then it shows the bundled study.", flush=True
    )
    return create_app(BUNDLED, asked=personal.files_in(root))


def _served() -> Flask:
    """The server for gunicorn."""
    startup.refuse_wrong_settings(GIVE_UP)
    startup.refuse_uploads(GIVE_UP)
    try:
        app = create_app()
    except StudyError as error:
        print(error, file=sys.stderr, flush=True)
        sys.exit(GIVE_UP)
    return app.server


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

server = _served()

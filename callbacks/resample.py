"""A permutation p or a bootstrap interval of the correlation shown, told as it is computed, one state per line.

The states of the seeded generators in `analysis` go out as they come: nothing is kept on the server, any worker can
answer, and who stops reading cancels. Where there is a queue, another process computes them, and the first line names
the `job`: who asks for it again, of any server, hears all that was said of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask import Response

from analysis import query as queries
from analysis.correlation import bootstrap, permutation
from analysis.correlation.correlation import points
from callbacks.bodies import QUERY, one_of, text
from callbacks.failures import log_places
from callbacks.json_routes import post
from callbacks.queue_jobs import RESAMPLE, give
from data import uploads
from data.alone import turn
from data.deadline import LateError, carried, deadline, kept
from data.queued.asking import LONGEST, OVER, QueueAwayError, heard, is_ones_own
from data.settings import setting
from figures.visuals import pairs
from figures.visuals.formatting import number
from publishing.stamp import study_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dash import Dash

    from analysis.correlation.points import Points
    from data.queued.working import Job
    from data.shelf import Catalog
    from data.study import Study

TIMES = 3
"""So many times as long as other requests may this take: its reader sees how far it is, and can end it."""


def register(app: Dash, catalog: Catalog) -> None:
    """Not compressed, and not held back by a proxy."""

    def answer(study: str, query: dict[str, Any], kind: str, job: str = "") -> Response:
        lines = carried(whole(elsewhere_or_here(catalog.load(study), query, kind, job)), TIMES)
        return Response(lines, mimetype="application/x-ndjson", headers={"X-Accel-Buffering": "no"})

    job = replace(text(LONGEST), optional=True)
    post(app, "resample", answer, query=QUERY, kind=one_of(RESAMPLINGS), job=job)


def elsewhere_or_here(study: Study, query: Mapping[str, Any], kind: str, job: str) -> Iterator[str]:
    """The states as the queue computes them: of this `job`, or of a new one; or as this process does, where there is no
    queue or it is away."""
    if job and not (setting("REDIS_URL") and is_ones_own(job)):
        raise LateError(OVER)
    if job:
        return followed(job)
    if not setting("REDIS_URL"):
        return states(study, query, kind)
    try:
        return followed(
            give(RESAMPLE, {"study": study.key, "digest": study_digest(study), "query": query, "kind": kind})
        )
    except QueueAwayError:
        return states(study, query, kind)


def followed(job: str) -> Iterator[str]:
    """The lines of a job; the first has its name. LateError when it does not come to its end."""
    yield json.dumps({"job": job}) + "\n"
    failed = False
    for word in heard(job):
        failed = failed or "failed" in word
        yield word.get("line", "\n")
    if failed:
        yield _line(0, 0, "Not computed: please tell who runs this server.")


def resample_for_queue(catalog: Catalog, job: Job) -> None:
    """Compute what a job asks for, and tell its lines."""
    about = job.about
    study = catalog.load(about["study"])
    if study_digest(study) != about["digest"]:
        raise ValueError("The worker of the queue has another state of this study: restart it.")
    with kept(deadline(TIMES * setting("COMPUTE_SECONDS"), job.left)):
        for line in whole(states(study, about["query"], about["kind"])):
            job.tell(line=line)


def whole(lines: Iterator[str]) -> Iterator[str]:
    """The lines, and a sentence instead of the rest when they break off."""
    try:
        yield from lines
    except LateError as error:
        yield _line(0, 0, f"Not computed. {error}")
    except Exception as error:  # noqa: BLE001
        log_places(error)
        yield _line(0, 0, "Not computed: please tell who runs this server.")
    finally:
        uploads.forget_beyond(setting("FORGET_MB"))


def states(study: Study, wanted: Mapping[str, Any], kind: str) -> Iterator[str]:
    """JSON lines: done, total, and once complete text (the result, how it was made, and its caveat); in its turn, which
    lasts as long as somebody reads."""
    with turn(study):
        study, query, _ = queries.asked(study, wanted)
        table = pairs.pair_table(study, query)
        if table.empty:
            yield _line(0, 0, "Not computed: no pairs.")
            return
        yield from RESAMPLINGS[kind](points(pairs.as_pairs(table)), query.statistic)


def _permuted(found: Points, statistic: str) -> Iterator[str]:
    for state in permutation.permuted(found, statistic):
        text = f"Permutation p = {state.p:.2g}, two-sided ({permutation.words(state)}). {permutation.CAVEAT}"
        yield _progress_line(state, text)


def _resampled(found: Points, statistic: str) -> Iterator[str]:
    for state in bootstrap.resampled(found, statistic):
        made = f"{state.computed:,} of {state.total:,} resamples computed, seed {state.seed}"
        told = f"{bootstrap.COVERAGE} {bootstrap.RULE} {bootstrap.SOURCE}"
        text = f"Bootstrap 95 % CI {number(state.low)} to {number(state.high)} ({made}). {told}"
        yield _progress_line(state, text)


RESAMPLINGS: Mapping[str, Callable[[Points, str], Iterator[str]]] = {
    "permutation": _permuted,
    "bootstrap": _resampled,
}


def _progress_line(state: permutation.Permuted | bootstrap.Resampled, text: str) -> str:
    text = f"Not computed: {state.reason}." if state.reason else text
    return _line(state.done, state.total, text if state.done == state.total else "")


def _line(done: int, total: int, text: str) -> str:
    return json.dumps({"done": done, "total": total, "text": text.replace("-0.", "−0.")}) + "\n"

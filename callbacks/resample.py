"""A permutation p or a bootstrap interval of the correlation shown, told as it is computed, one state per line.

The states of the seeded generators in `analysis` go out as they come: nothing is kept on the server, any worker can
answer, and who stops reading cancels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response

from analysis import query as queries
from analysis.correlation import bootstrap, permutation
from analysis.correlation.correlation import points
from callbacks.bodies import QUERY, one_of
from callbacks.failures import log_places
from callbacks.posts import post
from data import uploads
from data.alone import turn
from data.deadline import LateError, carried
from data.settings import setting
from figures.visuals import pairs
from figures.visuals.formatting import number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from dash import Dash

    from analysis.correlation.points import Points
    from data.shelf import Catalog
    from data.study import Study

TIMES = 3
"""So many times as long as other requests may this take: its reader sees how far it is, and can end it."""


def register(app: Dash, catalog: Catalog) -> None:
    """Not compressed, and not held back by a proxy."""

    def answer(study: str, query: dict[str, Any], kind: str) -> Response:
        lines = carried(whole(states(catalog.load(study), query, kind)), TIMES)
        return Response(lines, mimetype="application/x-ndjson", headers={"X-Accel-Buffering": "no"})

    post(app, "resample", answer, query=QUERY, kind=one_of(RESAMPLINGS))


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
        yield _told(state, text)


def _resampled(found: Points, statistic: str) -> Iterator[str]:
    for state in bootstrap.resampled(found, statistic):
        made = f"{state.computed:,} of {state.total:,} resamples computed, seed {state.seed}"
        told = f"{bootstrap.COVERAGE} {bootstrap.RULE} {bootstrap.SOURCE}"
        text = f"Bootstrap 95 % CI {number(state.low)} to {number(state.high)} ({made}). {told}"
        yield _told(state, text)


RESAMPLINGS: Mapping[str, Callable[[Points, str], Iterator[str]]] = {
    "permutation": _permuted,
    "bootstrap": _resampled,
}


def _told(state: permutation.Permuted | bootstrap.Resampled, text: str) -> str:
    text = f"Not computed: {state.reason}." if state.reason else text
    return _line(state.done, state.total, text if state.done == state.total else "")


def _line(done: int, total: int, text: str) -> str:
    return json.dumps({"done": done, "total": total, "text": text.replace("-0.", "−0.")}) + "\n"

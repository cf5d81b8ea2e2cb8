"""The worker's side: take a job, do it in the name of who asked, and say so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from data.access import ASKS, Reader
from data.queued.board import BEAT, Board, board
from data.queued.sealed import ForgedError

LOG = logging.getLogger("reprise")


@dataclass
class Job:
    """What is to be done: `about` it; `stop` is called once when nobody waits for it any more."""

    about: dict[str, Any]
    board: Board
    stop: Callable[[], None] = lambda: None
    gone: Event = field(default_factory=Event)

    def tell(self, **word: Any) -> None:
        """Say a word to whoever waits."""
        if not self.board.tell(word):
            self.give_up()

    def give_up(self) -> None:
        """Nobody waits for it."""
        if not self.gone.is_set():
            self.gone.set()
            self.stop()

    def left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.gone.is_set()


Kinds = Mapping[str, Callable[[Job], None]]
"""What can be asked for, by name. What one raises is said as an end without an answer."""


def work(name: str, kinds: Kinds, failed: Callable[[BaseException], None]) -> None:
    """Do the job of this name, if it still waits; `failed` is told what nobody foresaw."""
    found = board(name)
    try:
        ticket = found.take()
    except ForgedError:
        LOG.warning("A job in redis was not sealed with SECRET_FILE, and is not done.")
        ticket = None
    if ticket is not None:
        ASKS.set(Reader(ticket["name"], ticket["role"]))
        try:
            _do(Job(ticket["about"], found), kinds[ticket["kind"]], failed)
        finally:
            ASKS.set(None)
    found.finish()


def _do(job: Job, kind: Callable[[Job], None], failed: Callable[[BaseException], None]) -> None:
    with _alive(job):
        try:
            kind(job)
        except Exception as error:  # noqa: BLE001 - Celery would log its text, which may quote a cell
            failed(error)
        job.tell(end=True)


@contextmanager
def _alive(job: Job) -> Iterator[None]:
    """Signs of life as long as it is being done, and a look whether anybody waits."""
    done = Event()
    beats = Thread(target=_beat, args=(job, done), daemon=True)
    beats.start()
    try:
        yield
    finally:
        done.set()
        beats.join()


def _beat(job: Job, done: Event) -> None:
    while not done.wait(BEAT / 4):
        with suppress(Exception):  # redis away for a moment: the next sign may arrive
            job.board.live()
            if not job.board.is_heard():
                job.give_up()

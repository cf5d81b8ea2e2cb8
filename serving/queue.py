"""`python -m serving.queue`: does the long work of all servers with the same REDIS_URL, UPLOADS and SECRET_FILE, until
it is told to stop (SIGTERM: what has begun is finished; SIGQUIT: at once).

A process of its own for each of QUEUE_WORKERS, made anew when it has become larger than FORGET_MB."""

from __future__ import annotations

import gc
import logging
import logging.config
import sys
from typing import TYPE_CHECKING

from celery.signals import worker_process_init

from callbacks.failures import log_places
from callbacks.queue_jobs import kinds
from callbacks.resample import resample_for_queue
from data import uploads
from data.catalog import BUNDLED
from data.problems import StudyError
from data.queued.broker import TASK, celery
from data.queued.working import Kinds, work
from data.settings import setting
from data.shelf import Catalog
from serving.monitoring.log_lines import log_config
from serving.startup import REFUSED, refuse_uploads, refuse_wrong_settings

if TYPE_CHECKING:
    from celery import Celery

QUIET = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat", "--pool", "prefork")
NONE = "There is no queue: set REDIS_URL, as docs/serving.md says."


def worker(found: Kinds) -> Celery:
    """Celery with the one task that it runs."""
    app = celery()

    @app.task(name=TASK, ignore_result=True)
    def done(job: str) -> None:
        try:
            work(str(job), found, log_places)
        except Exception as error:  # noqa: BLE001 - Celery would log its text
            logging.getLogger("reprise").error("A job was lost: %s", type(error).__name__)  # noqa: TRY400
        finally:
            uploads.forget_beyond(setting("FORGET_MB"))

    return app


def main() -> int:
    """Work until told to stop; 2 with a sentence when it cannot begin."""
    refuse_wrong_settings()
    refuse_uploads()
    if not setting("REDIS_URL"):
        print(NONE, file=sys.stderr)
        return REFUSED
    try:
        catalog = Catalog(setting("STUDY") or BUNDLED)
        catalog.load(catalog.first.key)
    except StudyError as error:
        print(error, file=sys.stderr)
        return REFUSED
    logging.config.dictConfig(log_config())
    app = worker(kinds(catalog, resample_for_queue))
    gc.collect()
    gc.freeze()
    app.worker_main(["--quiet", "worker", *QUIET])  # quiet: no banner among the lines of the log
    return 0


@worker_process_init.connect
def _forget(**_about: object) -> None:
    uploads.keep_forgetting()


if __name__ == "__main__":
    sys.exit(main())

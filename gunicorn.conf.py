"""How gunicorn serves Reprise. Read by `gunicorn app:server` on its own when started in this folder."""

import ctypes
import gc
import sys
from pathlib import Path

from gunicorn.errors import HaltServer

OURS = {"analysis", "app", "callbacks", "components", "data", "figures", "handbook", "publishing", "serving"}
# A reload reads this file again: whatever is ours is then imported anew, in the master, for all workers.
for name in [name for name in sys.modules if name.partition(".")[0] in OURS]:
    del sys.modules[name]
sys.path.insert(0, str(Path(__file__).parent))

from serving.startup import (
    bound,
    count_together,
    monitors_socket,
    name_folder,
    refuse_open,
    refuse_wrong_settings,
    written,
)

refuse_wrong_settings()
count_together()

from prometheus_client.multiprocess import mark_process_dead

from data.settings import setting
from serving.monitoring.log_lines import log_config

# Always host and port: with only PORT set, gunicorn would listen on every interface.
bind = written(setting("HOST"), setting("PORT"))
workers = setting("WEB_CONCURRENCY")
worker_class = "serving.worker.Worker"
# One of them computes nothing (serving/turns.py), so that two uploads (MAX_READERS) leave two that do.
threads = 5
worker_connections = 500
# Longer than proxies and browsers keep theirs, so that none sends a request on a connection that is just being closed.
keepalive = 75
timeout = 120
# Of a reload or stop: as long as one file may be read (MAX_READ_SECONDS) and its answer be sent.
graceful_timeout = 90
# Off: its socket lies in one place per user, shared by every gunicorn of that user.
control_socket_disable = True

logconfig_dict = log_config()

libc = ctypes.CDLL(None)
M_ARENA_MAX = -8  # glibc's number for it; where another C library has no such call, nothing happens


def when_ready(server: object) -> None:
    """No worker is started while others could reach it: `--bind` counts, whatever HOST says."""
    refuse_open(bound(server))
    name_folder(bound(server))
    server.for_monitors = monitors_socket()
    load(server)


def on_reload(server: object) -> None:
    """The study is read anew. Where it cannot be, the server ends, as one does that starts."""
    server.app.callable = None
    try:
        load(server)
    except SystemExit as ended:
        raise HaltServer("Reprise did not start again.", ended.code) from None


def load(server: object) -> None:
    """Everything that workers share: what is imported, the study and the first page, kept out of the sight of the
    garbage collector, which would write to all of it. What loading took beside is given back."""
    server.app.wsgi()
    gc.collect()
    gc.freeze()
    if hasattr(libc, "malloc_trim"):
        libc.malloc_trim(0)


def post_fork(server: object, worker: object) -> None:
    """One heap is enough for five threads, of which one computes at a time; by default each would keep one, a sixth of
    a worker's memory."""
    if hasattr(libc, "mallopt"):
        libc.mallopt(M_ARENA_MAX, 1)
    worker.for_monitors = server.for_monitors


def child_exit(server: object, worker: object) -> None:
    """What is measured of a worker is no more once it is gone; what it has counted stays."""
    mark_process_dead(worker.pid)


def post_worker_init(worker: object) -> None:
    """A thread of each worker's own: none outlives a fork."""
    if worker.app.app_uri == "app:server":
        sys.modules["data.uploads"].keep_forgetting()

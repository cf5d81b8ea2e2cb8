"""How a job's name comes to a worker: Celery on redis. The message is the name alone, as JSON; a worker runs no other
function than the one here, unpickles nothing and takes no orders, so that who can write to redis runs nothing."""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data.queued.board import ANSWER, CONNECT, PATIENCE
from data.queued.sealed import namespace
from data.settings import setting

if TYPE_CHECKING:
    from celery import Celery

TASK = "reprise.work"
GRACE = 30
"""Seconds beyond what any work may last, after which its process is ended."""
SECURE = "rediss://"
"""How the address of a redis begins that is reached by TLS."""


def send(job: str) -> None:
    """Let a worker take the job of this name. An error of Celery's or redis' when it cannot be sent."""
    celery().send_task(TASK, (job,), expires=PATIENCE, retry=False, ignore_result=True)


def celery() -> Celery:
    """Celery as both sides use it."""
    return _celery(str(setting("REDIS_URL")), namespace())


@lru_cache(maxsize=1)
def _celery(url: str, name: str) -> Celery:
    from celery import Celery  # noqa: PLC0415 - who has no queue need not load it

    found = Celery("reprise", broker=url, set_as_current=False)
    found.conf.update(_settings(url, name))
    return found


def _settings(url: str, name: str) -> dict[str, Any]:
    return {
        "task_default_queue": f"{name}:jobs",
        "accept_content": ["json"],
        "task_serializer": "json",
        "task_ignore_result": True,
        "broker_use_ssl": _tls() if url.startswith(SECURE) else None,
        "broker_transport_options": {
            "socket_connect_timeout": CONNECT, "socket_timeout": ANSWER, "global_keyprefix": f"{name}:",
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "worker_enable_remote_control": False,
        "worker_send_task_events": False,
        "worker_prefetch_multiplier": 1,
        "worker_disable_prefetch": True,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_concurrency": setting("QUEUE_WORKERS"),
        "worker_max_memory_per_child": int(setting("FORGET_MB") * 1000),
        "task_time_limit": longest() + GRACE,
    }  # fmt: skip


def longest() -> int:
    """Seconds that any work may last."""
    return int(max(setting("MAX_READ_SECONDS"), 3 * setting("COMPUTE_SECONDS")))


def _tls() -> dict[str, Any]:
    """The other side must have a certificate that this machine trusts (SSL_CERT_FILE names others)."""
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED}

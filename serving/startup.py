"""What is looked at before anything is served. Light: gunicorn's master reads it too."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from data.access import AccessError, access
from data.settings import CHOOSE, setting, wrong_settings
from data.uploading.audit import AuditError, prepare_audit
from data.uploading.secret import key
from data.uploading.upload_folder import FolderError, empty_work_of_the_gone, prepared
from serving.login.accounts import AccountsError, accounts
from serving.loopback import listens_to_loopback

REFUSED = 2
"""The exit status of a server that does not start."""
OPEN = f"There is no login, and whoever reaches this address could read and delete every study. {CHOOSE}"


def refuse_wrong_settings(status: int = REFUSED) -> None:
    """End, with `status`, with a sentence for each variable whose value cannot be."""
    if sentences := wrong_settings():
        _end(sentences, status)


def refuse_uploads(status: int = REFUSED) -> None:
    """End, with `status`, when there is no folder for uploads that is ours alone, or no file of users, key or audit log
    where they are needed; else empty it of what processes that are gone have left there."""
    try:
        prepared()
        access()
        prepare_audit()
        if setting("AUTH") == "users":
            accounts()
        if setting("AUTH") == "users" or setting("REDIS_URL"):
            key()
    except (FolderError, AccountsError, AccessError, AuditError) as error:
        _end([str(error)], status)
    empty_work_of_the_gone()


def refuse_open(addresses: Iterable[Any]) -> None:
    """End when one of the `addresses` that a server binds (host and port, or a socket's path) is reached from other
    machines, and there is no login."""
    found = list(dict.fromkeys(filter(None, map(_shown, addresses))))
    if found and setting("AUTH") == "none":
        _end([f"{', '.join(found)} is open to other machines. {OPEN}."])


def name_folder(addresses: Iterable[Any]) -> None:
    """Let the workers of this server, and of no other, share the default folder of uploads: it is called by the port,
    which `--bind` may have changed."""
    ports = [str(address[1]) for address in addresses if isinstance(address, tuple) and address[1]]
    if ports:
        os.environ["PORT"] = ports[-1]


def monitors_socket() -> socket.socket | None:
    """A socket that listens at METRICS_PORT, for all workers; None where there is none. Ends where it cannot be had."""
    place = (setting("METRICS_BIND"), setting("METRICS_PORT"))
    if not place[1]:
        return None
    try:
        made = socket.create_server(place, family=socket.AF_INET6 if ":" in place[0] else socket.AF_INET)
    except OSError as error:
        _end([f"METRICS_PORT: {written(*place)} cannot be listened at ({error.strerror}). Choose another."])
    made.settimeout(0)
    return made


def count_together() -> None:
    """A folder in which the workers of this server count, before prometheus_client is imported; in memory where that
    is, since a counter on a full disk would kill its worker. It goes with this process."""
    variable, own = "PROMETHEUS_MULTIPROC_DIR", f"reprise-numbers-{os.getpid()}-"
    if own in os.environ.get(variable, ""):
        return
    place = tempfile.mkdtemp(prefix=own, dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)  # noqa: S108
    os.environ[variable] = place
    atexit.register(_remove_as, os.getpid(), place)


def _remove_as(process: int, place: str) -> None:
    """Remove a folder, unless this is a child of the process that made it."""
    if os.getpid() == process:
        shutil.rmtree(place, ignore_errors=True)


def bound(server: Any) -> Iterator[Any]:
    """The addresses of a gunicorn: of its configuration and of the sockets that it was given."""
    yield from server.cfg.address
    yield from (listener.sock.getsockname() for listener in server.LISTENERS)


def _shown(address: Any) -> str:
    """An address that is open, as a person writes it; "" for one that is not, such as a socket's path."""
    if not isinstance(address, tuple) or listens_to_loopback(address[0]):
        return ""
    return written(address[0], address[1])


def written(host: str, port: int) -> str:
    """A host and port as they stand in an address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _end(sentences: list[str], status: int = REFUSED) -> NoReturn:
    print("Reprise did not start:", *sentences, sep="\n  - ", file=sys.stderr, flush=True)
    sys.exit(status)

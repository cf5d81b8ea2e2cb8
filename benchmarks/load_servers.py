"""The readers of load.py with a login, through nginx's TLS, at two servers with one store and one queue; then one of
the servers is killed half-way: what is lost elsewhere, and what is not kept. `load.py --servers 2` runs it."""

import time
from functools import partial
from http.client import HTTPSConnection
from pathlib import Path
from threading import Event

import psutil

import load
from proxying import NAME
from sites import PREFIX, Site, killed, two_servers

SETTLED = 0.5
"""Seconds after a kill in which nginx may still find out that a server is gone."""


def measured(folder: Path, body: bytes, seconds: float) -> int:
    """Print what `load.py` prints; 1 when anything was lost that should not be."""
    with two_servers(folder, folder / "studies", WEB_CONCURRENCY="2", QUEUE_WORKERS="2") as site:
        site.log_in().read()
        print(f"{load.READERS} readers with a login, through nginx, at two servers and a queue, {seconds:.0f} s:\n")
        lost = [steady(site, body, seconds), with_a_server_killed(site, body, seconds / load.STRETCH)]
    return int(any(lost))


def steady(site: Site, body: bytes, seconds: float) -> int:
    """Requests lost while nothing happens, and uploads that are not kept."""
    start = memory(site)
    with load.readers(door(site), body, seconds) as crowd:
        Event().wait(seconds)
        end = memory(site)
    asked = [one for reader in crowd for one in reader.asked]
    print(load.waits(asked))
    for name, size in end.items():
        print(f"{name}: {start[name]:.0f} MB (PSS) at the start, {size:.0f} at the end")
    return load.told("all along", asked, load.problems(asked)) + load.unkept(crowd)


def with_a_server_killed(site: Site, body: bytes, seconds: float) -> int:
    """Requests lost that were not under way when one server was killed half-way."""
    with load.readers(door(site), body, seconds) as crowd:
        Event().wait(seconds / 2)
        moment = time.perf_counter()
        killed(site.first)
    asked = [one for reader in crowd for one in reader.asked]
    later = [
        one for one in load.problems(asked) if not one.began <= moment + SETTLED <= one.began + one.seconds + SETTLED
    ]
    under_way = len(load.problems(asked)) - len(later)
    print(f"\nWith a server killed half-way: {under_way} requests were under way and failed.")
    return load.told("besides", asked, later) + load.unkept(crowd)


def door(site: Site) -> load.Door:
    """By the proxy, as somebody who has logged in."""
    connect = partial(HTTPSConnection, "127.0.0.1", site.port, timeout=300, context=site.trust)
    return load.Door(connect, PREFIX, {"Host": NAME, "Cookie": site.cookie})


def memory(site: Site) -> dict[str, float]:
    """MB (PSS) of each server and of the queue's worker, with all that they have started."""
    whole = {"first server": site.first.process.pid, "second server": site.second.process.pid, "queue": site.worker.pid}
    return {name: sum(map(shared, family(pid))) for name, pid in whole.items()}


def family(pid: int) -> list[psutil.Process]:
    one = psutil.Process(pid)
    return [one, *one.children(recursive=True)]


def shared(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / 1e6
    except psutil.NoSuchProcess:  # a sandbox that has ended meanwhile
        return 0.0

"""Numbers for Prometheus, of all workers together: requests, how long they took, uploads, who waits, memory. None is of
a person, a study or a patient."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from callbacks.counts import NUMBERS
from data.uploading.remembered import megabytes
from publishing.stamp import version

if TYPE_CHECKING:
    from serving.monitoring.request_log import Told

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that says where the workers of one server count together; prometheus_client reads it when it is
imported."""
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 180)
"""Seconds: up to those that a permutation may take."""
MEGA = 1_000_000

REQUESTS = Counter("reprise_requests", "Requests answered.", ["route", "method", "status"], registry=NUMBERS)
SECONDS = Histogram("reprise_request_seconds", "Until it was answered.", ["route"], registry=NUMBERS, buckets=BOUNDS)
CONNECTIONS = Gauge("reprise_connections", "Open connections.", registry=NUMBERS, multiprocess_mode="livesum")
WAITING = Gauge("reprise_waiting", "Requests waiting for a thread.", registry=NUMBERS, multiprocess_mode="livesum")
MEMORY = Gauge("reprise_memory_bytes", "Memory of all workers.", registry=NUMBERS, multiprocess_mode="livesum")
LARGEST = Gauge("reprise_largest_bytes", "Memory of the largest.", registry=NUMBERS, multiprocess_mode="livemax")
INFO = Gauge("reprise_info", "1, for this version.", ["version"], registry=NUMBERS, multiprocess_mode="livemax")


def count(told: Told) -> None:
    """Count a request that was answered."""
    REQUESTS.labels(told.route, told.known_method, str(told.status)).inc()
    SECONDS.labels(told.route).observe(told.seconds)


def measure(connections: int, waiting: int) -> None:
    """Put down how this worker is now."""
    CONNECTIONS.set(connections)
    WAITING.set(waiting)
    for gauge in (MEMORY, LARGEST):
        gauge.set(megabytes() * MEGA)


def numbers() -> bytes:
    """All of them, as Prometheus reads them."""
    INFO.labels(version()).set(1)
    if FOLDER not in os.environ:
        measure(0, 0)
        return generate_latest(NUMBERS)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)

"""What is counted: requests by route and status, uploads, of all workers; never a person, a study or a patient."""

import io
import os
import re
from pathlib import Path
from tempfile import gettempdir

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from browser.serving import free_port
from serving.monitoring import metrics
from serving.monitoring.request_log import Told
from serving_layer.test_who import ANNA, PROXY
from serving_layer.wire import asked, head, until

pytestmark = pytest.mark.process

LABELS = {"route", "method", "status", "le", "version", "outcome"}


def samples(text):
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def value(text, name, **labels):
    """The sum of all samples of a name with these labels."""
    return sum(one.value for one in samples(text) if one.name == name and labels.items() <= one.labels.items())


def test_requests_are_counted_by_route_and_status_and_timed():
    before = metrics.numbers().decode()
    metrics.count(Told("id", "GET", route="marks", status=200))
    metrics.count(Told("id", "BREW", route="marks", status=503))
    after = metrics.numbers().decode()
    told = {"name": "reprise_requests_total", "route": "marks"}
    assert value(after, **told, status="200", method="GET") == value(before, **told, status="200", method="GET") + 1
    assert value(after, **told, status="503", method="other") == value(before, **told, status="503") + 1
    seconds = {"name": "reprise_request_seconds_count", "route": "marks"}
    assert value(after, **seconds) == value(before, **seconds) + 2
    assert value(after, "reprise_memory_bytes") > 10_000_000


def test_no_label_is_of_a_person_a_study_or_a_patient(server):
    client = server(**PROXY).test_client()
    for path in ("/_dash-layout", "/P1?patient=P1", "/assets/v-1/P1", "/_dash-component-suites/P1/P1.js"):
        client.get(path, headers=ANNA).close()
    text = metrics.numbers().decode()
    assert {label for one in samples(text) for label in one.labels} <= LABELS
    assert not re.search("anna|case-series|P1", text)


def test_uploads_are_counted_as_kept_and_refused(server):
    client = server().test_client()
    before = metrics.numbers().decode()
    for name, content in (("pasi.csv", b"patient_id,week,pasi\nP1,0,20\nP1,4,5\n"), ("", b"")):
        client.post("/upload", data={"files": (io.BytesIO(content), name)}, buffered=True).close()
    after = metrics.numbers().decode()
    for outcome in ("kept", "refused"):
        found = {"name": "reprise_uploads_total", "outcome": outcome}
        assert value(after, **found) == value(before, **found) + 1


@pytest.mark.slow
def test_workers_count_together_on_a_port_of_their_own_and_the_gone_are_measured_no_more(echo, tmp_path):
    memory = Path("/dev/shm")  # noqa: S108
    port, numbers = free_port(), memory if os.access(memory, os.W_OK) else Path(gettempdir())
    with echo(WEB_CONCURRENCY="2", METRICS_PORT=str(port)) as served:
        monitors = Monitors(f"http://127.0.0.1:{port}/")
        for _ in range(6):
            assert asked(served, b"nonsense\r\n\r\n")[0] == 400
        until(lambda: value(monitors.read(), "reprise_requests_total", status="400") == 6, "all are counted")
        until(
            lambda: (
                value(monitors.read(), "reprise_memory_bytes") > 1.5 * value(monitors.read(), "reprise_largest_bytes")
            ),
            "two",
        )
        (victim, _), name = psutil.Process(served.process.pid).children(), f"*-{served.process.pid}-*/gauge_live*_%s.db"
        assert list(numbers.glob(name % victim.pid))
        victim.kill()
        until(lambda: not list(numbers.glob(name % victim.pid)), "measured no more")
        assert value(monitors.read(), "reprise_requests_total", status="400") == 6
        assert asked(monitors, head(path="/marks"))[0] == 404
        assert asked(monitors, head("POST", "/metrics", Content_Length=0))[0] == 404
        assert asked(served, head(path="/metrics"))[2].startswith(b"{")  # the application's, not the monitors'
    assert not list(numbers.glob(f"*-{served.process.pid}-*"))


class Monitors:
    def __init__(self, url):
        self.url = url

    def read(self):
        status, _, text = asked(self, head(path="/metrics"))
        assert status == 200
        return text.decode()

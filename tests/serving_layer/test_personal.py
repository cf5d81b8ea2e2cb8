"""`python app.py`: how it ends, and what it says of itself."""

import signal
import socket
from urllib.parse import urlsplit

import pytest

from browser.serving import direct, serving

pytestmark = pytest.mark.process


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_ends_in_order_on_any_signal(sign):
    with serving() as served:
        assert urlsplit(served.url).netloc in served.said()
        with direct.open(served.url + "health") as answer:
            assert answer.headers["Server"] == "reprise"
        served.process.send_signal(sign)
        assert served.process.wait(timeout=20) == 0
        assert "Traceback" not in served.said()


def test_what_is_no_http_is_refused_in_a_sentence():
    with (
        serving() as served,
        socket.create_connection((urlsplit(served.url).hostname, urlsplit(served.url).port)) as wire,
    ):
        wire.sendall(b"GET / HTTP/x.y\r\n\r\n")
        said = wire.makefile("rb").read()
    assert said.endswith(b"This request is no valid HTTP, and was not read.")

"""`python app.py`: how it ends, and what it says of itself."""

import signal
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

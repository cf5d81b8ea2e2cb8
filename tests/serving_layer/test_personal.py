"""`python app.py`: how it ends, and what it says of itself."""

import signal
import socket
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from browser.serving import PERSON, direct, serving

pytestmark = pytest.mark.process


@pytest.fixture
def heard():
    """A server hears every signal, although who runs the tests with nohup or in the background passes some by."""
    ignored = [sign for sign in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(sign) is signal.SIG_IGN]
    for sign in ignored:
        signal.signal(sign, signal.SIG_DFL)
    yield
    for sign in ignored:
        signal.signal(sign, signal.SIG_IGN)


@pytest.mark.usefixtures("heard")
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


LONE = "Subject,DPO,Clinical score\nA,0,20\nA,14,3\nB,0,6\n"
OURS = "patient_id,week,pasi\nP1,0,20\n"


@pytest.mark.parametrize("as_folder", [False, True])
def test_files_that_leave_something_to_be_guessed_are_asked_about(tmp_path, as_folder):
    (tmp_path / "scores.csv").write_text(LONE)
    with serving(command=(*PERSON, str(tmp_path if as_folder else tmp_path / "scores.csv"))) as served:
        assert "question: scores.csv: What is the column 'DPO'?" in served.said()
        assert "The page asks this as it opens" in served.said()
        with direct.open(served.url + "asked/0") as answer:
            assert answer.read().decode() == LONE
            assert answer.headers["Cache-Control"] == "no-store"
        with pytest.raises(HTTPError, match="404"):
            direct.open(served.url + "asked/1")


def test_files_that_leave_nothing_to_be_guessed_are_read_once_and_given_to_nobody(tmp_path):
    (tmp_path / "pasi.csv").write_text(OURS)
    with serving(command=(*PERSON, str(tmp_path))) as served:
        assert "question" not in served.said()
        with pytest.raises(HTTPError, match="404"):
            direct.open(served.url + "asked/0")
        with direct.open(served.url + "_dash-layout") as answer:
            assert "1 patient" in answer.read().decode()

"""What is looked at before anything is served: settings, and who could reach it."""

import os
import runpy
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from browser.serving import free_port
from data.settings import SETTINGS
from data.uploading.upload_folder import folder
from serving import startup
from serving.loopback import is_loopback
from serving.startup import name_folder, refuse_open, refuse_wrong_settings

pytestmark = pytest.mark.process

ROOT = Path(__file__).parents[2]
PERSON = (sys.executable, "app.py")
GUNICORN = (sys.executable, "-m", "gunicorn", "app:server", "--config", "gunicorn.conf.py")
SEVERAL = {"MAX_READERS": "0", "UPLOAD_HOURS": "nan", "PORT": "99999", "URL_PREFIX": 'a"<'}


def ended(*command, **env):
    """A server that does not start: its exit status and what it says."""
    bare = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    settings = bare | {"PORT": "0"} | env
    done = subprocess.run(
        command, cwd=ROOT, env=settings, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("command", [PERSON, GUNICORN], ids=["person", "gunicorn"])
def test_every_wrong_setting_is_a_sentence_and_nothing_starts(command):
    status, said = ended(*command, **SEVERAL)
    assert status == 2
    assert "Traceback" not in said
    assert all(f"- {name} (" in said for name in SEVERAL)


def test_a_gunicorn_with_another_configuration_gives_up_too():
    command = (*GUNICORN[:4], "--config", "/dev/null", "--bind", "127.0.0.1:0")
    status, said = ended(*command, UPLOAD_HOURS="-1")
    assert status != 0
    assert "- UPLOAD_HOURS (" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("host", "bind"), [("::1", "[::1]:8051"), ("localhost", "localhost:8051")])
def test_gunicorn_listens_at_an_ipv6_address_too(host, bind, monkeypatch):
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", "8051")
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["bind"] == bind


@pytest.mark.parametrize(
    ("command", "env"),
    [
        (PERSON, {"HOST": "0.0.0.0"}),
        (PERSON, {"HOST": "::"}),
        (GUNICORN, {"HOST": "0.0.0.0"}),
        ((*GUNICORN, "--bind", "127.0.0.1:0", "--bind", "0.0.0.0:0"), {}),
        (GUNICORN, {"GUNICORN_CMD_ARGS": "--bind 0.0.0.0:0"}),
    ],
)
def test_nobody_else_is_served_without_a_login(command, env):
    status, said = ended(*command, **env)
    assert status == 2
    assert "is open to other machines. There is no login" in said
    assert "AUTH=proxy or AUTH=users" in said
    assert "Traceback" not in said
    assert "Booting worker" not in said


def test_a_login_may_be_reached_from_elsewhere(monkeypatch, capsys):
    monkeypatch.setenv("AUTH", "proxy")
    refuse_open([("0.0.0.0", 8050)])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"ALLOW_OPEN": "1"}, "ALLOW_OPEN is no setting any more"),
        ({"ALLOWED_HOSTS": "localhost,reprise.example"}, "ALLOWED_HOSTS names reprise.example"),
        ({"AUTH": "proxy", "AUTH_PROXY_ADDRESSES": "::1"}, "needs AUTH_PROXY_SECRET"),
        ({"AUTH": "proxy", "AUTH_PROXY_SECRET": "0123456789abcdef"}, "needs AUTH_PROXY_ADDRESSES"),
        ({"AUTH": "proxy", "AUTH_PROXY_ADDRESSES": "::1", "AUTH_PROXY_SECRET": "short"}, "fewer than 16"),
    ],
)
def test_what_a_login_lacks_is_said_and_nothing_starts(env, sentence, monkeypatch, capsys):
    for name in (*SETTINGS, "ALLOW_OPEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        refuse_wrong_settings()
    assert sentence in capsys.readouterr().err


def test_loopback_and_sockets_of_the_file_system_are_not_open(capsys):
    refuse_open([("127.0.0.1", 1), ("127.8.8.8", 1), ("::1", 1, 0, 0), ("localhost", 1), "/run/reprise.sock", b"x", 3])
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.1.2.3", "::ffff:10.1.2.3", "no-such-host.invalid"])
def test_all_else_is(host, monkeypatch):
    def looked_up(host, port):
        if host.endswith(".invalid"):
            raise socket.gaierror
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0))]

    monkeypatch.delenv("AUTH", raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    with pytest.raises(SystemExit) as ending:
        refuse_open([("127.0.0.1", 1), (host, 1)])
    assert ending.value.code == 2


def test_an_address_within_another_is_seen_through():
    assert is_loopback("::ffff:127.0.0.1")
    assert is_loopback("[::1]")
    assert not is_loopback("::ffff:10.0.0.1")
    assert not is_loopback("localhost.evil.example")


def test_the_default_folder_of_uploads_is_called_by_the_port_that_is_bound(monkeypatch):
    monkeypatch.setenv("PORT", "8050")
    monkeypatch.delenv("UPLOADS", raising=False)
    name_folder([("127.0.0.1", 8050), "/run/x.sock", ("127.0.0.1", 9001)])
    assert folder().name == "uploads-9001"


def test_monitors_have_a_port_of_this_machine_alone_and_none_unless_it_is_set(monkeypatch, capsys):
    monkeypatch.delenv("METRICS_PORT", raising=False)
    monkeypatch.delenv("METRICS_BIND", raising=False)
    assert startup.monitors_socket() is None
    port = free_port()
    monkeypatch.setenv("METRICS_PORT", str(port))
    with startup.monitors_socket() as listening:
        assert listening.getsockname() == ("127.0.0.1", port)
        with pytest.raises(SystemExit):
            startup.monitors_socket()
    assert f"METRICS_PORT: 127.0.0.1:{port} cannot be listened at" in capsys.readouterr().err


def test_workers_count_in_a_folder_that_is_their_servers_alone_and_goes_with_it(monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/of/another")
    gone = []
    monkeypatch.setattr(startup.atexit, "register", lambda *told: gone.append(told))
    startup.count_together()
    place = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    startup.count_together()  # a reload
    assert os.environ["PROMETHEUS_MULTIPROC_DIR"] == str(place)
    ((remove, process, named),) = gone
    remove(process + 1, named)  # a child that ends
    assert place.exists()
    remove(process, named)
    assert not place.exists()

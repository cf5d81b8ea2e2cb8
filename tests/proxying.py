"""The nginx of docs/samples, really started, in front of servers of a test's own."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager

import pytest

from browser.serving import ROOT, end, free_port
from queueing import self_signed

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
without_nginx = pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine (Debian: nginx)")
SAMPLE = ROOT / "docs" / "samples" / "nginx.conf"
NAME = "reprise.example"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
DEADLINE = 60.0


@contextmanager
def nginx(folder, ports, change=lambda sample: sample):
    """The port at which the sample listens with TLS, in front of servers at these `ports`, and what a reader needs to
    trust its certificate; `change` may alter the sample's text first."""
    certificate, key = self_signed(folder, NAME, "127.0.0.1")
    port = free_port()
    configured = change(placed(folder, ports, port, free_port(), certificate, key))
    (folder / "nginx.conf").write_text(configured)
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + DEADLINE
        while not listens(port):
            assert process.poll() is None, (folder / "error.log").read_text()
            assert time.monotonic() < deadline, "nginx does not listen"
            time.sleep(0.02)
        yield port, ssl.create_default_context(cafile=str(certificate))
    finally:
        end(process)


def placed(folder, ports, port, plain, certificate, key):
    """The sample on ports of its own, with its files in `folder`."""
    sample = SAMPLE.read_text()
    servers = " ".join(f"server 127.0.0.1:{one};" for one in ports)
    for wanted, instead in (
        ("server 127.0.0.1:8050;", servers), ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"), ("/etc/ssl/reprise.pem", str(certificate)),
        ("/etc/ssl/private/reprise.key", str(key)),
    ):  # fmt: skip
        assert wanted in sample, wanted
        sample = sample.replace(wanted, instead)
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in KINDS)
    user = "user root;" if os.getuid() == 0 else ""
    return (
        f"{user} daemon off; pid {folder}/pid; events {{}} http {{ access_log {folder}/access.log; {places} {sample} }}"
    )


def without_tls(configured):
    """The same without TLS and without a prefix, for readers who send bytes of their own."""
    plain = re.sub(r" *ssl_.*\n", "", configured).replace(" ssl;", ";").replace("location /reprise/", "location /")
    return re.sub(r"location = / \{[^}]*\}", "", plain)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

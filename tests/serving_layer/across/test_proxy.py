"""The proxy of docs/nginx.conf, in front of the real gunicorn. Where there is no nginx, it is not tried."""

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from browser.serving import ROOT, free_port
from serving_layer.test_worker import reloaded
from serving_layer.wire import asked, connected, head, until

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not NGINX, reason="there is no nginx on this machine")]
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def behind_nginx(served, folder):
    """The same server, by the way of nginx."""
    port = free_port()
    (folder / "nginx.conf").write_text(configured(urlsplit(served.url).port, port, folder))
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    proxy = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    behind = replace(served, url=f"http://127.0.0.1:{port}/")
    try:
        until(lambda: listens(behind), "nginx listens")
        yield behind
    finally:
        proxy.terminate()
        proxy.wait(20)


def configured(ours, port, folder):
    """The example without TLS, on ports of its own, with its files in `folder`."""
    example = re.sub(r" *ssl_certificate.*\n", "", (ROOT / "docs" / "nginx.conf").read_text())
    example = example.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(
        "127.0.0.1:8050", f"127.0.0.1:{ours}"
    )
    places = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in KINDS)
    user = "user root;" if os.getuid() == 0 else ""
    return f"{user} daemon off; pid {folder}/pid; events {{}} http {{ access_log {folder}/access.log; {places} {example} }}"


def listens(served):
    try:
        connected(served).close()
    except ConnectionRefusedError:
        return False
    return True


def test_uploads_streams_and_a_reload_pass_the_proxy(echo, tmp_path):
    with echo(WEB_CONCURRENCY="2") as served, behind_nginx(served, tmp_path) as behind:
        status, _, text = asked(behind, head("POST", "/upload", Content_Length=5_000_000) + b"x" * 5_000_000)
        assert (status, json.loads(text)["read"]) == (200, 5_000_000)
        assert json.loads(text)["HTTP_HOST"] == "localhost"
        with connected(behind) as wire:
            wire.sendall(head(path="/told/more"))
            said = b""
            while b"first\n" not in said:
                said += wire.recv(4096)
            (tmp_path / "more").touch()
            while b"second\n" not in said:
                said += wire.recv(4096)
        assert reloaded(served, behind) == {200}

"""The proxy of docs/samples/nginx.conf, in front of the real gunicorn. Where there is no nginx, it is not tried."""

import json
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from proxying import nginx, without_nginx, without_tls
from serving_layer.test_worker import reloaded
from serving_layer.wire import asked, connected, head

pytestmark = [pytest.mark.slow, without_nginx]


@contextmanager
def behind_nginx(served, folder):
    """The same server, by the way of nginx."""
    with nginx(folder, [urlsplit(served.url).port], without_tls) as (port, _):
        yield replace(served, url=f"http://127.0.0.1:{port}/")


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

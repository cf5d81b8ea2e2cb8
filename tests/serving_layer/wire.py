"""Connections byte by byte, for readers who are slow, silent or hostile."""

import select
import socket
import time
from http.client import HTTPResponse

DEADLINE = 60.0


def connected(served, receive_buffer=None):
    """A socket to a server; with a small buffer, one who takes little at once."""
    host, port = served.url.split("/")[2].rsplit(":", 1)
    wire = socket.socket()
    if receive_buffer:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    wire.settimeout(DEADLINE)
    try:
        wire.connect((host, int(port)))
    except OSError:
        wire.close()
        raise
    return wire


def head(method="GET", path="/", **headers):
    """The head of a request; `Content_Length=3` is written with a hyphen."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(wire):
    """Status, headers and body of the next answer."""
    found = HTTPResponse(wire)
    found.begin()
    return found.status, dict(found.getheaders()), found.read()


def asked(served, request):
    """The answer to a request on a connection of its own."""
    with connected(served) as wire:
        wire.sendall(request)
        return answer(wire)


def trickled(wire, byte):
    """The answer to somebody who sends `byte` over and over, ten a second, until one comes."""
    deadline = time.monotonic() + DEADLINE
    while not select.select([wire], [], [], 0.1)[0]:
        assert time.monotonic() < deadline, "never ended"
        wire.sendall(byte)
    return answer(wire)


def closed(wire):
    """Whether the server ends this connection before the deadline, saying nothing more."""
    try:
        return wire.recv(1) == b""
    except ConnectionResetError:
        return True


def until(condition, what):
    """Wait for a condition, within the deadline."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)

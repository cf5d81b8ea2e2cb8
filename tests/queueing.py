"""A redis of a test's own, and a worker of the queue, each ended with the block that has it."""

import datetime as dt
import ipaddress
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis import Redis
from redis.exceptions import RedisError

from browser.serving import OURS, ROOT, end, free_port

REDIS = shutil.which("redis-server") or shutil.which("redis-server", path="/usr/bin")
without_redis = pytest.mark.skipif(not REDIS, reason="there is no redis-server on this machine (Debian: redis-server)")
PASSWORD = "a-password-that-no-log-may-hold"  # noqa: S105 - of the test's own redis
DEADLINE = 60.0


@contextmanager
def redis_server(folder, *, tls=False):
    """The address of a redis with a password, its process, and a client of it."""
    port, more = free_port(), ()
    plain = f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
    if tls:
        certificate, key = self_signed(folder, "127.0.0.1")
        more = ("--port", "0", "--tls-port", str(port), "--tls-cert-file", str(certificate), "--tls-key-file", str(key),
                "--tls-ca-cert-file", str(certificate), "--tls-auth-clients", "no")  # fmt: skip
    command = [REDIS, "--bind", "127.0.0.1", "--port", str(port), "--requirepass", PASSWORD, "--save", "", *more]
    with (folder / "redis.log").open("wb") as log:
        process = subprocess.Popen([*command, "--dir", str(folder)], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    url = plain.replace("redis://", "rediss://") if tls else plain
    client = Redis.from_url(url, **({"ssl_ca_certs": str(certificate)} if tls else {}))
    try:
        answers(client, process)
        yield url, process, client
    finally:
        client.close()
        end(process)


def answers(client, process):
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            return client.ping()
        except RedisError:
            assert process.poll() is None, "redis ended"
            assert time.monotonic() < deadline, "redis does not answer"
            time.sleep(0.02)


@contextmanager
def queue_worker(folder, env, client):
    """A worker of the queue that waits for jobs: its process, and the file of what it says."""
    log = folder / "worker.log"
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "serving.queue"], cwd=ROOT, env={**inherited, **env}, stdin=subprocess.DEVNULL,
            stdout=said, stderr=said,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + DEADLINE
        while not any(one["cmd"] == "brpop" for one in client.client_list()):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, f"no worker waits: {log.read_text()}"
            time.sleep(0.05)
        yield process, log
    finally:
        end(process)


def self_signed(folder, *names):
    """The files of a certificate for these names, which is its own authority, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    about = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now, alternatives = dt.datetime.now(dt.UTC), [alternative(name) for name in names]
    made = (
        x509.CertificateBuilder().subject_name(about).issuer_name(about).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return files


def alternative(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)

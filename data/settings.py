"""What the operator can set: every environment variable, with its default and the values it may have. Imports nothing
heavy, since gunicorn's master reads it before any worker does."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import Any

SHOWN = 80
"""Characters of a wrong value that are quoted."""
MOST = 1_000_000_000
"""No limit is larger: beyond it, a limit is a typing error."""
NAME = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"\.?{NAME}(\.{NAME})*", re.IGNORECASE)
SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+")
HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
TAKEN = re.compile(
    r"host|cookie|authorization|origin|referer|via|forwarded|x-proxy-secret|(content|accept|user|sec)-.*"
)
"""Headers that say something else, in lower case."""
REDIS = re.compile(r"rediss?://([^/@\s]*@)?[^/@\s]+(/[0-9]*)?|unix://([^/@\s]*@)?/[^@\s]+")
SHORTEST = 16
"""Characters of a secret."""
SANDBOX = "REPRISE_SANDBOX"
"""The variable that is set in a process that is bounded already (`data.uploading.sandbox`)."""


@dataclass(frozen=True)
class Kind:
    """How the text of a variable becomes a value (ValueError when it cannot), and which values are possible."""

    read: Callable[[str], Any]
    expected: str


@dataclass(frozen=True)
class Setting:
    """One variable: the text it has when it is not set, what it is or counts, of which kind it is, and what the
    handbook says of it, in Markdown (nothing: only what it is). One that is secret is quoted nowhere, and passed on to
    no process that reads what was sent."""

    default: str
    what: str
    kind: Kind
    told: str = ""
    is_secret: bool = False


def setting(name: str) -> Any:
    """The value in force of the variable called `name`, of its kind's type; an empty variable is one that is not set.
    ValueError with a sentence when it cannot be."""
    known = SETTINGS[name]
    text = os.environ.get(name) or known.default
    try:
        return known.kind.read(text)
    except ValueError:
        raise ValueError(_wrong(name, text)) from None


def wrong_settings() -> list[str]:
    """A sentence for each variable of the environment whose value cannot be, and for what the login lacks."""
    replaced = [sentence for name, sentence in REPLACED.items() if os.environ.get(name)]
    wrong = [sentence for name in SETTINGS if (sentence := _complaint(name))]
    return replaced + wrong or LACKS[setting("AUTH")]()


def _complaint(name: str) -> str:
    try:
        setting(name)
    except ValueError as error:
        return str(error)
    return ""


def _wrong(name: str, text: str) -> str:
    known = SETTINGS[name]
    found = "…" if known.is_secret else text[:SHOWN] + "…" * (len(text) > SHOWN)
    default = f"for the default ({known.default})" if known.default else "for none"
    return f"{name} ({known.what}) is {found!r}, expected {known.kind.expected}. Correct it, or leave it out {default}."


def _number(text: str) -> float:
    number = float(text)
    if not 0 < number <= MOST:  # NaN is not
        raise ValueError
    return number


def _whole(low: int, high: int) -> Kind:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text) or not low <= int(text) <= high:
            raise ValueError
        return int(text)

    return Kind(read, f"a whole number from {low:,} to {high:,}")


def _one_of(*known: str) -> Kind:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError
        return text

    return Kind(read, f"{', '.join(known[:-1])} or {known[-1]}")


def _header(text: str) -> str:
    if not HEADER.fullmatch(text) or TAKEN.fullmatch(text.lower()):
        raise ValueError
    return text


def _addresses(text: str) -> tuple[Any, ...]:
    """Networks, none of which is everybody's."""
    found = tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    if not all(one.prefixlen for one in found):
        raise ValueError
    return found


def _redis(text: str) -> str:
    if text and not REDIS.fullmatch(text):
        raise ValueError
    return text


def without_secrets() -> dict[str, str]:
    """The environment for a process that reads what somebody sent."""
    return {name: value for name, value in os.environ.items() if name not in SETTINGS or not SETTINGS[name].is_secret}


def _lacks_none() -> list[str]:
    """Without a login, only this machine's own names are answered."""
    far = [name for name in setting("ALLOWED_HOSTS") if name != "localhost" and not _is_loopback(name)]
    return [f"ALLOWED_HOSTS names {', '.join(far)}, but there is no login (AUTH=none). {CHOOSE}."] if far else []


def _is_loopback(name: str) -> bool:
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _lacks_users() -> list[str]:
    made = "Set it, and add a user with `python -m serving.users add NAME --role reader`."
    return [] if setting("AUTH_USERS") else [f"AUTH=users needs AUTH_USERS ({SETTINGS['AUTH_USERS'].what}). {made}"]


def _lacks_proxy() -> list[str]:
    """What must be known of a proxy that says who asks."""
    needed = ("AUTH_PROXY_ADDRESSES", "AUTH_PROXY_SECRET")
    missing = [name for name in needed if not setting(name)]
    short = 0 < len(setting("AUTH_PROXY_SECRET")) < SHORTEST
    return [f"AUTH=proxy needs {name} ({SETTINGS[name].what}). Set it." for name in missing] + [
        f"AUTH_PROXY_SECRET has fewer than {SHORTEST} characters. Take a longer one, as of `openssl rand -hex 32`."
    ] * short


def _host(text: str) -> str:
    """A name or an IP address to listen at."""
    if not DOMAIN.fullmatch(text):
        ip_address(text)
    return text


def _hosts(text: str) -> tuple[str, ...]:
    """Names in lower case, without ports; one that begins with a dot stands for everything below it."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        _host(name)
    return names


def _prefix(text: str) -> str:
    """The path below which everything lies, with a slash at both ends."""
    inner = [part for part in text.split("/") if part]
    if not all(SEGMENT.fullmatch(part) for part in inner):
        raise ValueError
    return f"/{'/'.join(inner)}/" if inner else "/"


TEXT = Kind(str, "a path")
NEVER = "never"
"""In the place of hours until something is deleted."""
POSITIVE = Kind(_number, f"a number above 0, at most {MOST:,}")
COUNT = _whole(1, MOST)
HOURS = Kind(
    lambda text: math.inf if text == NEVER else _number(text), f"{POSITIVE.expected}, or {NEVER}: until deleted"
)

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "STUDY": Setting(
            "",
            "the study, or a folder of studies",
            TEXT,
            "One study, or a folder of them for the header's menu; without it, the case series.",
        ),
        "HOST": Setting("127.0.0.1", "where to listen", Kind(_host, "a host name or an IP address without a port")),
        "PORT": Setting("8050", "the port; 0: any free one", _whole(0, 65_535)),
        "URL_PREFIX": Setting(
            "",
            "the path a proxy forwards",
            Kind(_prefix, "a path of letters, digits and ._~-"),
            "Such as `/reprise/`, when a proxy forwards that path unchanged.",
        ),
        "WEB_CONCURRENCY": Setting("2", "gunicorn's workers", _whole(1, 256)),
        "ALLOWED_HOSTS": Setting(
            "",
            "names readers may ask for",
            Kind(_hosts, "host names without scheme or port, with commas between them"),
            "Names under which readers ask for it, with commas between them; `.x.example` is "
            "everything below. Loopback names always work.",
        ),
        "AUTH": Setting(
            "none",
            "how readers log in",
            _one_of("none", "proxy", "users"),
            "Who may come in: `none` one person at this machine, `proxy` whom a proxy names, `users` "
            "who has a password ([Serving](serving.md)).",
        ),
        "AUTH_PROXY_HEADER": Setting(
            "X-Remote-User",
            "the header in which the proxy names who asks",
            Kind(_header, "the name of a header of its own"),
        ),
        "AUTH_PROXY_ADDRESSES": Setting(
            "", "the addresses of the proxy", Kind(_addresses, "addresses or networks with commas between")
        ),
        "AUTH_PROXY_SECRET": Setting(
            "",
            "what the proxy sends as X-Proxy-Secret",
            Kind(str, "a secret"),
            "What the proxy sends as `X-Proxy-Secret`, 16 characters or more.",
            is_secret=True,
        ),
        "AUTH_USERS": Setting(
            "",
            "the file of users",
            TEXT,
            "The file of users for `AUTH=users`, which `python -m serving.users` writes.",
        ),
        "ACCESS": Setting(
            "",
            "the file of who may see which study",
            TEXT,
            "`access.toml`, who may see which study; without it, whoever is logged in sees all of `STUDY`.",
        ),
        "SECRET_FILE": Setting(
            "",
            "the file of the key that signs sessions",
            TEXT,
            "The key that signs sessions, made when there is none; without it, a file beside `UPLOADS`.",
        ),
        "SESSION_HOURS": Setting("12", "hours until one must log in again", POSITIVE),
        "LOG": Setting(
            "auto",
            "how lines of the log are written",
            _one_of("auto", "json", "text"),
            "How lines of the log are written: `json`, or `text` for a person; `auto` is JSON under gunicorn, and what "
            "goes wrong as text for `python app.py`.",
        ),
        "AUDIT_FILE": Setting(
            "",
            "the file of the audit log",
            TEXT,
            "Who opened, uploaded, shared, deleted or took away what. Without it, a file beside `UPLOADS` where there "
            "is a login, and none where there is none.",
        ),
        "METRICS_PORT": Setting(
            "0",
            "the port of monitors; 0: none",
            _whole(0, 65_535),
            "Where Prometheus reads `/metrics`, and monitors `/ready` and `/health`, without a login; 0: nowhere.",
        ),
        "METRICS_BIND": Setting(
            "127.0.0.1",
            "where monitors are listened to",
            Kind(_host, "a host name or an IP address without a port"),
            "The address of `METRICS_PORT`. Whoever reaches it sees how much is asked, and nothing of who or what.",
        ),
        "UPLOADS": Setting(
            "",
            "the folder of uploaded studies",
            TEXT,
            "Where uploaded studies are kept, each under a key that cannot be guessed: a folder of "
            "the server's user alone, empty or not there at first; without it, "
            "`~/.local/state/reprise/uploads-PORT` (`XDG_STATE_HOME` moves it).",
        ),
        "UPLOAD_HOURS": Setting(
            "24",
            "hours that an uploaded study is kept",
            HOURS,
            "Hours that an uploaded study is kept from when it is sent; `never`: until it is deleted. Each keeps the "
            "time that it was given, and looking at it prolongs nothing.",
        ),
        "MAX_KEPT": Setting("200", "uploaded studies kept at once", COUNT),
        "MAX_KEPT_MB": Setting("2000", "MB of uploaded studies kept at once", POSITIVE),
        "REDIS_URL": Setting(
            "",
            "the redis of the queue",
            Kind(_redis, "redis://, rediss:// or unix:// and where it is"),
            "The redis of the queue that long work goes to: `redis://:password@host:6379/0`, `rediss://` for TLS; "
            "see [Long work in a queue](serving.md#long-work-in-a-queue-and-several-machines).",
            is_secret=True,
        ),
        "QUEUE_WORKERS": Setting(
            "2",
            "jobs that a worker of the queue does at once",
            _whole(1, 64),
            "Jobs that one `python -m serving.queue` does at once.",
        ),
        "HEAD_SECONDS": Setting("20", "seconds until a request's head has arrived", POSITIVE),
        "BODY_SECONDS": Setting(
            "60",
            "seconds until a request's body has arrived, or an answer is taken",
            POSITIVE,
            "Until a request's body has arrived, and until an answer is taken; beyond it, 32 kB a second are enough.",
        ),
        "MAX_HELD_MB": Setting(
            "500",
            "MB of bodies and answers that one worker holds",
            POSITIVE,
            "Bodies and answers that one worker holds for slow readers, in nameless files of the "
            "temporary folder (at least `MAX_UPLOAD_MB`).",
        ),
        "MAX_FILE_MB": Setting("100", "MB in one file", POSITIVE),
        "MAX_FILES": Setting("200", "files at once", COUNT),
        "MAX_UPLOAD_MB": Setting("200", "MB uploaded at once", POSITIVE),
        "COMPUTE_SECONDS": Setting(
            "20",
            "seconds to compute what one request asks for",
            POSITIVE,
            "To compute what one request asks for (a permutation or bootstrap: three times as long); "
            "beyond it, the reader is told so and the page stays.",
        ),
        "MAX_READERS": Setting(
            "2",
            "uploads read at once in one worker",
            _whole(1, 64),
            "Uploads that one worker reads at once; the next is asked to wait.",
        ),
        "MAX_ROWS": Setting("1000000", "rows in one table", COUNT),
        "MAX_COLUMNS": Setting("2000", "columns in one table", COUNT),
        "MAX_CELLS": Setting("20000000", "cells in one table", COUNT),
        "FORGET_MB": Setting(
            "600",
            "MB of a worker beyond which it forgets what it computed",
            POSITIVE,
            "Memory of a worker beyond which it forgets what it computed, and then the studies it has read.",
        ),
        "MAX_PATIENTS": Setting(
            "20000",
            "patients of one study",
            COUNT,
            "Patients of one study, over all its tables; times its nominal weeks at most 1,000,000.",
        ),
        "MAX_VALUES": Setting(
            "1500000",
            "values of one uploaded study",
            COUNT,
            "Size of one uploaded study: samples with each subset, scores of visits four times, "
            "courses and events thrice, covariates. A study of `STUDY` may be larger. From 150,000 "
            "on, a worker computes one such study at a time.",
        ),
        "MAX_SAMPLE_VALUES": Setting(
            "4000000",
            "values of one study if each sample and patient had each subset",
            COUNT,
            "Samples, or patients, times subsets of one study, measured or not.",
        ),
        "MAX_UNZIPPED_MB": Setting(
            "500",
            "MB once unzipped",
            POSITIVE,
            "All zip files together, or a workbook, unpacked.",
        ),
        "MAX_ZIP_RATIO": Setting("200", "times larger once unzipped", POSITIVE),
        "MAX_READ_SECONDS": Setting("60", "seconds to read the files of one upload", POSITIVE),
        "MAX_READ_MB": Setting(
            "2000",
            "MB of memory to read the files of one upload",
            POSITIVE,
            "Memory to read the files of one upload, in that process.",
        ),
    }
)
"""Every variable, in the order of the handbook's table. What a limit counts is a noun that its problem quotes."""

CHOOSE = "Set AUTH=proxy or AUTH=users, as docs/serving.md says; or keep to this machine"
REPLACED: Mapping[str, str] = MappingProxyType(
    {"ALLOW_OPEN": f"ALLOW_OPEN is no setting any more: nobody else is served without a login. {CHOOSE}."}
)
"""Variables that were settings once, and what to write instead."""
LACKS: Mapping[str, Callable[[], list[str]]] = MappingProxyType(
    {"none": _lacks_none, "proxy": _lacks_proxy, "users": _lacks_users}
)
"""For each AUTH, a sentence for whatever else it needs."""

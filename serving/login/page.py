"""The page that asks for name and password, and the session that a right answer begins."""

from __future__ import annotations

import hashlib
import hmac
import html
import secrets
import time
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import Response, redirect, request, session
from werkzeug.exceptions import Unauthorized

from data.access import Reader
from data.settings import setting
from data.uploading.audit import record
from data.uploading.secret import key
from serving.login import shared
from serving.login.accounts import Account, accounts

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as Answer

COOKIE = "reprise-session"
LONGEST = 1_000
"""Characters of a password."""
WRONG = "Name or password is wrong."
SLOW_DOWN = "There were too many attempts to log in. Please wait a quarter of an hour."
LOG_IN = "Please log in: load the page again."
HASHER = PasswordHasher()
ONE_AT_A_TIME = Lock()
"""A hash takes 64 MB: a worker makes one at a time."""
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Reprise</title>
<meta name="viewport" content="width=device-width"><meta name="referrer" content="same-origin">
<link rel="icon" href="data:,"><style>
:root{{color-scheme:light dark}} body{{font:15px/1.5 system-ui,sans-serif;display:grid;place-items:center;
min-height:90vh;margin:0}} main{{width:min(20rem,90vw)}} h1{{font-size:1.3rem;font-weight:600}}
label,input,button{{display:block;
width:100%;box-sizing:border-box;font:inherit}} input,button{{padding:.5rem;margin:.2rem 0 1rem;border:1px solid
GrayText;border-radius:4px}} button{{cursor:pointer}} [role=alert]{{font-weight:600}}
</style></head><body><main><h1>Reprise</h1>{said}<form method="post"{action}>{fields}</form></main></body></html>"""
FIELDS = """<label for="name">Name</label><input id="name" name="name" autocomplete="username" autocapitalize="none"
required autofocus><label for="password">Password</label><input id="password" name="password" type="password"
autocomplete="current-password" required><button>Log in</button>"""


def attach(server: Flask, prefix: str) -> None:
    """The routes `login` and `logout`, and sessions as signed cookies of this prefix."""
    accounts()
    server.secret_key = key()
    server.config.update(
        SESSION_COOKIE_NAME=COOKIE, SESSION_COOKIE_PATH=prefix, SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_REFRESH_EACH_REQUEST=False,
    )  # fmt: skip
    unknown = Account("", "reader", HASHER.hash(secrets.token_hex()))

    def login() -> Answer:
        if request.method == "POST":
            return log_in(unknown, prefix)
        who = known()
        return _about(who, prefix) if who else _asked("", HTTPStatus.OK)

    def logout() -> Answer:
        if found := known():
            record("logged out", user=found.name)
            shared.end(session["id"], session["until"])
        session.clear()
        return redirect(f"{prefix}login", HTTPStatus.SEE_OTHER)

    server.add_url_rule(f"{prefix}login", "login", login, methods=["GET", "POST"])
    server.add_url_rule(f"{prefix}logout", "logout", logout, methods=["POST"])


def log_in(unknown: Account, prefix: str) -> Answer:
    """A new session for a right password; for a wrong one, or an unknown name, the page again, after the same time."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    if not shared.may_try(name):
        return _asked(SLOW_DOWN, HTTPStatus.TOO_MANY_REQUESTS)
    account = accounts().get(name, unknown)
    with ONE_AT_A_TIME:
        is_right = _is_right(account, password[:LONGEST])
    if not is_right or account is unknown or len(password) > LONGEST:
        record("login failed", user=account.name)
        return _asked(WRONG, HTTPStatus.FORBIDDEN)
    record("logged in", user=account.name)
    shared.forgive(name)
    session.clear()
    session.update(
        id=secrets.token_urlsafe(16), name=name, of=_of(account), until=time.time() + setting("SESSION_HOURS") * 3600
    )
    return redirect(prefix, HTTPStatus.SEE_OTHER)


def known() -> Reader | None:
    """Who is logged in: with a session of this server that is not over, not ended, and of the password in force."""
    account = accounts().get(session.get("name", ""))
    if account is None or not hmac.compare_digest(session["of"], _of(account)):
        return None
    if session["until"] < time.time() or shared.is_ended(session["id"]):
        return None
    return Reader(account.name, account.role)


def stranger(prefix: str) -> Answer:
    """What somebody gets who is not logged in: the page leads to the login, all else is 401."""
    if request.method == "GET" and request.path == prefix:
        return redirect(f"{prefix}login", HTTPStatus.SEE_OTHER)
    raise Unauthorized(LOG_IN)


def _is_right(account: Account, password: str) -> bool:
    try:
        return HASHER.verify(account.hashed, password)
    except (Argon2Error, InvalidHashError):
        return False


def _of(account: Account) -> str:
    """What ties a session to a password, and tells nothing of it."""
    return hashlib.sha256(account.hashed.encode()).hexdigest()[:32]


def _asked(said: str, status: HTTPStatus) -> Response:
    alert = f'<p role="alert">{html.escape(said)}</p>' if said else ""
    return Response(PAGE.format(said=alert, action="", fields=FIELDS), status, mimetype="text/html")


def _about(who: Reader, prefix: str) -> Response:
    said = f'<p>You are logged in as {html.escape(who.name)}. <a href="{prefix}">Back to the page</a></p>'
    page = PAGE.format(said=said, action=f' action="{prefix}logout"', fields="<button autofocus>Log out</button>")
    return Response(page, mimetype="text/html")

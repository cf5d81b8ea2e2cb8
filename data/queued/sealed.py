"""What goes through redis is sealed with the key that servers and workers share: who reads redis learns nothing of it,
and what somebody else writes there is believed by nobody."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data.uploading.secret import key

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class ForgedError(Exception):
    """Something in redis was not written with our key, or is another job's."""


def sealed(job: str, what: dict[str, Any]) -> bytes:
    """What is said of a job, as it may be written to redis."""
    return _fernet(key()).encrypt(json.dumps([job, what]).encode())


def opened(job: str, token: bytes) -> dict[str, Any]:
    """What is said of a job. ForgedError where it was not sealed by us, or for another job."""
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - as below

    try:
        of, what = json.loads(_fernet(key()).decrypt(token))
    except InvalidToken:
        raise ForgedError from None
    if of != job:
        raise ForgedError
    return dict(what)


def namespace() -> str:
    """What our keys in redis begin with: each store has its own, so that one redis may serve several."""
    return f"reprise:{_derived(b'name', key()).hex()[:12]}"


@lru_cache(maxsize=2)
def _fernet(secret: bytes) -> Fernet:
    from cryptography.fernet import Fernet  # noqa: PLC0415 - memory that only a server with a queue needs

    return Fernet(base64.urlsafe_b64encode(_derived(b"seal", secret)))


def _derived(use: bytes, secret: bytes) -> bytes:
    """32 bytes for one use: what signs sessions seals nothing."""
    return hashlib.blake2b(secret[:64], person=b"reprise", salt=use, digest_size=32).digest()

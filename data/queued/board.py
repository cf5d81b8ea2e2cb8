"""What servers and workers tell each other of a job in redis. Every key ends by itself; none holds what is in a file
of patients, and all but signs of life is sealed (`sealed.py`).

`ticket` what is to be done, until it is taken; `said` the words of whoever does it, in their order; `works` while that
process lives; `listens` while somebody waits for it; `of` whose the job is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from data.queued.sealed import namespace, opened, sealed
from data.settings import setting

if TYPE_CHECKING:
    from redis import Redis

PATIENCE = 30
"""Seconds until a job that nobody has taken is withdrawn."""
ALIVE = 10
"""Seconds after which a worker that has said nothing of its life is taken for dead."""
BEAT = 2.0
"""Seconds between two signs of its life."""
LISTENS = 15
"""Seconds after which a job ends that nobody asks about; so long may another server ask in place of one that died."""
KEPT = 60
"""Seconds that words are kept after the last of them."""
MOST_WORDS = 10_000
CONNECT, ANSWER = 2.0, 5.0
"""Seconds until redis must accept a connection, and answer."""


@dataclass(frozen=True)
class Board:
    """One job, by its name, as both sides see it. What it does may raise RedisError."""

    redis: Redis
    job: str

    def offer(self, ticket: dict[str, Any], whose: str) -> None:
        """Have it wait for a worker, for as long as PATIENCE."""
        with self.redis.pipeline() as pipe:
            pipe.set(self._key("ticket"), sealed(self.job, ticket), ex=PATIENCE)
            pipe.set(self._key("of"), sealed(self.job, {"reader": whose}), ex=PATIENCE + KEPT)
            pipe.set(self._key("listens"), 1, ex=LISTENS)
            pipe.execute()

    def take(self) -> dict[str, Any] | None:
        """What is to be done, for one worker alone; None when it was withdrawn or another has it."""
        self.live()
        token = self.redis.getdel(self._key("ticket"))
        if token is None:
            return None
        return opened(self.job, _bytes(token))

    def live(self) -> None:
        """Say that a worker is at it."""
        self.redis.set(self._key("works"), 1, ex=ALIVE)
        self.redis.expire(self._key("of"), KEPT)

    def tell(self, word: dict[str, Any]) -> bool:
        """Add a word, and say whether anybody waits for it."""
        with self.redis.pipeline() as pipe:
            pipe.xadd(self._key("said"), {"word": sealed(self.job, word)}, maxlen=MOST_WORDS)
            pipe.expire(self._key("said"), KEPT)
            pipe.exists(self._key("listens"))
            return bool(pipe.execute()[-1])

    def finish(self) -> None:
        """Say that no worker is at it any more."""
        self.redis.delete(self._key("works"))

    def listen(self) -> None:
        """Say that somebody waits for it."""
        self.redis.set(self._key("listens"), 1, ex=LISTENS)

    def leave(self) -> None:
        """Say that nobody waits for it, and withdraw it where nobody has taken it."""
        self.redis.delete(self._key("listens"), self._key("ticket"))

    def is_heard(self) -> bool:
        """Whether somebody waits for it."""
        return bool(self.redis.exists(self._key("listens")))

    def is_alive(self) -> bool:
        """Whether a worker is at it."""
        return bool(self.redis.exists(self._key("works")))

    def reader(self) -> str | None:
        """Who asked for it; None when it is over, or there was none."""
        token = self.redis.get(self._key("of"))
        return None if token is None else str(opened(self.job, _bytes(token))["reader"])

    def words(self, after: str, wait: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each word said `after` a place, with its own, once there is one or `wait` ms are over (0: at once)."""
        said: Any = self.redis.xread({self._key("said"): after}, block=wait or None)
        for _, entries in said.items() if isinstance(said, dict) else said or ():
            for place, held in entries[0] if entries and isinstance(entries[0], list) else entries:
                yield place.decode(), opened(self.job, held[b"word"])

    def _key(self, what: str) -> str:
        return f"{namespace()}:{self.job}:{what}"


def board(job: str) -> Board:
    """That of the job of this name."""
    return Board(_connected(str(setting("REDIS_URL"))), job)


@lru_cache(maxsize=1)
def _connected(url: str) -> Redis:
    """Connections are made as they are needed, each process its own."""
    from redis import Redis  # noqa: PLC0415 - who has no queue need not load it

    return Redis.from_url(url, socket_connect_timeout=CONNECT, socket_timeout=ANSWER)


def _bytes(found: Any) -> bytes:
    return bytes(found)

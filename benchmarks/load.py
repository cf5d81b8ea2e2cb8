"""What many readers at once cost, on the real gunicorn with two workers: 50 who look at 3 or 300 patients and think for
one to three seconds, and three who open 1,000 patients of their own. Prints requests, waits and memory; then what is
lost when a worker is killed, and at a reload. Exit status 1 when anything is that should not be.

PYTHONPATH=tests python benchmarks/load.py [--seconds 90] [--beside COMMIT] [--servers 2]
"""

import argparse
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import numpy as np
import psutil

import cohort
from browser.serving import GUNICORN, ROOT, Served, serving

READERS = 50
UPLOADS = 3
UPLOADED = 1000
SIZES = (3, 300)
PAUSE = (1.0, 3.0)
STEPS = 10
"""Changes of the query before a reader loads the page anew."""
MEMORY_EVERY = 5.0
GOALS = (
    "Goals: redraws at most 500 ms (p95) at 3 patients and 800 at 300, on a machine that does nothing else; no growth."
)
WAIT = 503
"""The status of an upload that is asked to come again in a minute: an answer, not an error."""
STRETCH = 3
"""The runs with a kill and with a reload are so many times shorter."""
CHANGES = {
    "pasi_scale": ("absolute", "percent_improvement"),
    "clock": ("index", "restart"),
    "panel": ("matrix", "rates", "survival", "waterfall"),
    "relapse": ("EMA", "loss_of_PASI50", "absolute_3", "NPF"),
    "to_week": (24, 52, 76, 104),
    "lag": (0, 4, 8),
}
VIEWS = ["pasi", "immune", "swimlanes", "correlation"]
PART = '--x\r\nContent-Disposition: form-data; name="files"; filename="{}"\r\n\r\n'


@dataclass(frozen=True)
class Asked:
    """One request: its seconds, what was wrong with its answer ("" for nothing), the port it came from, and when it
    began (perf_counter)."""

    kind: str
    seconds: float
    problem: str
    port: int
    began: float


@dataclass(frozen=True)
class Door:
    """How readers come in: a new connection, the prefix of every path, and what each request says besides."""

    connect: Callable[[], HTTPConnection]
    prefix: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Reader:
    """Somebody with the page open: one connection, kept as a browser keeps it."""

    door: Door
    study: str
    seed: int
    asked: list[Asked] = field(default_factory=list)
    connection: HTTPConnection | None = None

    def ask(self, kind: str, path: str, body: bytes | None = None, content: str = "application/json") -> bytes:
        """The answer's body, empty when there was none."""
        start, problem, found = time.perf_counter(), "", b""
        connection = self.kept()
        port = connection.sock.getsockname()[1]
        try:
            told = {"Content-Type": content, "Accept-Encoding": "gzip, br", **self.door.headers}
            connection.request("POST" if body else "GET", self.door.prefix + path[1:], body, told)
            answer = connection.getresponse()
            found = answer.read()
            problem = (
                ""
                if answer.status in {200, WAIT}
                else f"status {answer.status}: {found[:80].decode('ascii', 'replace')}"
            )
            kind, found = (f"{kind}, asked to wait", b"") if answer.status == WAIT else (kind, found)
        except (OSError, HTTPException) as error:
            problem = type(error).__name__
            connection.close()
        self.asked.append(Asked(kind, time.perf_counter() - start, problem, port, start))
        return b"" if problem else found

    def kept(self) -> HTTPConnection:
        """The open connection, or another when the server has closed it meanwhile."""
        if self.connection and self.connection.sock and select.select([self.connection.sock], [], [], 0)[0]:
            self.connection.close()
        self.connection = self.connection or self.door.connect()
        if self.connection.sock is None:
            self.connection.connect()
        return self.connection

    def post(self, kind: str, path: str, **fields: object) -> bytes:
        return self.ask(kind, path, json.dumps(fields).encode())

    def close(self) -> None:
        if self.connection:
            self.connection.close()


def main() -> int:
    options = chosen()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        for patients in SIZES:
            cohort.write(folder / "studies" / f"patients-{patients:03}", patients)
        body = form(cohort.write(folder / "own", UPLOADED))
        if options.beside:
            beside(options.beside, folder, body, options.seconds)
        if options.servers > 1:
            import load_servers  # noqa: PLC0415 - which needs what is here

            return load_servers.measured(folder, body, options.seconds)
        env = {"WEB_CONCURRENCY": "2", "UPLOADS": str(folder / "uploads")}
        with serving(folder / "studies", env, GUNICORN) as served:
            print(
                f"{READERS} readers, {UPLOADS} uploads of {len(body) / 1e6:.1f} MB, {options.seconds:.0f} s, "
                f"load average at the start {os.getloadavg()[0]:.1f}:\n",
                flush=True,
            )
            lost = [
                steady(served, body, options.seconds),
                with_a_kill(served, body, options.seconds / STRETCH),
                with_a_reload(served, body, options.seconds / STRETCH),
            ]
            print(f"\nLoad average at the end {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors.")
    return int(any(lost))


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=90.0)
    parser.add_argument("--beside", help="a commit that is measured just before, such as 9e2338f")
    parser.add_argument(
        "--servers", type=int, choices=(1, 2), default=1, help="2: behind nginx, with a login and a queue"
    )
    return parser.parse_args()


def beside(commit: str, folder: Path, body: bytes, seconds: float) -> None:
    """Print what the same readers cost at another commit, on the same machine just before."""
    env = {"WEB_CONCURRENCY": "2", "UPLOADS": str(folder / "uploads-beside")}
    with checkout(commit, folder / "checkout") as place, serving(folder / "studies", env, GUNICORN, place) as served:
        print(f"Commit {commit}, load average at the start {os.getloadavg()[0]:.1f}:\n", flush=True)
        steady(served, body, seconds)
    print("\nThis one:\n", flush=True)


@contextmanager
def checkout(commit: str, place: Path) -> Iterator[Path]:
    """Another commit's files, beside."""
    git = partial(subprocess.run, cwd=ROOT, check=True, capture_output=True)
    git(["git", "worktree", "add", "--detach", place, commit])
    try:
        yield place
    finally:
        git(["git", "worktree", "remove", "--force", place])


def steady(served: Served, body: bytes, seconds: float) -> int:
    """Requests lost while nothing happens to the workers, and uploads that are not kept."""
    memory: list[dict[int, tuple[float, float]]] = []
    with readers(door(served), body, seconds) as crowd:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            memory.append(megabytes(served))
            Event().wait(min(MEMORY_EVERY, max(0.0, end - time.monotonic())))
    asked = [one for reader in crowd for one in reader.asked]
    print(waits(asked))
    print(f"\n{grown(memory)}")
    return told("all along", asked, problems(asked)) + unkept(crowd)


def with_a_kill(served: Served, body: bytes, seconds: float) -> int:
    """Requests lost that were not the killed worker's, when one is killed half-way."""
    with readers(door(served), body, seconds) as crowd:
        Event().wait(seconds / 2)
        victim = workers(served)[0]
        victim.suspend()  # so that no connection comes or goes between the two
        ports = {one.raddr.port for one in victim.net_connections() if one.raddr}
        victim.kill()
    asked = [one for reader in crowd for one in reader.asked]
    others = [one for one in problems(asked) if one.port not in ports]
    own = len(problems(asked)) - len(others)
    print(f"\nWith a worker killed half-way: {own} requests were in flight in it and failed.")
    return told("elsewhere", asked, others) + unkept(crowd)


def with_a_reload(served: Served, body: bytes, seconds: float) -> int:
    """Requests lost when all workers are replaced half-way."""
    with readers(door(served), body, seconds) as crowd:
        Event().wait(seconds / 2)
        before = {worker.pid for worker in workers(served)}
        served.process.send_signal(signal.SIGHUP)
    after = {worker.pid for worker in workers(served)}
    asked = [one for reader in crowd for one in reader.asked]
    print(f"\nWith a reload half-way: {len(before - after)} of {len(before)} workers replaced.")
    return told("in all", asked, problems(asked)) + unkept(crowd)


def door(served: Served) -> Door:
    """Straight to one server."""
    return Door(partial(HTTPConnection, urlsplit(served.url).netloc, timeout=300))


@contextmanager
def readers(door: Door, body: bytes, seconds: float) -> Iterator[list["Reader"]]:
    """All readers, each in a thread, until the block has ended and each has its last answer."""
    stop = Event()
    crowd = [Reader(door, f"patients-{SIZES[seed % len(SIZES)]:03}", seed) for seed in range(READERS)]
    crowd += [Reader(door, "", READERS + turn) for turn in range(UPLOADS)]
    threads = [Thread(target=looks, args=(reader, stop)) for reader in crowd[:READERS]]
    threads += [
        Thread(target=opens_own, args=(reader, body, stop, seconds * (turn + 0.5) / UPLOADS))
        for turn, reader in enumerate(crowd[READERS:])
    ]
    for thread in threads:
        thread.start()
    try:
        yield crowd
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for reader in crowd:
            reader.close()


def looks(reader: Reader, stop: Event) -> None:
    """The page, as a browser asks for it, then one change after the other; until `stop`."""
    pick = random.Random(reader.seed)  # noqa: S311 - the same readers in every run
    while not stop.wait(pick.uniform(0, PAUSE[1])):
        opened(reader)
        changes(reader, pick, stop)


def opened(reader: Reader) -> None:
    """One load of the page: what it is made of, and the study with its marks."""
    for kind, path in (("page", "/"), ("layout", "/_dash-layout"), ("dependencies", "/_dash-dependencies")):
        reader.ask(kind, path)
    asked = {
        "output": "..page.children...report-text.children..",
        "outputs": [{"id": "page", "property": "children"}, {"id": "report-text", "property": "children"}],
        "inputs": [{"id": "study", "property": "data", "value": reader.study}],
        "changedPropIds": ["study.data"],
        "state": [{"id": "defaults", "property": "data", "value": {"study": ""}}],
    }
    reader.post(f"opening {reader.study}", "/_dash-update-component", **asked)
    marks(reader, {})


def changes(reader: Reader, pick: random.Random, stop: Event) -> None:
    drawn: dict[str, object] = {}
    for _ in range(STEPS):
        if stop.wait(pick.uniform(*PAUSE)):
            return
        name = pick.choice(list(CHANGES))
        query = drawn | {name: pick.choice(CHANGES[name])}
        reader.post(f"redraw {reader.study}", "/redraw", study=reader.study, query=query, drawn=drawn)
        marks(reader, query)
        drawn = query


def marks(reader: Reader, query: dict[str, object]) -> None:
    """Asked for where patients are not drawn one by one."""
    if not reader.study.endswith(f"{SIZES[0]:03}"):
        reader.post(f"marks {reader.study}", "/marks", study=reader.study, query=query, views=VIEWS)


def opens_own(reader: Reader, body: bytes, stop: Event, after: float) -> None:
    """Files sent after so many seconds, and the study that they make looked at once."""
    stop.wait(after)
    while not (answer := reader.ask("upload", "/upload", body, "multipart/form-data; boundary=x")):
        if reader.asked[-1].problem or stop.wait(PAUSE[0]):
            return
    reader.study = json.loads(answer.splitlines()[-1]).get("study") or ""


def form(folder: Path) -> bytes:
    """The tables of a study as a browser sends them."""
    parts = [PART.format(file.name).encode() + file.read_bytes() + b"\r\n" for file in sorted(folder.glob("*.csv"))]
    return b"".join([*parts, b"--x--\r\n"])


def problems(asked: list[Asked]) -> list[Asked]:
    return [one for one in asked if one.problem]


def told(where: str, asked: list[Asked], lost: list[Asked]) -> int:
    """How many requests were lost, and of which kinds."""
    kinds = Counter(f"{one.kind}: {one.problem}" for one in lost)
    print(
        f"{len(asked)} requests, {len(lost)} lost {where}"
        + "".join(f"\n  {count} × {kind}" for kind, count in kinds.items())
    )
    return len(lost)


def unkept(crowd: list[Reader]) -> int:
    """How many uploads that were answered are not there afterwards."""
    answered = [reader for reader in crowd[READERS:] if reader.study and not problems(reader.asked)]
    for reader in answered:
        reader.post("afterwards", "/redraw", study=reader.study, query={"to_week": 24}, drawn={})
        reader.close()
    gone = sum(bool(problems(reader.asked)) for reader in answered)
    print(f"{len(answered) - gone} of {len(answered)} uploads kept", flush=True)
    return gone


def waits(asked: list[Asked]) -> str:
    """Milliseconds from question to whole answer, by kind of request."""
    rows = ["| | requests | p50 | p95 | p99 ms |", "|---|---|---|---|---|"]
    for kind in sorted({one.kind for one in asked}):
        taken = [one.seconds * 1000 for one in asked if one.kind == kind and not one.problem]
        if taken:
            middle, high, highest = np.percentile(taken, (50, 95, 99))
            rows.append(f"| {kind} | {len(taken)} | {middle:,.0f} | {high:,.0f} | {highest:,.0f} |")
    return "\n".join(rows)


def workers(served: Served) -> list[psutil.Process]:
    """gunicorn's workers, without what they have started themselves."""
    return psutil.Process(served.process.pid).children()


def megabytes(served: Served) -> dict[int, tuple[float, float]]:
    """Resident memory of each worker, and its share of what processes have in common (PSS)."""
    found = {worker.pid: worker.memory_full_info() for worker in workers(served)}
    return {pid: (info.rss / 1e6, info.pss / 1e6) for pid, info in found.items()}


def grown(memory: list[dict[int, tuple[float, float]]]) -> str:
    """Memory of each worker, and what the second half of the run added to the first."""
    rows = [
        "| | PSS at the start | in the second half | at most | growth | RSS at most | PSS over time |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, pid in enumerate(memory[0], 1):
        resident, shared = (np.array([at[pid][which] for at in memory if pid in at]) for which in (0, 1))
        half = (len(shared) + 1) // 2
        later = np.median(shared[half:])
        sizes = [shared[0], later, shared.max(), later - np.median(shared[1:half]), resident.max()]
        cells = [f"worker {number}", *(f"{size:.0f} MB" for size in sizes), " ".join(f"{size:.0f}" for size in shared)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([*rows, GOALS])


if __name__ == "__main__":
    sys.exit(main())

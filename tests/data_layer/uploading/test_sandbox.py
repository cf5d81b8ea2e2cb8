"""What was sent is read in a process with bounded memory and time, which ends with whoever waits for it."""

import signal
import sys
import time
from threading import Thread

import psutil
import pytest

from data.files import take_in
from data.uploading import sandbox as sandboxing
from data.uploading import sandbox_process, sent_files
from data.uploading.sandbox import Sandbox, SandboxError, Sandboxes
from data.uploading.sent_files import reported

pytestmark = pytest.mark.process

OWN = "patient_id,week,pasi\nP1,0,20\nP1,4,5\n"
SLOW = "while True: pass"
GREEDY = "kept = [bytes(10_000_000) for _ in range(1_000)]"
SPLIT = "import os; os.kill(os.getpid(), 11)"
WRONG = "raise KeyError('Anna')"
LEFT = "import time; time.sleep(600)"


@pytest.fixture
def read(tmp_path):
    """read(sandbox, content) -> what a sandbox says of one file."""

    def found(sandbox, content=OWN, progress=lambda share, what: None, draft=None):
        file = tmp_path / "pasi.csv"
        file.write_text(content)
        (tmp_path / "unpacked").mkdir(exist_ok=True)
        return sandbox.read([file], None, tmp_path / "unpacked", draft, progress)

    return found


@pytest.fixture
def instead(monkeypatch, tmp_path):
    """instead(code) -> a sandbox whose reader does this when it comes to a file."""

    def made(code):
        process = tmp_path / "process.py"
        root = str(sandboxing.PROCESS.parents[2])
        process.write_text(
            f"import sys; sys.path.insert(0, {root!r})\n"
            "from data.uploading import sandbox_process\n"
            "def _read(job):\n"
            "    sandbox_process._say(share=0.1, what='reading pasi.csv')\n"
            f"    {code}\n"
            "sandbox_process._read = _read\n"
            "sandbox_process.main()\n"
        )
        monkeypatch.setattr(sandboxing, "PROCESS", process)
        return Sandbox()

    return made


def test_what_it_tells_on_the_way_is_short_and_names_no_date(tmp_path, monkeypatch):
    words = []
    monkeypatch.setattr(sandbox_process, "_say", lambda **said: words.append(said["what"]))
    file = tmp_path / "visits 2021-03-04.csv"
    file.write_text(OWN)
    asked = {"paths": [str(file)], "edits": None, "draft": ""}
    sandbox_process._read(asked)
    assert "reading visits [date].csv" in words
    monkeypatch.setattr(sent_files, "read_sent", lambda paths, edits, told, draft: told(0.5, "1.1." * 1_000_000))
    sandbox_process._read(asked)
    assert len(words[-1]) <= 500


def test_it_says_the_same_as_reading_here(read, tmp_path):
    words = []
    found = read(Sandbox(), progress=lambda share, what: words.append(what), draft=tmp_path / "draft")
    assert found["report"] == reported(take_in([tmp_path / "pasi.csv"]).report)
    assert found["kept"]
    assert "reading pasi.csv" in words
    assert {"columns.npz", "study.json"} < {file.name for file in (tmp_path / "draft").iterdir()}
    assert not read(Sandbox())["kept"]


@pytest.mark.parametrize(
    ("code", "words"),
    [(SLOW, "MAX_READ_SECONDS"), (GREEDY, "MAX_READ_MB"), (SPLIT, "MAX_READ_MB")],
    ids=["slow", "greedy", "ended by the system"],
)
def test_a_reading_beyond_a_limit_is_a_problem_that_names_it_and_the_file(read, instead, monkeypatch, code, words):
    monkeypatch.setenv("MAX_READ_SECONDS", "5")
    monkeypatch.setenv("MAX_READ_MB", "1500")
    found = read(instead(code))
    assert not found["kept"]
    assert words in found["report"]["txt"]
    assert "reading pasi.csv" in found["report"]["txt"]


def test_a_study_that_is_too_large_to_be_sent_is_refused_and_the_same_from_the_server_is_not(
    read, tmp_path, monkeypatch
):
    monkeypatch.setenv("MAX_VALUES", "3")
    found = read(Sandbox())
    assert not found["kept"]
    assert "at most 3 (MAX_VALUES)" in found["report"]["txt"]
    assert take_in([tmp_path / "pasi.csv"]).study.size > 3


def test_an_error_of_ours_is_told_by_its_place_and_never_by_its_words(read, instead):
    with pytest.raises(SandboxError, match=r"KeyError in main .* > _read") as error:
        read(instead(WRONG))
    assert "Anna" not in str(error.value)


def test_it_is_killed_at_once_with_all_that_it_has_started(read, instead):
    sandbox = instead("import subprocess; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])")
    family = []

    def seen(share, what):
        root = psutil.Process(sandbox._process.pid)
        until = time.monotonic() + 30
        while not (children := root.children()) and time.monotonic() < until:
            pass
        family.extend([root, *children])
        sandbox.kill()

    read(sandbox, progress=seen)
    assert len(family) == 2
    assert psutil.wait_procs(family, timeout=20)[1] == []


def test_it_ends_with_the_process_that_waits_for_it(instead):
    sandbox = instead(LEFT)
    (sandbox._process.stdin or sys.stdin).write('{"megabytes": 2000, "seconds": 60, "folder": "/"}\n')
    (sandbox._process.stdin or sys.stdin).flush()
    assert "reading" in sandbox._process.stdout.readline()
    sandbox._process.stdin.close()
    assert sandbox._process.wait(20) == -signal.SIGKILL


def test_one_that_waits_is_taken_and_one_that_has_ended_is_not(read):
    ready = Sandboxes()
    ready.prepare()
    ready.prepare()
    first = ready.take()
    assert first.waits
    assert read(first)["summary"]
    ready.prepare()
    ended = ready._ready.get()
    ended.kill()
    ended._process.wait(20)
    ready._ready.put(ended)
    other = ready.take()
    assert other is not ended
    assert read(other)["summary"]


def test_several_read_at_the_same_time(read):
    found = []
    threads = [Thread(target=lambda: found.append(read(Sandbox())["summary"])) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(found)) == 1
    assert len(found) == 3

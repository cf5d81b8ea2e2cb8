"""Files of all kinds, broken at random, read as if they were sent: `python benchmarks/fuzz.py --files 300 --seed 1`.

File N of a run is made from the seed `seed + N` alone, which is printed when something is wrong: `--seed SEED
--files 1` makes it again. The last line counts; the status is 1 if any file was read wrongly: an error that nobody
thought of, more than 20 s or 1 GB, a path of this machine or what lies beside the files in a report, a PASI outside 0
to 72, or a week without end.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock, Thread, Timer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SECONDS, MEGABYTES, WORKERS = 20, 1_000, 2
HANGS = 120
"""Seconds by the clock after which a file is given up; SECONDS are those of the processor, which a busy machine does
not lengthen."""
CANARY = "CANARY"

MONSTERS = (
    "", " ", "NA", "0", "-1", "72", "73", "1e308", "1e309", "-inf", "nan", "1" * 400, "1" * 4400, "9" * 20, "0x10",
    "1_000", "1,5", "1.5.2021", "2021-02-30", "99999-01-01", "0000-00-00", "1e16", "٣", "½", "<1", "12/72", "5 %",
    "=1+1", "\0", "\ud800", '"', '""', "'", ",", ";", "\t", "|", "\r", "\n", "\r\n", "\ufeff", "\u202e", "x" * 501,
    "x" * 5000, "1." * 400, "a@" * 300, "<b>", "P1", "P01", "Anna Berg", "a@b.de", "week", "pasi", "Week 4",
    "Baseline", "EOT", "patient_id", "True", "None", "[]",
)  # fmt: skip
NAMES = (
    "pasi.csv", "patients.csv", "events.csv", "visits.csv", "study.toml", "../pasi.csv", "{beside}/pasi.csv",
    "/etc/passwd", "beside/pasi.csv", "..", "", ".pasi.csv", "C:\\pasi.csv", "a" * 300 + ".csv", "pasi.csv\0",
    "PASI.CSV",
)  # fmt: skip
HEADERS = (
    "patient_id,week,pasi", "Patient,Visit,PASI,DLQI", "id;date;pasi;drug", "ID,BASELINE,WEEK 4,WEEK 12",
    "record_id,redcap_event_name,pasi_total,dob", "patient_id,week,subset,value,unit",
    "patient_id,treatment,kind,start_week,end_week", "patient_id,week,event,note",
    ",CD4+ | Freq. of Parent,CD8+ | Count", "USUBJID,PARAMCD,AVAL,ADY", "patient_id,group,sex,age",
)  # fmt: skip


def cell(dice: random.Random, row: int) -> str:
    if dice.random() < 0.03:
        return dice.choice(MONSTERS)
    return dice.choice(
        (f"P{row // 3}", str(dice.randrange(0, 73)), str(4 * row), f"2021-0{dice.randrange(1, 9)}-11", "Week 4")
    )


def table(dice: random.Random) -> bytes:
    header = dice.choice(HEADERS)
    sign = dice.choice((",", ",", ",", ";", "\t", "|"))
    width = header.count(",") + header.count(";") + 1
    rows = dice.choice((0, 1, 3, 12, 60))
    lines = [header.replace(",", sign)]
    for row in range(rows):
        cells = [f"P{row // 3}", str(4 * (row % 3)), str(dice.randrange(73)), *(cell(dice, row) for _ in range(width))]
        lines.append(sign.join(cells[:width] if dice.random() < 0.97 else cells))
    text = dice.choice(("\n", "\n", "\r\n", "\r")).join(lines)
    return changed(dice, text.encode(dice.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1")), "replace"))


def changed(dice: random.Random, content: bytes) -> bytes:
    """The content as it is, or with some of its bytes turned, cut, doubled or replaced."""
    whole = bytearray(content)
    for _ in range(dice.choice((0, 0, 1, 1, 2, 8, 40))):
        at = dice.randrange(len(whole) + 1)
        end = min(len(whole), at + dice.choice((1, 1, 4, 40)))
        whole[at:end] = dice.choice(
            (
                b"", bytes([dice.randrange(256)]), bytes(whole[at:end]) * dice.choice((2, 2, 50)),
                dice.choice(MONSTERS).encode("utf-8", "surrogatepass"), bytes(end - at), b"\xff" * (end - at),
            )
        )  # fmt: skip
    return bytes(whole)


def value(dice: random.Random, depth: int = 0) -> str:
    """One value of a TOML file."""
    kind = dice.randrange(8 if depth < 3 else 5)
    if kind >= 6:
        return f"{{ {', '.join(f'{key(dice)} = {value(dice, depth + 1)}' for _ in range(dice.randrange(3)))} }}"
    if kind == 5:
        return f"[{', '.join(value(dice, depth + 1) for _ in range(dice.randrange(4)))}]"
    words = (
        json.dumps(dice.choice(NAMES)),
        json.dumps(dice.choice(MONSTERS[:20])),
        str(dice.randrange(99)),
        "true",
        "nan",
    )
    return words[kind]


def key(dice: random.Random) -> str:
    known = (
        "file",
        "sheet",
        "table",
        "columns",
        "rows",
        "wide",
        "weeks",
        "pattern",
        "days",
        "time",
        "constants",
        "values",
    )
    more = ("sample", "subsets", "visits", "patient_id", "week", "pasi", "blanks", "keep", "from", "layout", "x")
    return dice.choice((*known, *more, '"a b"', ".".join("a" * dice.choice((2, 19, 400)))))


def toml(dice: random.Random) -> bytes:
    lines = [f"{dice.choice(('title', 'citation', 'week_zero'))} = {value(dice, 3)}"] if dice.random() < 0.5 else []
    for _ in range(dice.randrange(4)):
        called = json.dumps(dice.choice(NAMES))
        name = dice.choice(("pasi", "events", "treatments", "immune_subsets", "patients"))
        inner, whole = (
            f"{key(dice)} = {value(dice)}",
            'columns = { patient_id = "patient_id", week = "week", pasi = "pasi" }',
        )
        forms = (
            (f"tables.{name} = {called}",),
            (f"[tables.{name}]", f"file = {called}", inner),
            ("[[sources]]", f"file = {called}", f'table = "{name}"', inner, whole),
            (f'sources = [{{ file = {called}, table = "{name}" }}]',),
            ("[patients]", 'P0 = "P1"'),
            ("[reference]", f"from = {value(dice)}"),
            ("[privacy]", f"keep = {value(dice)}"),
            (inner,),
        )
        lines += dice.choice(forms)
    text = "\n".join(lines).encode("utf-8", "replace")
    return changed(dice, text) if dice.random() < 0.4 else text


def zipped(dice: random.Random, parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    whole = content.getvalue()
    return changed(dice, whole) if dice.random() < 0.5 else whole


TURNS = (
    (b"", b""), (b"", b""), (b"<v>2", b"<v>2&e;"), (b"?>", b'?><!DOCTYPE a [<!ENTITY e "1">]>'),
    (b"</v>", b"<b>9</b>0</v>"), (b'r="A2"', b'r="XFD9999999"'), (b'r="A2"', b'r="A3"'),
    (b"<v>", b"<v>1<v>1"), (b' t="n"', b' t="d"'), (b"<sheet ", b"<s "),
)  # fmt: skip
"""What becomes of what in a part of a workbook; any bytes, where it does not say."""


def workbook(dice: random.Random) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - few files need it

    book = Workbook()
    for at in range(dice.choice((1, 1, 2))):
        page = book.active if not at else book.create_sheet()
        page.title = dice.choice(("pasi", "Sheet", "events", "study"))[:20] + str(at or "")
        page.append(dice.choice(HEADERS).replace(";", ",").split(","))
        for row in range(dice.choice((0, 2, 9))):
            texts = [word for word in MONSTERS if len(word) < 3000 and word.isprintable()]
            page.append([f"P{row}", row, dice.randrange(80), dice.choice((dice.choice(texts), 2.5, 1e308, None, True))])
    content = io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as parts:
        parts_by_name = {name: parts.read(name) for name in parts.namelist()}
    for _ in range(dice.choice((0, 1, 3))):
        name = dice.choice([name for name in parts_by_name if name.startswith("xl/")])
        old, new = dice.choice(TURNS)
        part = parts_by_name[name]
        parts_by_name[name] = part.replace(old, new, 3) if old else changed(dice, part)
    return zipped(dice, parts_by_name)


def archive(dice: random.Random) -> bytes:
    names = [*NAMES, "a/b/pasi.csv", "__MACOSX/pasi.csv", "a/", "\u00fc.csv", "x.zip", "..\\pasi.csv"]
    parts = {
        dice.choice(names).replace("\0", "") or "x": dice.choice((table, toml))(dice)
        for _ in range(dice.randrange(1, 5))
    }
    whole = zipped(dice, parts)
    return whole.replace(b"pasi.csv", b"\0\0\0\0\0\0\0\0") if dice.random() < 0.1 else whole


def dataset_json(dice: random.Random) -> bytes:
    odd = (None, True, [], [1], {}, {"a": [1]}, 1e308, -1e400, 10**20, float("nan"), "\ud800", "2021-01-01", "x" * 600)
    names = dice.choice((("USUBJID", "PARAMCD", "AVAL", "ADY"), ("patient_id", "week", "pasi"), ("a", "a", "b")))
    rows = [
        [
            dice.choice((f"P{row}", row, 4.5, "PASITOTL", *([dice.choice(odd)] if dice.random() < 0.2 else [])))
            for _ in names
        ]
        for row in range(dice.choice((0, 1, 5, 30)))
    ]
    about = {"datasetJSONVersion": "1.1.0", "columns": [{"name": name} for name in names], "rows": rows}
    text = json.dumps(about)
    return changed(dice, text.encode()) if dice.random() < 0.6 else text.encode()


def statistics(suffix: str) -> Callable[[random.Random], bytes]:
    def made(dice: random.Random) -> bytes:
        import pandas as pd  # noqa: PLC0415
        import pyreadstat  # noqa: PLC0415

        days = [dice.choice((22_000.0, 0.0, -1e6, 1e9, 3e6, None)) for _ in range(6)]
        frame = pd.DataFrame(
            {"USUBJID": list("aabbcc"), "PARAMCD": "PASITOTL", "AVAL": [20.0, 5, 7, 1e300, None, 3], "ADT": days}
        )
        with tempfile.TemporaryDirectory() as folder:
            write = {"xpt": "write_xport", "sav": "write_sav", "dta": "write_dta"}[suffix]
            getattr(pyreadstat, write)(frame, f"{folder}/x")
            content = Path(folder, "x").read_bytes()
        return changed(dice, content) if dice.random() < 0.8 else content

    return made


def files_of(dice: random.Random) -> tuple[str, dict[str, bytes]]:
    """One kind of file, and the files of one case by name."""
    kinds = (
        ("csv",) * 30 + ("set",) * 20 + ("toml",) * 12 + ("json",) * 12 + ("zip",) * 12 + ("xlsx",) * 8 + ("xpt",) * 3
    )
    kind = dice.choice((*kinds, "sav", "dta", "dta"))
    if kind == "set":
        names = dice.sample(
            ("pasi.csv", "events.csv", "patients.csv", "visits.csv", "treatments.csv", "Pasi.csv"), dice.randrange(1, 4)
        )
        return kind, {"study.toml": toml(dice), **{name: table(dice) for name in names}}
    makes = {"csv": table, "toml": toml, "json": dataset_json, "zip": archive, "xlsx": workbook}
    makes |= {suffix: statistics(suffix) for suffix in ("xpt", "sav", "dta")}
    name = dice.choice(("pasi", "visits", "study")) if kind == "csv" else "study"
    return kind, {f"{name}.{kind}": makes[kind](dice)}


def case(seed: int) -> dict[str, object]:
    """What came of the file made from `seed`: its `kind`, what is `wrong`, seconds and megabytes."""
    dice = random.Random(seed)  # noqa: S311 - not a secret
    with tempfile.TemporaryDirectory() as beside, tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        Path(beside, "pasi.csv").write_text(f"patient_id,week,pasi\n{CANARY},0,20\n{CANARY},4,5\n")
        kind, files = files_of(dice)
        for name, content in files.items():
            Path(folder, name).write_bytes(content.replace(b"{beside}", beside.encode()))
        start = processor()
        wrong = read([Path(folder, name) for name in files], folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    seconds = processor() - start
    wrong += [f"{peak} MB"] if peak > MEGABYTES else []
    wrong += [f"{seconds:.0f} s"] if seconds > SECONDS else []
    return {"seed": seed, "kind": kind, "wrong": wrong, "seconds": seconds, "megabytes": peak}


def processor() -> float:
    """Seconds that this process and its children have worked."""
    return sum(os.times()[:4])


def read(paths: list[Path], folder: str) -> list[str]:
    """What is wrong with how these files are read as sent ones."""
    from data.files import take_in  # noqa: PLC0415
    from data.row_report import as_csv, as_json, as_text  # noqa: PLC0415 - in the worker only

    told = io.StringIO()
    logging.basicConfig(stream=told, force=True)
    try:
        taken = take_in(paths, sent=True)
        said = "".join(form(taken.report) for form in (as_text, as_json, as_csv))
        said.encode()
    except Exception as error:  # noqa: BLE001 - what is looked for
        import traceback  # noqa: PLC0415

        return [f"traceback {type(error).__name__}: {traceback.format_exc()[-300:]}"]
    return [*([f"traceback {told.getvalue().strip()}"] if told.getvalue() else []), *wrongly(taken.study, said, folder)]


def wrongly(study: object, said: str, folder: str) -> Iterator[str]:
    """What must not stand in a report or a study."""
    if folder in said or str(ROOT) in said:
        yield "a path"
    patients = " ".join(study.patient_ids) if study else ""
    if CANARY in said + patients:
        yield "what lies beside the files"
    if study is not None:
        pasi, tables = (
            study.pasi["pasi"].dropna(),
            (study.pasi["week"], study.immune_subsets["week"], study.events["week"]),
        )
        if not pasi.between(0, 72).all():
            yield "a PASI outside 0 to 72"
        if any((weeks.abs() == float("inf")).any() for weeks in tables):
            yield "a week without end"


def work() -> None:
    """Read the seeds on standard input, and answer each with a line."""
    resource.setrlimit(resource.RLIMIT_AS, (4_000_000_000, 4_000_000_000))
    for line in sys.stdin:
        print(json.dumps(case(int(line))), flush=True)


class Worker:
    """A process that reads one case after the other, and is ended when one takes too long."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def ask(self, seed: int) -> dict[str, object]:
        if self.process is None or self.process.poll() is not None:
            call = [sys.executable, __file__, "--worker"]
            self.process = subprocess.Popen(
                call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        start, end = time.monotonic(), Timer(HANGS, self.process.kill)
        end.start()
        try:
            self.process.stdin.write(f"{seed}\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline() or "null")
        except (BrokenPipeError, ValueError):
            answer = None
        finally:
            end.cancel()
        if answer is None:
            self.close()
            late = time.monotonic() - start >= HANGS
            answer = {
                "seed": seed,
                "kind": "?",
                "wrong": ["too long" if late else "the process ended"],
                "seconds": SECONDS,
                "megabytes": 0,
            }
        elif answer["megabytes"] > MEGABYTES:
            self.close()
        return answer

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None


def run(seeds: Iterator[int], until: float) -> list[dict[str, object]]:
    """What came of all seeds, until the time is over."""
    found: list[dict[str, object]] = []
    lock = Lock()

    def one() -> None:
        worker = Worker()
        while time.monotonic() < until:
            with lock:
                seed = next(seeds, None)
            if seed is None:
                break
            answer = worker.ask(seed)
            found.append(answer)
            if len(found) % 500 == 0:
                print(f"{len(found)} files", flush=True)
            if answer["wrong"]:
                print(f"seed {answer['seed']} ({answer['kind']}): {'; '.join(answer['wrong'])[:700]}", flush=True)
        worker.close()

    threads = [Thread(target=one) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000, help="how many")
    parser.add_argument("--seed", type=int, default=None, help="of the first; by default another one each time")
    parser.add_argument("--seconds", type=float, default=3_600, help="end after so many")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        work()
        return 0
    seed = asked.seed if asked.seed is not None else int.from_bytes(os.urandom(4), "big")
    print(f"seed {seed}")
    found = run(iter(range(seed, seed + asked.files)), time.monotonic() + asked.seconds)
    wrong = Counter(one.split(" ")[0] for answer in found for one in answer["wrong"])
    slowest = max((answer["seconds"] for answer in found), default=0)
    most = max((answer["megabytes"] for answer in found), default=0)
    print(dict(Counter(answer["kind"] for answer in found)))
    print(
        f"{len(found)} files, {wrong['traceback']} tracebacks, "
        f"{sum(wrong.values()) - wrong['traceback']} otherwise wrong, slowest {slowest:.1f} s, at most {most} MB"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

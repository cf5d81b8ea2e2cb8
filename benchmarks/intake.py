"""What it costs to read a study: seconds and peak memory of CSV and XLSX, how CSV grows with the patients, and how soon
somebody who sends a workbook is told something.

PYTHONPATH=tests python benchmarks/intake.py
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request

import pandas as pd

import cohort

ROOT = Path(__file__).parents[1]
SIZES = (100, 1_000, 10_000)
SUBSETS = 40
GOALS = {"csv": "3 s, 1,000 MB", "xlsx": "20 s, 1,000 MB"}


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        folders = {
            patients: cohort.write(Path(home) / str(patients), patients, SUBSETS, weeks=cohort.PASI_WEEKS)
            for patients in SIZES
        }
        print(f"Reading a study of 18 visits, {SUBSETS} subsets at each:\n")
        print("| patients | as | seconds | peak MB | values | goal |")
        print("|---|---|---|---|---|---|")
        for patients, folder in folders.items():
            print(line(patients, "csv", folder), flush=True)
        book = workbook(folders[1_000])
        print(line(1_000, "xlsx", book), flush=True)
        first, inside, whole, lines = told(book, Path(home))
        print(
            f"\nSent to a server, the workbook of 1,000 patients: first word of progress after {first:.2f} s, first of"
        )
        print(f"its sheets after {inside:.2f} s, answer after {whole:.2f} s, {lines} lines.")


def told(book: Path, home: Path) -> tuple[float, float, float, int]:
    """Seconds until the first line of progress, the first about a sheet, and the answer; and how many lines came."""
    from browser.serving import GUNICORN, direct, serving  # noqa: PLC0415 - not needed in the processes that only open

    head = f'--x\r\nContent-Disposition: form-data; name="files"; filename="{book.name}"\r\n\r\n'
    body = head.encode() + book.read_bytes() + b"\r\n--x--\r\n"
    with serving(env={"UPLOADS": str(home / "uploads")}, command=GUNICORN) as served:
        start = time.perf_counter()
        asked = Request(served.url + "upload", body, {"Content-Type": "multipart/form-data; boundary=x"})
        with direct.open(asked) as answer:
            lines = [(time.perf_counter() - start, one) for one in answer]
    inside = next(seconds for seconds, one in lines if b"the sheet" in one)
    return lines[0][0], inside, lines[-1][0], len(lines)


def line(patients: int, form: str, path: Path) -> str:
    cost = measured(path)
    goal = GOALS[form] if patients == 1_000 else ""
    return f"| {patients:,} | {form} | {cost['seconds']:.2f} | {cost['megabytes']:,.0f} | {cost['values']:,} | {goal} |"


def measured(path: Path) -> dict[str, float]:
    """Seconds of opening `path` in a fresh process, and the peak memory of it and of the process that reads workbooks,
    added up."""
    call = [sys.executable, __file__, "--open", str(path)]
    run = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def opened(path: str) -> None:
    sys.path.insert(0, str(ROOT))
    from data.files import open_files  # noqa: PLC0415 - measured without it in the parent

    start = time.perf_counter()
    study = open_files([path])
    seconds = time.perf_counter() - start
    peaks = [resource.getrusage(whose).ru_maxrss / 1000 for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "megabytes": sum(peaks), "values": len(study.immune_subsets)}))


def workbook(folder: Path) -> Path:
    """The study as a workbook of one sheet per table."""
    path = folder.with_suffix(".xlsx")
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for file in sorted(folder.glob("*.csv")):
            pd.read_csv(file).to_excel(book, sheet_name=file.stem, index=False)
    return path


if __name__ == "__main__":
    opened(sys.argv[2]) if sys.argv[1:2] == ["--open"] else main()

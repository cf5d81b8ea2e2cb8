"""What becomes of every set of files in a folder: `python benchmarks/corpus.py FOLDER…`.

One line for each folder with files: opened, asked or refused, how many questions there are, the seconds, and the first
sentence of what is wrong. By default the small cases and third-party data that may lie beside the checkout
(REPRISE_SHARED).
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from data.check import ASKED, status  # noqa: E402
from data.files import Intake, take_in  # noqa: E402
from data.intake.review.open_questions import open_questions  # noqa: E402

SHARED = Path(os.environ.get("REPRISE_SHARED", ROOT.parent / "shared"))


OTHERS = {".md", ".py"}
"""How files end that are about the others."""


def sets(folder: Path) -> Iterator[tuple[str, list[Path]]]:
    """Every folder with files in it, by its name below `folder`."""
    for place in sorted(one for one in (folder, *folder.rglob("*")) if one.is_dir()):
        files = [
            file for file in sorted(place.iterdir()) if file.is_file() and file.suffix.lower() not in {".md", ".py"}
        ]
        if files:
            yield place.relative_to(folder.parent).as_posix(), files


def became(taken: Intake) -> str:
    """Opened at once, asked, or refused."""
    unclear = taken.proposal is not None and (taken.proposal.unclear or open_questions(taken.proposal))
    if taken.study:
        return "asked" if unclear else "opened"
    return "asked" if status(taken) == ASKED else "refused"


def main(folders: list[str]) -> int:
    """One line for each set, then how many there are of each; 2 when there is none."""
    found: Counter[str] = Counter()
    for folder in map(Path, folders or [SHARED / "cases", SHARED / "data"]):
        for name, files in sets(folder) if folder.is_dir() else ():
            start = time.perf_counter()
            taken = take_in(files)
            seconds = time.perf_counter() - start
            found[became(taken)] += 1
            first = str(next(iter(taken.report.problems), ""))[:90]
            asked = len(open_questions(taken.proposal))
            print(f"{name:44} {became(taken):8} {asked:3} questions {seconds:6.2f} s  {first}", flush=True)
    print(", ".join(f"{count} {what}" for what, count in sorted(found.items())) or "There are no files to read.")
    return 0 if found else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

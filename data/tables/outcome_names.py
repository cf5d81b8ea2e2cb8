"""What a study's own scores may be called, as columns of `pasi`, and which columns of a table are scores."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from data.schema import plain
from data.tables.sheet import OURS

NAME = re.compile(r"[^\W_]\w{0,39}")
"""A name that a header, an address and a browser can hold."""
BASE = "_base"
"""What a column of baselines ends in: pasi_base."""
BESIDE = frozenset({"baseline", "reference_date"})
"""What else a table of scores may have, before its times are weeks."""
TAKEN = BESIDE | {
    "raw",
    "score",
    "scale",
    "phase",
    "week_on_clock",
    "date",
    "visit",
    "days",
    "months",
    "years",
    "hours",
}
NO_SCORE = BESIDE | {"patient_id", "week", "provenance"}


def is_name(name: str) -> bool:
    """Whether a score can be called so: letters, digits and _, in lower case as headers are compared."""
    return NAME.fullmatch(name) is not None and plain(name) == name


def is_free(name: str) -> bool:
    """Whether nothing else in a study is called so."""
    return name not in OURS | TAKEN and not name.endswith(BASE)


def outcome_name(header: str, others: Collection[str] = ()) -> str:
    """A name for the score in a column called `header` that no other has: "Clinical score" -> clinical_score."""
    words = re.sub(r"[\W_]+", "_", plain(header)).strip("_")[:30].strip("_")
    name = words if words and is_name(words) and is_free(words) else f"{words}_score".lstrip("_")
    name = name if is_name(name) and is_free(name) else "own_score"
    further = (f"{name}_{at}" for at in range(2, len(others) + 3))
    return name if name not in others else next(one for one in further if one not in others)


def scores_among(columns: Iterable[object]) -> list[str]:
    """The columns of a table of scores that are scores."""
    names = map(str, columns)
    return [name for name in names if name not in NO_SCORE and not name.endswith(BASE)]

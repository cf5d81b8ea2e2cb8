"""What journals ask of a figure, as data: each with the page that says so and the day on which it was read. A reader
can change every size in the dialog; a rule that is not stated here was not found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

SNAPSHOT = "publisher_profiles.json of K-Dense-AI/scientific-agent-skills, read there on 2026-07-23"


@dataclass(frozen=True)
class Profile:
    """Sizes of a journal: `widths` of its columns and the largest `height`, mm (None: not stated); the `type` that is
    proposed, the least and the largest type, and the least `line`, points; the `letters` of panels (a or A); the `dpi`
    of line art; the `source`, and when and how it was `seen`."""

    key: str
    label: str
    widths: tuple[float, ...]
    source: str
    seen: str = SNAPSHOT
    height: float | None = None
    type: float = 7
    least_type: float = 5
    most_type: float | None = None
    line: float = 0.25
    letters: str = "a"
    dpi: int = 600


PROFILES = (
    Profile(
        "nature", "Nature", (89, 120, 136, 183), "https://www.nature.com/nature/for-authors/final-submission",
        height=247, type=5.9, least_type=5, most_type=7, dpi=300,
    ),
    Profile(
        "cell", "Cell Press", (85, 114, 174), "https://www.cell.com/information-for-authors/figure-guidelines",
        type=6.5, least_type=6, most_type=8, letters="A", dpi=1000,
    ),
    Profile(
        "elsevier", "Elsevier (JID, JAAD)", (90, 140, 190),
        "https://www.elsevier.com/about/policies-and-standards/author/artwork-and-media-instructions",
        least_type=7, letters="a", dpi=1000,
    ),
    Profile("bmc", "BMC", (85, 170), "https://www.biomedcentral.com/getpublished", letters="a"),
    Profile(
        "plos", "PLOS", (132, 190.5), "https://journals.plos.org/plosone/s/figures",
        height=222.3, type=8, least_type=8, most_type=12, letters="A",
    ),
    Profile(
        "frontiers", "Frontiers", (85, 180), "https://www.frontiersin.org/guidelines/author-guidelines",
        "as two projects quote it: figspec of D. Semakula on 2026-08-21, a figure script on 2026-10-01",
        type=8, least_type=8, line=2, letters="A", dpi=300,
    ),
)  # fmt: skip
"""The first is proposed. The British Journal of Dermatology is not among them: its sizes could not be looked up."""


OWN = Profile("own", "Own sizes", (), "", dpi=300)
"""No journal's."""


def as_data() -> list[dict[str, Any]]:
    """The profiles for the page, the reader's own sizes last."""
    return [asdict(profile) for profile in (*PROFILES, OWN)]


def profile_of(key: str) -> Profile:
    """The profile of that name; own sizes where there is none."""
    return next((one for one in PROFILES if one.key == key), OWN)

"""The layouts that a table can have. To add one: its functions in a file, and one line here."""

from __future__ import annotations

from data.intake.layouts import redcap, reprise
from data.intake.layouts.base import CERTAIN, REPRISE, Layout
from data.intake.layouts.cdisc import adam, sdtm
from data.intake.layouts.clinic import clinic
from data.intake.layouts.flowjo import flowjo
from data.intake.sources import Source

LAYOUTS: tuple[Layout, ...] = (
    Layout("redcap", redcap.score, redcap.propose, redcap.prepare, open=True),
    Layout("adam", adam.score_adam, adam.propose_adam),
    Layout(REPRISE, reprise.score, reprise.propose),
    Layout("flowjo", flowjo.score, flowjo.propose, flowjo.prepare),
    Layout("sdtm", sdtm.score_sdtm, sdtm.propose_sdtm),
    Layout("clinic", clinic.score, clinic.propose, open=True),
)


def recognised(source: Source) -> tuple[Layout, float, str]:
    """The layout that fits best, how well, and why; the first that is certain."""
    scored: list[tuple[Layout, float, str]] = []
    for layout in LAYOUTS:
        scored.append((layout, *layout.score(source)))
        if scored[-1][1] >= CERTAIN:
            break
    return max(scored, key=lambda one: one[1])

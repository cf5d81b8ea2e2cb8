"""The layouts that a table can have. To add one: its functions in a file, and one line here."""

from __future__ import annotations

from data.intake.layouts import redcap, reprise
from data.intake.layouts.base import Layout
from data.intake.layouts.cdisc import adam, sdtm
from data.intake.layouts.clinic import clinic
from data.intake.layouts.flowjo import flowjo
from data.intake.sources import Source

LAYOUTS: tuple[Layout, ...] = (
    Layout("reprise", reprise.score, reprise.propose),
    Layout("redcap", redcap.score, redcap.propose, redcap.prepare, open=True),
    Layout("flowjo", flowjo.score, flowjo.propose, flowjo.prepare),
    Layout("adam", adam.score_adam, adam.propose_adam),
    Layout("sdtm", sdtm.score_sdtm, sdtm.propose_sdtm),
    Layout("clinic", clinic.score, clinic.propose, open=True),
)


def recognised(source: Source) -> tuple[Layout, float, str]:
    """The layout that fits best, how well, and why."""
    scored = [(layout, *layout.score(source)) for layout in LAYOUTS]
    return max(scored, key=lambda one: one[1])

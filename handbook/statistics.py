"""The handbook's sections of statistics, scales and checks, from their registries."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.families import ADJUSTMENTS
from analysis.correlation.serial import SERIAL
from analysis.correlation.statistics import STATISTICS
from analysis.immune.checks import CHECKS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES, Scale
from handbook.markdown import entry, escaped, named, place, plain, table
from publishing.references import REFERENCES

JUDGES: Mapping[str, str] = {
    "visits": "p is about visits of these patients, not about patients.",
    "patients": "p is about patients like these.",
}


def statistics() -> str:
    """Each statistic of the outcome against a subset."""
    return "\n".join(
        entry(
            "statistic", one.key, f"{one.label} ({one.symbol})",
            [
                plain(one.wording), named("Assumes", one.assumption), named("Leaves open", one.caveat),
                named("Simulated", one.coverage), named("p", JUDGES[one.judges]), named("Source", one.source),
            ],
        )
        for one in STATISTICS.values()
    )  # fmt: skip


def serial() -> str:
    """What p stands on where visits follow each other."""
    return "\n".join(
        entry("serial", one.key, one.label, [plain(one.wording), plain(one.coverage), named("Source", one.source)])
        for one in SERIAL.values()
    )


def adjustments() -> str:
    """How p is adjusted over subsets."""
    rows = [(place("adjustment", one.key, one.label), plain(one.source)) for one in ADJUSTMENTS.values()]
    return table(("adjustment", "source"), rows)


def averages() -> str:
    """Averages of a group's course."""
    rows = [(place("average", one.key, one.label), plain(one.wording)) for one in AVERAGES.values()]
    return table(("average", "what it is"), rows)


def outcome_scales() -> str:
    """Scales of the outcome."""
    return _scales("outcome", PASI_SCALES)


def immune_scales() -> str:
    """Scales of immune subsets."""
    return _scales("immune", IMMUNE_SCALES)


def checks() -> str:
    """What is checked of immune samples."""
    rows = [(place("check", one.key, one.rule), plain(one.advice)) for one in CHECKS.values()]
    return table(("what is checked", "else"), rows)


def references() -> str:
    """The works that are cited, by first author."""
    works = sorted(REFERENCES.values(), key=lambda work: (work.authors, work.year, work.doi))
    return "\n".join(f"- {escaped(work.text.partition('https://')[0])}{plain(f' doi {work.doi}')}" for work in works)


def _scales(of: str, scales: Mapping[str, Scale]) -> str:
    rows = [(place("scale", f"{of}-{one.key}", one.label), plain(one.rule)) for one in scales.values()]
    return table(("scale", "how it is computed"), rows)

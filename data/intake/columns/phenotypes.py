"""What a gate's name says: its label, its lineage, and the phenotype it is known by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

PHENOTYPES: Mapping[str, str] = MappingProxyType(
    {
        r"treg|cd25(?:hi|\+\+|bright|\+).*cd127(?:lo|-|low|dim)|foxp3": "CD4+, CD25hi, CD127lo, FoxP3+",
        r"cla\+.*cd103\+": "CLA+, CD103+",
        r"cla\+.*cd103[-−]|cla\+": "CLA+, CD103-",
        r"non[-_ ]?classical|cd14(?:lo|dim|\+)?.*cd16(?:\+\+|hi)|cd14lo.*cd16\+": "CD14lo, CD16+",
        r"intermediate mono|cd14\+\+?.*cd16\+": "CD14+, CD16+",
        r"classical mono|cd14\+\+?.*cd16[-−]": "CD14hi, CD16-",
        r"\bth17|ccr6\+.*cxcr3[-−]": "CD4+, CCR6+, CXCR3-",
        r"\bth1\b|cxcr3\+.*ccr6[-−]": "CD4+, CXCR3+, CCR6-",
        r"\btcm\b|ccr7\+.*cd45ra[-−]": "CCR7+, CD45RA-",
        r"\btemra\b|ccr7[-−].*cd45ra\+": "CCR7-, CD45RA+",
        r"\btem\b|ccr7[-−].*cd45ra[-−]": "CCR7-, CD45RA-",
        r"naive|naïve|ccr7\+.*cd45ra\+": "CCR7+, CD45RA+",
        r"cd56bright|cd56hi": "CD3-, CD56hi",
    }
)
"""Patterns of the last gates' names, in lower case, and the phenotype in the HIPC form that is proposed for them."""

LINEAGES: Mapping[str, str] = MappingProxyType(
    {
        r"treg|cd4(?!\d)|cd8(?!\d)|cd3\+|\bt[ _]?cell|\bth\d|foxp3|tcr": "T cell",
        r"cd19\+?|cd20\+?|\bb[ _]?cell|plasmablast": "B cell",
        r"cd56|\bnk\b": "NK cell",
        r"cd14|mono|cd16|\bdc\b|dendritic|cd11c|neutrophil|myeloid": "myeloid",
    }
)


def gate(path: str) -> str:
    """The label of a gate: its last name; a name repeated along the path stands once."""
    return _names(path)[-1]


def _names(path: str) -> list[str]:
    parts = [part.strip() for part in path.split("/") if part.strip()]
    return list(dict.fromkeys(parts)) or [path]


def lineage_of(path: str) -> str:
    """The lineage that a path's names say, the last gate first; "" if they say none."""
    for name in reversed(_names(path)):
        for pattern, lineage in LINEAGES.items():
            if re.search(pattern, name.casefold()):
                return lineage
    return ""


def phenotype_of(path: str) -> tuple[str, str]:
    """The known phenotype that the last gate, with its lineage's marker, resembles, and what in its name says so; "" if
    none."""
    name = gate(path)
    found = ((phenotype, re.search(pattern, name.casefold())) for pattern, phenotype in PHENOTYPES.items())
    known, match = next(((phenotype, match) for phenotype, match in found if match), ("", None))
    if match is None:
        return "", ""
    marker = next((marker for marker in ("CD4+", "CD8+") if marker in path.upper() and marker not in known), "")
    whole = f"{marker}, {known}" if marker and not known.startswith(("CD14", "CD3-", "CD4+")) else known
    return whole, f"its name says “{name[match.start() : match.end()]}”"


def phenotypes_of(subsets: Iterable[str]) -> dict[str, str]:
    """The phenotypes that are proposed for those of the subsets whose names resemble a known one."""
    return {subset: phenotype for subset in subsets if (phenotype := phenotype_of(subset)[0])}

"""The gating tree of a study's subsets, and the picker made of it: lineage, parent, subset, phenotype, HIPC name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.arrays import Positions, places
from analysis.scales import denominator
from analysis.subsets import parent_positions, texts_of
from data.deadline import check
from data.study import Study

PAPER = (
    "CD4+, CLA+, CD103-", "CD4+, CLA+, CD103+", "CD8+, CLA+, CD103-", "CD8+, CLA+, CD103+",
    "CD4+, CD25hi, CD127lo, FoxP3+", "CD14lo, CD16+",
)  # fmt: skip
"""The subsets that Lwin et al. 2025 (doi 10.3389/fimmu.2025.1656724) report to rise with improvement, as HIPC names."""

NO_LINEAGE = "lineage not stated"

LEVELS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("lo", "low", "dim"), "lo"),
        "int": "int",
        **dict.fromkeys(("hi", "high", "bright"), "hi"),
        "neg": "-",
        "pos": "+",
    }
)
"""How strongly a marker is expressed, as written and in HIPC's form."""

GATE = re.compile(rf"(HLA-D[RPQ]|[A-Za-z0-9αβγδ.]+?)(\+|-|(?:{'|'.join(LEVELS)})(?=[^a-z]|$))")
"""One marker and its level, in a row of gates such as CD25hiCD127loFoxP3+."""


@dataclass(frozen=True)
class Node:
    """A node of the tree: a lineage, a parent that is no subset of the study, or a subset (whose `key` is not "")."""

    kind: str
    label: str
    key: str = ""
    hipc: str = ""
    phenotype: str = ""
    denominator: str = ""
    children: tuple[Node, ...] = ()


def gating_tree(study: Study) -> tuple[Node, ...]:
    """The lineages of a study in order of first mention; under each its parents and, under those, their subsets. A
    subset that is another's parent holds it."""
    lineages = _text(study.subset_definitions, "lineage").replace("", NO_LINEAGE).to_numpy()
    parents, (_, names) = parent_positions(study), texts_of(study)
    nodes, tops = _nodes(study, parents), np.flatnonzero(parents < 0)
    below: dict[str, list[int]] = {}
    for at in tops.tolist():
        below.setdefault(str(lineages[at]), []).append(at)
    return tuple(Node("lineage", name, children=_under(found, nodes, names)) for name, found in below.items())


@lru_cache(maxsize=8)
def picker(study: Study) -> pd.DataFrame:
    """The subsets as they are offered: subset, label, hipc, lineage, parent, phenotype, denominator, depth (steps below
    a parent that is no subset), paper (one of the six of the case series), search (all of it in lower case). The
    paper's six come first, in its order, then the order of the tree."""
    table = study.subset_definitions
    keys = table["subset"].astype("str").tolist()
    walked = [(node.key, depth) for node, depth in _walk(gating_tree(study))]
    at = np.array(places(keys, (key for key, _ in walked)), np.intp)
    rows = pd.DataFrame(
        {name: _text(table, name).to_numpy()[at] for name in ("subset", "label", "lineage", "parent", "phenotype")}
    ).astype("str")
    rows = rows.assign(
        hipc=[hipc(text) for text in rows["phenotype"]],
        denominator=[denominator(study, key) for key in rows["subset"]],
        depth=[depth for _, depth in walked],
    )
    place = np.array([_paper_place(name) for name in rows["hipc"]], np.intp)
    said = rows[["subset", "label", "hipc", "lineage", "parent", "phenotype"]].itertuples(index=False)
    rows = rows.assign(paper=place < len(PAPER), search=pd.Series([_plain(" ".join(row)) for row in said], dtype="str"))
    columns = ["subset", "label", "hipc", "lineage", "parent", "phenotype", "denominator", "depth", "paper", "search"]
    return rows[columns].take(np.argsort(place, kind="stable")).reset_index(drop=True)


def searched(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows of `picker` in which every one of the words occurs, in any column."""
    found = [table["search"].str.contains(word, regex=False) for word in _plain(words).split()]
    return table[np.logical_and.reduce(found)] if found else table


def hipc(phenotype: str) -> str:
    """A phenotype in HIPC's form: markers parted by commas, each with +, -, lo, int or hi; itself if it has no markers.

    >>> hipc("CD25hiCD127loFoxP3+")
    'CD25hi, CD127lo, FoxP3+'
    """
    plain = phenotype.replace("−", "-").replace("–", "-")
    gates = GATE.findall(plain)
    return ", ".join(f"{marker}{LEVELS.get(level, level)}" for marker, level in gates) if gates else phenotype


def _under(subsets: Sequence[int], nodes: Mapping[int, Node], names: Sequence[str]) -> tuple[Node, ...]:
    """The nodes of these subsets of one lineage, under their parents; without a parent, beside them."""
    grouped: dict[str, list[Node]] = {}
    for at in subsets:
        grouped.setdefault(names[at], []).append(nodes[at])
    return tuple(
        node
        for name, found in grouped.items()
        for node in ([Node("parent", name, children=tuple(found))] if name else found)
    )


def _nodes(study: Study, parents: Positions) -> dict[int, Node]:
    """The node of each subset by its position, made after those below it, however deep they lie."""
    rows = study.subset_definitions.astype("object").fillna("").to_dict("records")
    below: dict[int, list[int]] = {}
    for at, parent in enumerate(parents.tolist()):
        below.setdefault(parent, []).append(at)
    order = list(below.get(-1, ()))
    for at in order:  # grows as it goes
        order += below.get(at, ())
    nodes: dict[int, Node] = {}
    for at in reversed(order):
        check()
        nodes[at] = _node(study, rows[at], tuple(nodes[child] for child in below.get(at, ())))
    return nodes


def _node(study: Study, row: Mapping[Any, Any], children: tuple[Node, ...]) -> Node:
    key, phenotype = str(row["subset"]), str(row["phenotype"])
    return Node("subset", str(row["label"]), key, hipc(phenotype), phenotype, denominator(study, key), children)


def _walk(nodes: Iterable[Node]) -> Iterator[tuple[Node, int]]:
    """The subsets below, each with how many subsets are above it."""
    ahead = [(node, 0) for node in reversed(tuple(nodes))]
    while ahead:
        node, depth = ahead.pop()
        if node.key:
            yield node, depth
        ahead += [(child, depth + bool(node.key)) for child in reversed(node.children)]


def _paper_place(name: str) -> int:
    """Which of the paper's subsets this is, by its markers in any order; their number if none."""
    markers = set(name.split(", "))
    return next((at for at, known in enumerate(PAPER) if set(known.split(", ")) == markers), len(PAPER))


def _text(table: pd.DataFrame, name: str) -> pd.Series[str]:
    column = table[name].astype("object")
    return column.where(column.notna(), "").astype("str").str.strip()


def _plain(text: str) -> str:
    return text.lower().replace("−", "-").replace("–", "-")

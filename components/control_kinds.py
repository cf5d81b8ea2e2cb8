"""The kinds of controls: what builds the component whose `value` is a field of the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dash_bootstrap_components as dbc
from dash import dcc

from analysis.immune.gating import picker
from components import ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analysis.query import Query
    from data.study import Study

    Options = Callable[[Study], Mapping[str, str]]


PAPER_SIX = "Lwin et al. 2025"
"""Heading of the subsets that the case series reports."""
INDENT = "\u2003"


@dataclass(frozen=True)
class Control:
    """`build` makes the component, whose `value` is the field; `needed` says whether this study has a use for it;
    `only` names a field without whose choice the control says nothing and is hidden."""

    field: str
    label: str
    about: str
    build: Callable[[Study, Query], Any]
    needed: Callable[[Study], bool] = lambda study: True  # noqa: ARG005 - most controls always are
    only: str = ""


def has_subsets(study: Study) -> bool:
    """Whether there are immune samples."""
    return not study.immune_subsets.empty


def has_pasi(study: Study) -> bool:
    """Whether there is any PASI, without which no rule on it has a use."""
    return study.has_pasi


def has_pairs(study: Study) -> bool:
    """Whether there are samples to pair with PASI."""
    return has_subsets(study) and has_pasi(study)


def subset_labels(study: Study) -> dict[str, str]:
    """Subset -> its label."""
    return {str(key): str(label) for key, label in study.subset_definitions[["subset", "label"]].to_numpy()}


def tree(study: Study) -> list[dict[str, Any]]:
    """The subsets as choices of a menu: the paper's first, then by lineage and parent, each under a heading; indented
    below the subset that is their parent, and found by any word of their definition."""
    choices: list[dict[str, Any]] = []
    told = ""
    rows: list[Any] = list(picker(study).itertuples())
    for row in rows:
        heading = PAPER_SIX if row.paper else " / ".join(part for part in (row.lineage, row.parent) if part)
        if heading != told:
            choices.append({"value": f"heading {heading}", "label": f"— {heading} —", "disabled": True})
        told = heading
        about = f"{row.hipc or row.phenotype}; {row.denominator}"
        label = INDENT * row.depth + row.label
        choices.append({"value": row.subset, "label": label, "search": row.search, "title": about})
    return choices


def one_subset(field: str) -> Callable[[Study, Query], Any]:
    """One subset, from the tree."""

    def build(study: Study, query: Query) -> dbc.Select:
        known = ("value", "label", "title", "disabled")
        choices = [{key: choice[key] for key in known if key in choice} for choice in tree(study)]
        return dbc.Select(id=ids.control(field), options=choices, value=getattr(query, field), size="sm")

    return build


def some_subsets(field: str, empty: str) -> Callable[[Study, Query], Any]:
    """Any number of subsets, from the tree, by a menu that can be searched."""

    def build(study: Study, query: Query) -> dcc.Dropdown:
        value = list(getattr(query, field))
        return dcc.Dropdown(id=ids.control(field), options=tree(study), value=value, multi=True, placeholder=empty)

    return build


def select(field: str, options: Options) -> Callable[[Study, Query], Any]:
    """One of several, by a menu; a choice without a value is what the browser takes for a placeholder."""

    def build(study: Study, query: Query) -> dbc.Select:
        known = options(study)
        choices = [{"value": value, "label": label} for value, label in known.items()]
        chosen = {"value": getattr(query, field), "placeholder": known.get("", "")}
        return dbc.Select(id=ids.control(field), options=choices, size="sm", **chosen)

    return build


def several(field: str, options: Options, empty: str) -> Callable[[Study, Query], Any]:
    """Any number of them, by a menu that can be searched; `empty` says what none means."""

    def build(study: Study, query: Query) -> dcc.Dropdown:
        choices = [{"value": value, "label": label} for value, label in options(study).items()]
        value = list(getattr(query, field))
        return dcc.Dropdown(id=ids.control(field), options=choices, value=value, multi=True, placeholder=empty)

    return build


def number(field: str, **limits: Any) -> Callable[[Study, Query], Any]:
    """A number; `limits` are those of the input."""

    def build(_: Study, query: Query) -> dbc.Input:
        value = getattr(query, field)
        return dbc.Input(id=ids.control(field), type="number", value=value, size="sm", debounce=True, **limits)

    return build


def switch(field: str) -> Callable[[Study, Query], Any]:
    """On or off."""
    return lambda _, query: dbc.Switch(id=ids.control(field), value=getattr(query, field), label="")


def fixed(choices: Mapping[str, str]) -> Options:
    """The same choices for every study."""
    return lambda _: choices


def labels(registry: Mapping[str, Any], **others: str) -> Options:
    """The labels of a registry, then others."""
    return lambda _: {key: entry.label for key, entry in registry.items()} | others

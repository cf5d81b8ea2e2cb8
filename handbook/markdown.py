"""Sentences of the registries as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from components.page.handbook import anchor
from publishing.references import CITED

SPECIAL = re.compile(r"([\\`*_{}\[\]<>|$#~])")


def plain(text: str) -> str:
    """Text in which nothing is Markdown, and every DOI is a link."""
    parts = CITED.split(text)
    links = [f" [doi {doi}](<https://doi.org/{doi}>)" for doi in parts[1::2]]
    said = [escaped(part) for part in parts[::2]]
    return "".join(one for pair in zip(said, [*links, ""], strict=True) for one in pair)


def escaped(text: str) -> str:
    """Text in which nothing is Markdown."""
    return SPECIAL.sub(r"\\\1", text)


def entry(kind: str, key: str, title: str, lines: Iterable[str]) -> str:
    """An entry of a registry: its heading, at a place that the page links to, and what it says."""
    body = "\n\n".join(line for line in lines if line)
    return f"({anchor(kind, key)})=\n\n### {escaped(title)}\n\n{body}\n"


def named(name: str, sentence: str) -> str:
    """A sentence after its name; "" where there is none."""
    return f"**{name}:** {plain(sentence)}" if sentence else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(one.replace("\n", " ") for one in line) + " |" for line in lines)


def place(kind: str, key: str, label: str) -> str:
    """The name of an entry in a table, at a place that the page links to."""
    return f'<span id="{anchor(kind, key)}"></span>{escaped(label)}'

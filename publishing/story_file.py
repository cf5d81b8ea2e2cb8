"""A story as one HTML file: every step as SVG, whom it can highlight, what tooltips say, and the script for it. It
opens from disk and asks nobody for anything."""

from __future__ import annotations

import gzip
from base64 import b64encode
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import orjson

from publishing.deidentify import TITLE
from publishing.figure_files.safe_svg import SVG
from publishing.live_drawing import live, markup
from publishing.masking import as_drawn, can_mask, masking
from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from publishing.live_drawing import Live
    from publishing.pages import Slide

ROOT = Path(__file__).parents[1]
MOST, FEWER = 2_900_000, 0.7
"""Bytes of the file; of the patients who can be highlighted, how many stay where it is larger."""
NAMED = 12
"""Patients who have a button each; more are chosen in a list."""
LONGEST_SENTENCE = 120
FEW_LINES = 2
"""Of a tooltip without ids: what follows may be free text."""
PLAIN_IDS = (
    "These ids are numbers or single letters, which also stand elsewhere, or look alike. "
    "Open a de-identified copy, and make the file from that."
)


@dataclass(frozen=True)
class Told:
    """What a file is made of: the study's title and its patients in their order, whether their ids are `masked`, what
    the file says of itself, and the `link` back to the page ("": none)."""

    title: str
    people: Sequence[str]
    masked: bool = False
    about: str = ""
    link: str = ""


@dataclass(frozen=True)
class _Step:
    """A slide with its place, its drawing (None: a table), and how its texts are written."""

    at: int
    slide: Slide
    mask: Callable[[str], str]
    live: Live | None = None
    masked: bool = False
    places: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        return _escaped(self.mask(text))


def story_file(slides: Sequence[Slide], told: Told) -> bytes:
    """The file of these steps, each drawn by the browser (`Slide.picture`: `live_drawing.live`) or a table; of the
    patients in it, in their order, as many can be highlighted as its size allows. PictureError where ids cannot be
    replaced."""
    if told.masked and not can_mask(told.people):
        raise PictureError(PLAIN_IDS)
    mask = _mask(told) if told.masked else str
    drawn = [live(one.picture) if one.picture else None for one in slides]
    people = _drawn(slides, drawn, told.people)
    places = {who: i for i, who in enumerate(people)}
    steps = [_Step(i, one, mask, drawn[i], told.masked, places) for i, one in enumerate(slides)]
    named, hits = [mask(one) for one in people], [_hits(one) for one in steps]
    over = [_overlays(one) for one in steps]
    sections, most = "\n".join(map(_section, steps)), len(people)
    while True:
        data = _packed({"people": named, "hits": hits, "over": [one[:most] for one in over]})
        file = _whole(told, sections, data, named[:most], len(named)).encode()
        if not most or len(file) <= MOST:
            return file
        most = int(most * FEWER)


def _mask(told: Told) -> Callable[[str], str]:
    mask, titles = masking(told.people), [told.title, f"{told.title[: LONGEST_SENTENCE - 1]}…"]

    def masked(text: str) -> str:
        for title in filter(None, titles):
            text = text.replace(title, TITLE)
        return mask(text)

    return masked


def _drawn(slides: Sequence[Slide], drawn: Sequence[Live | None], people: Sequence[str]) -> list[str]:
    """Who is drawn or stands in a table, in the study's order."""
    found = {who for one in drawn if one for who in one.overlays} | {one.lit for one in slides}
    found |= {row[0] for one in slides for row in one.table[1:]}
    return [one for one in people if one in found]


def _section(one: _Step) -> str:
    slide = one.slide
    told = f"<h2>{one.text(slide.title)}</h2>{_said(one, slide.said)}{_said(one, slide.careful, 'careful')}"
    more = {"Notes": "" if one.masked else slide.told, "What this stands on": slide.about}
    below = [
        f"<details><summary>{name}</summary>{_said(one, text, 'about')}</details>"
        for name, text in more.items()
        if text
    ]
    shown = _drawing(one, one.live) if one.live else _table(one)
    return f'<section data-lit="{one.places.get(slide.lit, -1)}" hidden>{told}{shown}{"".join(below)}</section>'


def _said(one: _Step, text: str, look: str = "plain") -> str:
    return f'<p class="{look}">{one.text(text)}</p>' if text else ""


def _drawing(one: _Step, drawn: Live) -> str:
    under = f'<g class="base">{markup(drawn.text, one.at, one.mask)}</g>'
    over = '<g class="lit" data-p="-1" hidden=""></g><g class="names"></g>'
    return f'<svg viewBox="0 0 {drawn.width:g} {drawn.height:g}" role="img">{under}{over}</svg>'


def _table(one: _Step) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "".join(f"<{tag}>{one.text(cell)}</{tag}>" for cell in cells)

    head, *rows = one.slide.table
    body = "".join(f'<tr data-p="{one.places.get(cells[0], -1)}">{row(cells, "td")}</tr>' for cells in rows)
    return f'<div class="wide"><table><thead><tr>{row(head, "th")}</tr></thead><tbody>{body}</tbody></table></div>'


def _overlays(one: _Step) -> list[str]:
    """What is drawn over a step for each of the patients."""
    drawn = one.live.overlays if one.live else {}
    return (
        [markup(f'<g xmlns="{SVG}">{drawn.get(who, "")}</g>', one.at, one.mask) for who in one.places] if drawn else []
    )


def _hits(one: _Step) -> list[list[Any]]:
    """What is told where: left, top, right and bottom, whose it is (-1: of several), and words."""
    most, told = FEW_LINES if one.masked else None, one.live.told if one.live else ()
    return [
        [
            round(x0),
            round(y0),
            round(x1),
            round(y1),
            one.places.get(who, -1),
            one.mask("\n".join(words.split("\n")[:most])),
        ]
        for x0, y0, x1, y1, who, words in told
    ]


def _packed(data: dict[str, Any]) -> str:
    """Data as the script of the file unpacks them: what is drawn and told repeats itself many times."""
    return b64encode(gzip.compress(orjson.dumps(data), mtime=0)).decode()


def _whole(told: Told, sections: str, data: str, named: Sequence[str], count: int) -> str:
    size = f"{len(named)} of {count} patients can be highlighted in a file of this size. "
    about = _escaped(f"{size if len(named) < count else ''}{told.about}")
    back = f' · <a href="{_escaped(told.link)}" rel="noreferrer">the page</a>' if told.link and not told.masked else ""
    script = (ROOT / "assets/browser/story/viewer.mjs").read_text(encoding="utf-8")
    return Template((ROOT / "publishing/story.html").read_text(encoding="utf-8")).substitute(
        title=_escaped(TITLE if told.masked else told.title), people=_choice(named, count), sections=sections,
        about=about + back, data=data, viewer=script[script.index("async function viewer") :],
    )  # fmt: skip


def _choice(named: Sequence[str], count: int) -> str:
    names = list(enumerate(map(_escaped, named)))
    if count <= NAMED:
        return "".join(f'<button data-p="{i}" aria-pressed="false">{name}</button>' for i, name in names)
    options = "".join(f'<option value="{i}">{name}</option>' for i, name in names)
    return f'<label>Highlight <select id="who"><option value="-1">nobody</option>{options}</select></label>'


def _escaped(text: str) -> str:
    return escape(as_drawn(text))

"""A story as one HTML file: every step as SVG, whom it can highlight, what tooltips say, and the script for it. It
opens from disk and asks nobody for anything."""

from __future__ import annotations

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from jinja2 import Environment, FileSystemLoader

from publishing.deidentify import TITLE
from publishing.figure_files.safe_svg import SVG
from publishing.live_drawing import live, markup
from publishing.masking import as_drawn, can_mask, masking
from publishing.pictures import PictureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jinja2 import Template

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


def story_file(slides: Sequence[Slide], told: Told) -> bytes:
    """The file of these steps, each drawn by the browser (`Slide.picture`: `live_drawing.live`) or a table; of the
    patients in it, in their order, as many can be highlighted as its size allows. PictureError where ids cannot be
    replaced."""
    if told.masked and not can_mask(told.people):
        raise PictureError(PLAIN_IDS)
    mask, drawn = _mask(told), [live(one.picture, len(slides)) if one.picture else None for one in slides]
    people = _drawn(slides, drawn, told.people)
    places, most = {who: i for i, who in enumerate(people)}, len(people)
    known = {"told": told, "slides": slides, "drawn": drawn, "places": places, "count": most, "named_most": NAMED}
    page = _template(mask)
    known["drawings"] = [markup(one.text, at, mask) if one else "" for at, one in enumerate(drawn)]
    named, hits = [mask(one) for one in people], [_hits(one, places, mask, told) for one in drawn]
    over = [_overlays(one, at, people, mask) for at, one in enumerate(drawn)]
    while True:
        data = _packed({"people": named, "hits": hits, "over": [one[:most] for one in over]})
        file = page.render(known, named=named[:most], data=data).encode()
        if not most or len(file) <= MOST:
            return file
        most = int(most * FEWER)


def _mask(told: Told) -> Callable[[str], str]:
    """What makes every text of the file: of one without ids, the title is left out too, whole or cut for a step."""
    if not told.masked:
        return as_drawn
    mask, titles = masking(told.people), [told.title, f"{told.title[: LONGEST_SENTENCE - 1]}…"]
    return lambda text: mask(reduce(lambda found, title: found.replace(title or "\0", TITLE), titles, text))


def _drawn(slides: Sequence[Slide], drawn: Sequence[Live | None], people: Sequence[str]) -> list[str]:
    """Who is drawn or stands in a table, in the study's order."""
    found = {who for one in drawn if one for who in one.overlays} | {one.lit for one in slides}
    found |= {row[0] for one in slides for row in one.table[1:]}
    return [one for one in people if one in found]


def _overlays(drawn: Live | None, at: int, people: Sequence[str], mask: Callable[[str], str]) -> list[str]:
    """What is drawn over a step for each of the patients."""
    over = drawn.overlays if drawn else {}
    return [markup(f'<g xmlns="{SVG}">{over.get(who, "")}</g>', at, mask) for who in people] if over else []


def _hits(drawn: Live | None, places: dict[str, int], mask: Callable[[str], str], told: Told) -> list[list[Any]]:
    """What is told where: left, top, right and bottom, whose it is (-1: of several), and words."""
    most, hits = FEW_LINES if told.masked else None, drawn.told if drawn else ()
    return [
        [*(round(side) for side in box), places.get(who, -1), mask("\n".join(words.split("\n")[:most]))]
        for *box, who, words in hits
    ]


def _packed(data: dict[str, Any]) -> str:
    """Data as the script of the file unpacks them: what is drawn and told repeats itself many times."""
    return b64encode(gzip.compress(orjson.dumps(data), mtime=0)).decode()


def _template(mask: Callable[[str], str]) -> Template:
    """The file, all but what is told in it, with the script of its own."""
    made = Environment(autoescape=True, loader=FileSystemLoader(ROOT / "publishing"), trim_blocks=True)
    script = (ROOT / "assets/browser/story/viewer.mjs").read_text(encoding="utf-8")
    made.filters["masked"] = mask
    made.globals["viewer"] = script[script.index("async function viewer") :]
    return made.get_template("story.html")

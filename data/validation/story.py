"""The steps in which a study says that it is told (`[[story]]`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.privacy.masking import masked
from data.problems import Problem, Report
from data.study import SHOWN, Step

MOST = 60
"""Steps of a story."""
LENGTHS: Mapping[str, int] = {"address": 4000, "sentence": 120, "notes": 4000, "shown": 10, "data": 64}
"""Characters of each part of a step, at most."""
MASKED = ("sentence", "notes")


def story_of(about: Mapping[str, Any], file: str, report: Report) -> tuple[Step, ...]:
    """The steps that `about` states, in order. What cannot be one goes to the report, with its number."""
    stated = about.get("story", [])
    if not isinstance(stated, list) or len(stated) > MOST:
        found = f"{len(stated)} steps" if isinstance(stated, list) else "no list"
        report.add(Problem(file, None, "story", found, f"at most {MOST} steps, each as [[story]]"))
        return ()
    steps = [_step(one, Place(file, f"story, step {at}", report)) for at, one in enumerate(stated, start=1)]
    return tuple(step for step in steps if step)


class Place:
    """Says what is wrong with one step."""

    def __init__(self, file: str, name: str, report: Report) -> None:
        self.file, self.name, self.report = file, name, report

    def tell(self, found: str, expected: str, advice: str = "") -> None:
        """One thing to correct."""
        self.report.add(Problem(self.file, None, self.name, found, expected, advice))


def _step(said: object, place: Place) -> Step | None:
    if not isinstance(said, Mapping) or not all(isinstance(said.get(key, ""), str) for key in LENGTHS):
        place.tell("no step", "an address and a sentence, as texts")
        return None
    texts = {key: str(said[key]).strip() for key in LENGTHS if key in said}
    wrong = {key: text for key, text in texts.items() if len(text) > LENGTHS[key]}
    for key, text in wrong.items():
        place.tell(f"{key} of {len(text)} characters", f"at most {LENGTHS[key]}", "Shorten it.")
    if not texts.get("sentence"):
        place.tell("no sentence", "what is told there", 'Write sentence = "…".')
    if texts.get("shown", SHOWN[0]) not in SHOWN:
        place.tell(f"shown '{texts['shown']}'", f"one of {', '.join(SHOWN)}")
    elif texts.get("sentence") and not wrong:
        about = {key: masked(text) if key in MASKED else text for key, text in texts.items()}
        return Step(about.pop("address", "").lstrip("#"), **about)
    return None

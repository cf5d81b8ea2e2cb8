"""Which test or parameter of a CDISC data set is a score of the study: the total as it was observed, and nothing else
that is called like it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from data.intake.columns.scores import SCORE_WORDS
from data.intake.columns.vocabulary import word

SPELT: Mapping[str, str] = MappingProxyType(
    {
        "pasi": "psoriasis_area_(?:and_)?severity_index",
        "dlqi": "dermatology_life_quality_index",
        "pga": "(?:static_)?physicians?_(?:s_)?global_assessment",
        "iga": "investigators?_(?:s_)?global_assessment",
        "bsa": "body_surface_area",
        "napsi": "nail_psoriasis_(?:area_)?severity_index",
        "itch_nrs": "(?:itch|pruritus)_numeric(?:al)?_rating_scale",
        "easi": "eczema_area_(?:and_)?severity_index",
        "scorad": "scoring_(?:of_)?atopic_dermatitis",
        "poem": "patient_oriented_eczema_measure",
        "who_scale": "who_clinical_progression_scale",
    }
)
"""The names in full of scores that have one, as patterns of plain words."""
TOTAL = r"(?:_?(?:total|score|tot|ts|tsc|sc|scr|abs))*"
"""What a code may say after the score's name: PASITOT."""
NO_SCORE = re.compile(
    r"chang|improv|respon|ratio|pasi_?(?:50|75|90|100)|component|sub_?score|item|clear_or|almost_clear|success"
    r"|locf|wocf|bocf|(?:^|_)nri(?:_|$)|imput|carried_forward|time_to|days_to|first|auc|area_under|baseline|nadir"
    r"|minimum|maximum|erythema|induration|infiltration|thickness|scaling|desquamation",
)
"""Of anything that is called like a score: it is derived from it, imputed, or a part of it."""
PERCENT = re.compile(r"%|percent|pct")
"""Of a change, of all scores but the one that is a percentage."""
PLACES = re.compile(
    r"head|trunk|upper|lower|limb|extremit|_arms?(?:_|$)|_legs?(?:_|$)|scalp|nail|finger|toe|palm|sole|plantar|genital|body_region"
)
"""Of a score of one part of the body."""
WITHIN: Mapping[str, re.Pattern[str]] = MappingProxyType({"napsi": re.compile(r"head|trunk|limb|scalp")})
"""The places that a score is not about, where they are not `PLACES`."""
OTHER: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"bsa": re.compile(r"_m2?(?:_|$)|m²|square_met|mosteller|du_?bois"), "iga": re.compile(r"_0_1(?:_|$)")}
)
"""What else has a score's name: the surface of a body in square meters, a response told as 0 or 1."""


@dataclass(frozen=True)
class Measure:
    """One test: its code, its words and the category of it, "" where there is none."""

    code: str
    words: str = ""
    category: str = ""


def is_about_a_score(test: Measure) -> bool:
    """Whether a test's code, words or category name a score, whatever of it: its total, a change, a response."""
    said = word(f"{test.code} {test.words} {test.category}".replace("²", "2"))
    return any(re.search(_named(score), said) for score in SCORE_WORDS)


def _named(score: str) -> str:
    """What a score is called, in short or in full."""
    return "|".join([SCORE_WORDS[score], *([SPELT[score]] if score in SPELT else [])])


def base_of(score: str) -> str:
    """What an entry calls the column of a score's baseline: pasi_base."""
    return f"{score}_base"


def scores_among(tests: Sequence[Measure]) -> dict[str, list[Measure]]:
    """Score -> the tests that may be it and are as likely as each other; a test called total goes before others."""
    found: dict[str, list[Measure]] = {}
    for score in SCORE_WORDS:
        ranked = [(rank, test) for test in tests if (rank := _rank(score, test))]
        best = min((rank for rank, _ in ranked), default=0)
        if best:
            found[score] = [test for rank, test in ranked if rank == best]
    return found


def _rank(score: str, test: Measure) -> int:
    """How surely a test is a score: 1 for its total, 2 for its name alone, 3 for more words; 0 if it is none."""
    code, words = word(test.code), word(test.words.replace("²", "2"))
    if _is_other(score, f"{code}_{words}"):
        return 0
    name = f"(?:{_named(score)})\\d{{0,2}}"
    total = bool(re.search(r"(?:^|_)total(?:_|$)", words))
    coded = bool(re.fullmatch(rf"t?(?:{SCORE_WORDS[score]}){TOTAL}", code))
    if coded or re.fullmatch(rf"(?:{name}_?)+(?:(?:total_)?score|total)?", words):
        return 1 if total else 2
    if re.search(rf"(?:^|_){name}(?:_|$)", words):
        return 1 if total else 0 if ITEM.search(code) else 3
    of_it = re.search(rf"(?:^|_){name}(?:_|$)", word(test.category))
    return 1 if of_it and re.fullmatch(r"total(?:_score)?", words) else 0


ITEM = re.compile(r"\d{3}$")
"""The end of the code of one question of many, as DLQI0101."""


def _is_other(score: str, said: str) -> bool:
    """Whether a test's code and words say that it is something else than the score that they name."""
    patterns = [NO_SCORE, WITHIN.get(score, PLACES), *([] if score == "bsa" else [PERCENT])]
    return any(pattern.search(said) for pattern in [*patterns, *([OTHER[score]] if score in OTHER else [])])

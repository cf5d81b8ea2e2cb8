"""The kind of a treatment by its name: what is given for psoriasis, and what the names of substances tell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        "cell_therapy": r"\bmsc\b|uc-?msc|stromal|stem cell|\bcar-?t\b",
        "biologic": r"\w+mab\b|\w+cept\b|humira|enbrel|stelara|cosentyx|taltz|tremfya|skyrizi|remicade|bimzelx|cimzia"
        r"|ilumya|kyntheum|siliq|anakinra",
        "systemic": r"methotrexate|\bmtx\b|c[iy]closporine?|acitretin|apremilast|fumar|deucravacitinib|\w+citinib\b"
        r"|azathioprin|mycophenolat|hydroxy(?:urea|carbamide)|leflunomide|prednis|otezla|skilarence",
        "phototherapy": r"\buvb?\b|\bpuva\b|\bnb-?uvb\b|photo(?:therapy|chemo)|ultraviolet|narrow-?band",
        "topical": r"calcipotri|betamethason|clobetasol|mometason|hydrocortison|tacrolimus oint|cream|ointment|topical"
        r"|tar\b|dithranol|tazaroten|roflumilast cream|tapinarof|emollient|enstilar",
    }
)
"""By kind, patterns of names in lower case; biologics by their stems -mab and -cept (WHO, 2017 and before)."""


def kind_of(treatment: str) -> str:
    """The kind that a name says, "other" if it says none."""
    return next((kind for kind, pattern in PATTERNS.items() if re.search(pattern, treatment.casefold())), "other")

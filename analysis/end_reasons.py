"""Why a course ended: free text as one of a few kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reason:
    """One kind: its letter, what it is called, and the words that say it (a regular expression, in small letters)."""

    sign: str
    label: str
    words: str = r"(?!)"


OTHER = "other"
REASONS: Mapping[str, Reason] = MappingProxyType(
    {
        "effect": Reason(
            "E",
            "lack of effect",
            r"(?:lack|loss|absence) of (?:clinical )?(?:effect|efficacy|response)|inefficacy|ineffective|not effective"
            r"|(?:no|inadequate|insufficient) (?:effect|efficacy|response)|treatment failure"
            r"|(?:primary|secondary) failure|non-?respon|^failed$|^failure$|unwirksam|wirkverlust|wirkungsverlust"
            r"|keine wirkung",
        ),
        "adverse": Reason(
            "A",
            "adverse event",
            r"(?<!no )(?<!without )(?:adverse (?:drug )?(?:event|reaction|effect)|side[ -]?effect|toxicit|intoleran)"
            r"|^s?ae$|nebenwirkung|unverträglich",
        ),
        "planned": Reason(
            "C",
            "completed as planned",
            r"(?<!not )(?<!never )\bcomplet(?:ed?|ion)\b|\bas planned\b|^planned\b(?: (?:end|stop))?$|per protocol"
            r"|^end of (?:study|treatment|course)|abgeschlossen|planmäßig|wie geplant",
        ),
        "patient": Reason(
            "P",
            "patient's wish",
            r"\b(?:patient|subject|participant)(?:'?s|’s)?\b(?: own)? (?:wish|request|decision|choice|preference)"
            r"|withdrawal (?:by|of) (?:the )?(?:patient|subject|participant|consent)|withdrew consent|consent withdrawn"
            r"|(?:wish|request|decision|choice) (?:of|by) (?:the )?(?:patient|subject)|patientenwunsch"
            r"|wunsch de[rs] patient",
        ),
        OTHER: Reason("O", "another reason"),
    }
)


def kinds(texts: pd.Series) -> pd.Series:
    """A key of `REASONS` for each stated text, "" for a blank one: the kind whose words it holds, `OTHER` where
    it holds those of none or of several."""
    return texts.map({text: _kind(str(text)) for text in texts.unique()}).astype(object)


def _kind(text: str) -> str:
    plain = text.strip().casefold()
    found = [key for key, reason in REASONS.items() if re.search(reason.words, plain)]
    return "" if not plain else found[0] if len(found) == 1 else OTHER

"""Whether a dose was given: from the words that a column has for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from data.study import GIVEN, MISSED, PLANNED
from data.tables.columns import texts

WORDS = {
    GIVEN: "given|y|yes|1|true|done|completed|administered|taken|x|ja|oui|si|sí|sim|gegeben|verabreicht|administré",
    MISSED: "n|no|0|false|nein|non|nee|missed|skipped|omitted|withheld|ausgelassen|not given|not done|not administered"
    "|not taken|nicht gegeben|nicht verabreicht|non fait|no administrado|niet gegeven",
    PLANNED: "planned|scheduled|geplant|prévu|planifié|previsto|planificado|gepland",
}
SAID: Mapping[str, str] = MappingProxyType({word: status for status, all_ in WORDS.items() for word in all_.split("|")})


def statuses(cells: pd.Series) -> pd.Series:
    """given, planned or missed for each cell; a blank one is given, NaN where the word is not known."""
    return texts(cells).fillna(GIVEN).str.strip().str.casefold().map(dict(SAID))


def was_given(cells: pd.DataFrame) -> np.ndarray:
    """True for each row of courses that was given; of all, where no column says."""
    given = (statuses(cells["status"]) == GIVEN).to_numpy(bool) if "status" in cells else np.ones(len(cells), bool)
    return np.asarray(given)

"""Headers of the study's scores, and of what is measured beside them."""

from __future__ import annotations

import re

SCORED = (
    r"(?!.*[a-z]_?(?:50|75|90|100)$)(?:(?:total|absolute|actual|current|calculated|scores?|a)_?)*{}"
    r"(?:_?(?:total|score|absolute|actual|current|calculated|calc|value|result|visit|0_(?:[3-9]|\d{{2,3}})|72))*(?:_v?\d{{1,2}})?"
)
"""A score by its plain name, with its range or the number of a version: never a response, such as PASI 75."""
SCORE_WORDS = {
    "pasi": "pasi", "dlqi": "dlqi", "pga": "(?:s|p)?pga", "iga": "iga", "bsa": "bsa(?:_%|_percent|_pct)?",
    "napsi": "m?napsi", "easi": "easi", "scorad": "scorad", "poem": "poem",
    "who_scale": "who_(?:(?:clinical_)?progression_)?scale",
    "itch_nrs": "(?:itch|pruritus|itch_nrs|nrs_itch|pruritus_nrs|nrs_pruritus|wi_nrs|pp_nrs)",
}  # fmt: skip
MARKER = re.compile(
    r"cd\d|treg|\bth\d|tfh|tc\d|\bnkt?\b|mait|monocyt|dendritic|[mp]dc\b|\bdc\b|b_?cell|t_?cell|neutrophil|lymphocyt|plasmablast"
    r"|foxp3|cla\b|memory|naive|tcm|tem\b|trm|mdsc|eosinophil|basophil|leu[ck]ocyt|ccr\d|cxcr\d|hla[-_ ]?d[pqr]",
    re.IGNORECASE,
)
MEASURED = re.compile(
    rf"{MARKER.pattern}|_il_?\d|_(?:crp|esr|tnf|ifn|vegf|s100|ldl|hdl|alt|ast|hba1c|vitamin|glucose|cytokines?|serum|weight|bmi)_"
    r"|_[pnmu]?g_(?:ml|l|dl)_|_ml_|_cells_|_%_|percent|improv|chang|delta|differen|_diff_|ratio|_doses?_|responders?_"
    r"|_(?:vas|phq|hads|eq_?5d|sf_?36|qol|hamd|gad|psai|psaid|cdai|das_?28|haq)_",
    re.IGNORECASE,
)
"""What the name of a file or sheet says where its numbers are no score."""

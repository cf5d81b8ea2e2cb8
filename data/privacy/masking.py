"""Real dates, telephone numbers, addresses and names inside texts, replaced before a text leaves `data/`."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

MONTHS = """
january february march april may june july august september october november december
januar februar märz maerz mai juni juli oktober dezember jän mrz okt dez
janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre
enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
januari februari maart mei augustus mrt
"""
"""Whole, or as their first three or four letters, in the languages that clinics have sent so far."""
BEGINNINGS = {name[:end] for name in MONTHS.split() for end in (3, 4, len(name))}
MONTH = rf"(?=[^\W\d_])(?i:{'|'.join(sorted(BEGINNINGS, key=len, reverse=True))})\.?"
DAY, YEAR = r"\d{1,2}(?:st|nd|rd|th|er|\.)?", r"(?:18|19|20)\d{2}"
STARTS, ENDS = r"(?<![^\W_])", r"(?![^\W_])"
"""No letter or digit stands before, or after: `_` may, as in the names of tubes."""

DATES = (
    r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?",
    rf"{YEAR}(?P<one>[/._])\d{{1,2}}(?P=one)\d{{1,2}}",
    rf"{YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
    r"\d{1,2}(?P<two>[./])\d{1,2}(?P=two)(?:\d{4}|\d{2})",
    rf"\d{{1,2}}_\d{{1,2}}_{YEAR}",
    r"(?<!-)\d{1,2}-\d{1,2}-(?:\d{4}|\d{2})(?!-)",
    rf"(?:0?[1-9]|1[0-2])/{YEAR}",
    rf"(?:0[1-9]|1[0-2])\.{YEAR}",
    rf"{DAY}(?:[- ]|_| de | of )?{MONTH}(?:[-, ]|_| de | del )*(?:{YEAR}|\d{{2}})",
    rf"{MONTH}[ -]?{DAY}(?:,? |-){YEAR}",
    rf"{MONTH}[ _-]?{YEAR}",
)
DATE = re.compile(f"{STARTS}(?:{'|'.join(DATES)}){ENDS}")
"""A real date, whole or of a month and year, in any of the ways that people and programs write it."""

TELEPHONES = (
    r"\+\d[\d ()/-]{7,}\d",
    r"\(0\d{1,5}\)[ /-]?\d{3}[\d /-]*\d",
    r"\(\d{3}\) ?\d{3}-\d{4}",
    r"\d{3}-\d{3}-\d{4}",
    r"0\d{2,5}[/-]\d{3}[\d -]*\d",
    r"0\d{2,4} \d{5}[\d ]*",
    r"0\d(?:[ .]\d{2}){4}",
)
TELEPHONE = re.compile(rf"(?<![\w(+])(?:{'|'.join(TELEPHONES)}){ENDS}")
E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]*\w(?:[\w.+-]*@[\w-]+\.[\w.]*\w)*")
"""Begins only where a word does, so that no letter is looked at for every one before it."""
TITLES = (
    "Mr Mrs Ms Miss Dr Prof Frau Herr Herrn Mme Mlle Madame Monsieur Sra Señor Señora Sig Signor Signora Mevr Mevrouw"
)
WORD = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’-][^\W\d_]+){0,4}"
TITLED = re.compile(rf"\b(?:{'|'.join(TITLES.split())})\b\.? {WORD}(?: {WORD})?")

USUAL = (
    "lab results? export data visits? clinic flow tables? patients? study report final version samples? blood week "
    "baseline treatments? medications? events? registry cohort psoriasis tubes? specimens? panel month day follow "
    "screening pasi immune subsets cytokines? scores? list sheet book trial center site skin serum new old"
)
"""Words of the names of files and tubes that are no names of people."""
NAME = rf"(?!(?i:{'|'.join(USUAL.split())})(?![^\W\d_])){WORD}"
BESIDE_DATE = re.compile(rf"{STARTS}{NAME}[ _,]+{NAME}(?=[ _,(]+\[date\])")

MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (E_MAIL, "[e-mail]"), (DATE, "[date]"), (TELEPHONE, "[telephone]"), (TITLED, "[name]"), (BESIDE_DATE, "[name]"),
)  # fmt: skip
"""What is looked for, in this order, and what stands in its place. To mask more: one entry."""


def masked(text: str) -> str:
    """The text with everything that `MASKS` find replaced."""
    for pattern, sign in MASKS:
        text = pattern.sub(sign, text)
    return text


def all_masked(words: pd.Series) -> pd.Series:
    """The texts, each as `masked`; a categorical keeps its order."""
    if isinstance(words.dtype, pd.CategoricalDtype):
        known = [masked(str(word)) for word in words.cat.categories]
        clean = np.array([*known, None], dtype=object)[words.cat.codes.to_numpy()]
        return pd.Series(pd.Categorical(clean, pd.Index(dict.fromkeys(known), dtype="str")), words.index)
    changed = {word: other for word in words.dropna().unique() if (other := masked(str(word))) != word}
    return words.replace(changed) if changed else words


def title_of(name: str) -> str:
    """A file's name as a title: without real dates, and without what identifies a person."""
    bare = re.sub(r"\[[a-z -]+\]", "", masked(name))
    left = re.sub(r"[\s_-]+(?=\.|$)|^[\s_-]+", "", bare)
    return name if bare == name else "study" if not left or left.startswith(".") else left

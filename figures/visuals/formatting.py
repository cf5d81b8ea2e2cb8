"""Numbers in words: no coefficient without its interval, df, p and n."""

from __future__ import annotations

import html
import math
import re
import textwrap
from typing import TYPE_CHECKING, Any

from analysis.correlation.points import detectable
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name
from analysis.response.rates import percent_texts

if TYPE_CHECKING:
    import pandas as pd

    from data.study import Study

MINUS = "−"
LONG = 1000
"""From so many pairs on, the numbers of a matrix cell stand close together."""
BRIEF = 24
"""Characters of a line of `brief`."""
LEFT_OUT = {"patient_spearman": "without a coefficient", "change_on_change": "with too few differences"}
"""Why a patient who has pairs contributes nothing, where it is not that they have a single one."""
DETECTED = "<br>n of this size: |r| ≥ %{customdata[1]} for p < 0.05, %{customdata[2]} for 80 % power"
"""In a template of hover texts: what so few could have found."""


def escaped(text: str) -> str:
    """Text from a file, shown as it is written: plotly would read tags in it."""
    return html.escape(text, quote=False)


def plain(text: str) -> str:
    """The same as plain text on one line, without tags."""
    return html.unescape(re.sub(r"</?\w+[^>]*>", "", text.replace("<br>", " ")))


def in_template(text: str) -> str:
    """The same within a template of hover texts, which would take %{…} for a value."""
    return escaped(text).replace("%{", "%&#123;")


def of_outcome(template: str, study: Study) -> str:
    """A template of hover texts with the name of the study's outcome for its {outcome}."""
    return template.replace("{outcome}", in_template(outcome_name(study)))


def number(value: float, digits: int = 2) -> str:
    """A number with a true minus sign; what rounds to 0 has none."""
    return f"{value:z.{digits}f}".replace("-", MINUS)


def significant(value: float, digits: int | None = None) -> str:
    """A number to so many significant digits, or as short as it can be written, with a true minus sign; 0 has none."""
    return f"{value + 0.0:{'g' if digits is None else f'.{digits}g'}}".replace("-", MINUS)


Headline = tuple[str, str]
"""What a view finds in plain text: its number, at most `NUMBER` characters, and what that stands on, at most `REST`."""
NUMBER, REST = 40, 90


def unable(why: str) -> Headline:
    """The headline of a view that has no number: the first sentence of `why` where there is room for it."""
    text = plain(why).split(". ")[0].rstrip(".")
    return "No number", f"{text}." if len(text) < REST else "The chart says why, and what to do."


def fitted(*parts: str, longest: int = REST) -> str:
    """As many of the parts, from the first, as find room, parted by semicolons; never half of one but the first."""
    told = ""
    for part in filter(None, parts):
        longer = f"{told}; {part}" if told else part
        told = longer if len(longer) <= longest else told
    return told or middle(parts[0], longest)


def coefficient(result: Any, *parts: str) -> Headline:
    """The headline of a coefficient: its interval, patients and pairs, p, then `parts` where there is room."""
    if result.reason:
        return "Not computed", fitted(counts(result), result.reason)
    ends = "no interval" if math.isnan(result.low) else f"95 % CI {number(result.low)} to {number(result.high)}"
    p = _p(result, brief=True) if math.isnan(result.p) else p_value(result.p)
    return f"{symbol(result.statistic)} = {number(result.estimate)}", fitted(f"{ends}; {counts(result)}, {p}", *parts)


def count_range(counts: pd.Series[int], noun: str) -> str:
    """How many, of several: "20 to 28 pairs"."""
    low, high = int(counts.min()), int(counts.max())
    return plural(high, noun) if low == high else f"{low:,} to {high:,} {noun}s"


def week(value: float) -> str:
    """A week in words, to a tenth: "week 8", "week 5.9"."""
    return f"week {round(value, 1) + 0.0:.5g}".replace("-", MINUS)


def rate(percent: float, low: float, high: float) -> str:
    """A rate in percent with its interval: 0 % of 875 is "0 % (0–0.44)"."""
    middle, least, most = percent_texts(percent, low, high)
    return f"{middle} % ({least}–{most})"


def unbroken(sentence: str) -> str:
    """A sentence whose numbers a line break leaves whole: "30 %", "25–36"."""
    return re.sub(r"(?<=\d)–(?=\d)", "\u2060–\u2060", sentence.replace(" %", "\u00a0%"))


def p_value(p: float) -> str:
    """p to two significant digits, never as 0."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def line(text: str) -> str:
    """The text on a line of its own, or ""."""
    return f"<br>{text}" if text else ""


def q_value(result: Any) -> str:
    """A line with q and its family, or "" where there is no p."""
    return "" if math.isnan(result.q) else f"<br>q = {result.q:.2g} over {result.family:,} cells (Benjamini–Hochberg)"


def detected_line(statistic: str) -> str:
    """`DETECTED` for a statistic whose p counts visits, else ""."""
    return DETECTED if STATISTICS[statistic].judges == "visits" else ""


def detected(table: pd.DataFrame) -> list[tuple[None, str, str]]:
    """Of each row (p and p_df) nobody, the |r| from which p < 0.05, and that found with a power of 80 %, for
    `DETECTED`; – where p is missing."""
    needed, powered = detectable(table["p_df"])
    rows = zip(table["p"].isna(), needed.tolist(), powered.tolist(), strict=True)
    return [(None, "–", "–") if missing else (None, number(low), number(high)) for missing, low, high in rows]


def counts(result: Any) -> str:
    """Patients and pairs that a coefficient stands on, and the differences where it is made of those."""
    terms = STATISTICS[result.statistic].terms
    made = "" if terms == "pairs" else f" ({result.terms:,} {terms})"
    return f"{plural(result.patients, 'patient')}, {plural(result.pairs, 'pair')}{made}"


def single(result: Any) -> str:
    """Who was left out, or ""."""
    why = LEFT_OUT.get(result.statistic, "with a single pair")
    return f"<br>{plural(result.single, 'patient')} {why} left out" if result.single else ""


def symbol(statistic: str) -> str:
    """The symbol of a statistic as plain text: r(rm), since text below the line is too small to read."""
    name, _, below = STATISTICS[statistic].symbol.partition("_")
    return f"{name}({below})" if below else name


def sentence(result: Any) -> str:
    """A coefficient with all it stands on, or why there is none."""
    if result.reason:
        return f"not computed: {result.reason}<br>{counts(result)}{single(result)}"
    return f"{symbol(result.statistic)} = {interval(result)}<br>{stands(result)}"


def interval(result: Any) -> str:
    """An estimate with its interval."""
    ends = "no interval" if math.isnan(result.low) else f"95 % CI {number(result.low)} to {number(result.high)}"
    return f"{number(result.estimate)}, {ends}"


def stands(result: Any) -> str:
    """What an estimate stands on: df, p, patients and pairs."""
    return f"df {result.df:,}, {_p(result)}; {counts(result)}{single(result)}"


def brief(result: Any) -> str:
    """A coefficient with all it stands on, on short lines."""
    n = f"{result.patients:,} | {result.pairs:,}"
    if result.reason:
        return f"{wrap(f'n/c: {result.reason}', BRIEF)}<br>{n}"
    ends = " (no CI)" if math.isnan(result.low) else f"<br>{number(result.low)} to {number(result.high)}"
    stood = wrap(f"df {result.df:,}, {_p(result, brief=True)}", BRIEF)
    return f"{symbol(result.statistic)} {number(result.estimate)}{ends}<br>{stood}<br>{n}"


def printed(result: Any, phase: str, lag: float = 0.0) -> str:
    """What is printed above the scatter: of which visits, and which statistic."""
    late = f", lag {number(lag, 0 if lag == round(lag) else 1)} weeks" if lag else ""
    return f"<b>{escaped(phase)}{late}</b>  {STATISTICS[result.statistic].label}"


def cell(result: Any) -> str:
    """The two lines of a matrix cell: the coefficient, and patients | pairs; n/c is not computed."""
    between = " | " if result.pairs < LONG else "|"
    return f"{'n/c' if result.reason else number(result.estimate)}<br>{result.patients}{between}{result.pairs}"


def short(text: str, longest: int) -> str:
    """A label cut to `longest` characters."""
    return escaped(text if len(text) <= longest else text[: longest - 1] + "…")


def ends(text: str, longest: int) -> str:
    """A label cut in the middle to `longest` characters: names that differ only at their ends stay apart."""
    return escaped(middle(text, longest))


def middle(text: str, longest: int) -> str:
    """The same before it is escaped: for a note, or for what `wrap` will escape."""
    tail = longest // 2
    return text if len(text) <= longest else f"{text[: longest - 1 - tail]}…{text[-tail:]}"


def wrap(text: str, width: int) -> str:
    """A label over several lines; plain text, which is escaped here."""
    return "<br>".join(escaped(line) for line in textwrap.wrap(text, width))


def _p(result: Any, *, brief: bool = False) -> str:
    """p, and how it was made where that is not as for the others; or why there is none."""
    if math.isnan(result.p):
        return f"no p: {result.note}"
    return p_value(result.p) + (f" ({result.note})" if result.note and not brief else "")


def plural(count: int, noun: str) -> str:
    """A number of things: "3 patients"."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

"""Numbers in words: no coefficient without its interval, df, p and n."""

from __future__ import annotations

import html
import math
import textwrap
from typing import TYPE_CHECKING, Any

from analysis.correlation.points import detectable
from analysis.correlation.statistics import STATISTICS
from analysis.outcomes import outcome_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from data.study import Study

MINUS = "−"
LONG = 1000
"""From so many pairs on, the numbers of a matrix cell stand close together."""
LEFT_OUT = {"patient_spearman": "without a coefficient", "change_on_change": "with too few differences"}
"""Why a patient who has pairs contributes nothing, where it is not that she has a single one."""
DETECTED = "<br>n of this size: |r| ≥ %{customdata[1]} for p < 0.05, %{customdata[2]} for 80 % power"
"""In a template of hover texts: what so few could have found."""


def escaped(text: str) -> str:
    """Text from a file, shown as it is written: plotly would read tags in it."""
    return html.escape(text, quote=False)


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


def rate(percent: float, low: float, high: float) -> str:
    """A rate in percent with its interval, to the digits that the interval's width leaves a meaning: 0 % of 875 is
    "0 % (0–0.44)". Only what is exactly 0 or 100 is written so."""
    width = high - low
    digits = 0 if width >= 10 else 1 if width >= 1 else 2
    return f"{_share(percent, digits)} % ({_share(low, digits)}–{_share(high, digits)})"


def _share(percent: float, digits: int) -> str:
    if percent in {0, 100}:
        return f"{percent:.0f}"
    while digits < 3 and float(f"{percent:.{digits}f}") in {0, 100}:
        digits += 1
    return f"{percent:.{digits}f}"


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
    return f"{_plural(result.patients, 'patient')}, {_plural(result.pairs, 'pair')}{made}"


def single(result: Any) -> str:
    """Who was left out, or ""."""
    why = LEFT_OUT.get(result.statistic, "with a single pair")
    return f"<br>{_plural(result.single, 'patient')} {why} left out" if result.single else ""


def symbol(statistic: str) -> str:
    """The symbol of a statistic; what follows _ stands below the line."""
    name, _, below = STATISTICS[statistic].symbol.partition("_")
    return f"{name}<sub>{below}</sub>" if below else name


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
    """A coefficient with all it stands on, on one short line and a half."""
    if result.reason:
        return f"n/c: {result.reason}<br>{counts(result)}"
    ends = "(no CI)" if math.isnan(result.low) else f"({number(result.low)} to {number(result.high)})"
    stood = f"df {result.df:,}, {_p(result, brief=True)}, {result.patients:,} | {result.pairs:,}"
    return f"{symbol(result.statistic)} {number(result.estimate)} {ends}<br>{stood}"


def printed(result: Any, phase: str, lag: float = 0.0, beside: Sequence[str] = ()) -> str:
    """The lines printed on the scatter, and those `beside` them."""
    late = f", lag {number(lag, 0 if lag == round(lag) else 1)} weeks" if lag else ""
    named = f"<b>{escaped(phase)}{late}</b>  {STATISTICS[result.statistic].label}"
    return "<br>".join([named, sentence(result), *beside])


def cell(result: Any) -> str:
    """The two lines of a matrix cell: the coefficient, and patients | pairs | df; n/c is not computed."""
    counted = (result.patients, result.pairs, result.df)
    between = " | " if result.pairs < LONG else "|"
    n = between.join(map(str, counted))
    return f"{'n/c' if result.reason else number(result.estimate)}<br><span style='font-size:9px'>{n}</span>"


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


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"

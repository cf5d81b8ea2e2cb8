"""What a clinician would look at twice: plausible values, orders and overlaps. Warnings: none of them stops a study."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from data.problems import FEW, Problem, Report
from data.schema import UNIT_NOT_STATED
from data.study import SCORES
from data.tables.columns import texts
from data.tables.dose_status import was_given
from data.tables.outcome_names import scores_among
from data.tables.sheet import Sheet, located
from data.validation.absent_pairs import absent_from
from data.validation.assembly import Checked
from data.validation.repeated_ids import doubted

Known = Mapping[str, Checked]
HUNDREDFOLD = (25.0, 400.0)
"""How many times the middle of one file's values is that of another's, where one is in percent and the other is not."""
"""The share of the samples with a subset from which on the others are expected to have it."""
FOLLOW_UP_MARGIN = 4.0
"""Weeks that an infusion may lie beyond the first and last visit of its patient."""
FAR_OFF = 156.0
"""Weeks, three years: a visit farther than that from all others of its patient, or from week 0, is told."""
INTENSITY = re.compile(r"(?:g?mfi|mean|median|geom(?:etric)?|mode|r?cv|robust|sd|percentile)(?![a-z])", re.IGNORECASE)
"""How a unit begins that is a statistic of fluorescence: no share of anything, and below 0 after compensation."""


def _pasi_is_there(known: Known, report: Report) -> None:
    """Some PASI: without it a study opens, and half of the page stays empty."""
    visits = known["pasi"].table
    if visits["pasi"].notna().any():
        return
    names = known["pasi"].sheet.names if known["pasi"].sheet else {}
    scores = [score for score in scores_among(visits.columns) if visits[score].notna().any()]
    others = [SCORES.get(score, names.get(score, score)).removesuffix(" (%)") for score in scores]
    found = f"{' and '.join(others)}, but no PASI value" if others else "no PASI value"
    files = " and ".join(dict.fromkeys(one.sheet.file for one in known.values() if one.sheet is not None))
    advice = (
        "The study opens with what there is; response, relapse, rates and correlation need PASI. Add a table of "
        "patients, dates or weeks, and PASI, and open it together with the other files."
    )
    report.warn(Problem(files, None, None, found, "PASI of each patient at each visit", advice))


def _pasi_has_one_decimal(known: Known, report: Report) -> None:
    """PASI is a multiple of 0.1: more decimals are a mean, or another score."""
    table, sheet = known["pasi"].table, known["pasi"].sheet
    tenths = table["pasi"].to_numpy() * 10
    odd = np.abs(tenths - np.round(tenths)) > 1e-6
    advice = "PASI has one decimal: is it a mean, or another score?"
    _located(sheet, "pasi", odd, "a PASI with one decimal", advice, report)


def _visits_are_in_order(known: Known, report: Report) -> None:
    """Visits stand in the file in the order of their weeks, for most patients: where they do not, look for a typo."""
    table, sheet = known["pasi"].table, known["pasi"].sheet
    if sheet is None or sheet.origins or table["patient_id"].isna().all():
        return
    steps = table.groupby("patient_id", observed=True)["week"].diff().to_numpy()
    back = steps < 0
    if back.sum() > 0.2 * (~np.isnan(steps)).sum():
        return
    advice = "Visits of this patient are not in the order of time: is the week right?"
    _located(sheet, "week", back, "a week after the row before", advice, report)


def _visits_are_close(known: Known, report: Report) -> None:
    """No visit or sample lies years from all others of its patient, and not all of them lie years from week 0: most
    often, a year is mistyped. Of two groups of visits the smaller one is told, or the one farther from week 0."""
    tables = ("pasi", "immune_subsets")
    every = pd.concat([known[name].table[["patient_id", "week"]].astype({"patient_id": str}) for name in tables])
    visits = every.dropna().drop_duplicates().sort_values(["patient_id", "week"])
    steps = visits.groupby("patient_id")["week"].diff()
    away = visits["week"].abs().groupby(visits["patient_id"]).transform("min") > FAR_OFF
    if not ((steps > FAR_OFF).any() or away.any()):
        return
    clusters = ((steps > FAR_OFF) | steps.isna()).cumsum()
    off = visits[~_in_main_cluster(visits.assign(cluster=clusters, away=visits["week"].abs())) | away]
    for name in tables:
        table, sheet = known[name].table, known[name].sheet
        keys = pd.MultiIndex.from_arrays([table["patient_id"].astype(str), table["week"]])
        far = keys.isin(pd.MultiIndex.from_frame(off))
        expected = f"a week within {FAR_OFF:,.0f} weeks of another visit of this patient, and of week 0"
        _located(sheet, "week", far, expected, "Is the year of its date right?", report, _week_of(table))


def _week_of(table: pd.DataFrame) -> Callable[[int], str]:
    """What a warning says of a visit; the cell may be a date, which is not shown."""
    return lambda at: f"week {table['week'][at]:.1f}"


def _in_main_cluster(visits: pd.DataFrame) -> pd.Series:
    """Whether each visit is in its patient's largest cluster; of two as large, in the one nearer to week 0."""
    clusters = visits.groupby(["patient_id", "cluster"], as_index=False).agg(
        size=("week", "size"), away=("away", "min")
    )
    ordered = clusters.sort_values(["size", "away"], ascending=[False, True], kind="stable")
    return visits["cluster"].isin(ordered.drop_duplicates("patient_id")["cluster"])


def _frequencies_are_percents(known: Known, report: Report) -> None:
    """No frequency or count is below 0."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    definitions = known["subset_definitions"].table
    bright = definitions.loc[definitions["unit"].map(_is_intensity), "subset"].astype(str)
    negative = ((table["value"] < 0) & ~table["subset"].astype(str).isin(bright)).to_numpy()
    _located(sheet, "value", negative, "a frequency or count of at least 0", "Is it a log or a difference?", report)


def _percents_are_no_fractions(known: Known, report: Report) -> None:
    """Where subsets are in percent, or in nothing that is stated, not all values of all of them are below 1: a
    spreadsheet's cell of 5.1 % is the number 0.051."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    units = known["subset_definitions"].table["unit"]
    values = table["value"].dropna()
    percents = units.str.startswith("%") | (units == UNIT_NOT_STATED)
    if sheet is None or len(values) < 2 or not percents.all() or not values.between(0, 1).all():
        return
    found = f"no value above {values.max():g}"
    advice = "Are they fractions? Multiply by 100."
    report.warn(Problem(sheet.file, None, sheet.names.get("value", "value"), found, "percentages", advice))


def _files_count_alike(known: Known, report: Report) -> None:
    """No subset is a hundred times as much in one file as in another: one would be in percent, the other a fraction."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    if sheet is None or sheet.files is None:
        return
    positive = table.assign(file=sheet.files.astype(str)).loc[table["value"] > 0]
    middle = positive.groupby(["subset", "file"], observed=True)["value"].agg(["median", "max"]).reset_index()
    for subset, files in middle.groupby("subset", observed=True):
        low, *_, high = [*files.sort_values("median").to_dict("records")] * 2
        if low["max"] <= 1 < high["max"] and HUNDREDFOLD[0] < high["median"] / low["median"] < HUNDREDFOLD[1]:
            found = f"{subset}: {low['median']:.3g} in the middle, and {high['median']:.3g} in {high['file']}"
            advice = "Is one a fraction, the other in percent? Multiply the fractions by 100."
            report.warn(Problem(str(low["file"]), None, str(subset), found, "values of one size in all files", advice))


def _cells_count_alike(known: Known, report: Report) -> None:
    """No subset has some cells with a sign of percent, and others without it that are all below 1."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    if sheet is None or sheet.cells["value"].dtype.kind in "fiu":
        return
    marked = texts(sheet.cells["value"]).str.contains("%", regex=False).fillna(value=False).to_numpy(bool)
    whole = table.assign(marked=marked, plain=table["value"].where(~marked))
    seen = whole.groupby("subset", observed=True)
    odd = seen["marked"].transform("any") & (seen["plain"].transform("max") <= 1) & whole["plain"].notna()
    _located(sheet, "value", odd.to_numpy(), "5.1 % like the others", "Is it a fraction? Multiply it by 100.", report)


def _samples_have_all_subsets(known: Known, report: Report) -> None:
    """Of a table with a row for each value, no sample lacks a subset that most others have: nothing says whether it was
    zero or not measured."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    if sheet is None or "value" in sheet.origins or sheet.files is not None:
        return
    lacking = absent_from(table)
    if total := int(lacking.sum()):
        samples = len(table[["patient_id", "week"]].drop_duplicates())
        named = ", ".join(f"{name} in {count}" for name, count in lacking.head(FEW).items())
        found = f"{total:,} pair(s) of a sample and a subset without a row ({named} of {samples:,} samples)"
        advice = "They are read as not measured. Where they are zero, write 0."
        column = sheet.names.get("subset", "subset")
        report.warn(Problem(sheet.file, None, column, found, "a row for each subset of each sample", advice))


def _children_within_parents(known: Known, report: Report) -> None:
    """Subsets of one parent, each in % of it, do not need to add up; but one in % of total is at most its parent."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    definitions = known["subset_definitions"].table
    if sheet is None or definitions.empty:
        return
    names = definitions["subset"].astype(str)
    by_label = dict(zip(definitions["label"], names, strict=True)) | dict(zip(names, names, strict=True))
    units = dict(zip(names, definitions["unit"], strict=True))
    parents = {name: by_label.get(parent) for name, parent in zip(names, definitions["parent"], strict=True) if parent}
    same = {
        name: parent for name, parent in parents.items() if parent and parent != name and units[name] == units[parent]
    }
    same = {name: parent for name, parent in same.items() if not re.search(r"parent|unit not stated", units[name])}
    same = {name: parent for name, parent in same.items() if not _is_intensity(units[name])}
    if not same:
        return
    keys = [table["patient_id"].astype(str), table["week"]]
    values = pd.Series(table["value"].to_numpy(), [*keys, table["subset"].astype(str)])
    values = values[~values.index.duplicated()]
    theirs = pd.MultiIndex.from_arrays([*keys, table["subset"].astype(str).map(same)])
    above = table["value"].to_numpy() > values.reindex(theirs).to_numpy() + 1e-9
    _located(sheet, "value", above, "at most the value of its parent", "Both are of the same whole.", report)


def _is_intensity(unit: str) -> bool:
    """Whether a unit is a statistic of fluorescence."""
    return INTENSITY.match(unit.strip()) is not None


def _courses_do_not_overlap(known: Known, report: Report) -> None:
    """Two courses of one drug in one patient do not overlap."""
    table, sheet = known["treatments"].table, known["treatments"].sheet
    if sheet is None:
        return
    given = table[was_given(table)]
    order = given.sort_values(["patient_id", "treatment", "start_week"], kind="stable")
    ends = order["end_week"].fillna(np.inf)
    groups = [order["patient_id"].astype(str), order["treatment"]]
    latest = ends.groupby(groups).cummax().groupby(groups).shift()
    overlap = (order["start_week"] < latest).reindex(table.index, fill_value=False).to_numpy()
    advice = "Two courses of one drug overlap: is an end missing, or a row there twice?"
    _located(sheet, "start_week", overlap, "a start after the end of the course before", advice, report)


def _infusions_within_follow_up(known: Known, report: Report) -> None:
    """An infusion lies within its patient's visits, or close to them."""
    table, sheet = known["treatments"].table, known["treatments"].sheet
    visits = known["pasi"].table.dropna(subset=["week"])
    if sheet is None or visits.empty:
        return
    spans = visits.groupby(visits["patient_id"].astype(str))["week"].agg(["min", "max"])
    own = spans.reindex(table["patient_id"].astype(str))
    infusion = ((table["kind"] == "cell_therapy") & (table["start_week"] == table["end_week"])).to_numpy()
    start = table["start_week"].to_numpy()
    outside = (start < own["min"].to_numpy() - FOLLOW_UP_MARGIN) | (start > own["max"].to_numpy() + FOLLOW_UP_MARGIN)
    advice = "It is outside of this patient's follow-up: is the date right?"
    _located(sheet, "start_week", infusion & outside, "an infusion within the patient's visits", advice, report)


def _patients_spelt_once(known: Known, report: Report) -> None:
    """No two ids differ only in case, spaces, signs and leading zeros."""
    for name in ("patients", "pasi", "immune_subsets", "treatments", "events"):
        sheet = known[name].sheet
        if sheet is None:
            continue
        ids = known[name].table["patient_id"].cat.categories.astype(str)
        first: dict[str, str] = {}
        for one in ids:
            other = first.setdefault(spelling(one), one)
            if other != one:
                found, expected = f"the patients '{other}' and '{one}'", "one spelling of each id"
                report.warn(Problem(sheet.file, None, "patient_id", found, expected, "Are they the same patient?"))


def _patients_are_not_repeated(known: Known, report: Report) -> None:
    """No id is another one with a number behind it, or one of two entries of a record."""
    ids, sheets = dict[str, None](), []
    for name in ("pasi", "immune_subsets"):
        if sheet := known[name].sheet:
            ids |= dict.fromkeys(known[name].table["patient_id"].cat.categories.astype(str))
            sheets.append(sheet)
    for found, question in doubted(ids):
        files = " and ".join(dict.fromkeys(sheet.file for sheet in sheets))
        column = sheets[0].column_at("patient_id", 0)
        report.warn(Problem(files, None, column, found, "one id for each patient", question))


def spelling(patient: str) -> str:
    """An id without case, spaces, signs and leading zeros: what two spellings of it have in common."""
    return re.sub(r"(?<![0-9])0+(?=\d)", "", re.sub(r"[^a-z0-9]", "", patient.casefold()))


def _located(
    sheet: Sheet | None,
    column: str,
    bad: np.ndarray,
    expected: str,
    advice: str,
    report: Report,
    found: Callable[[int], str] | None = None,
) -> None:
    if sheet is None or not bad.any():
        return
    for problem in located(sheet, column, bad, expected, advice, found)[: 2 * FEW]:
        report.warn(problem)


WARNINGS: tuple[Callable[[Known, Report], None], ...] = (
    _pasi_is_there,
    _pasi_has_one_decimal,
    _visits_are_in_order,
    _visits_are_close,
    _frequencies_are_percents,
    _percents_are_no_fractions,
    _files_count_alike,
    _cells_count_alike,
    _samples_have_all_subsets,
    _children_within_parents,
    _courses_do_not_overlap,
    _infusions_within_follow_up,
    _patients_spelt_once,
    _patients_are_not_repeated,
)

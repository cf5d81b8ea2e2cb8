"""From sheets to a checked study: every table typed, then the rules between rows and tables, then all problems."""

from __future__ import annotations

import functools
import os
from dataclasses import replace

import numpy as np
import pandas as pd

from data.frames import with_columns
from data.privacy.identifiers import codes_of, kept_on_purpose, name_people, private
from data.privacy.masking import all_masked
from data.problems import Problem, Report, StudyError
from data.schema import ENOUGH, GROUP, TABLES, Table, tables_with
from data.settings import SANDBOX, setting
from data.study import Study
from data.tables.columns import did_you_mean, numbers, texts, typed
from data.tables.sheet import RawStudy, Sheet, located, quoted
from data.validation.assembly import Checked, assembled, index_of
from data.validation.outcomes import outcomes_of
from data.validation.plausibility import WARNINGS
from data.validation.schedule import schedule_of, too_long
from data.validation.story import story_of

__all__ = ["RULES", "StudyError", "checked"]


def checked(raw: RawStudy) -> Study:
    """The study, or StudyError with every problem found in reading and checking."""
    if "patients" in raw.sheets:
        raw.sheets["patients"] = private(
            raw.sheets["patients"], kept_on_purpose(raw.about), raw.report, chosen=raw.source.endswith(".toml")
        )
    _code_names(raw)
    outcomes = outcomes_of(raw.about, raw.source, raw.report)
    known = {name: _checked(table, raw.sheets.get(name), raw.report) for name, table in tables_with(outcomes).items()}
    for rule in RULES:
        rule(known, raw.report)
    index, schedule = index_of(raw, known["treatments"].table), schedule_of(raw.about, raw.source, raw.report)
    if problem := too_long(schedule, len(_everyone(known)), raw.source):
        raw.report.add(problem)
    story = story_of(raw.about, raw.source, raw.report)
    raw.report.stop()
    for look in WARNINGS:
        look(known, raw.report)
    study = replace(assembled(raw, known, index, outcomes), schedule=schedule, story=story)
    if SANDBOX in os.environ:
        _is_small_enough_to_send(study, raw)
    return study


def _is_small_enough_to_send(study: Study, raw: RawStudy) -> None:
    """StudyError for a study that is larger than one that anybody may send."""
    if study.size > (most := int(setting("MAX_VALUES"))):
        found = f"{study.size:,} values (samples with each subset, scores, courses, events, covariates)"
        advice = "Leave subsets or covariates out, or send the patients in parts."
        raw.report.add(Problem(raw.source, None, None, found, f"at most {most:,} (MAX_VALUES)", advice))
        raw.report.stop()


def _code_names(raw: RawStudy) -> None:
    """Codes for patients in every table, where their ids are names."""
    ids = {name: texts(sheet.cells["patient_id"]) for name, sheet in raw.sheets.items() if "patient_id" in sheet.cells}
    everyone = {one for theirs in ids.values() for one in theirs.dropna().unique()}
    if not name_people(everyone):
        return
    codes = codes_of(everyone, raw.report)
    for name, theirs in ids.items():
        sheet = raw.sheets[name]
        raw.sheets[name] = replace(sheet, cells=sheet.cells.assign(patient_id=theirs.map(codes, na_action="ignore")))


def _checked(table: Table, sheet: Sheet | None, report: Report) -> Checked:
    if sheet is None:
        columns = [column.name for column in table.columns if column.always]
        empty = Sheet(pd.DataFrame(columns=columns, dtype=object), table.name, np.array([], dtype=int))
        return Checked(typed(empty, table, Report()), None)
    made = _without_names(typed(sheet, table, report), table.name)
    if table.extra == "covariate":
        extra = [column for column in sheet.cells.columns if column not in made]
        made = with_columns(made, {str(column): _covariate(sheet.cells[column]) for column in extra})
    return Checked(made, sheet)


def _without_names(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The table with what dates and identifies taken out of its texts."""
    texted = [column.name for column in TABLES[name].columns if column.type == "text" or column is GROUP]
    named = [column for column in texted if column in table] if name != "subset_definitions" else []
    return with_columns(table, {column: all_masked(table[column]) for column in named})


def _covariate(cells: pd.Series) -> pd.Series:
    """Numbers where every cell is one, else text."""
    values, wrong = numbers(cells)
    return all_masked(texts(cells).fillna("")) if wrong.any() else pd.Series(values)


def _rows_unique(known: dict[str, Checked], report: Report) -> None:
    """No two rows of a table have the same key: one PASI per patient and week, one definition per subset."""
    for name, table in TABLES.items():
        one = known[name]
        if one.sheet is None or not table.key:
            continue
        keys = one.table[list(table.key)]
        again = (keys.duplicated() & keys.notna().all(axis=1)).to_numpy()
        if again.any():
            _report_repeats(keys, one.sheet, again, report)


def _report_repeats(keys: pd.DataFrame, sheet: Sheet, again: np.ndarray, report: Report) -> None:
    """One problem for each row of the file that repeats an earlier one, which it names."""
    first = pd.Series(sheet.rows).groupby([keys[column] for column in keys], observed=True).transform("first")
    stated = [str(column) for column in keys if column not in sheet.origins or sheet.files is not None]
    once = again & ~pd.Series(sheet.rows).where(again).duplicated().to_numpy()

    def found(at: int) -> str:
        named = [f"{name} {_shown(sheet, name, keys, at)}" for name in stated]
        return f"{', '.join(named)} again (first in row {first[at]:.0f})"

    expected = f"one row per {' and '.join(stated)}"
    for problem in located(sheet, stated[-1], once, expected, "Remove or correct one of the two.", found):
        report.add(problem)


def _shown(sheet: Sheet, column: str, keys: pd.DataFrame, at: int) -> str:
    return sheet.shown(column, at) if column in sheet.written else quoted(keys[column].iloc[at])


def _patients_known(known: dict[str, Checked], report: Report) -> None:
    """Where there is a table of patients, every other table's patients are in it."""
    patients = known["patients"]
    if patients.sheet is None:
        return
    ids = patients.table["patient_id"].cat.categories
    for name, one in known.items():
        if one.sheet is None or "patient_id" not in one.table or name == "patients":
            continue
        theirs = one.table["patient_id"].cat
        strange = ~theirs.categories.isin(ids)
        bad = np.append(strange, False)[theirs.codes]
        near = did_you_mean(theirs.categories[strange][0], ids) if strange.any() else ""
        advice = near or "Add the patient there, or correct the id."
        for problem in located(one.sheet, "patient_id", bad, f"a patient of {patients.sheet.file}", advice):
            report.add(problem)


def _ends_follow_starts(known: dict[str, Checked], report: Report) -> None:
    """No course ends before it starts."""
    table, sheet = known["treatments"].table, known["treatments"].sheet
    early = (table["end_week"] < table["start_week"]).to_numpy()
    if sheet is None or not early.any():
        return

    def found(at: int) -> str:
        return f"{table['end_week'][at]:g}, before the start {table['start_week'][at]:g}"

    expected = "an end at or after start_week"
    advice = "Leave it blank if the course is ongoing; an infusion ends when it starts."
    for problem in located(sheet, "end_week", early, expected, advice, found):
        report.add(problem)


def _percents_are_percents(known: dict[str, Checked], report: Report) -> None:
    """A subset whose unit is a percentage lies between 0 and 100."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    definitions = known["subset_definitions"].table
    if sheet is None:
        return
    percents = definitions.loc[definitions["unit"].str.startswith("%"), "subset"].astype(str)
    subsets = table["subset"].cat
    bounded = np.append(subsets.categories.isin(percents), False)[subsets.codes]
    outside = bounded & ((table["value"] < 0) | (table["value"] > 100)).to_numpy()
    for problem in located(sheet, "value", outside, "a percentage from 0 to 100 (unit in subset_definitions)"):
        report.add(problem)


def _counts_within_parents(known: dict[str, Checked], report: Report) -> None:
    """No subset has more events than its parent."""
    table, sheet = known["immune_subsets"].table, known["immune_subsets"].sheet
    above = (table["count"] > table["parent_count"]).to_numpy()
    if sheet is not None:
        for problem in located(sheet, "count", above, "at most the row's parent_count"):
            report.add(problem)


def _subsets_are_few_enough(known: dict[str, Checked], report: Report) -> None:
    """No more subsets than a table may have columns, which they are in a wide one."""
    sheet, count = known["immune_subsets"].sheet, known["immune_subsets"].table["subset"].nunique()
    if sheet is not None and count > (most := int(setting("MAX_COLUMNS"))):
        found, expected = f"{count:,} different subsets", f"at most {most:,} (MAX_COLUMNS)"
        report.add(Problem(sheet.file, None, sheet.names.get("subset", "subset"), found, expected, "Leave some out."))


def _patients_are_few_enough(known: dict[str, Checked], report: Report) -> None:
    """Every view lays out every patient, so that no more than may be."""
    count, most = len(_everyone(known)), int(setting("MAX_PATIENTS"))
    if count > most:
        files = dict.fromkeys(one.sheet.file for one in known.values() if one.sheet and "patient_id" in one.table)
        found, expected = f"{count:,} patients", f"at most {most:,} (MAX_PATIENTS)"
        report.add(Problem(" and ".join(files), None, None, found, expected, "Send the patients in parts."))


def _everyone(known: dict[str, Checked]) -> pd.Index:
    """The patients that any table names: each may name others."""
    named = [one.table["patient_id"].cat.categories for one in known.values() if "patient_id" in one.table]
    return functools.reduce(pd.Index.union, named)


def _samples_are_few_enough(known: dict[str, Checked], report: Report) -> None:
    """Of each sample every subset is kept, and of each patient its baseline, measured or not: no more than may be."""
    sheet, table = known["immune_subsets"].sheet, known["immune_subsets"].table
    subsets, most = table["subset"].nunique(), int(setting("MAX_SAMPLE_VALUES"))
    samples = len(table[["patient_id", "week"]].drop_duplicates())
    count, what = max((samples, "samples"), (len(_everyone(known)), "patients"))
    if sheet is not None and count * subsets > most:
        found = f"{count * subsets:,} values if each of {count:,} {what} had each of {subsets:,} subsets"
        advice = "Leave subsets out, or send the patients in parts."
        report.add(Problem(sheet.file, None, None, found, f"at most {most:,} (MAX_SAMPLE_VALUES)", advice))


def _something_is_known(known: dict[str, Checked], report: Report) -> None:
    """There is a visit, a sample, a treatment or an event."""
    if not report.problems and all(known[name].table.empty for name in ENOUGH):
        files = [one.sheet.file for one in known.values() if one.sheet is not None]
        expected = f"a row of {', '.join(ENOUGH[:-1])} or {ENOUGH[-1]}"
        report.add(Problem(" and ".join(files) or "the study", None, None, "none of a patient's data", expected))


RULES = (
    _something_is_known,
    _rows_unique,
    _patients_known,
    _ends_follow_starts,
    _percents_are_percents,
    _counts_within_parents,
    _patients_are_few_enough,
    _subsets_are_few_enough,
    _samples_are_few_enough,
)

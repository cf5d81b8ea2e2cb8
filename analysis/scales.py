"""The scales on which PASI and immune subsets are drawn, and the baselines that they need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np
import pandas as pd

from analysis.arrays import Floats, Positions, patient_codes, places
from analysis.filters import kept_patients
from analysis.phases import anchor_weeks, index_event
from analysis.subsets import (
    Z_SAMPLES,
    ancestors,
    percent_of_ancestor,
    positions,
    subset_codes,
    texts_of,
    z_within_patient,
)
from data.schema import tables_with
from data.study import Outcome, Study

Transform = Callable[[Floats, Floats], Floats]

NO_UNIT = "unit not stated"


@dataclass(frozen=True)
class Scale:
    """One scale. `transform` takes values and their patients' baselines and returns the scaled values, NaN where
    they are undefined; `title` is a template of the axis title with {unit}, {score}, {baseline}, {grandparent} and
    {root};
    `reference` is where "no change" lies, if anywhere; `rule` says in one sentence how it is computed and what is
    undefined. `source`, where given, takes the study and returns what is scaled instead of the value, for each row of
    `study.immune_subsets`: it needs more than one value."""

    key: str
    label: str
    title: str
    transform: Transform
    reference: float | None
    rule: str
    source: Callable[[Study], Floats] | None = None


def as_measured(value: Floats, baseline: Floats) -> Floats:
    """The value itself, in its own unit."""
    return value


def percent_improvement(value: Floats, baseline: Floats) -> Floats:
    """100 × (baseline − value) / baseline, in percent; NaN at baseline 0. Negative: worse than at baseline."""
    return 100.0 * (baseline - value) / _positive(baseline)


def change(value: Floats, baseline: Floats) -> Floats:
    """value − baseline, in the unit of the value."""
    return value - baseline


def fold(value: Floats, baseline: Floats) -> Floats:
    """value / baseline, no unit; NaN at baseline 0."""
    return value / _positive(baseline)


def log2_fold(value: Floats, baseline: Floats) -> Floats:
    """log2(value / baseline), no unit; NaN where either is 0."""
    return np.log2(_positive(value) / _positive(baseline))


def _registry(*scales: Scale) -> Mapping[str, Scale]:
    return MappingProxyType({scale.key: scale for scale in scales})


PASI_SCALES = _registry(
    Scale("absolute", "absolute", "{unit}", as_measured, None, "The outcome as scored."),
    Scale(
        "percent_improvement",
        "% improvement",
        "{score} improvement (%) from {baseline}",
        percent_improvement,
        0.0,
        "100 × (baseline − value) / baseline, or (value − baseline) where higher is better; undefined at baseline 0 "
        "and without a baseline, and where a percentage of the outcome means nothing.",
    ),
)

IMMUNE_SCALES = _registry(
    Scale("raw", "as measured", "{unit}", as_measured, None, "The frequency as measured."),
    Scale(
        "change",
        "change",
        "change in {unit} from {baseline}",
        change,
        0.0,
        "Value − baseline, in the unit of the frequency (percentage points of a %); undefined without a baseline.",
    ),
    Scale(
        "fold",
        "fold change",
        "fold change of {unit} from {baseline}",
        fold,
        1.0,
        "Value / baseline; undefined at baseline 0 and without a baseline.",
    ),
    Scale(
        "log2_fold",
        "log2 fold change",
        "log2 fold change of {unit} from {baseline}",
        log2_fold,
        0.0,
        "log2(value / baseline); undefined where the value or the baseline is 0, and without a baseline.",
    ),
    Scale(
        "z",
        "z within patient",
        "z within patient (0: the patient's mean) of {unit}",
        as_measured,
        None,
        f"(Value − mean) / SD, both of all samples of the patient; undefined below {Z_SAMPLES} samples.",
        z_within_patient,
    ),
    Scale(
        "grandparent",
        "% of grandparent",
        "{grandparent}",
        as_measured,
        None,
        "Value × the parent's % of its own parent / 100; undefined where the parent is no subset of the study.",
        partial(percent_of_ancestor, ancestor=1),
    ),
    Scale(
        "root",
        "% of highest ancestor",
        "{root}",
        as_measured,
        None,
        "Value × each ancestor's % of its own parent / 100, as far up as the study has them; undefined where the "
        "parent is no subset of the study.",
        partial(percent_of_ancestor, ancestor=-1),
    ),
)

_STARTS = MappingProxyType({"index": "index_week", "restart": "restart_week"})


def study_scores(study: Study) -> dict[str, str]:
    """The scores that this study has values of, and what each is called; PASI alone where it has none."""
    columns = {name: "_pasi" if name == "pasi" != study.focus else name for name in study.scores}
    measured = [name for name, column in columns.items() if column in study.pasi and study.pasi[column].notna().any()]
    return {name: score_name(study, name) for name in measured or ["pasi"]}


def score_name(study: Study, score: str) -> str:
    """What a score is called: "BSA"."""
    return study.scores[score].removesuffix(" (%)")


def score_range(study: Study, score: str) -> tuple[float, float]:
    """The lowest and the highest value that a score can have."""
    column = tables_with(study.outcomes)["pasi"].column(score)
    return column.low, column.high


def score_unit(study: Study, score: str) -> str:
    """A score with its range: "DLQI (0–30)"; of one that is better the higher it is, so."""
    name, (low, high) = study.scores[score], score_range(study, score)
    if name.endswith("(%)"):
        return name
    higher = ", higher is better" if study.outcome(score).better == "higher" else ""
    return f"{name} ({low:g}–{high:g}{higher})"


def axis_title(study: Study, scale: Scale, subset: str | None = None, start: str = "index", score: str = "") -> str:
    """The axis title of a scale: it names the score with its range (or the subset's denominator) and, where used, the
    baseline."""
    score = score or study.focus
    unit = score_unit(study, score) if subset is None else denominator(study, subset)
    unit = f"value ({unit})" if unit == NO_UNIT else unit
    chain = [] if subset is None else ancestors(study, subset)
    far = {"grandparent": _percent_of(chain[1:2], "grandparent"), "root": _percent_of(chain[1:][-1:], "ancestor")}
    name = score_name(study, score)
    return scale.title.format(unit=unit, score=name, baseline=baseline_label(study, start), **far)


def _percent_of(ancestor: list[str], kind: str) -> str:
    return f"% of {ancestor[0]} ({kind})" if ancestor else f"% of {kind} (cannot be computed)"


def baseline_label(study: Study, start: str = "index") -> str:
    """The baseline in words: "baseline (last at or before first MSC)"."""
    event = index_event(study) if start == "index" else "restart"
    return f"baseline (last at or before {event})"


def denominator(study: Study, subset: str) -> str:
    """The unit of a subset with its denominator: "% of CD4+ memory T (parent)", or "unit not stated"."""
    return denominators(study)[subset]


@lru_cache(maxsize=8)
def denominators(study: Study) -> dict[str, str]:
    """`denominator` of every subset."""
    names = study.subset_definitions["subset"].astype("str")
    return {name: _denominator(unit, parent) for name, unit, parent in zip(names, *texts_of(study), strict=True)}


def _denominator(unit: str, parent: str) -> str:
    if not unit:
        return NO_UNIT
    if unit.lower() == "%":
        return "% (denominator not stated)"
    if unit.lower() != "% of parent":
        return unit
    return f"% of {parent} (parent)" if parent else "% of parent (parent not named)"


def baselines(study: Study, table: pd.DataFrame, value: str, start: str = "index") -> pd.Series[float]:
    """The last non-missing `value` (in its own unit) at or before each patient's start of a phase, `start` being
    index or restart; NaN without one. Indexed by patient_id (all patients, in display order), and by subset too
    where `table` has that column (all subsets of the study, in display order)."""
    patients = study.patients["patient_id"].astype("str").to_numpy()
    values, patient = table[value].to_numpy(float), patient_codes(table)
    if "subset" not in table:
        index = pd.Index(patients, name="patient_id")
        return pd.Series(_last_known(study, table, values, start, patient, len(index)), index=index, name="baseline")
    names = pd.Index(study.subset_definitions["subset"].astype("str"))
    cell = patient * len(names) + positions(names, table["subset"])
    pairs = pd.MultiIndex.from_product([patients, names], names=["patient_id", "subset"])
    return pd.Series(_last_known(study, table, values, start, cell, len(pairs)), index=pairs, name="baseline")


def outcome_on(study: Study, scale: str, value: Floats, baseline: Floats) -> Floats:
    """Values of the study's outcome on a scale: an improvement is a rise where higher is better, and NaN where a
    percentage of the baseline means nothing."""
    return _on(study.outcome(study.focus), scale, value, baseline)


def improvement(study: Study, value: Floats, baseline: Floats) -> Floats:
    """% improvement of the study's outcome from its baseline."""
    return outcome_on(study, "percent_improvement", value, baseline)


def _on(outcome: Outcome, scale: str, value: Floats, baseline: Floats) -> Floats:
    scaled = PASI_SCALES[scale].transform(value, baseline)
    if scale == "absolute":
        return scaled
    sign = np.nan if not outcome.relative else -1.0 if outcome.better == "higher" else 1.0
    return sign * scaled


def scaled_pasi(study: Study, scale: str, start: str = "index") -> pd.DataFrame:
    """patient_id, week, value (PASI on `scale`), raw (PASI), baseline, provenance: one row per visit, the missing
    ones included as NaN. The baseline is the last PASI at or before `start`, index or restart."""
    return scaled_score(study, "pasi", scale, start)


def scaled_score(study: Study, score: str, scale: str, start: str = "index") -> pd.DataFrame:
    """`scaled_pasi` of any of `study_scores`: value and raw are of that score. An improvement is a rise where higher is
    better, and NaN where a percentage of the baseline means nothing."""
    visits = study.pasi
    baseline = np.asarray(baselines(study, visits, score, start))[patient_codes(visits)]
    raw = visits[score].to_numpy(float)
    table = _scaled(visits, raw, baseline, PASI_SCALES[scale])
    return table.assign(value=_on(study.outcome(score), scale, raw, baseline))


def scaled_immune(
    study: Study, subsets: Sequence[str], scale: str, start: str = "index", patients: Iterable[str] | None = None
) -> pd.DataFrame:
    """patient_id, week, subset, value (on `scale`), raw, baseline, count, parent_count, provenance: one row per
    sample of these subsets and patients (None: all), in the order of the study's table. The baseline is the subset's
    last value at or before `start`, index or restart."""
    names = study.subset_definitions["subset"].tolist()
    wanted = np.zeros(len(names) + 1, bool)
    wanted[places(names, subsets)] = True
    codes = subset_codes(study)
    keep = wanted[codes] & kept_patients(study, patients)[patient_codes(study.immune_subsets)]
    rows = np.flatnonzero(keep)
    samples, source = study.immune_subsets.take(rows), IMMUNE_SCALES[scale].source
    value = samples["value"].to_numpy(float)
    cell = patient_codes(samples) * len(names) + codes[rows]
    baseline = _last_known(study, samples, value, start, cell, len(study.patients) * len(names))[cell]
    table = _scaled(samples, value, baseline, IMMUNE_SCALES[scale])
    return table if source is None else table.assign(value=source(study)[rows])


def _positive(values: Floats) -> Floats:
    """NaN for 0 (and below): nothing can be divided by it."""
    return np.where(values > 0, values, np.nan)


def _scaled(table: pd.DataFrame, raw: Floats, baseline: Floats, scale: Scale) -> pd.DataFrame:
    kept = [name for name in ("patient_id", "week", "subset") if name in table]
    extra = [name for name in ("count", "parent_count", "provenance") if name in table]
    columns = {name: table[name].array for name in kept}
    columns |= {"value": scale.transform(raw, baseline), "raw": raw, "baseline": baseline}
    return pd.DataFrame(columns | {name: table[name].array for name in extra})


def _last_known(study: Study, table: pd.DataFrame, values: Floats, start: str, cell: Positions, size: int) -> Floats:
    """The last value of each cell (patient, or patient × subset) at or before the start; a patient's rows are in order
    of week, and of several rows written to one cell numpy keeps the last."""
    limit = anchor_weeks(study, _STARTS[start])[patient_codes(table)]
    rows = np.flatnonzero((table["week"].to_numpy(float) <= limit) & ~np.isnan(values))
    known = np.full(size, np.nan)
    known[cell[rows]] = values[rows]
    return known

"""The statistics of PASI against a subset over repeated visits: what each is, needs and leaves open, and its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analysis.correlation import mixed, orders, patient_sums, pooled, within
from analysis.correlation.patient_sums import Summed
from analysis.correlation.points import Cells, Points, Sides

Compute = Callable[[Points], Cells]

TREND_STAYS = "A time trend that both share is not removed: after an infusion everything moves."
IGNORES_REPEATS = "It ignores that visits repeat: patients' levels are mixed with their changes, and p is too small."


@dataclass(frozen=True)
class Statistic:
    """A statistic over repeated visits. `compute` takes points (rows × cells) and gives one entry per cell; `wording`
    is what it is, `assumption` what it needs, `caveat` what it does not do, `coverage` what a simulation found
    (docs/coverage.md), each a sentence or two; `terms` is what the df counts.

    `judges` is what p is about: the visits of these patients, or patients. `within`: PASI may be moved along each
    patient's own visits, since levels do not count. `ignores_repeats`: familiar, and no defensible choice.

    `sides`, where given, are both sides of the coefficient as a sum of products within patients, so that PASI can be
    permuted within patients. `summed`, where given, is the statistic of one cell from sums of each patient, by which
    patients are left out and resampled in one pass over them; without it, it is computed anew from all pairs.
    """

    key: str
    label: str
    symbol: str
    wording: str
    assumption: str
    caveat: str
    coverage: str
    source: str
    compute: Compute
    terms: str = "pairs"
    judges: str = "visits"
    within: bool = False
    ignores_repeats: bool = False
    sides: Callable[[Points], Sides] | None = None
    summed: Summed | None = None


def _measured(held: str, held_serial: str, alone: str, alone_serial: str, course: tuple[int, int], slopes: str) -> str:
    """The line beside a statistic, from docs/coverage.md: percents over 3 to 30 patients, for independent errors and
    for AR(1) 0.5; and with independent errors p < 0.05 under a shared course, for 3 and for 30 patients, and where
    slopes vary between patients."""
    return (
        f"Simulated with 9 visits, the 95 % interval held {held} % of the time, {held_serial} % with errors AR(1) 0.5. "
        f"Without any association its own p was < 0.05 in {alone} % ({alone_serial} %); without any but a shared fall "
        f"and relapse, in {course[0]} % at 3 patients and {course[1]} % at 30; without any on average, where slopes "
        f"differ between patients, in {slopes} %."
    )


def _registry(*statistics: Statistic) -> Mapping[str, Statistic]:
    return MappingProxyType({statistic.key: statistic for statistic in statistics})


STATISTICS = _registry(
    Statistic(
        key="repeated_measures",
        label="repeated-measures correlation",
        symbol="r_rm",
        wording="The strength of one common linear slope within patients, each with an intercept of their own.",
        assumption="The slope is the same in all patients, and errors are independent and equally large.",
        caveat=TREND_STAYS,
        coverage=_measured("94–96", "90–93", "5–6", "9–10", (17, 94), "21–25"),
        source="Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456",
        compute=within.repeated_measures,
        summed=patient_sums.REPEATED_MEASURES,
        sides=within.level_sides,
        within=True,
    ),
    Statistic(
        key="rank_repeated_measures",
        label="rank repeated-measures correlation",
        symbol="ρ_rm",
        wording="The repeated-measures correlation of ranks within each patient, ties sharing their average.",
        assumption="The relation within patients is monotone and of one direction, and errors are independent.",
        caveat=f"{TREND_STAYS} Its interval is that of the linear version, approximate for ranks, and so is p where "
        f"orders are many. {orders.RULE}",
        coverage=_measured("93–96", "90–94", "5–6", "6–8", (16, 90), "14–15"),
        source="Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456, on ranks within patients",
        compute=within.rank_repeated_measures,
        summed=patient_sums.RANK_REPEATED_MEASURES,
        sides=within.rank_sides,
        within=True,
    ),
    Statistic(
        key="patient_spearman",
        label="mean of patients' own Spearman correlations",
        symbol="mean ρ",
        wording="Each patient's own Spearman coefficient, then their plain mean; interval and p by Student's t over "
        f"patients, df = patients − 1. A patient with fewer than {within.PATIENT_PAIRS} pairs, or without variation, "
        "is left out.",
        assumption="Patients are a sample of those to come; nothing is assumed about the visits within one.",
        caveat=f"{TREND_STAYS} Every patient weighs the same, whatever the number of pairs.",
        coverage=_measured("93–96", "92–97", "5–6", "3–5", (12, 88), "5–6"),
        source="Spearman 1904, doi 10.2307/1412159, as a summary measure per patient: Matthews et al. 1990, doi "
        "10.1136/bmj.300.6719.230",
        compute=within.mean_spearman,
        summed=patient_sums.MEAN_SPEARMAN,
        judges="patients",
    ),
    Statistic(
        key="change_on_change",
        label="change-on-change correlation",
        symbol="r_Δ",
        wording="The repeated-measures correlation of consecutive differences within patient and phase, with patient "
        "intercepts: df = differences − patients − 1. A visit without a pair is bridged.",
        assumption="The relation between changes is the same in all patients, and differences are independent.",
        caveat="Approximate, because neighbouring differences share a visit. A shared course still moves both in the "
        "same interval.",
        coverage=_measured("92–95", "94–96", "8", "5–6", (8, 33), "19–21"),
        source="Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456, on first differences",
        compute=within.change_on_change,
        summed=patient_sums.CHANGE_ON_CHANGE,
        terms="differences",
    ),
    Statistic(
        key="week_detrended",
        label="week-detrended correlation",
        symbol="r_t",
        wording="The partial correlation given patient intercepts and one common linear slope of week on both sides: "
        "df = pairs − patients − 2.",
        assumption="The shared trend is a straight line of week, the same in all patients, and errors are independent.",
        caveat="It removes a straight line only: a course that falls and relapses stays in.",
        coverage=_measured("94–96", "90–93", "5–6", "9–10", (18, 93), "21–25"),
        source="Bakdash & Marusich 2017, doi 10.3389/fpsyg.2017.00456, with week as a covariate",
        compute=within.detrended,
        summed=patient_sums.DETRENDED,
    ),
    Statistic(
        key="pooled_pearson",
        label="pooled Pearson correlation, ignoring repeats",
        symbol="r pooled",
        wording="Pearson's correlation of all pairs, as if every visit were another patient.",
        assumption="Every pair is independent of every other, which repeated visits are not.",
        caveat=IGNORES_REPEATS,
        coverage=_measured("46–57", "45–58", "43–51", "45–55", (45, 44), "41–47"),
        source="Pearson 1895, doi 10.1098/rspl.1895.0041; why not: Bland & Altman 1995, doi 10.1136/bmj.310.6977.446",
        compute=pooled.pooled_pearson,
        summed=patient_sums.POOLED_PEARSON,
        ignores_repeats=True,
        sides=pooled.pooled_sides,
    ),
    Statistic(
        key="pooled_spearman",
        label="pooled Spearman correlation, ignoring repeats",
        symbol="ρ pooled",
        wording="Spearman's correlation of all pairs, as if every visit were another patient.",
        assumption="Every pair is independent of every other, which repeated visits are not.",
        caveat=f"{IGNORES_REPEATS} {orders.RULE}",
        coverage=_measured("50–60", "48–60", "41–48", "43–54", (43, 43), "40–45"),
        source="Spearman 1904, doi 10.2307/1412159; interval: Bonett & Wright 2000, doi 10.1007/BF02294183",
        compute=pooled.pooled_spearman,
        ignores_repeats=True,
        sides=pooled.pooled_rank_sides,
    ),
    Statistic(
        key="mixed_model",
        label="linear mixed model",
        symbol="β_w",
        wording="The mean within-patient slope, in SD within patients of the outcome per SD within patients of the "
        "subset, from a model with patient intercepts and patient slopes (REML). It may exceed ±1. df = patients in "
        "whom the subset varies − 1.",
        assumption="Patients' slopes are normally distributed around the mean slope, and errors are independent.",
        caveat=f"{TREND_STAYS} Refused where the subset varies in fewer than {mixed.MINIMUM_PATIENTS} patients; "
        "with few of them and slopes that hardly differ it errs far on the safe side.",
        coverage=_measured("96–100", "96–100", "0–4", "0–4", (0, 92), "1–5"),
        source="Laird & Ware 1982, doi 10.2307/2529876; REML by its profile over one ratio of variances",
        compute=mixed.mixed_model,
        summed=patient_sums.MIXED_MODEL,
        judges="patients",
    ),
)

"""Writes a synthetic cohort of any size as a study folder: seeded, so that every run measures the same numbers."""

from pathlib import Path

import numpy as np
import pandas as pd

PASI_WEEKS = np.array([-4, 0, 1, 2, 4, 6, 9, 12, 16, 20, 24, 28, 36, 48, 60, 76, 90, 104])
IMMUNE_WEEKS = np.array([0, 2, 4, 9, 16, 24, 52, 104])
RESTART_WEEKS = np.array([9, 24])
BIOLOGICS = np.array(["adalimumab", "secukinumab", "guselkumab", "ustekinumab"])
TOML = """title = "Synthetic cohort of {patients} patients"
citation = "Made by the benchmark; not data"
week_zero = "first MSC infusion"
"""


def write(folder: Path, patients: int, subsets: int = 40, seed: int = 1, weeks: np.ndarray = IMMUNE_WEEKS) -> Path:
    """The study folder at `folder`: 18 PASI visits and 8 immune samples (or one at each of `weeks`) per patient, 4 % of
    both missing."""
    random = np.random.default_rng(seed)
    ids = np.array([f"S{number:04d}" for number in range(1, patients + 1)])
    names = [f"subset_{number:02d}" for number in range(1, subsets + 1)]
    # NaN: never restarted
    restarts = np.where(random.random(patients) < 0.75, random.choice(RESTART_WEEKS, patients), np.nan)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(TOML.format(patients=patients))
    tables = {
        "patients": people(random, ids),
        "pasi": scores(random, ids, restarts),
        "immune_subsets": samples(random, ids, names, weeks),
        "subset_definitions": definitions(names),
        "treatments": courses(random, ids, restarts),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


def people(random: np.random.Generator, ids: np.ndarray) -> pd.DataFrame:
    count = len(ids)
    return pd.DataFrame(
        {
            "patient_id": ids,
            "group": np.array(["low dose", "middle dose", "high dose"])[np.arange(count) % 3],
            "sex": random.choice(["female", "male"], count),
            "age": random.integers(18, 76, count),
            "weight_kg": random.normal(78, 14, count).clip(45, 140).round(1),
        }
    )


def scores(random: np.random.Generator, ids: np.ndarray, restarts: np.ndarray) -> pd.DataFrame:
    """PASI falls after week 0, relapses until the restart, and falls again after it."""
    baseline = random.uniform(12, 40, len(ids))[:, None]
    week = PASI_WEEKS + 0.0
    response = 0.6 * (1 - np.exp(-np.maximum(week, 0) / 3)) * np.exp(-np.maximum(week - 6, 0) / 12)
    since = np.maximum(week - restarts[:, None], 0)
    rescue = np.nan_to_num(0.95 * (1 - np.exp(-since / 6)))
    pasi = baseline * (1 - np.maximum(response, rescue)) * random.normal(1, 0.06, (len(ids), len(week)))
    return visits(ids, PASI_WEEKS).assign(pasi=some_missing(random, pasi.clip(0, 72).round(1)).ravel())


def samples(random: np.random.Generator, ids: np.ndarray, names: list[str], weeks: np.ndarray) -> pd.DataFrame:
    """Percent of parent: each subset drifts up or down with the weeks from each patient's own level."""
    shape = (len(ids), len(weeks), len(names))
    level = random.uniform(1, 30, (len(ids), 1, len(names)))
    drift = random.uniform(-0.5, 0.5, (1, 1, len(names))) * np.log1p(np.maximum(weeks, 0))[None, :, None] / 3
    values = (level * np.exp(drift + random.normal(0, 0.15, shape))).clip(0, 100).round(2)
    wide = pd.DataFrame(some_missing(random, values).reshape(-1, len(names)), columns=names)
    return pd.concat([visits(ids, weeks), wide], axis=1)


def definitions(names: list[str]) -> pd.DataFrame:
    lineages = np.array(["T cell", "B cell", "NK cell", "myeloid"])
    return pd.DataFrame(
        {
            "subset": names,
            "label": [name.replace("_", " ").capitalize() for name in names],
            "lineage": lineages[np.arange(len(names)) % len(lineages)],
            "parent": "CD4+ T cells",
            "phenotype": "synthetic",
            "unit": "% of parent",
        }
    )


def courses(random: np.random.Generator, ids: np.ndarray, restarts: np.ndarray) -> pd.DataFrame:
    """Two infusions, a prior biologic each, a background biologic for a third, and the restart where there is one."""
    count = len(ids)
    dose = random.uniform(1.96, 3.0, count).round(2)
    infusions = [
        course(ids, "UC-MSC", "cell_therapy", week, week, dose=dose, dose_unit="10^6 cells/kg") for week in (0, 1)
    ]
    before = random.integers(-120, -40, count)
    prior = course(ids, random.choice(BIOLOGICS, count), "biologic", before, before + random.integers(12, 36, count))
    background = course(ids, "etanercept", "biologic", -20, 8)[np.arange(count) % 3 == 0]
    end = np.where(random.random(count) < 0.5, np.nan, 104)
    restart = course(ids, random.choice(BIOLOGICS, count), "biologic", restarts, end)[~np.isnan(restarts)]
    order = ["patient_id", "treatment", "kind", "start_week", "end_week", "dose", "dose_unit", "note"]
    made = pd.concat([*infusions, prior, background, restart]).reindex(columns=order)
    return made.sort_values(["patient_id", "start_week"])


def course(
    ids: np.ndarray,
    treatment: str | np.ndarray,
    kind: str,
    start: float | np.ndarray,
    end: float | np.ndarray,
    **dose: object,
) -> pd.DataFrame:
    """One course per patient."""
    columns = {"patient_id": ids, "treatment": treatment, "kind": kind, "start_week": start, "end_week": end, **dose}
    return pd.DataFrame(columns)


def visits(ids: np.ndarray, weeks: np.ndarray) -> pd.DataFrame:
    """Every patient at every week."""
    return pd.DataFrame({"patient_id": ids.repeat(len(weeks)), "week": np.tile(weeks, len(ids))})


def some_missing(random: np.random.Generator, values: np.ndarray) -> np.ndarray:
    return np.where(random.random(values.shape) < 0.04, np.nan, values)

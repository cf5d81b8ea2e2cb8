"""Sums of patients that can be merged, so that all sums without each patient in turn take one pass (those before the
patient and those after are merged), and weighted, so that a resample of patients takes no pass over their pairs.
Nothing is subtracted: where one patient has nearly all of a sum, what is left of it would be rounding."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.arrays import Floats, Positions
from analysis.correlation.points import Totals, centred, exact, sides, spread_out, starts, sums


class Part(NamedTuple):
    """Sums over some patients' known pairs, one entry each. Around `value` and `pasi`, where the centre lies that has
    so much `weight` (0: each patient has a mean of their own): the sums of squares `values` and `pasis`, and of
    products. The rest is added up: `size_value` and `size_pasi`, the sums of squares around 0; `known` pairs; `terms`
    of those `patients` who have two or more, and the `pairs` that these are made of; `single`, who have one."""

    weight: Floats
    value: Floats
    pasi: Floats
    values: Floats
    pasis: Floats
    products: Floats
    size_value: Floats
    size_pasi: Floats
    known: Floats
    terms: Floats
    patients: Floats
    single: Floats
    pairs: Floats


def parts(patient: Positions, value: Floats, pasi: Floats) -> Part:
    """Each patient's part of one cell (rows × 1), around their own means."""
    found, start, known = sides(patient, value, pasi), starts(patient), ~np.isnan(value + pasi)
    squares = (found.value**2, found.pasi**2, found.value * found.pasi)
    sizes = (np.where(known, side, 0.0) ** 2 for side in (value, pasi))
    count, none = found.counts[:, 0].astype(float), np.zeros(len(start))
    terms = np.where(count > 1, count, 0.0)
    counts = (count, terms, (count > 1).astype(float), (count == 1).astype(float), terms)
    return Part._make([none, none, none, *(sums(column, start)[:, 0] for column in (*squares, *sizes)), *counts])


def around_means(patient: Positions, value: Floats, pasi: Floats) -> Part:
    """Each patient's part around their mean, which is to be one mean of all."""
    part, known = parts(patient, value, pasi), ~np.isnan(value + pasi)
    means = [_sums(np.where(known, side, 0.0), patient) / np.maximum(part.known, 1) for side in (value, pasi)]
    return part._replace(weight=part.known, value=means[0], pasi=means[1])


def around_slopes(patient: Positions, value: Floats, pasi: Floats, week: Floats) -> Part:
    """Each patient's part around their slope of week, which is to be one slope of all."""
    part, found, start = parts(patient, value, pasi), sides(patient, value, pasi), starts(patient)
    weeks, _ = centred(week, ~np.isnan(value + pasi), start, found.counts)
    weight = _sums(weeks**2, patient)
    slopes = [_sums(side * weeks, patient) / np.where(weight > 0, weight, 1.0) for side in (found.value, found.pasi)]
    lines = [spread_out(slope[:, None], start, len(patient)) * weeks for slope in slopes]
    left = parts(patient, value - lines[0], pasi - lines[1])
    sizes = {"size_value": part.size_value, "size_pasi": part.size_pasi}
    return left._replace(weight=weight, value=slopes[0], pasi=slopes[1], **sizes)


def others(part: Part) -> Part:
    """For each patient, the parts of all others together."""
    rows = np.array(part)
    none = np.zeros((len(rows), 1))
    before = np.concatenate([none, _up_to_each(rows)], axis=1)[:, :-1]
    after = np.concatenate([_up_to_each(rows[:, ::-1])[:, ::-1], none], axis=1)[:, 1:]
    return merged(Part(*before), Part(*after))


def merged(one: Part, two: Part) -> Part:
    """Two parts as one, around the centre that they have in common (Chan, Golub & LeVeque 1983, doi
    10.1080/00031305.1983.10483115)."""
    both = Part(*(np.array(one) + np.array(two)))
    share = two.weight / np.where(both.weight > 0, both.weight, 1.0)
    across, up, between = two.value - one.value, two.pasi - one.pasi, one.weight * share
    return both._replace(
        value=one.value + share * across,
        pasi=one.pasi + share * up,
        values=both.values + between * across**2,
        pasis=both.pasis + between * up**2,
        products=both.products + between * across * up,
    )


def weighted(part: Part, weights: Floats) -> Part:
    """The parts together, each patient's so many times (patients × problems), around the centre of each problem."""
    every = Part(*(np.array(part) @ weights))
    if not part.weight.any():
        return every
    share = part.weight[:, None] * weights
    centres = [
        (side * part.weight) @ weights / np.where(every.weight > 0, every.weight, 1.0)
        for side in (part.value, part.pasi)
    ]
    across, up = (side[:, None] - centre for side, centre in zip((part.value, part.pasi), centres, strict=True))
    return every._replace(
        value=centres[0],
        pasi=centres[1],
        values=every.values + np.einsum("pr,pr,pr->r", share, across, across),
        pasis=every.pasis + np.einsum("pr,pr,pr->r", share, up, up),
        products=every.products + np.einsum("pr,pr,pr->r", share, across, up),
    )


def beside(rows: Floats) -> Floats:
    """For each patient (along the last axis) the sum of all others, without subtracting."""
    none = np.zeros((*rows.shape[:-1], 1))
    before = np.concatenate([none, rows[..., :-1].cumsum(axis=-1)], axis=-1)
    after = np.concatenate([none, rows[..., :0:-1].cumsum(axis=-1)], axis=-1)[..., ::-1]
    return before + after


def totals(part: Part) -> Totals:
    """What a coefficient is made of."""
    counts = (whole(count) for count in (part.known, part.terms, part.patients, part.single))
    values, pasis = exact(part.values, part.size_value), exact(part.pasis, part.size_pasi)
    return Totals(values, pasis, part.products, *counts)


def whole(count: Floats) -> Positions:
    """A count as a whole number."""
    return np.rint(count).astype(np.intp)


def _up_to_each(rows: Floats) -> Floats:
    """The parts of each patient and all before, merged over 1, 2, 4, ... patients."""
    step = 1
    while step < rows.shape[1]:
        later = merged(Part(*rows[:, :-step]), Part(*rows[:, step:]))
        rows, step = np.concatenate([rows[:, :step], np.array(later)], axis=1), 2 * step
    return rows


def _sums(column: Floats, patient: Positions) -> Floats:
    return sums(column, starts(patient))[:, 0]

"""Labels stand on the side of their mark where less is in the way."""

import numpy as np

from figures.visuals.label_placement import ABOVE, BELOW, sides

AREA = (650.0, 130.0)


def placed(*xy: tuple[float, float]) -> np.ndarray:
    return np.array(xy, dtype=float).reshape(-1, 2)


def test_a_lone_label_stands_above_its_mark():
    assert sides(placed((0.5, 0.5)), [3], placed(), AREA) == [ABOVE]


def test_a_valley_has_its_label_below():
    around = placed((0.49, 0.57), (0.51, 0.57))
    assert sides(placed((0.5, 0.5)), [3], around, AREA) == [BELOW]


def test_a_label_never_falls_below_the_axis():
    around = placed((0.49, 0.07), (0.51, 0.07))
    assert sides(placed((0.5, 0.0)), [3], around, AREA) == [ABOVE]


def test_the_second_of_two_labels_on_one_mark_gives_way():
    assert sides(placed((0.5, 0.5), (0.5, 0.5)), [3, 3], placed(), AREA) == [ABOVE, BELOW]

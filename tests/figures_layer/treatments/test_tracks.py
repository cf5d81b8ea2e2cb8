"""Tracks beside lanes and along waterfall and lasagna: each patient's own value, in the order of the figure."""

import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.query import default
from analysis.scales import baselines
from figures.lasagna import state_table
from figures.treatments import tracks
from figures.visuals import style
from figures.waterfall import best_table
from figures_layer.cases import drawn, thirty
from studies import make_study, msc

NAN = float("nan")


def aged():
    """Thirty patients in two groups; every fourth without an age."""
    study = thirty()
    ages = [NAN if at % 4 == 3 else 20.0 + at for at in range(30)]
    sex = ["" if at % 7 == 2 else "FM"[at % 2] for at in range(30)]
    return replace(study, patients=study.patients.assign(age=ages, sex=sex))


def colour(trace):
    """The colour of each cell of a strip, None for a gap."""
    scale = trace["colorscale"]
    steps = [scale[at][1] for at in range(0, len(scale), 2)]
    return [None if np.isnan(z) else steps[int(z)] for z in np.ravel(trace["z"])]


def strips(figure):
    return [trace for trace in figure["data"] if trace["type"] == "heatmap" and {"xaxis", "yaxis"} & trace.keys()]


@pytest.mark.parametrize("view", ["waterfall", "lasagna"])
def test_strips_tell_each_patients_own_values_in_the_order_of_the_figure(view):
    study = aged()
    query = replace(default(study), track="covariate_age", lane_sort="best_response")
    figure = drawn(study, query, [view])[view]
    table = best_table(study, query)
    order = {
        "waterfall": table.loc[table["reason"] == "", "patient_id"].astype(str).tolist(),
        "lasagna": state_table(study, query).attrs["ids"],
    }[view]
    age, subset, prior = sorted(strips(figure), key=lambda one: min(one["x" if view == "lasagna" else "y"]))
    second = figure["layout"]["xaxis2" if view == "lasagna" else "yaxis2"]
    assert list(second["ticktext"]) == ["①", "②", "③"]
    assert (second["range"][0] < second["range"][1]) is (view == "lasagna")
    first = study.subset_definitions["subset"].iloc[0]
    at_baseline = baselines(study, study.immune_subsets, "value").xs(first, level="subset")
    ages = dict(zip(study.patient_ids, study.patients["age"], strict=True))
    for trace, known in ((age, ages), (subset, at_baseline)):
        said = [text.split(": ")[-1] for text in np.ravel(trace["hovertext"])]
        assert said == ["not stated" if np.isnan(known[one]) else said[at] for at, one in enumerate(order)]
        numbers = [float(re.match(r"[\d.]+", text)[0]) for text in said if text != "not stated"]
        assert numbers == pytest.approx([known[one] for one in order if not np.isnan(known[one])], rel=1e-3)
        assert [shade is None for shade in colour(trace)] == [bool(np.isnan(known[one])) for one in order]
    assert all(text.startswith(f"<b>{one}</b>") for one, text in zip(order, np.ravel(prior["hovertext"]), strict=True))
    assert all(re.search(r"age: (\d+ years|not stated)$", text) for text in np.ravel(age["hovertext"]))
    key = figure["layout"]["annotations"][-1]["text"]
    assert [line[0] for line in key.split("<br>")] == list("①②③")
    assert "blank: not stated" in key.split("<br>")[0]


def test_no_track_leaves_the_figures_as_they_were():
    study = aged()
    for view in ("waterfall", "lasagna"):
        figure = drawn(study, default(study), [view])[view]
        assert len(figure["data"]) == 1
        assert not {"xaxis2", "yaxis2"} & figure["layout"].keys()


def test_a_shade_goes_from_pale_to_dark_with_the_value_and_0_is_no_gap():
    study = make_study({f"P{at}": {0: 9.0} for at in range(4)})
    study = replace(study, patients=study.patients.assign(n=[0.0, 5.0, 10.0, NAN]))
    look, one = style.THEMES["light"], tracks.track(study, "covariate_n")
    pale, strong = look.shades
    half = [round((int(pale[i : i + 2], 16) + int(strong[i : i + 2], 16)) / 2) for i in (1, 3, 5)]
    assert tracks.colors(one, look, range(4)) == [pale, "#{:02x}{:02x}{:02x}".format(*half), strong, None]
    assert tracks.value_texts(one, range(4)) == ["0", "5", "10", "not stated"]


def test_categories_beyond_the_palette_share_the_grey_and_are_counted():
    study = make_study({f"P{at}": {0: 9.0} for at in range(13)})
    names = ["a"] * 4 + ["b"] * 3 + ["c", "d", "e", "f", "g", ""]
    one = tracks.track(replace(study, patients=study.patients.assign(site=names)), "covariate_site")
    look = style.THEMES["dark"]
    shades = dict(zip(names, tracks.colors(one, look, range(13)), strict=True))
    assert shades == dict(zip("abcde", look.tracks, strict=False)) | {
        "f": look.tracks[-1],
        "g": look.tracks[-1],
        "": None,
    }
    assert "2 others" in tracks.key([one], look)["text"]


def test_the_label_above_their_lanes_has_their_value_and_a_hollow_square_where_there_is_none():
    study = make_study({"P1": {0: 9.0}, "P2": {0: 9.0}}, treatments=[*msc("P1"), *msc("P2")])
    study = replace(study, patients=study.patients.assign(age=[41.0, NAN]))
    query = replace(default(study), track="covariate_age")
    figure = drawn(study, query, ["swimlanes"])["swimlanes"]
    labels = figure["layout"]["yaxis"]["ticktext"]
    line = next(trace for trace in figure["data"] if "followed" in (trace.get("meta") or {}))
    told = {row[0]: row[3].split("<br>")[1] for row in line["customdata"]}
    assert told == {"P1": "age: 41 years", "P2": "age: not stated"}
    heads = [re.sub(r"<[^>]*>", "", label) for label in labels if "<b>" in label]
    assert heads == ["P1  41 years ██", "P2  not stated □"]


@pytest.mark.parametrize(("patients", "apart"), [(12, True), (30, False)])
def test_low_rows_of_a_strip_have_no_gap_that_would_hide_them(patients, apart):
    study = make_study({f"P{at}": {0: 20.0, 4: 5.0} for at in range(patients)})
    study = replace(study, patients=study.patients.assign(age=40.0))
    figure = drawn(study, replace(default(study), track="covariate_age"), ["lasagna"])["lasagna"]
    assert ["ygap" in strip for strip in strips(figure)] == [apart]

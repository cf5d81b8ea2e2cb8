"""What is drawn is what the study's tables say: each number, each gap, each provenance."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.phases import anchors, study_clocks
from analysis.query import default, read
from analysis.scales import IMMUNE_SCALES, scaled_immune
from components.views import CHARTS, VIEWS
from figures import timelines
from figures.visuals import style
from figures.visuals.frame import Frame
from figures_layer.cases import EVERY, STUDIES, awkward, bundled, data_traces, drawn, gallery, marks, two_hundred
from studies import make_study, msc, random_study

pytestmark = pytest.mark.whole

NAN = float("nan")
SCALED = {
    "absolute": lambda value, baseline: value,
    "percent_improvement": lambda value, baseline: 100 * (baseline - value) / baseline if baseline > 0 else NAN,
    "raw": lambda value, baseline: value,
    "change": lambda value, baseline: value - baseline,
    "fold": lambda value, baseline: value / baseline if baseline > 0 else NAN,
    "log2_fold": lambda value, baseline: math.log2(value / baseline) if value > 0 and baseline > 0 else NAN,
}
ZERO = {"index": "index_week", "restart": "restart_week", "study": "study_week"}


def weeks_zero(study, clock_name):
    return dict(zip(study.patient_ids, anchors(study)[ZERO[clock_name]], strict=True))


def expected(study, query, table, value, scale):
    """(patient, week) -> value on its scale, for the rows of one series that the query keeps; written out by hand."""
    zero, start = weeks_zero(study, query.clock), weeks_zero(study, "index")
    known, baseline = {}, {}
    for patient, week, number in zip(table["patient_id"].astype(str), table["week"], table[value], strict=True):
        known[patient, week] = number
        if week <= start[patient] and not math.isnan(number):
            baseline[patient] = number
    low = -math.inf if query.from_week is None else query.from_week
    high = math.inf if query.to_week is None else query.to_week
    groups = dict(zip(study.patient_ids, study.patients["group"].astype(str), strict=True))
    return {
        (patient, week): SCALED[scale](number, baseline.get(patient, NAN))
        for (patient, week), number in known.items()
        if (not query.patients or patient in query.patients)
        and (not query.groups or groups[patient] in query.groups)
        and not math.isnan(zero[patient])
        and low <= week - zero[patient] <= high
    }


def assert_drawn(study, query, traces, wanted):
    """Every wanted number is drawn once, at its week, and nothing else; NaN where it is missing."""
    axis, zero = Frame.of(study, query).axis, weeks_zero(study, query.clock)
    found = {}
    for trace in traces:
        for patient, week, x, y, _, _ in marks(trace):
            assert (patient, week) not in found
            found[patient, week] = y
            assert x == pytest.approx(float(axis.forward(week - zero[patient])))
    assert found.keys() == wanted.keys()
    assert found == pytest.approx(wanted, nan_ok=True)


@EVERY
def test_every_score_is_drawn_at_its_week_and_a_missing_one_never_as_0(name):
    study = STUDIES[name]()
    for query, figures in gallery(name):
        traces = data_traces(figures["pasi"])
        if traces:
            wanted = expected(study, query, study.pasi, query.score, query.pasi_scale)
            assert_drawn(study, query, traces, wanted)


@EVERY
def test_every_sample_is_drawn_on_the_row_of_its_subset(name):
    study = STUDIES[name]()
    for query, figures in gallery(name):
        if query.immune_scale not in SCALED or not data_traces(figures["immune"]):
            continue
        for number, subset in enumerate(query.subsets, start=1):
            axis = "y" if number == 1 else f"y{number}"
            traces = [trace for trace in data_traces(figures["immune"]) if trace.get("yaxis", "y") == axis]
            table, scale = study.immune_subsets, query.immune_scale
            if scale not in SCALED:  # told by more than a value and its baseline: its own test has the numbers
                table, scale = scaled_immune(study, [subset], scale), "raw"
            rows = table[table["subset"] == subset]
            assert_drawn(study, query, traces, expected(study, query, rows, "value", scale))


def test_a_missing_visit_breaks_the_line_where_it_was_missed():
    study = make_study({"P1": {0: 20, 4: NAN, 8: 6}, "P2": {0: 10, 4: 3}})
    one, other = data_traces(drawn(study, default(study))["pasi"])
    np.testing.assert_array_equal(one["y"], [20, NAN, 6])
    np.testing.assert_array_equal(other["y"], [10, 3])
    assert one["mode"] == other["mode"] == "lines+markers"
    assert not one.get("connectgaps")


def test_thin_lines_of_a_cohort_never_run_from_one_patient_to_the_next():
    study = STUDIES["thirty"]()
    for trace in data_traces(drawn(study, default(study))["pasi"]):
        assert not trace.get("connectgaps")
        ids = [row[0] for row in trace["customdata"]]
        for i in range(1, len(ids)):
            if ids[i] != ids[i - 1] and ids[i - 1] is not None:
                assert ids[i] is None
                assert math.isnan(trace["y"][i])


@EVERY
def test_every_course_is_a_bar_every_infusion_a_mark_and_an_open_end_an_arrow(name):
    study = STUDIES[name]()
    query, figures = gallery(name)[0]
    if "lanes" not in figures["swimlanes"]["layout"].get("meta", {}):
        return
    axis, zero = Frame.of(study, query).axis, weeks_zero(study, query.clock)
    lanes = set(figures["swimlanes"]["layout"]["meta"]["lanes"])
    courses = [
        row for row in study.treatments.itertuples() if row.patient_id in lanes and not math.isnan(zero[row.patient_id])
    ]
    bars, arrows, doses = data_traces(figures["swimlanes"])
    assert sorted((p, w, r[2]) for p, w, _, _, r, _ in marks(bars)) == sorted(
        (row.patient_id, row.start_week, row.treatment) for row in courses if row.start_week != row.end_week
    )
    assert sorted((p, w, r[2]) for p, w, _, _, r, _ in marks(arrows)) == sorted(
        (row.patient_id, row.start_week, row.treatment) for row in courses if math.isnan(row.end_week)
    )
    assert sorted((p, w, r[2]) for p, w, _, _, r, _ in marks(doses)) == sorted(
        (row.patient_id, row.start_week, row.treatment) for row in courses if row.start_week == row.end_week
    )
    for patient, week, x, _, row, i in marks(bars):
        assert x == pytest.approx(float(axis.forward(week - zero[patient])))
        if row[5] is not None:
            assert x + bars["x"][i] == pytest.approx(float(axis.forward(row[5] - zero[patient])))


@EVERY
def test_a_patients_lanes_stand_together_and_hold_nobody_elses(name):
    for _, figures in gallery(name):
        figure = figures["swimlanes"]
        if "lanes" not in figure["layout"].get("meta", {}):
            continue
        lanes = figure["layout"]["meta"]["lanes"]
        blocks = [lane for lane, before in zip(lanes, [None, *lanes], strict=False) if lane != before]
        assert len(blocks) == len(set(blocks))
        courses, events = set(), set()
        for trace in figure["data"]:
            for patient, _, _, lane, *_ in marks(trace):
                assert lanes[int(lane)] == patient
            meta = trace.get("meta") or {}
            (events if meta == {"event": True} else courses).update(int(lane) for lane in trace["y"])
        assert not events & courses


@EVERY
def test_every_pair_of_the_scatter_is_a_visit_and_a_sample_within_the_tolerance(name):
    study = STUDIES[name]()
    pasi = dict(zip(zip(study.pasi["patient_id"], study.pasi["week"], strict=True), study.pasi["pasi"], strict=True))
    for query, figures in gallery(name):
        if query.pasi_scale != "absolute" or query.immune_scale != "raw" or not query.subset or query.lag:
            continue
        table = study.immune_subsets[study.immune_subsets["subset"] == query.subset]
        value = dict(zip(zip(table["patient_id"], table["week"], strict=True), table["value"], strict=True))
        seen = set()
        for trace in data_traces(figures["correlation"]):
            if trace["mode"] != "markers":
                continue
            for patient, week, x, y, row, _ in marks(trace):
                assert x == pytest.approx(value[patient, week])
                assert y == pytest.approx(pasi[patient, row[2]])
                assert abs(week - row[2]) <= query.tolerance
                assert (patient, week) not in seen
                seen.add((patient, week))


def test_illustrative_marks_are_hollow_and_observed_ones_are_not():
    for theme in ("light", "dark"):
        query, _ = read(bundled(), {"theme": theme})
        for provenance, hollow in (("illustrative", True), ("observed", False)):
            study = small(provenance)
            card = style.THEMES[theme].card
            for name, figure in drawn(study, query_of(study, theme)).items():
                for trace in data_traces(figure):
                    if is_shape(trace):
                        fills = np.atleast_1d(np.array(trace["marker"]["color"], dtype=object))
                        assert [fill == card for fill in fills] == [hollow] * len(fills), (name, query.theme)


def query_of(study, theme):
    return read(study, {"theme": theme})[0]


def small(provenance):
    weeks = {0: 20, 4: 5, 8: 12, 12: 3}
    return make_study(
        dict.fromkeys(("P1", "P2"), weeks),
        {"treg": {patient: {week: 2 + week for week in weeks} for patient in ("P1", "P2")}},
        [*msc("P1"), *msc("P2"), ("P1", "etanercept", "biologic", 9, 30)],
        provenance=provenance,
    )


def is_shape(trace):
    """A mark that is filled or not: an arrow, a prior or a background course has its own look."""
    return (
        "marker" in trace
        and trace.get("mode") != "text"
        and trace["mode" if trace["type"] == "scatter" else "type"] != "lines"
        and "triangle-right" not in str(trace["marker"].get("symbol"))
    )


def test_illustrative_marks_are_hollow_in_a_cohort_too():
    study = random_study(3, patients=30)
    tables = {name: getattr(study, name).assign(provenance="illustrative") for name in ("pasi", "immune_subsets")}
    study = type(study)(**{name: getattr(study, name) for name in study.__dataclass_fields__} | tables)
    figures = drawn(study, default(study))
    for name in ("pasi", "immune", "correlation"):
        for trace in data_traces(figures[name]):
            marker = trace["marker"]
            symbols, fills = (
                np.atleast_1d(marker.get("symbol", "circle")),
                np.atleast_1d(np.array(marker["color"], object)),
            )
            open_ones = [str(symbol).endswith("-open") for symbol in symbols]
            assert all(open_ones) or set(fills) == {style.THEMES["light"].card}, name


@pytest.mark.xdist_group("bundled")
def test_the_bundled_study_says_in_every_view_what_is_illustrative():
    query, figures = gallery("bundled")[0]
    for name in ("pasi", "immune", "correlation"):
        for trace in data_traces(figures[name]):
            if trace["mode"] == "lines":
                continue
            provenances = {row[CHART_PROVENANCE[name]] for row in trace["customdata"]}
            assert provenances <= {"illustrative", "published"}, name
            fills = [fill == style.THEMES[query.theme].card for fill in trace["marker"]["color"]]
            assert fills == [row[CHART_PROVENANCE[name]] == "illustrative" for row in trace["customdata"]]


CHART_PROVENANCE = {"pasi": 4, "immune": 4, "correlation": 7}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_percent_scale_has_lines_for_pasi_50_75_90_and_100_and_the_absolute_one_its_targets(theme):
    study = bundled()
    for scale, levels, names in (
        ("percent_improvement", [50, 75, 90, 100], ["PASI 50", "PASI 75", "PASI 90", "PASI 100"]),
        ("absolute", [2, 4], ["≤ 2", "≤ 4"]),
    ):
        layout = drawn(study, read(study, {"pasi_scale": scale, "theme": theme})[0], ["pasi"])["pasi"]["layout"]
        (told,) = [block for block in layout["meta"]["texts"] if block["kind"] == "levels"]
        assert (told["y"], told["text"]) == (levels, names)


@EVERY
def test_the_printed_statistic_says_all_it_stands_on_or_why_there_is_none(name):
    study = STUDIES[name]()
    for query, figures in gallery(name):
        if not figures["correlation"]["data"] or query.statistic != default(study).statistic:
            continue
        text = VIEWS["correlation"].note(study, query).text
        assert re.search(r"[\d,]+ patients?, [\d,]+ pairs?", text)
        parts = (r"r\(rm\) = −?\d\.\d\d", r"95 % CI −?\d\.\d\d to −?\d\.\d\d", r"df \d+")
        parts += (r"p [=<] \d|no p: ",)
        computed = [bool(re.search(part, text)) for part in parts]
        assert all(computed) or (not any(computed) and "not computed: " in text), text
        # a patient with a single pair is drawn, but the coefficient does not stand on them
        single = int((re.findall(r"(\d+) patients? with a single pair", text) or [0])[0])
        used = [
            int(n.replace(",", "")) + single for n in re.search(r"([\d,]+) patients?, ([\d,]+) pairs?", text).groups()
        ]
        caption = CHARTS["correlation"].caption(study, query)
        assert used == [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", caption)[:2]]


@EVERY
def test_a_matrix_cell_that_is_not_computed_is_grey_with_its_reason(name):
    study = STUDIES[name]()
    for query, figures in gallery(name):
        if not figures["matrix"]["data"]:
            continue
        (heat,) = figures["matrix"]["data"]
        table = CHARTS["matrix"].numbers(study, query)
        for z, text, hover, row in zip(
            np.ravel(heat["z"]), np.ravel(heat["text"]), np.ravel(heat["hovertext"]), table.itertuples(), strict=True
        ):
            assert math.isnan(z) == ("n/c" in text) == bool(row.reason)
            assert text.replace(" ", "").endswith(f"<br>{row.patients}|{row.pairs}")
            assert (
                (f"not computed: {row.reason}" in hover)
                if row.reason
                else (re.search("95 % CI|no interval", hover) and "df" in hover)
            )


def test_the_matrix_and_the_scatter_agree():
    study = bundled()
    for subset in study.subset_definitions["subset"]:
        for phase in ("before", "after", "restart", "all"):
            query, _ = read(study, {"subset": subset, "phase": phase})
            table = CHARTS["matrix"].numbers(study, query)
            cell = table[(table["subset"] == subset) & (table["phase"] == phase)].iloc[0]
            shown = VIEWS["correlation"].note(study, query).text
            if cell["reason"]:
                assert cell["reason"] in shown
            else:
                assert f"= {cell['estimate']:.2f}".replace("-", "−") in shown


def test_the_title_of_a_row_names_its_denominator_and_its_baseline():
    study = bundled()
    for scale in (key for key, one in IMMUNE_SCALES.items() if one.source is None):
        query, _ = read(study, {"immune_scale": scale, "subsets": ["treg", "cd4_skin_homing"]})
        notes = drawn(study, query, ["immune"])["immune"]["layout"]["annotations"]
        texts = [note["text"].replace("<br>", " ") for note in notes]
        whole = [note.get("hovertext", "") for note in notes]
        if "{unit}" in IMMUNE_SCALES[scale].title:
            assert scale != "raw" or sum(text.endswith("% of CD4+ T") for text in texts) == 1
            assert scale != "raw" or sum("% of CD4+ memory T" in text for text in texts) == 1
            assert sum("CD4+ T (parent)" in text for text in whole) == 1
            assert sum("CD4+ memory T (parent)" in text for text in whole) == 1
        if "{baseline}" in IMMUNE_SCALES[scale].title:
            assert sum("baseline (last at or before first MSC)" in text for text in whole) == 2


@EVERY
def test_the_weeks_of_msc_and_restart_are_marked_through_all_three_time_views(name):
    STUDIES[name]()
    for query, figures in gallery(name):
        lines = [
            {
                (s["x0"], s["line"]["dash"])
                for s in figures[view]["layout"].get("shapes", ())
                if s["type"] == "line" and s["x0"] == s["x1"]
            }
            for view in ("pasi", "immune", "swimlanes")
            if figures[view]["data"]
        ]
        assert all(found == lines[0] for found in lines), query


@pytest.mark.xdist_group("bundled")
def test_the_bundled_study_marks_week_0_1_9_and_24():
    study = bundled()
    query, figures = gallery("bundled")[0]
    axis = Frame.of(study, query).axis
    shapes = [s for s in figures["pasi"]["layout"]["shapes"] if s["type"] == "line" and s["x0"] == s["x1"]]
    marked = {(s["x0"], s["line"]["dash"]) for s in shapes}
    assert marked == {(float(axis.forward(w)), d) for w, d in ((0, "dot"), (1, "dot"), (9, "dash"), (24, "dash"))}


def test_on_the_restart_clock_every_restart_is_week_0():
    study = bundled()
    assert "restart" in study_clocks(study)
    query, _ = read(study, {"clock": "restart"})
    bars = data_traces(drawn(study, query, ["swimlanes"])["swimlanes"])[0]
    starts = {patient: x for patient, _, x, _, row, _ in marks(bars) if row[4] == "restart"}
    assert starts == {"P1": 0, "P2": 0, "P3": 0}


def test_a_large_cohort_is_medians_and_bands_and_the_layer_gets_everyone():
    study = two_hundred()
    query = default(study)
    figures = drawn(study, query)
    assert data_traces(figures["pasi"]) == []
    groups = [t["meta"]["group"] for t in figures["pasi"]["data"] if "group" in (t.get("meta") or {})]
    assert groups == ["A", "B"]
    for name in ("pasi", "immune"):
        sets = [one for one in CHARTS[name].marks(study, query) if not one.get("rule")]
        assert all(np.unique(one["patient"]).max() < 200 for one in sets)
        known = sum(int((~np.isnan(one["y"])).sum()) for one in sets)
        assert f"{known:,} values" in CHARTS[name].caption(study, query)


def test_in_a_large_cohort_the_layer_crosses_low_counts_and_leaves_illustrative_marks_hollow_as_a_small_one_does():
    study = two_hundred()
    table = study.immune_subsets
    events = np.where(np.arange(len(table)) % 5, 400.0, 20.0)
    made = np.where(np.arange(len(table)) % 2, "observed", "illustrative")
    study = replace(study, immune_subsets=table.assign(count=events, parent_count=9000.0, provenance=made))
    query = default(study)
    *lines, first, second = CHARTS["immune"].marks(study, query)
    rows = [timelines.immune_table(study, query).query("subset == @subset") for subset in query.subsets]
    for line, table in zip(lines, rows, strict=True):
        assert line["hollow"].tolist() == (table["provenance"] == "illustrative").astype(int).tolist()
    few = [study.patient_ids[0], study.patient_ids[7], study.patient_ids[150]]
    small = drawn(study, replace(query, patients=tuple(few)), ["immune"])["immune"]
    for sent, axis in ((first, "y"), (second, "y2")):
        assert (sent["count"], sent["symbol"], sent["yaxis"]) == (True, "x-thin", axis)
        crossed = [trace for trace in small["data"] if "count" in (trace.get("meta") or {}) and trace["yaxis"] == axis]
        own = {(row[0], row[1], y) for trace in crossed for row, y in zip(trace["customdata"], trace["y"], strict=True)}
        ids = [study.patient_ids[patient] for patient in sent["patient"]]
        found = {(p, w, y) for p, w, y in zip(ids, sent["week"], sent["y"], strict=True) if p in few}
        assert len(found) == len(own) > 0
        assert sorted(y for _, _, y in found) == pytest.approx(sorted(y for _, _, y in own), rel=1e-5)


def test_the_layer_hears_of_no_counts_and_no_illustration_where_there_are_none():
    study = two_hundred()
    sent = CHARTS["immune"].marks(study, default(study))
    assert len(sent) == 2
    assert not any("hollow" in one for one in sent)


def test_the_layers_arrays_hold_the_same_numbers_as_the_chart():
    study = awkward()
    query = default(study)
    figures = drawn(study, query)
    for name in ("pasi", "immune", "correlation"):
        own = {
            (p, round(float(w), 3)): (float(x), float(y))
            for trace in data_traces(figures[name])
            if trace["mode"] != "lines"
            for p, w, x, y, _, _ in marks(trace)
        }
        one, *rules = CHARTS[name].marks(study, query)
        assert all(rule["rule"] for rule in rules)
        columns = (one["patient"], one["week"], one["x"], one["y"])
        sent = {
            (study.patient_ids[p], round(float(w), 3)): (float(x), float(y))
            for p, w, x, y in zip(*columns, strict=True)
        }
        assert sent.keys() == own.keys()
        for key, place in own.items():
            assert sent[key] == pytest.approx(place, rel=1e-5)

"""What holds for every view, whatever the study and the query."""

import math
import re
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.query import Query, default, read
from components.views import CHARTS, VIEWS
from figures import figure as as_plotly
from figures.visuals import style
from figures.visuals.contract import Meta
from figures.visuals.empty_state import NEEDS, absence
from figures_layer.cases import (
    AWKWARD,
    CHANGES,
    EVERY,
    STUDIES,
    TABLES,
    TIMES,
    awkward,
    bundled,
    data_traces,
    drawn,
    figures_of,
    gallery,
    queries,
    rule_traces,
    shown,
)

SHARED = ("heatmap", "one_patient", "influence")
"""A patient may have several rows here, and a row may be nobody's."""


@EVERY
def test_a_figure_survives_the_validation_that_drawing_leaves_out(name):
    for key in CHARTS:
        for query, figure in figures_of(name, key):
            assert figure.keys() == {"data", "layout"}
            assert len(as_plotly(figure).data) == len(figure["data"]), (key, query)
            assert (figure["layout"].get("meta") or {}).keys() <= Meta.__annotations__.keys(), (key, query)


@EVERY
def test_every_data_trace_names_its_patient_first(name):
    study = STUDIES[name]()
    known, groups = set(study.patient_ids), set(study.patients["group"])
    for key in CHARTS:
        for _, figure in figures_of(name, key):
            for trace in figure["data"]:
                assert_names_patients(trace, figure, known, groups)


def assert_names_patients(trace, figure, known, groups):
    meta = trace.get("meta") or {}
    if "customdata" not in trace or "band" in meta:
        assert is_no_data(trace), trace
    elif "group" in meta:
        assert {row[0] for row in trace["customdata"]} <= groups
    elif "members" in meta:
        assert {row[0] for row in known_marks(trace)} <= figure["layout"]["meta"]["members"].keys()
    else:
        assert len(trace["customdata"]) == len(trace["y"])
        assert {row[0] for row in trace["customdata"]} <= known | {None}


def known_marks(trace):
    """The rows of customdata whose mark is drawn."""
    return [row for row, y in zip(trace["customdata"], trace["y"], strict=True) if not math.isnan(y)]


@EVERY
def test_what_a_chart_is_made_of_names_patients_of_the_study(name):
    study = STUDIES[name]()
    for view in CHARTS.values():
        for query, figure in figures_of(name, view.key):
            meta, traces = figure["layout"].get("meta") or {}, figure["data"]
            assert_places_are_patients(study, view.key, meta, traces)
            for positions in meta.get("members", {}).values():
                assert positions == sorted(set(positions))
                assert all(0 <= position < len(study.patient_ids) for position in positions)
            assert meta.get("members", {}) == (view.members(study, query) if view.members and traces else {})
            assert "members" not in meta or meta["ids"] == study.patient_ids
            for chosen in filter(None, meta.get("sets", ())):
                assert chosen.keys() <= Query.__dataclass_fields__.keys()
                assert read(study, chosen)[1] == []


def assert_places_are_patients(study, key, meta, traces):
    for place, axis in (("columns", "x"), ("rows", "y")):
        named = [patient for patient in meta.get(place, ()) if patient]
        assert set(named) <= set(study.patient_ids)
        if place in meta and key not in SHARED:
            assert len(meta[place]) == len(set(named)) == len(traces[0][axis])


def is_no_data(trace):
    """A heatmap, a band, a frame nobody sees, a legend entry, a row over all patients, or words."""
    invisible = trace.get("marker", {}).get("opacity") == 0
    meta = trace.get("meta") or {}
    band = meta.get("band") or meta.get("row")
    return trace["type"] == "heatmap" or band or invisible or trace["x"] == [None] or trace["mode"] == "text"


@pytest.mark.parametrize("key", VIEWS)
@pytest.mark.xdist_group("bundled")
def test_a_view_depends_on_nothing_but_its_fields(key):
    study, view = bundled(), VIEWS[key]
    start = default(study)
    other = replace(start, **{field: value for field, value in CHANGES.items() if field not in view.fields})
    assert view.caption(study, other) == view.caption(study, start)
    if key in CHARTS:
        assert repr(drawn(study, other, [key])) == repr(drawn(study, start, [key]))


@EVERY
def test_no_view_changes_its_study(name):
    study, untouched = STUDIES[name](), STUDIES[name].__wrapped__()
    gallery(name)
    for query in (queries(study)[0], queries(study)[-1]):
        for view in VIEWS.values():
            view.numbers(study, query)
            view.caption(study, query)
            if view.marks:
                view.marks(study, query)
    for table in TABLES:
        assert getattr(study, table).equals(getattr(untouched, table)), table


@EVERY
def test_a_patient_has_one_colour_in_every_view(name):
    for theme in ("light", "dark"):
        colors = {}
        for figures in [
            figures for query, figures in gallery(name) if (query.theme, query.lane_colour) == (theme, "patient")
        ]:
            for figure in figures.values():
                for trace in [*data_traces(figure), *rule_traces(figure)]:
                    for patient, kind, color in colors_of(trace):
                        colors.setdefault(patient, {"line": set(), "text": set()})[kind].add(color)
        for patient, found in colors.items():
            assert len(found["line"]) <= 1, (patient, found)
            assert len(found["text"] | {style.inked(color) for color in found["line"]}) == 1, (patient, found)


def colors_of(trace):
    """(patient, "line" or "text", colour without its opacity) of each mark."""
    if not trace["customdata"]:
        return
    marker = trace.get("marker", {})
    text = trace.get("textfont", {}).get("color")
    line = marker.get("line", {}).get("color") or trace.get("line", {}).get("color")
    kind, outline = ("text", text) if text and not line else ("line", line or marker["color"])
    for i, row in enumerate(trace["customdata"]):
        if row[0] is not None:
            yield row[0], kind, solid(outline if isinstance(outline, str) else outline[i])


def solid(color):
    faded = re.match(r"rgba\((\d+),(\d+),(\d+),", color)
    return "#{:02x}{:02x}{:02x}".format(*map(int, faded.groups())) if faded else color


@EVERY
def test_the_time_views_share_range_ticks_and_margins(name):
    for _, figures in gallery(name):
        shown = [figures[view]["layout"] for view in TIMES if "tickvals" in figures[view]["layout"]["xaxis"]]
        for part in ("range", "tickvals", "ticktext"):
            assert all(layout["xaxis"][part] == shown[0]["xaxis"][part] for layout in shown)
        assert len({(layout["margin"]["l"], layout["margin"]["r"]) for layout in shown}) <= 1


@EVERY
def test_an_empty_card_says_what_is_missing_and_what_to_do(name):
    for _, figures in gallery(name):
        for view, figure in figures.items():
            if not figure["data"]:
                sentence = figure["layout"]["annotations"][0]["text"]
                assert re.search(r"add|choose|remove|widen|window", sentence, re.IGNORECASE), (view, sentence)


@EVERY
def test_a_view_that_lacks_what_it_needs_says_what_to_add_instead_of_drawing(name):
    study = STUDIES[name]()
    for view in CHARTS.values():
        said = absence(study, view.needs)
        for query, figure in figures_of(name, view.key) if said else ():
            assert figure["data"] == [], view.key
            assert [note["text"] for note in figure["layout"]["annotations"]] == [said], (view.key, query)
            assert all(f"no {NEEDS[need].name}" in said for need in view.needs if not NEEDS[need].found(study))
            assert "Add <b>" in said


@EVERY
def test_every_caption_says_how_many(name):
    for query, _, captions in shown(name):
        for key, caption in captions.items():
            assert re.search(r"\d|no (PASI|immune data|treatments|pairs)", caption), (key, query)


@pytest.mark.wide
@pytest.mark.xdist_group("awkward")
def test_names_that_look_like_html_are_shown_as_text():
    for key in CHARTS:
        for _, figure in figures_of("awkward", key):
            for text in words(figure):
                assert not re.search(r"<(b>B|u>A|i>each|s>treg|q>T|em>1)", text), (key, text)
                assert "%{customdata[0]}" not in text


def words(figure):
    """Whatever plotly would read tags in: text, hover, tick labels, annotations, titles."""
    layout = figure["layout"]
    for trace in figure["data"]:
        for key in ("text", "hovertext", "hovertemplate"):
            yield from flat(trace.get(key, ()))
        for row in trace.get("customdata", ()):
            shown = map(int, re.findall(r"customdata\[(\d+)\]", trace.get("hovertemplate", "")))
            yield from (row[i] for i in shown if i and isinstance(row[i], str))
    yield from (note["text"] for note in layout.get("annotations", ()))
    for name in layout:
        if re.match(r"[xy]axis", name):
            yield from layout[name].get("ticktext", ())
            yield (layout[name].get("title") or {}).get("text") or ""


def flat(text):
    if isinstance(text, str):
        yield text
    else:
        for part in text:
            yield from flat(part)


RAW = st.one_of(
    st.none(), st.booleans(), st.integers(-9999, 9999), st.floats(-9999, 9999), st.sampled_from([math.inf, math.nan]), st.text(max_size=8),
    st.lists(st.one_of(st.text(max_size=5), st.integers(), st.sampled_from(["P1", "treg", "cd4_skin_homing"])), max_size=8),
    st.sampled_from(["P1", "restart", "treg", "fold", "percent_improvement", "dark", "after", "true", "12", "-3", "1e3", "nan"]),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
ADDRESS = st.dictionaries(
    st.one_of(st.sampled_from(list(Query.__dataclass_fields__)), st.text(max_size=6)), RAW, max_size=8
)


@settings(max_examples=25)
@given(ADDRESS)
def test_whatever_an_address_holds_is_read_and_drawn(raw):
    study = bundled()
    query, complaints = read(study, raw)
    assert isinstance(query, Query)
    assert all("default is shown" in sentence for sentence in complaints)
    for figure in drawn(study, query).values():
        assert figure["layout"]
    for view in VIEWS.values():
        view.numbers(study, query)
        assert view.caption(study, query)


@given(ADDRESS)
def test_what_was_read_is_read_the_same_again(raw):
    study = bundled()
    query, _ = read(study, raw)
    again, complaints = read(study, {name: getattr(query, name) for name in Query.__dataclass_fields__})
    assert again == query
    assert [c for c in complaints if query.subset or "subset" not in c] == []


@pytest.mark.parametrize("window", [{"to_week": 1e6}, {"from_week": -1e6}])
def test_a_window_of_a_million_weeks_costs_no_memory(window):
    study = bundled()
    query, _ = read(study, window)
    drawn(study, default(study), TIMES)  # what is loaded once is no cost of the window
    tracemalloc.start()
    drawn(study, query, TIMES)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5e6


def test_garbage_gives_defaults_and_a_sentence_for_each():
    study = bundled()
    raw = {"clock": "moon", "patients": ["P9"], "tolerance": "x", "from_week": math.inf, "theme": 3, "junk": "1"}
    query, complaints = read(study, raw)
    assert query == default(study)
    assert len(complaints) == 5
    assert all(
        any(word in sentence for word in ("clock", "patients", "tolerance", "from week", "theme"))
        for sentence in complaints
    )
    assert "P9" in complaints[1]


@pytest.mark.parametrize("value", [None, 5, "x", [1], {"a": 1}, [[1]], 10**400])
def test_what_is_wrong_is_said_in_words_of_the_page(value):
    names = ("clock", "patients", "tolerance", "from_week", "subsets", "patient", "pair_view")
    _, complaints = read(bundled(), dict.fromkeys(names, value))
    ours = ("this study knows", "this study has no", "a number")
    assert all(any(f"but {words}" in sentence for words in ours) for sentence in complaints)
    assert len(complaints) >= 4


def test_the_awkward_names_survive_being_read():
    study = awkward()
    query, complaints = read(study, {"patients": list(AWKWARD), "groups": ["<em>1</em>"], "subsets": ["<s>treg</s>"]})
    assert (query.patients, query.groups, complaints) == (AWKWARD, ("<em>1</em>",), [])

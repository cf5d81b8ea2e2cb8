"""What is on the page: a control per field, a card per view, and nothing of the patients in the browser's stores."""

import json
from dataclasses import asdict, fields

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from analysis import query as queries
from analysis.query import Query, default
from components import ids, layout
from components.controls import CONTROLS
from components.grid import response_grid
from components.page.header import ILLUSTRATIVE
from components.views import CHARTS, TABS, VIEWS
from data.catalog import open_study
from figures_layer.cases import EVERY, STUDIES, awkward, bundled, thirty, two_hundred

BY_HAND = {"theme"}
"""Fields whose control is a button of the header."""


def parts(study, titles=None):
    """Every component of the page, the page itself included."""
    shell = layout.shell(study, titles or {study.key: study.title})
    return [shell, *shell._traverse()]


def attribute(part, name):
    return part.to_plotly_json()["props"].get(name) if isinstance(part, Component) else None


def inside(part):
    return [part, *part._traverse()]


def wrapped(study):
    """Field -> the elements that say they hold its control."""
    found = {}
    for part in parts(study):
        if attribute(part, "data-control"):
            found.setdefault(attribute(part, "data-control"), []).append(part)
    return found


def test_every_field_of_the_query_has_a_control_or_is_named_here():
    assert CONTROLS.keys() == {field.name for field in fields(Query)} - BY_HAND - queries.DECKS.keys()
    assert all(control.field == field for field, control in CONTROLS.items())


@EVERY
def test_every_control_that_a_study_needs_is_on_the_page_once_labelled_and_explained(name):
    study = STUDIES[name]()
    found = wrapped(study)
    wanted = {field for field, control in CONTROLS.items() if control.needed(study)}
    assert found.keys() == wanted | BY_HAND
    for field in wanted:
        (element,) = found[field]
        controls = [part for part in inside(element) if attribute(part, "id") == ids.control(field)]
        assert len(controls) == 1, field
        assert attribute(element, "data-about") == CONTROLS[field].about
        assert len(CONTROLS[field].about) > 20
        assert any(isinstance(part, html.Label) for part in inside(element)), field


@EVERY
def test_a_control_shows_the_value_that_is_drawn(name):
    study = STUDIES[name]()
    query = asdict(default(study))
    for part in parts(study):
        if isinstance(attribute(part, "id"), dict) and attribute(part, "id")["type"] == "control":
            value = attribute(part, "value")
            assert (tuple(value) if isinstance(value, list) else value) == query[attribute(part, "id")["field"]]


@EVERY
def test_every_choice_of_a_control_is_a_value_that_the_query_takes(name):
    study = STUDIES[name]()
    from analysis.query import read

    for part in parts(study):
        if isinstance(attribute(part, "id"), dict) and attribute(part, "options"):
            field = attribute(part, "id")["field"]
            for option in attribute(part, "options"):
                if option.get("disabled"):
                    continue
                value = [option["value"]] if isinstance(attribute(part, "value"), list) else option["value"]
                assert read(study, {field: value})[1] == []


@EVERY
def test_every_view_stands_once_where_tools_can_find_it(name):
    study = STUDIES[name]()
    cards = {attribute(part, "data-view"): part for part in parts(study) if attribute(part, "data-view")}
    assert cards.keys() == VIEWS.keys()
    for key, card in cards.items():
        panelled = bool(VIEWS[key].tab)
        assert isinstance(card, html.Section if panelled else html.Div)
        assert [attribute(part, "id") for part in inside(card)].count(ids.caption(key)) == 1
        titles = [part for part in inside(card) if isinstance(part, html.H2)]
        assert titles[0].children == VIEWS[key].titled(study)
        assert VIEWS[key].about in attribute(card, "aria-label")
        graphs = [part for part in inside(card) if isinstance(part, dcc.Graph)]
        assert len(graphs) == (panelled and key in CHARTS and VIEWS[key].open(default(study)))


@EVERY
def test_every_view_of_the_panel_belongs_to_one_tab_and_one_is_in_sight(name):
    study = STUDIES[name]()
    tabs = [part for part in parts(study) if attribute(part, "data-tab")]
    assert [attribute(tab, "data-tab") for tab in tabs] == list(TABS)
    listed = [key for tab in tabs for key in json.loads(attribute(tab, "data-views"))]
    assert sorted(listed) == sorted(key for key, view in VIEWS.items() if view.tab)
    assert {view for views in queries.DECKS.values() for view in views} <= set(listed)
    cards = [part for part in parts(study) if attribute(part, "data-view") in listed]
    shown = [attribute(card, "data-view") for card in cards if " hidden" not in attribute(card, "className")]
    assert shown == [default(study).panel]
    assert [attribute(tab, "aria-selected") for tab in tabs].count("true") == 1


def test_no_two_parts_of_the_page_have_one_id():
    found = [json.dumps(attribute(part, "id"), sort_keys=True) for part in parts(bundled()) if attribute(part, "id")]
    assert len(found) == len(set(found))


def test_every_button_says_what_it_does():
    for part in parts(bundled()):
        if isinstance(part, html.Button):
            words = (
                "".join(text for text in inside(part) if isinstance(text, str))
                + str(attribute(part, "data-about"))
                + str(attribute(part, "aria-label"))
            )
            assert len(words) > 3, part


def test_every_chart_refuses_the_cloud_and_scroll_zoom():
    for part in parts(bundled()):
        if isinstance(part, dcc.Graph):
            config = attribute(part, "config")
            assert config["showSendToCloud"] is False
            assert config["plotlyServerURL"] == ""
            assert config["scrollZoom"] is False
            assert config["displaylogo"] is False


def test_dash_is_told_of_no_click_on_what_a_chart_or_the_line_stands_in():
    named = [part for part in parts(bundled()) if attribute(part, "id") and "n_clicks" in part.available_properties]
    shells = [part for part in named if any(isinstance(own, dcc.Graph) for own in inside(part))]
    line = [part for part in named if part.id in (ids.LEGEND, ids.CHIPS)]
    assert {ids.PAGE, ids.LEGEND, ids.CHIPS} <= {part.id for part in [*shells, *line] if isinstance(part.id, str)}
    assert [part.id for part in [*shells, *line] if not attribute(part, "disable_n_clicks")] == []


@pytest.mark.parametrize("study", [bundled, thirty, two_hundred], ids=["3", "30", "200"])
def test_the_stores_are_below_4_kB_and_hold_no_patient(study):
    stores = [part for part in parts(study()) if isinstance(part, dcc.Store)]
    assert len(stores) >= 4
    for store in stores:
        text = json.dumps(attribute(store, "data"))
        assert len(text.encode()) < 4096
        assert not any(f'"{patient}"' in text for patient in study().patient_ids)
        assert attribute(store, "storage_type") in {None, "memory"}


def test_the_menu_lists_the_studies_and_hides_when_there_is_only_one():
    for titles, hidden in (({"a": "A", "b": "B"}, False), ({"a": "A"}, True)):
        page = parts(bundled(), titles)
        (menu,) = [part for part in page if attribute(part, "id") == ids.STUDY_MENU]
        assert [option["value"] for option in attribute(menu, "options")] == list(titles)
        (around,) = [
            part for part in page if isinstance(part, html.Div) and menu in (attribute(part, "children") or [])
        ]
        assert ("hidden" in str(attribute(around, "className"))) is hidden


def test_the_header_says_that_values_are_illustrative_only_of_a_study_that_has_some():
    for study, there in ((bundled(), True), (thirty(), False)):
        assert any(attribute(part, "children") == ILLUSTRATIVE for part in parts(study)) is there


def test_the_header_shows_title_and_citation_as_text():
    study = awkward()
    (title,) = [part for part in parts(study) if isinstance(part, html.H1)]
    assert attribute(title, "children") == study.title
    study = open_study()
    assert any(attribute(part, "children") == study.citation for part in parts(study))


def test_the_response_table_has_every_column_that_was_promised():
    table = response_grid(bundled(), default(bundled()))
    named = {column["field"] for column in attribute(table, "columnDefs")}
    promised = {
        "patient_id", "phase_label", "baseline", "best_pasi", "best_week", "best_improvement", "weeks_to_pasi75",
        "weeks_to_pasi90", "last_pasi", "state_label",
    }  # fmt: skip
    assert promised <= named
    assert attribute(table, "defaultColDef")["sortable"] is True
    assert {row["patient_id"] for row in attribute(table, "rowData")} == {"P1", "P2", "P3"}


def test_a_missing_number_of_a_table_is_none_and_never_0():
    from components.grid import records
    from figures_layer.cases import no_immune

    table = VIEWS["pasi"].numbers(no_immune(), default(no_immune()))
    assert [row["pasi"] for row in records(table)] == [20, 5, None, 9, 10, 0]

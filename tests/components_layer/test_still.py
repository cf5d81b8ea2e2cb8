"""The page as JSON: what dash never changes is the same elements, plain; what it reads or writes stays its own."""

import json
import re
from pathlib import Path

import pytest
from dash import dcc, html

from app import create_app
from components import ids, layout
from components.still import is_still, plain, stilled
from figures_layer.cases import EVERY, STUDIES

SET = re.compile(r'\b(?:set|setProps)\("([\w-]+)"')
"""How a script of the page sets a property of a component."""


def parts(shown):
    """Every component of a page as JSON."""
    if isinstance(shown, list):
        return [part for one in shown for part in parts(one)]
    return [shown, *parts(shown["props"].get("children"))] if isinstance(shown, dict) else []


def shell(study):
    return layout.shell(study, {study.key: study.title})


def stills(study):
    return [part["props"] for part in parts(stilled(shell(study))) if part["type"] == "Still"]


def inside(part):
    """What is within a component."""
    held = getattr(part, "children", None)
    return held if isinstance(held, list | tuple) else [held]


def within(elements):
    """Every element of lists."""
    return [found for one in elements if isinstance(one, list) for found in [one, *within(one[2:])]]


def test_what_people_wrote_is_text_and_no_element():
    wild = """<img src=x onerror=alert(1)>"'&amp;\r\n</p><script>"""
    found = stilled(html.P([wild, html.B(wild, title=wild, **{"data-patient": wild})], id="x"))["props"]
    assert (found["tag"], found["own"]) == ("p", {"id": "x"})
    assert json.loads(found["inside"]) == [wild, ["b", {"title": wild, "data-patient": wild}, wild]]


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (html.Label("a", htmlFor="b", className="c d"), ["label", {"for": "b", "class": "c d"}, "a"]),
        (html.Details(open=True), ["details", {"open": ""}]),
        (html.Details(open=False, hidden=None), ["details", {}]),
        (html.Td(["a", 1, None, 0, html.Br()], colSpan=2), ["td", {"colspan": "2"}, "a", "1", "0", ["br", {}]]),
        (html.I(style={"backgroundColor": "#fff", "width": "2px"}), ["i", {"style": "background-color:#fff;width:2px"}]),
        (html.I(**{"aria-hidden": "false", "data-on": ""}), ["i", {"aria-hidden": "false", "data-on": ""}]),
        (html.I(tabIndex=0, id=ids.caption("pasi")), ["i", {"id": '{"type":"caption","view":"pasi"}', "tabindex": "0"}]),
        (html.Div(disable_n_clicks=True), ["div", {}]),
    ],
)  # fmt: skip
def test_attributes_are_those_of_html(part, expected):
    assert plain(part) == expected


def test_the_largest_part_without_anything_of_dashs_is_one():
    found = stilled(html.Div([html.Ul([html.Li("a")]), html.Div([dcc.Store(id="store"), html.P("b")])]))
    first, second = found["props"]["children"]
    store, last = second["props"]["children"]
    assert [part["type"] for part in (found, first, second, store, last)] == ["Div", "Still", "Div", "Store", "Still"]
    assert json.loads(first["props"]["inside"]) == [["li", {}, "a"]]


@EVERY
def test_a_page_says_the_same(name):
    whole = shell(STUDIES[name]())
    told = [str(one) for part in [whole, *whole._traverse()] for one in inside(part) if isinstance(one, str | int)]
    assert len(told) > 500
    assert sorted(said(stilled(whole))) == sorted(filter(None, told))


def said(shown):
    """Every text of a page as JSON."""
    plainly = [json.loads(part["props"]["inside"]) for part in parts(shown) if part["type"] == "Still"]
    lists = [element for elements in plainly for element in [["", {}, *elements], *within(elements)]]
    dashs = [part["props"].get("children") for part in parts(shown) if part["type"] != "Still"]
    of_dash = [one for held in dashs for one in (held if isinstance(held, list) else [held])]
    return [
        one for one in [*of_dash, *(one for element in lists for one in element[2:])] if isinstance(one, str) and one
    ]


def test_nothing_that_a_callback_names_is_plain():
    app = create_app()
    named = {part["id"] for one in app.callback_map.values() for part in [*one["inputs"], *one["state"]]}
    named |= {part.component_id for one in app.callback_map.values() for part in outputs(one["output"])}
    kinds = {json.loads(one)["type"] for one in named if one.startswith("{")}
    held = [name for part in stills(STUDIES["bundled"]()) for name in identities(part)]
    assert len(held) > 20
    assert not named & set(held)
    assert not kinds & {json.loads(one)["type"] for one in held if one.startswith("{")}


def test_nothing_that_a_script_sets_by_dash_is_plain():
    scripts = sorted((Path(layout.__file__).parents[1] / "assets").rglob("*.mjs"))
    named = {one for path in scripts for one in SET.findall(path.read_text())}
    held = {name for part in stills(STUDIES["bundled"]()) for name in identities(part)}
    assert named >= {"query", "study-menu", "intake-said", "intake-show"}
    assert not named & held


def outputs(found):
    return found if isinstance(found, list | tuple) else [found]


def identities(part):
    own = [part["own"]] + [element[1] for element in within(json.loads(part["inside"]))]
    return [attributes["id"] for attributes in own if "id" in attributes]


def test_a_control_is_dashs_and_so_is_what_holds_it():
    assert not is_still(html.Div(html.Button("a", id=ids.control("score"))))
    assert not is_still(html.Div(html.Textarea()))
    assert is_still(html.Div(html.Button("a", id=ids.caption("x"))))

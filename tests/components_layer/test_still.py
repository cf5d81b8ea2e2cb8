"""The page as JSON: what dash never changes is HTML of the same elements, and what it reads or writes stays its own."""

import json
from html.parser import HTMLParser

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from app import create_app
from components import ids, layout
from components.still import VOID, is_still, markup, stilled
from figures_layer.cases import EVERY, STUDIES

BLOCKS = frozenset({"div", "p", "section", "ul", "ol", "table", "form", "h2", "h3", "h4", "details", "pre", "dialog"})
"""Elements before which a browser ends a paragraph."""


class Elements(HTMLParser):
    """Reads markup as (tag, attributes, texts and elements within)."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open = [("", {}, [])]

    def handle_starttag(self, tag, attrs):
        made = (tag, dict(attrs), [])
        self.open[-1][2].append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        self.open[-1][2].append(data)


def read(text):
    reader = Elements()
    reader.feed(text)
    reader.close()
    assert len(reader.open) == 1, "every element is closed"
    return reader.open[0][2]


def parts(shown):
    """Every component of a page as JSON."""
    if isinstance(shown, list):
        return [part for one in shown for part in parts(one)]
    return [shown, *parts(shown["props"].get("children"))] if isinstance(shown, dict) else []


def shell(study):
    return layout.shell(study, {study.key: study.title})


def stills(study):
    return [part["props"] for part in parts(stilled(shell(study))) if part["type"] == "Still"]


def texts(elements):
    return "".join(one if isinstance(one, str) else texts(one[2]) for one in elements)


def test_what_people_wrote_is_text_and_never_an_element():
    wild = """<img src=x onerror=alert(1)>"'&amp;\r\n</p><script>"""
    made = html.P([wild, html.B(wild, title=wild, **{"data-patient": wild})], id="x")
    own = stilled(made)["props"]
    first, bold = read(own["html"])
    assert (own["tag"], own["own"]) == ("p", {"id": "x"})
    assert (first, bold) == (wild, ("b", {"title": wild, "data-patient": wild}, [wild]))


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (html.Label("a", htmlFor="b", className="c d"), '<label for="b" class="c d">a</label>'),
        (html.Details(open=True), '<details open=""></details>'),
        (html.Details(open=False, hidden=None), "<details></details>"),
        (html.Td(["a", 1, None, html.Br()], colSpan=2), '<td colspan="2">a1<br></td>'),
        (html.I(style={"backgroundColor": "#fff", "width": "2px"}), '<i style="background-color:#fff;width:2px"></i>'),
        (html.I(**{"aria-hidden": "false", "data-on": True}), '<i aria-hidden="false" data-on="True"></i>'),
        (html.I(tabIndex=0, id=ids.caption("pasi")), """<i id="{&quot;type&quot;:&quot;caption&quot;,&quot;view&quot;:&quot;pasi&quot;}" tabindex="0"></i>"""),
        (html.Div(disable_n_clicks=True), "<div></div>"),
    ],
)  # fmt: skip
def test_attributes_are_those_of_html(part, expected):
    assert read(markup(part)) == read(expected)


def test_the_largest_part_without_anything_of_dashs_is_one():
    found = stilled(html.Div([html.Ul([html.Li("a")]), html.Div([dcc.Store(id="store"), html.P("b")])]))
    first, second = found["props"]["children"]
    assert (found["type"], first["type"], first["props"]["html"]) == ("Div", "Still", "<li>a</li>")
    assert second["type"] == "Div"
    assert second["props"]["children"][0]["type"] == "Store"
    assert second["props"]["children"][1]["props"]["tag"] == "p"


@EVERY
def test_a_page_says_the_same_and_a_browser_reads_the_same_elements(name):
    whole = shell(STUDIES[name]())
    for one in stilled_parts(whole):
        within = "".join(map(markup, children(one)))
        assert texts(read(within)) == "".join(said(part) for part in children(one))
        assert broken(one._type.lower(), read(within), []) == []


def stilled_parts(part):
    if not isinstance(part, Component):
        return []
    return [part] if is_still(part) else [found for one in children(part) for found in stilled_parts(one)]


def children(part):
    inside = getattr(part, "children", None)
    return inside if isinstance(inside, list | tuple) else [inside]


def said(part):
    return "".join(map(said, children(part))) if isinstance(part, Component) else "" if part is None else str(part)


def broken(tag, elements, around):
    """Elements that a browser would put elsewhere: a block in a paragraph, a row without a body, a link in a link."""
    within = [*around, tag]
    found = []
    for one in elements:
        if isinstance(one, str):
            continue
        inner, _, inside = one
        lost = (inner in BLOCKS and "p" in within) or (inner in {"a", "button"} and inner in within)
        found += [(within, inner)] if lost or (tag == "table" and inner == "tr") else []
        found += broken(inner, inside, within)
    return found


def test_nothing_that_a_callback_names_is_html():
    app = create_app()
    named = {part["id"] for one in app.callback_map.values() for part in [*one["inputs"], *one["state"]]}
    named |= {part.component_id for one in app.callback_map.values() for part in outputs(one["output"])}
    kinds = {json.loads(one)["type"] for one in named if isinstance(one, str) and one.startswith("{")}
    kinds |= {one["type"] for one in named if isinstance(one, dict)}
    held = [one for part in stills(STUDIES["bundled"]()) for one in identities(part)]
    assert len(held) > 20
    assert not named & set(held)
    assert not {f'{{"type":"{kind}"' for kind in kinds} & {one.partition(",")[0] for one in held}


def outputs(found):
    return found if isinstance(found, list | tuple) else [found]


def identities(part):
    own = [part["own"]["id"]] if "id" in part["own"] else []
    return own + within(read(part["html"]))


def within(elements):
    found = [one for one in elements if not isinstance(one, str)]
    return [attributes["id"] for _, attributes, _ in found if "id" in attributes] + [
        name for _, _, inside in found for name in within(inside)
    ]


def test_a_control_is_dashs_and_so_is_what_holds_it():
    held = html.Div(html.Button("a", id=ids.control("score")))
    assert not is_still(held)
    assert not is_still(html.Div(html.Textarea()))
    assert is_still(html.Div(html.Button("a", id=ids.caption("x"))))

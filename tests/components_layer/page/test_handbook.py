"""Every link of the page into the handbook leads to a page of it, and to a place that this page has."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.query import OWN_CUTOFFS, default
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import rules_for
from components.controls import CONTROLS
from components.layout import shell
from components.page import handbook
from components.page.drawers import signs
from components.views import VIEWS
from data.study import OUTCOMES
from figures_layer.cases import bundled
from handbook.sections import filled

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def places():
    """Page of the handbook -> its places: explicit ones, and those of its headings."""
    found = {}
    for path in DOCS.glob("*.md"):
        text = filled(path.read_text(encoding="utf-8"))
        headings = {
            re.sub(r"[^a-z0-9]+", "-", one.lower()).strip("-") for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        }
        found[path.stem] = headings | set(re.findall(r'^\(([\w-]+)\)=$|<span id="([\w-]+)">', text, re.MULTILINE))
        found[path.stem] = {name for one in found[path.stem] for name in ([one] if isinstance(one, str) else one)}
    return found


def links(component):
    """The addresses of the handbook in a component."""
    found = [getattr(part, "href", "") for part in [component, *component._traverse()]]
    return [link for link in found if link.startswith(f"{handbook.FOLDER}/")]


def leads_somewhere(link, places):
    page, _, place = link.removeprefix(f"{handbook.FOLDER}/").partition(".html")
    return page in places and (not place or place.removeprefix("#") in places[page])


def test_the_links_of_the_first_page_lead_somewhere(places):
    study = bundled()
    found = links(shell(study, {study.key: study.title})) + links(signs())
    assert len(found) > 40
    assert [link for link in found if not leads_somewhere(link, places)] == []


def chosen():
    """A query for each choice of a field that is an entry of a registry, of the case series; of rules, of every outcome."""
    usual = default(bundled())
    for outcome in OUTCOMES.values():
        rules = rules_for(outcome)
        known = {"response": [*rules.responses, *OWN_CUTOFFS], "relapse": [*rules.relapses, NO_RULE]}
        for field, keys in {**known, "rebound": [*rules.rebounds, NO_RULE]}.items():
            yield from ((field, replace(usual, score=outcome.name, **{field: key})) for key in keys)
    for field in handbook.ENTRIES.keys() - {"response", "relapse", "rebound"}:
        options = getattr(CONTROLS[field].build(bundled(), usual), "options", None)
        yield from ((field, replace(usual, **{field: value})) for value in values(options))


def values(options):
    return [one["value"] for one in options] if isinstance(options, list) else list(options)


def test_whatever_is_chosen_its_link_leads_to_its_entry(places):
    found = [(field, handbook.chosen(field, query).href) for field, query in chosen()]
    assert {field for field, _ in found} == handbook.ENTRIES.keys()
    assert [one for one in found if not leads_somewhere(one[1], places)] == []
    assert len({link for _, link in found}) == len(found)


def test_every_view_is_led_to_and_what_is_in_force_where_a_view_in_sight_depends_on_it(places):
    assert all(leads_somewhere(handbook.of_view(view).href, places) for view in VIEWS.values())
    usual = default(bundled())
    for panel in ("correlation", "rates"):
        shown = [
            part.children[0]
            for part in handbook.in_force(VIEWS.values(), replace(usual, panel=panel)).children[1:]
            if getattr(part, "className", "") != "hidden"
        ]
        fields = {getattr(link, "data-entry") for link in shown}
        assert fields == {
            field
            for field in handbook.ENTRIES
            for view in VIEWS.values()
            if field in view.fields and view.open(replace(usual, panel=panel))
        }

"""Whatever a registry has stands in the handbook, and its pages name no section that there is not."""

import re
from pathlib import Path

import pytest

from analysis.comparisons.averages import AVERAGES
from analysis.comparisons.families import ADJUSTMENTS
from analysis.correlation.serial import SERIAL
from analysis.correlation.statistics import STATISTICS
from analysis.immune.checks import CHECKS
from analysis.response.goals import GOALS
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.milestones import MILESTONES
from analysis.response.rules import SUSTAINED, rules_for
from analysis.response.time_to_event import MEASURES, RESTARTS
from analysis.scales import IMMUNE_SCALES, PASI_SCALES
from components.controls import CONTROLS
from components.page.drawers import SIGNS
from components.page.handbook import PAGES, anchor
from components.views import VIEWS
from data.own_format.study_toml_schema import ANY, GRAMMAR
from data.schema import TABLES
from data.settings import SETTINGS
from data.study import OUTCOMES
from handbook.markdown import escaped, plain
from handbook.sections import MARK, SECTIONS, filled
from publishing.references import REFERENCES

DOCS = Path(__file__).parents[2] / "docs"


def of_outcomes(kind):
    return {
        f"{outcome.name}-{key}": rule.wording
        for outcome in OUTCOMES.values()
        for key, rule in getattr(rules_for(outcome), kind).items()
    }


def worded(registry, words="wording"):
    return {key: getattr(one, words) for key, one in registry.items()}


ENTRIES = {
    "view": worded(VIEWS, "about"),
    "control": worded(CONTROLS, "about"),
    "statistic": worded(STATISTICS),
    "serial": worded(SERIAL),
    "scale": {
        f"{of}-{key}": one.rule
        for of, scales in (("outcome", PASI_SCALES), ("immune", IMMUNE_SCALES))
        for key, one in scales.items()
    },
    "average": worded(AVERAGES),
    "adjustment": worded(ADJUSTMENTS, "source"),
    "check": worded(CHECKS, "advice"),
    "response": of_outcomes("responses"),
    "relapse": of_outcomes("relapses"),
    "rebound": of_outcomes("rebounds"),
    "sustained": worded(SUSTAINED),
    "milestone": worded(MILESTONES, "label"),
    "goal": worded(GOALS),
    "imputation": worded(IMPUTATIONS),
    "policy": worded(POLICIES),
    "restart": worded(RESTARTS),
    "measure": worded(MEASURES, "label"),
}


def page(name):
    return filled((DOCS / f"{name}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", list(PAGES))
def test_every_entry_stands_on_its_page_at_its_place_in_its_own_words(kind):
    text = page(PAGES[kind])
    assert ENTRIES[kind]
    for key, words in ENTRIES[kind].items():
        name = anchor(kind, key)
        assert text.count(f"({name})=") + text.count(f'<span id="{name}">') == 1, (kind, key)
        assert plain(words) in text, (kind, key)


def test_every_kind_of_entry_is_looked_at():
    assert ENTRIES.keys() == PAGES.keys()


def test_signs_references_settings_columns_and_keys_stand_there():
    assert all(escaped(sign) in page("using") and plain(text) in page("using") for sign, text in SIGNS)
    assert all(doi in page("references") for doi in REFERENCES)
    settings = [line.split("|")[1:3] for line in page("settings").splitlines() if line.startswith("| `")]
    stated = [(name.strip(" `"), default.strip(" `")) for name, default in settings]
    assert stated == [(name, one.default or "none") for name, one in SETTINGS.items()]
    assert all(f"| `{one.name}` |" in page("data") for table in TABLES.values() for one in table.columns)
    keys = [(where, key) for where, keys in GRAMMAR.items() for key in keys]
    named = page("study_toml")
    for where, key in keys:
        place = f"`[{where}]`" if where else "top"
        assert f"| {place} | {'any name' if key == ANY else f'`{key}`'} |" in named


def test_pages_and_sections_know_each_other():
    named = [name for path in DOCS.glob("*.md") for name in MARK.findall(path.read_text(encoding="utf-8"))]
    assert sorted(named) == sorted(SECTIONS)


def test_what_is_markdown_in_a_sentence_is_shown_as_it_is():
    assert plain("a_b < 1 (doi 10.1000/x_y)") == "a\\_b \\< 1 ( [doi 10.1000/x_y](<https://doi.org/10.1000/x_y>))"
    assert not re.search(r"(?<!\\)[*_]", escaped("*a* _b_"))

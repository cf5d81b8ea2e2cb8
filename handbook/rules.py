"""The handbook's sections of rules, milestones, goals, missed visits and times, from their registries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from analysis.query import OWN_CUTOFFS
from analysis.response.goals import GOALS
from analysis.response.imputation import IMPUTATIONS, POLICIES
from analysis.response.milestones import MILESTONES
from analysis.response.rule_kinds import Rule
from analysis.response.rule_options import NO_RULE
from analysis.response.rules import RELAPSE_JUDGED, SUSTAINED, rules_for
from analysis.response.time_to_event import GAP, MEASURES, RESTARTS
from data.study import OUTCOMES, Outcome
from handbook.markdown import escaped, place, plain, table

HEAD = ("rule", "what it says", "source")
OFF = {NO_RULE: ("off", "None is told.")}
OWN_PERCENT, OWN_VALUE = OWN_CUTOFFS
BESIDE: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "response": {
        OWN_PERCENT: ("own % cut-off", "An improvement by at least so many percent, where one means anything."),
        OWN_VALUE: ("own cut-off", "A value to reach."),
    },
    "relapse": OFF,
    "rebound": OFF,
}
"""Kind of rule -> what may be chosen beside the rules -> what it is called, and what it does."""


def responses() -> str:
    """Responses of every outcome that the field has."""
    return _of_outcomes("response", {one.name: rules_for(one).responses.values() for one in OUTCOMES.values()})


def relapses() -> str:
    """Relapses of every outcome, and how they are judged."""
    told = {one.name: rules_for(one).relapses.values() for one in OUTCOMES.values()}
    return f"{plain(RELAPSE_JUDGED)}\n\n{_of_outcomes('relapse', told)}"


def rebounds() -> str:
    """Rebounds of every outcome."""
    return _of_outcomes("rebound", {one.name: rules_for(one).rebounds.values() for one in OUTCOMES.values()})


def sustained_responses() -> str:
    """How long a response must hold."""
    return table(HEAD, [_rule("sustained", rule.key, rule) for rule in SUSTAINED.values()])


def milestones() -> str:
    """The marks of a patient's course."""
    rows = [(escaped(one.sign), place("milestone", one.key, one.label)) for one in MILESTONES.values()]
    return table(("mark", "milestone"), rows)


def goals() -> str:
    """Goals of treatment, and the scores that each needs."""
    rows = [
        (place("goal", one.key, one.label), plain(one.wording), _scores(one.scores), plain(one.source))
        for one in GOALS.values()
    ]
    return table(("goal", "met when", "scores", "source"), rows)


def imputations() -> str:
    """What a visit that was not observed counts as."""
    rows = [(place("imputation", one.key, one.label), plain(one.wording)) for one in IMPUTATIONS.values()]
    return table(("choice", "what it does"), rows)


def policies() -> str:
    """What a visit after a restart counts as, in rates."""
    rows = [(place("policy", one.key, one.label), plain(one.wording)) for one in POLICIES.values()]
    return table(("choice", "what it does"), rows)


def restarts() -> str:
    """How a restart, or a switch of drug, counts in a time to an event."""
    rows = [(place("restart", one.key, one.label), plain(one.wording), plain(one.switch)) for one in RESTARTS.values()]
    return table(("choice", "at a restart", "at a switch, in drug survival"), rows)


def measures() -> str:
    """The times to an event, with PASI's best usual response."""
    best = rules_for(OUTCOMES["pasi"]).relapses[rules_for(OUTCOMES["pasi"]).lasting].after.label
    rows = [
        (place("measure", one.key, one.label), plain(one.wording.format(gap=GAP, best=best)))
        for one in MEASURES.values()
    ]
    return table(("time", "what it is"), rows)


def _of_outcomes(kind: str, rules: Mapping[str, Iterable[Rule]]) -> str:
    parts = [(OUTCOMES[name], table(HEAD, _rows(kind, name, ones))) for name, ones in rules.items()]
    return "\n\n".join(f"### {_named(kind, outcome)}\n\n{rows}" for outcome, rows in parts)


def _rows(kind: str, name: str, rules: Iterable[Rule]) -> list[tuple[str, str, str]]:
    """The rules of one outcome, and what else its menu offers."""
    beside = [(place(kind, f"{name}-{key}", label), said, "") for key, (label, said) in BESIDE[kind].items()]
    return [_rule(kind, f"{name}-{rule.key}", rule) for rule in rules] + beside


def _named(kind: str, outcome: Outcome) -> str:
    return escaped(f"{kind.capitalize()} of {outcome.short}")


def _rule(kind: str, key: str, rule: Rule) -> tuple[str, str, str]:
    return place(kind, key, rule.label), plain(rule.wording), plain(rule.source)


def _scores(scores: tuple[tuple[str, ...], ...]) -> str:
    return ", ".join(" or ".join(OUTCOMES[one].short for one in some) for some in scores)

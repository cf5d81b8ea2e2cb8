"""What a person says of an entry, done to it: the order of dates, weeks of visits, words of codes, phenotypes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.intake.build.sample_values import STATED
from data.intake.columns.dates import are_dates, orders_of
from data.intake.columns.header_units import unit_of
from data.intake.columns.infusions import infusion_in
from data.intake.columns.visits import SET_ASIDE, weeks_of
from data.intake.layouts.base import Entry
from data.intake.layouts.clinic.baseline import with_baseline
from data.intake.layouts.clinic.clinic import CLOCK_ROLES, without_unit
from data.intake.layouts.clinic.coded_values import WORDS
from data.intake.layouts.clinic.infusions import is_infusion
from data.intake.layouts.clinic.segments import is_pause
from data.intake.layouts.flowjo.tubes import read_tube, says_time
from data.intake.review.edits import Edits, weeks_elsewhere, weeks_in
from data.intake.sources import Source
from data.privacy.identifiers import name_without_dates
from data.tables.columns import texts


def answered(entry: Entry, source: Source, orders: Sequence[str], edits: Edits) -> Entry:
    """The entry with everything that is said of it, and with what it needs so that nothing is left to be told again;
    `orders` are those that its table's dates may have."""
    order = edits.get("orders", source.file, source.page) or next(iter(orders), "")
    if said := edits.get("times", source.file, source.page, time_asked(entry, source, edits)):
        entry = entry | {"time": said}
    entry = entry | ({"date_order": order} if order and entry.get("time") == "dates" else {})
    for step in STEPS:
        entry = step(entry, source, edits)
    return with_baseline(entry, source)


def time_asked(entry: Entry, source: Source, edits: Edits) -> str:
    """The column of an entry's times, if neither a header nor a person's word for the column says in what they count;
    "" if something does. One answer is for all infusions of one thing."""
    column = without_unit(entry)
    if column and is_infusion(entry) and (mine := infusion_in(column)):
        others = ((str(name), infusion_in(str(name))) for name in source.sheet.cells)
        column = next(name for name, one in others if one and one.name == mine.name and not unit_of(name))
    return "" if edits.get("roles", source.file, source.page, column) in CLOCK_ROLES else column


def possible_orders(source: Source) -> tuple[str, ...]:
    """How dates like 03/04/2021 in any column of a table may be read, as `orders_of`."""
    return orders_of([cells for _, cells in source.sheet.cells.items() if are_dates(cells)])


def visit_names(entry: Entry, source: Source) -> list[str]:
    """The names of visits that an entry meets, in order of appearance; a date is no name."""
    return [name for name in _visits_met(entry, source) if name_without_dates(name) == name]


def _visits_met(entry: Entry, source: Source) -> list[str]:
    if "{visit}" in entry.get("sample", {}).get("pattern", ""):
        names = texts(source.sheet.cells[entry["sample"]["column"]]).dropna().unique()
        tubes = [read_tube(entry["sample"]["pattern"], name) for name in names]
        return list(dict.fromkeys(tube.text for tube in tubes if tube))
    if entry.get("time") != "visits":
        return []
    column = entry["columns"].get("week", entry["columns"].get("start_week"))
    return list(texts(source.sheet.cells[column]).dropna().unique())


def _with_visits(entry: Entry, source: Source, edits: Edits) -> Entry:
    """An entry with the weeks of its visits: as is said of this table, else as names or a study.toml say, else as is
    said of the same visit in another table."""
    names = visit_names(entry, source)
    if not names:
        return entry
    known = weeks_of(names) | entry.get("visits", {})
    said = {name: week for name, week in weeks_elsewhere(edits).items() if name not in known}
    said |= edits.under("visits", source.file, source.page)
    stated = {name: float(week) if week else SET_ASIDE for name, week in said.items() if name in names}
    return entry | {"visits": known | stated}


def _with_words(entry: Entry, source: Source, edits: Edits) -> Entry:
    values = dict(entry.get("values", {}))
    for ours, theirs in entry.get("columns", {}).items():
        said = edits.under("values", source.file, source.page, str(theirs))
        if said and (ours in WORDS or ours in values):
            values[ours] = {code: word for code, word in ({**values.get(ours, {}), **said}).items() if word}
    values = {ours: words for ours, words in values.items() if words}
    return {**{key: value for key, value in entry.items() if key != "values"}, **({"values": values} if values else {})}


def _with_phenotypes(entry: Entry, source: Source, edits: Edits) -> Entry:
    if "phenotypes" not in entry:
        return entry
    said = edits.under("phenotypes", source.file, source.page)
    known = {subset: said.get(subset, phenotype) for subset, phenotype in entry["phenotypes"].items()}
    return entry | {"phenotypes": {subset: phenotype for subset, phenotype in known.items() if phenotype}}


def treatments_met(entry: Entry, source: Source) -> list[str]:
    """The treatments that an entry meets as words, in order of appearance; none where visits tell them."""
    column = entry.get("columns", {}).get("treatment") if entry["table"] == "treatments" else None
    if column is None or entry.get("runs") or entry.get("layout") not in {None, "redcap"}:
        return []
    words = entry.get("values", {}).get("treatment", {})
    return list(
        dict.fromkeys(str(words.get(name, name)) for name in texts(source.sheet.cells[column]).dropna().unique())
    )


def _with_pauses(entry: Entry, source: Source, edits: Edits) -> Entry:
    said = edits.under("pauses", source.file, source.page)
    proposed = {name: "pause" if is_pause(name) else "course" for name in treatments_met(entry, source)}
    pauses = [name for name, meant in proposed.items() if said.get(name, meant) == "pause"]
    return entry | {"pauses": pauses} if pauses else entry


def _with_weeks(entry: Entry, source: Source, edits: Edits) -> Entry:
    """An entry of tubes whose names say no time, with the weeks that a person says."""
    said = edits.get("weeks", source.file, source.page)
    if not said or says_time(str(entry.get("sample", {}).get("pattern", "{date}"))):
        return entry
    return entry | {"sample": {**entry["sample"], "weeks": weeks_in(said)}}


def _with_values(entry: Entry, source: Source, edits: Edits) -> Entry:
    """An entry of samples with what is said of their values."""
    if entry["table"] != "immune_subsets":
        return entry
    said = {name: edits.get(name, source.file, source.page) for name in STATED}
    return entry | {name: answer for name, answer in said.items() if answer}


def _with_name(entry: Entry, source: Source, edits: Edits) -> Entry:
    """An entry of infusions by the name that a person gives to what was infused."""
    name = str(entry.get("constants", {}).get("treatment", ""))
    said = edits.get("treatments", source.file, source.page, name)
    return entry | {"constants": {**entry["constants"], "treatment": said}} if said else entry


STEPS: tuple[Callable[[Entry, Source, Edits], Entry], ...] = (
    _with_visits,
    _with_words,
    _with_pauses,
    _with_name,
    _with_weeks,
    _with_values,
    _with_phenotypes,
)

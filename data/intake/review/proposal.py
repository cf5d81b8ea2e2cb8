"""What is proposed for a set of files, as plain data that a page can show, a person edit, and study.toml keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data.intake.build.extract import Part, of_pasi, own_scores, parts_of
from data.intake.build.match_sources import NO_PLACE, Column
from data.intake.build.patients import followed, ids_of, people_of, proposed_aliases
from data.intake.build.weeks import is_dated, proposed_reference
from data.intake.columns.roles import ROLES, Guess
from data.intake.layouts.base import Context, Draft, Entry, Layout
from data.intake.layouts.redcap import dictionary_of
from data.intake.layouts.registry import recognised
from data.intake.review.answers import answered, possible_orders
from data.intake.review.courses import courses_asked
from data.intake.review.edits import Edits, weeks_in
from data.intake.review.measures import measures_asked
from data.intake.review.outcomes import outcomes_asked, outcomes_stated
from data.intake.review.preview import hidden, preview, weeks_shown
from data.intake.review.questions import Question, called, questions_of, weeks_of_rows, what_is_it
from data.intake.review.samples import samples_asked
from data.intake.review.state import ReviewState, doubts
from data.intake.review.without_pasi import asked, untold
from data.intake.sources import Source
from data.privacy.identifiers import identifying, name_people
from data.privacy.masking import masked, title_of
from data.problems import Report
from data.tables.columns import texts

AS_PROPOSED = Edits()


@dataclass(frozen=True)
class Proposal:
    """`mapping` is a study.toml as a dict: edit it freely. `tables` say of each table in the files: file, sheet,
    layout, score (0-1), why, open (whether a person may say what its columns are). `columns` say of each column: file,
    sheet, column, role, table, why, preview (a few cells, dates as weeks, identifiers masked), unclear. `unclear` are
    sentences on what a person should look at; `questions` what a person may say, with what is proposed."""

    mapping: dict[str, Any]
    tables: list[dict[str, Any]] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def why(self) -> dict[Column, str]:
        """Why columns are as they are."""
        return {(one["file"], one["sheet"], one["column"]): _reason(one) for one in self.columns}


def _reason(column: Mapping[str, Any]) -> str:
    known = ROLES.get(column["role"])
    return f"it is {known.meaning}, {NO_PLACE}" if known else str(column["why"])


def proposal_of(sources: Sequence[Source], edits: Edits = AS_PROPOSED) -> Proposal:
    """The proposal for these tables, after what a person says of them."""
    fitted = [(source, *recognised(source)) for source in sources]
    drafts = _drafts([(source, layout) for source, layout, _, _ in fitted], edits)
    orders = {(source.file, source.page): possible_orders(source) for source, _ in drafts}
    seen, strangers = _without_strangers(
        _seen([(source, entry) for source, draft in drafts for entry in draft.entries], orders, edits)
    )
    tables = [
        {
            "file": source.file, "sheet": source.page, "layout": layout.name, "score": score, "why": why,
            "open": layout.open,
        }
        for source, layout, score, why in fitted
    ]  # fmt: skip
    columns = [column for source, draft in drafts for column in _columns(source, draft, seen)]
    unclear = [*(sentence for _, draft in drafts for sentence in draft.unclear), *strangers, *doubts(seen)]
    entries = seen.mapping["sources"]
    known = any(map(of_pasi, entries)) or any(map(own_scores, entries))
    unknown = [] if known else untold([one for one in drafts if _is_open(one, tables)])
    unclear += asked(unknown)
    unused = _unused(sources, seen, edits)
    unclear += [f"{place}: this table gave nothing to the study: what is it?" for place in map(called, unused)]
    measures = measures_asked(drafts, known=any(map(of_pasi, seen.mapping["sources"])))
    columns = _asked(columns, unused, unknown)
    weeks = _weeks_asked(drafts, columns, edits)
    questions = [
        *questions_of(seen),
        *weeks,
        *samples_asked(seen),
        *outcomes_asked(seen),
        *courses_asked(seen),
        *measures,
        *map(what_is_it, unused),
    ]
    return Proposal(dict(seen.mapping), tables, columns, [masked(one) for one in unclear], questions)


def _weeks_asked(
    drafts: Sequence[tuple[Source, Draft]], columns: Sequence[Mapping[str, Any]], edits: Edits
) -> list[Question]:
    """The question of each table in which no column says when; first what its unknown columns are, if those are asked
    too: one of them may be the time."""
    first = {(one["file"], one["sheet"]) for one in columns if one["unclear"] and not one["role"]}
    return [
        weeks_of_rows(source, draft.untimed, edits, unclear=(source.file, source.page) not in first)
        for source, draft in drafts
        if draft.untimed
    ]


def _unused(sources: Sequence[Source], seen: ReviewState, edits: Edits) -> list[Source]:
    """Of several tables, those that give nothing to the study, nor explain another, but those that a person leaves
    out."""
    used = {(source.file, source.page) for source, _ in seen.drafted}
    rest = [source for source in sources if (source.file, source.page) not in used and dictionary_of(source) is None]
    return [source for source in rest if len(sources) > 1 and not edits.get("unused", source.file, source.page)]


def _is_open(one: tuple[Source, Draft], tables: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a person may say what the columns of a table are."""
    place = (one[0].file, one[0].page)
    return any(table["open"] for table in tables if (table["file"], table["sheet"]) == place)


def _asked(
    columns: Sequence[dict[str, Any]], unused: Sequence[Source], unknown: Collection[Column]
) -> list[dict[str, Any]]:
    """The columns. One that nothing is known of is asked for, where it may be PASI, or its table gives nothing."""
    places = {(source.file, source.page) for source in unused}

    def is_asked(one: Mapping[str, Any]) -> bool:
        place = (one["file"], one["sheet"])
        return (place in places and not one["role"]) or (*place, one["column"]) in unknown

    return [one | {"unclear": one["unclear"] or is_asked(one)} for one in columns]


def _seen(
    drafted: Sequence[tuple[Source, Entry]], orders: Mapping[tuple[str, str], Sequence[str]], edits: Edits
) -> ReviewState:
    """The mapping that these entries make with what is said of them, and what it makes of the tables."""
    mapping = _about([source.file for source, _ in drafted], edits)
    mapping["sources"] = [answered(entry, source, orders[source.file, source.page], edits) for source, entry in drafted]
    mapping |= {"outcomes": outcomes} if (outcomes := outcomes_stated(drafted, edits)) else {}
    parts = parts_of(mapping, [source for source, _ in drafted], Report())
    people = people_of(parts)
    aliases = proposed_aliases(people)[0] | edits.under("patients")
    aliases = {theirs: ours for theirs, ours in aliases.items() if ours and theirs in people.others}
    alone = {one: one for one, ours in edits.under("patients").items() if not ours and one in people.others}
    mapping |= {"patients": aliases | alone} if aliases or alone else {}
    mapping |= _clock(mapping, parts, edits)
    return ReviewState(drafted, mapping, parts, people, aliases, orders, weeks_shown(parts, mapping), edits)


def _without_strangers(seen: ReviewState) -> tuple[ReviewState, list[str]]:
    """What is seen without tables that tell nothing but covariates, of nobody who has PASI: their rows may be about
    anything that has a number. And a sentence on each."""
    ours = followed(seen.parts)
    tables: dict[str, set[str]] = {}
    met: dict[str, set[str]] = {}
    for part in seen.parts:
        tables.setdefault(part.sheet.file, set()).add(part.table)
        met.setdefault(part.sheet.file, set()).update(seen.aliases.get(one, one) for one in ids_of(part))
    strange = [file for file, names in tables.items() if ours and names == {"patients"} and not met[file] & ours]
    if not strange:
        return seen, []
    rest = [(source, entry) for source, entry in seen.drafted if source.file not in strange]
    told = [
        f"{file}: none of its patients has PASI, so it is not read. Are they called differently?" for file in strange
    ]
    without = _seen(rest, seen.orders, seen.edits)
    return replace(without, people=seen.people if seen.people.ours else without.people), told


def _drafts(fitted: Sequence[tuple[Source, Layout]], edits: Edits) -> list[tuple[Source, Draft]]:
    """What is proposed for each table, by its layout. A table of samples is looked at last, when the patients are
    known."""
    dictionaries = [dictionary_of(source) for source, _ in fitted]
    dictionary = next(filter(None, dictionaries), Context())
    rest = [one for one, known in zip(fitted, dictionaries, strict=True) if known is None]
    drafts: list[tuple[Source, Draft]] = []
    for source, layout in sorted(rest, key=lambda one: one[1].name == "flowjo"):
        context = replace(
            dictionary,
            patients=tuple(dict.fromkeys(one for other, draft in drafts for one in _patients(other, draft))),
            roles=edits.under("roles", source.file, source.page),
            measures=edits.under("measures", source.file, source.page),
            pattern=edits.get("patterns", source.file, source.page) or "",
            weeks=tuple(weeks_in(edits.get("weeks", source.file, source.page) or "")),
            study_days=any(entry.get("time") == "study days" for _, draft in drafts for entry in draft.entries),
        )
        drafts.append((source, layout.propose(source, context)))
    return drafts


def _patients(source: Source, draft: Draft) -> list[str]:
    columns = {entry["columns"]["patient_id"] for entry in draft.entries if "patient_id" in entry.get("columns", {})}
    return [one for column in columns for one in texts(source.sheet.cells[column]).dropna().unique()]


def _about(files: Sequence[str], edits: Edits) -> dict[str, Any]:
    """Title, citation and index as they are said; the title is the files' names until then."""
    index = {name: said for name, said in ((name, edits.get("index", name)) for name in ("treatment", "label")) if said}
    citation = edits.get("about", "citation")
    return {
        "title": edits.get("about", "title") or " and ".join(title_of(file) for file in list(dict.fromkeys(files))[:3]),
        **({"citation": citation} if citation else {}),
        **({"index": index} if index else {}),
    }


def _clock(mapping: Mapping[str, Any], parts: Sequence[Part], edits: Edits) -> dict[str, Any]:
    """What dates are counted from, if there are any."""
    if not any(is_dated(entry) for entry in mapping["sources"]):
        return {}
    index = str(mapping.get("index", {}).get("treatment", ""))
    reference = edits.get("references") or proposed_reference(parts, index)
    return {"reference": {"from": reference}, "week_zero": f"each patient's {reference}"}


def _columns(source: Source, draft: Draft, seen: ReviewState) -> list[dict[str, Any]]:
    """What a page shows of the columns of a table."""
    used = [(entry["table"], _used(entry)) for entry in draft.entries]
    shown = []
    for guess in draft.columns:
        whole = guess.role in {"marker", "sample"} and len(used) == 1
        tables = [table for table, columns in used if whole or guess.column in columns]
        shown.append(_column(source, guess, tables, seen))
    return shown


def _column(source: Source, guess: Guess, tables: Sequence[str], seen: ReviewState) -> dict[str, Any]:
    """What a page shows of one column, which the `tables` of the study are made of."""
    cells, place = source.sheet.cells[guess.column], (source.file, source.page, guess.column)
    order = seen.edits.get("orders", *place[:2]) or next(iter(seen.orders[place[:2]]), "day first")
    secret = guess.role == "identifier" or bool(identifying(guess.column, cells))
    secret = secret or (guess.role == "patient_id" and name_people(texts(cells).dropna().unique()))
    return {
        "file": source.file, "sheet": source.page, "column": guess.column, "role": guess.role,
        "table": ", ".join(dict.fromkeys(tables)), "why": guess.why, "unclear": guess.unclear,
        "preview": hidden(cells) if secret else seen.weeks.get(place) or preview(cells, order),
    }  # fmt: skip


def _used(entry: Entry) -> set[str]:
    weeks = entry.get("wide", {}).get("weeks", {})
    return {*entry.get("columns", {}).values(), *entry.get("subsets", []), *weeks}

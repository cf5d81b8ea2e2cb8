"""Which reading of files is the answer: our own, or the one that is proposed. PASI that was meant decides."""

from __future__ import annotations

from collections.abc import Sequence

from data.intake.build.extract import of_pasi
from data.intake.review.proposal import Proposal
from data.intake.review.without_pasi import meant
from data.own_format.left_out import used
from data.schema import TABLES
from data.study import SCORES, Study
from data.tables.sheet import RawStudy


def settled(own: Study | None, ours: RawStudy) -> bool:
    """Whether our own reading is the answer, good or bad: a study.toml that names files was followed; or nothing was
    left that is not read, and it is a study with PASI, or in our own columns."""
    has_pasi = own is not None and own.has_pasi
    if ours.source.endswith(".toml") and (ours.names_files or not ours.unread):
        return True
    return not ours.unread and (has_pasi or _is_ours(ours))


def better(proposed: Study | None, proposal: Proposal | None, own: Study | None, unread: Sequence[str] = ()) -> bool:
    """Whether what is proposed is worth more than our own reading: PASI, or more tables of a study, or as many and
    something of the files `unread`; or, where neither is one or ours has none, PASI in another shape than ours: what is
    wrong with it is to be said."""
    if proposed or (own and own.has_pasi):
        return proposed is not None and (_filled(proposed), used(unread, proposal)) > (_filled(own), False)
    if proposal is None or (own and meant(proposal.tables, proposal.columns)):
        return True
    return _has_other_pasi(proposal)


def _filled(study: Study | None) -> tuple[bool, int]:
    """Whether a study has PASI, and how many scores it has and tables with rows."""
    if study is None:
        return False, 0
    scores = [name for name in SCORES if name in study.pasi and study.pasi[name].notna().any()]
    return study.has_pasi, len(scores) + sum(not getattr(study, name).empty for name in TABLES)


def _is_ours(raw: RawStudy) -> bool:
    """Whether our own readers found our own columns, those of PASI or, where there is no such table, of every other:
    what is wrong then is in the cells."""
    judged = {"pasi": raw.sheets["pasi"]} if "pasi" in raw.sheets else raw.sheets
    needed = {name: {column.name for column in TABLES[name].columns if column.required} for name in judged}
    return bool(judged) and all(needed[name] <= set(sheet.cells.columns) for name, sheet in judged.items())


def _has_other_pasi(proposal: Proposal) -> bool:
    """Whether a table in another shape than ours has PASI, or a column that was meant to be."""
    layouts = {(one["file"], one["sheet"]): one["layout"] for one in proposal.tables}
    entries = [(entry["file"], entry.get("sheet", "")) for entry in proposal.mapping["sources"] if of_pasi(entry)]
    wrong = meant(proposal.tables, proposal.columns)
    columns = [place for place, problems in wrong.items() if any(problem.column for problem in problems)]
    return any(layouts[table] != "reprise" for table in [*entries, *columns])

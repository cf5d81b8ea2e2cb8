"""Files as they come, one or many, opened as one study: our own shapes as they are, others by a proposal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.formats.limits import uncrowded
from data.formats.unsupported import by_kind, unsupported
from data.intake.build.extract import all_ours, of_pasi
from data.intake.build.match_sources import Column, note_columns
from data.intake.build.study import NO_REASONS, raw_study
from data.intake.layouts.base import Entry
from data.intake.review.edits import Edits
from data.intake.review.proposal import AS_PROPOSED, Proposal, proposal_of
from data.intake.review.without_pasi import meant
from data.intake.sources import Source, sources_in
from data.own_format.own_tables import (
    called_like,
    is_named_ours,
    is_own_pasi,
    lacking,
    own_entries,
    properties_of,
    tables_of,
    unescaped,
)
from data.own_format.stated_files import given, stated
from data.own_format.stated_tables import translated
from data.problems import Problem, Report, StudyError, file_of
from data.progress import Progress, forward, part, quiet
from data.study import Study
from data.tables.sheet import RawStudy
from data.unforeseen import unforeseen
from data.validation.assembly import all_notes
from data.validation.checks import checked

HEADER = 1
"""The row of a file's header."""
READ = 0.9
"""The share of the whole that reading takes, before anything is proposed."""


@dataclass(frozen=True)
class Intake:
    """What came of some files: the study, None with problems in the report; and the proposal it was made by, None for
    a study in our own shape."""

    study: Study | None
    report: Report
    proposal: Proposal | None = None
    unread: bool = False
    """Whether a file could not be read."""

    @property
    def answerable(self) -> bool:
        """Whether nothing but what nobody has said stands in the way: every file was read, and no cell is wrong."""
        return not self.unread and all((problem.row or 0) <= HEADER for problem in self.report.problems)


Work = Callable[[], Path | None]


def anywhere() -> Path | None:
    """The system's temporary folder: a command has no other, and takes its files away at its end."""
    return None


def open_files(
    paths: Sequence[str | Path],
    mapping: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
    *,
    work: Work = anywhere,
) -> Study:
    """The study in these files. StudyError with every problem, and nothing else whatever the files hold."""
    return study_of(take_in(paths, mapping, progress, work=work))


def study_of(intake: Intake) -> Study:
    """The study that came of files. StudyError with every problem, where there is none."""
    if intake.study is None:
        raise StudyError(intake.report.problems)
    return intake.study


def take_in(
    paths: Sequence[str | Path],
    mapping: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
    edits: Edits | None = None,
    *,
    sent: bool = False,
    work: Work = anywhere,
) -> Intake:
    """What comes of these files with `mapping` (a Proposal's, edited or not), or with what is proposed for them after
    the `edits` of a person who has seen a proposal. Of files that were `sent`, a study.toml names nothing but them.
    What is unpacked lies in the folder that `work` names until they are read."""
    places = [Path(path) for path in paths]
    try:
        with tempfile.TemporaryDirectory(prefix="reprise-", dir=work()) as folder:
            if problems := _at_the_door(places, sent=sent):
                return Intake(None, Report(problems))
            return _taken(places, Path(folder), mapping, forward(progress), edits, sent=sent)
    except Exception as error:  # noqa: BLE001 - the promise of `open_files`
        return Intake(None, Report([unforeseen([path.name for path in places], error)]))


def proposed(paths: Sequence[str | Path], progress: Progress = quiet) -> Proposal:
    """What is proposed for these files. StudyError when one of them cannot be read at all."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
        sources = _sources(
            given([Path(path) for path in paths], Path(folder), report, sent=False).files, report, progress
        )
    report.stop()
    return proposal_of(sources)


@dataclass(frozen=True)
class Reading:
    """Everything that was read: the tables, what is stated of them, and the name of the study.toml."""

    sources: Sequence[Source]
    about: Mapping[str, Any]
    key: str
    toml: str
    report: Report

    def without(self, files: Collection[str]) -> Reading:
        """The same without some files, to be told in a report of its own."""
        rest = [source for source in self.sources if source.file not in files]
        return replace(self, sources=rest, report=self.report.branch())


def _taken(
    paths: list[Path],
    folder: Path,
    mapping: Mapping[str, Any] | None,
    progress: Progress,
    edits: Edits | None,
    *,
    sent: bool,
) -> Intake:
    report = Report(progress=progress)
    report.progress(0.0, f"reading {paths[0].name}")
    found = given(paths, folder, report, sent=sent)
    said = stated(mapping, found, folder, report)
    ids = [str(entry.get("columns", {}).get("patient_id", "")) for entry in said.about.get("sources", ())]
    properties, sources = properties_of(_sources(said.files, report, progress, ids), report)
    if not (sources or report.problems):
        report.add(_nothing(paths))
    unread = bool(report.problems)
    toml = found.toml.name if found.toml else ""
    reading = Reading(sources, {**properties, **said.about}, found.key, toml, report)
    progress(READ, "looking for what each column is")
    return replace(_made(reading, edits, progress), unread=unread)


def _made(reading: Reading, edits: Edits | None, progress: Progress) -> Intake:
    """The study of everything that was read: as [[sources]] or [tables] say, as our own tables are, or as proposed."""
    about = dict(reading.about)
    if "sources" not in about and edits is None:
        about["sources"] = _all_ours(reading)
    if not about.get("sources") or (edits is not None and all_ours(about)):
        about.pop("sources", None)
        return _by_proposal(replace(reading, about=about), edits, progress)
    if not all_ours(about):
        return _with_page(_checked(_joined(reading), progress), reading)
    taken = _checked(_joined(_translated(replace(reading, about=about))), progress)
    return _with_page(taken, reading, asked=len(about["sources"]) < len(reading.sources))


def _translated(reading: Reading) -> Reading:
    """The tables that are ours, with all that their entries leave to the names of columns."""
    stated, toml = reading.about["sources"], reading.toml or reading.key
    files = {one["file"] for one in stated}
    sources = [replace(one, sheet=unescaped(one.sheet)) for one in reading.sources if one.file in files]
    entries = translated(stated, tables_of(reading.about), sources, toml, reading.report)
    used = {(entry["file"], entry.get("sheet", "")) for entry in entries}
    read = [one for one in sources if (one.file, one.page) in used]
    return replace(reading, sources=read, about={**reading.about, "sources": entries}, toml=toml)


def _nothing(paths: Sequence[Path]) -> Problem:
    found = "an empty folder" if paths[0].is_dir() else "no file with a table"
    return Problem(
        paths[0].name, None, None, found, "tables: CSV, workbooks or exports, or a study.toml that names them"
    )


def _all_ours(reading: Reading) -> list[Entry]:
    """Entries for our own tables, where nothing else gives anything to the study, nor was meant to: what is wrong with
    other files is then a warning, and what they hold a note."""
    entries = own_entries(reading.sources, reading.about)
    owned = {(entry["file"], entry["sheet"]) for entry in entries}
    others = [source for source in reading.sources if (source.file, source.page) not in owned]
    if any(map(lacking, others)):
        return []
    proposal = proposal_of(others) if entries and others else None
    if proposal and (proposal.mapping["sources"] or meant(proposal.tables, proposal.columns)):
        return []
    if proposal:
        note_columns({}, others, proposal.why, reading.report)
    if entries:
        reading.report.forgive(lambda problem: not is_named_ours(problem.file) and problem.file != reading.toml)
    return entries


def _with_page(taken: Intake, reading: Reading, *, asked: bool = False) -> Intake:
    """A refusal, or a study of which something is `asked`, comes with what a person can say of the files."""
    if (taken.study and not asked) or not reading.sources:
        return taken
    return replace(taken, proposal=proposal_of(reading.sources))


def _by_proposal(reading: Reading, edits: Edits | None, progress: Progress) -> Intake:
    """What is proposed for the tables, after the `edits` of a person. Where one file's faults stop our own PASI beside
    it, that opens without it, and what is wrong in it is a warning."""
    whole = _proposed(replace(reading, report=reading.report.branch()), edits or AS_PROPOSED, progress)
    bad = {source.file for source in reading.sources if _is_faulty(source, whole.report)}
    rest = reading.without(bad)
    if whole.study or edits is not None or not bad or not any(map(is_own_pasi, rest.sources)):
        return whole
    good = _proposed(rest, AS_PROPOSED, progress)
    if good.study is None or not good.study.has_pasi:
        return whole
    _tell_faulty(bad, whole.report, good.report)
    return replace(good, study=replace(good.study, notes=all_notes(good.report)))


def _is_faulty(source: Source, report: Report) -> bool:
    faulty = any(problem.is_in([source.file]) for problem in report.problems)
    return faulty and not is_named_ours(source.sheet.file)


def _tell_faulty(files: Collection[str], whole: Report, report: Report) -> None:
    """Say in `report` what is wrong in files that are not read, as warnings, and that none of their rows is kept."""
    for problem in [*whole.problems, *whole.warnings]:
        if problem.is_in(files):
            report.warn(problem)
    report.accounts += [replace(one, kept=0) for one in whole.accounts if file_of(one.file) in files]
    for name in sorted(files):
        report.note(f"{name}: none of it is read until what is wrong there is corrected.")


def _proposed(reading: Reading, edits: Edits, progress: Progress) -> Intake:
    proposal = proposal_of(reading.sources, edits)
    for sentence in proposal.unclear:
        reading.report.note(sentence)
    for problem in _lost(reading, proposal, edits):
        reading.report.add(problem)
    about = {**proposal.mapping, **reading.about}
    return _checked(_joined(replace(reading, about=about), proposal.why), progress, proposal)


def _lost(reading: Reading, proposal: Proposal, edits: Edits) -> list[Problem]:
    """What is wrong with tables that are called like ours, and give nothing to the table of that name, unless a person
    has seen them; and, where nothing is proposed to be PASI, with what was meant to be."""
    given = {(entry["file"], entry.get("sheet", ""), entry["table"]) for entry in proposal.mapping["sources"]}
    strange = [one for one in reading.sources if (one.file, one.page, called_like(one)) not in given]
    lost = {(one.file, one.page): lacking(one) for one in strange if edits is AS_PROPOSED}
    if not any(map(of_pasi, proposal.mapping["sources"])):
        lost = {**meant(proposal.tables, proposal.columns), **{place: one for place, one in lost.items() if one}}
    return [problem for problems in lost.values() for problem in problems]


def _joined(reading: Reading, why: Mapping[Column, str] = NO_REASONS) -> RawStudy:
    toml = reading.toml if all_ours(reading.about) else "study.toml"
    return raw_study(reading.about, reading.sources, reading.report, reading.key, why, toml)


def _at_the_door(paths: Sequence[Path], *, sent: bool) -> list[Problem]:
    """What is refused before anything is opened: what was sent is files, and none of them a link or a folder; and no
    zip file has very many parts."""
    odd = [path for path in paths if sent and (path.is_symlink() or not path.is_file())]
    if odd:
        return [Problem(path.name, None, None, "a link or a folder", "a file", "Send the files in it.") for path in odd]
    report = Report()
    return [] if all(uncrowded(path, report) for path in paths if path.is_file()) else report.problems


def _checked(raw: RawStudy, progress: Progress, proposal: Proposal | None = None) -> Intake:
    try:
        progress(0.9, "checking")
        return Intake(checked(raw), raw.report, proposal)
    except StudyError:
        return Intake(None, raw.report, proposal)


def _sources(files: Sequence[Path], report: Report, progress: Progress, ids: Collection[str] = ()) -> list[Source]:
    """Every table of every file; a file's share of the progress is that of its size. A file that is no table at all is
    a warning where there are tables beside it."""
    unread = {file: problem for file in files if (problem := unsupported(file))}
    for problem in by_kind(unread.values()):
        (report.warn if len(unread) < len(files) else report.add)(problem)
    files = [file for file in files if file not in unread]
    sources: list[Source] = []
    ends = np.cumsum([0, *(file.stat().st_size + 1 for file in files)])
    for at, file in enumerate(files):
        low, high = (READ * ends[at : at + 2] / ends[-1]).tolist()
        report.progress = part(progress, low, high)
        report.progress(0.0, f"reading {file.name}")
        sources += sources_in(file, report, ids)
    return sources

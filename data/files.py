"""Files as they come, one or many, opened as one study: our own shapes as they are, others by a proposal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from data.checks import checked
from data.choice import better, settled
from data.grammar import check_mapping
from data.intake.apply import raw_study
from data.intake.edits import Edits
from data.intake.parts import of_pasi
from data.intake.proposal import AS_PROPOSED, Proposal, proposal_of
from data.intake.sources import Source, files_in, is_archive, kind_of, sources_in, told_apart
from data.intake.without_pasi import meant
from data.left_out import faulty, tell, with_all_notes
from data.problems import Problem, Report, StudyError
from data.progress import Progress, forward, part, quiet
from data.readers import READERS, read
from data.schema import ENOUGH, TABLES
from data.sheet import RawStudy
from data.strangers import by_kind, stranger
from data.study import Study

OWN = 0.8
"""The share of the whole that our own reading takes, before anything is proposed."""

MARKS = (b"redcap_", b"| Freq. of", b"PARAMCD", b"EXTRT", b"LBTESTCD", b"QSTESTCD", b"RFSTDTC", b"Repeat Instrument")
"""What the head of a table of another system says: it is proposed for, although it may look like one of ours."""


@dataclass(frozen=True)
class Intake:
    """What came of some files: the study, None with problems in the report; and the proposal it was made by, None for
    a study in our own shape."""

    study: Study | None
    report: Report
    proposal: Proposal | None = None


def open_files(
    paths: Sequence[str | Path], mapping: Mapping[str, Any] | None = None, progress: Progress = quiet
) -> Study:
    """The study in these files. StudyError with every problem, and nothing else whatever the files hold."""
    taken = take_in(paths, mapping, progress)
    if taken.study is None:
        raise StudyError(taken.report.problems)
    return taken.study


def take_in(
    paths: Sequence[str | Path],
    mapping: Mapping[str, Any] | None = None,
    progress: Progress = quiet,
    edits: Edits | None = None,
) -> Intake:
    """What comes of these files with `mapping` (a Proposal's, edited or not), or with what is proposed for them after
    the `edits` of a person who has seen a proposal."""
    places = [Path(path) for path in paths]
    try:
        with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
            return _taken(places, Path(folder), mapping, forward(progress), edits)
    except (OSError, RecursionError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        found = f"a file that cannot be read ({reason})"
        return Intake(None, Report([Problem(places[0].name, None, None, found, "a study")]))


def proposed(paths: Sequence[str | Path], progress: Progress = quiet) -> Proposal:
    """What is proposed for these files. StudyError when one of them cannot be read at all."""
    report = Report()
    with tempfile.TemporaryDirectory(prefix="reprise-") as folder:
        sources = _sources(files_in([Path(path) for path in paths], Path(folder), report), report, progress)
    report.stop()
    return proposal_of(sources)


def _taken(
    paths: list[Path], folder: Path, mapping: Mapping[str, Any] | None, progress: Progress, edits: Edits | None
) -> Intake:
    report = Report(progress=part(progress, 0.0, OWN))
    report.progress(0.0, f"reading {paths[0].name}")
    own = _as_ours(paths, folder, report) if mapping is None and edits is None else None
    ours = read(own, report) if own else None
    first = _checked(ours, report.progress) if ours else None
    if first and ours and settled(first.study, ours):
        return first
    rest = part(progress, OWN if first else 0.0, 1.0)
    second = _by_proposal(paths, folder, mapping, rest, edits or AS_PROPOSED)
    if not first or not ours:
        return second
    return _all_of(first, second, ours.unread, lambda without: _by_proposal(paths, folder, None, rest, without=without))


def _all_of(first: Intake, second: Intake, unread: Sequence[str], again: Callable[[frozenset[str]], Intake]) -> Intake:
    """The better of two readings: our own, which left out the files `unread`, and that by proposal, which is done
    `again` without files that stop it. What became of every file stands in its report."""
    bad = faulty(unread, second.report.problems)
    if first.study and not second.study and bad and len(bad) < len(unread):
        third = again(bad)
        second = _told(third, bad, second) if _better(third, first, unread) else second
    return second if _better(second, first, unread) else _told(first, unread, second)


def _better(second: Intake, first: Intake, unread: Sequence[str]) -> bool:
    return better(second.study, second.proposal, first.study, unread)


def _told(reading: Intake, unread: Collection[str], other: Intake) -> Intake:
    """A reading that also says what the other one says of the files that it left out."""
    tell(reading.report, unread, other.report)
    study = with_all_notes(reading.study, reading.report) if reading.study else None
    return replace(reading, study=study)


def _by_proposal(
    paths: list[Path],
    folder: Path,
    mapping: Mapping[str, Any] | None,
    progress: Progress,
    edits: Edits = AS_PROPOSED,
    without: Collection[str] = (),
) -> Intake:
    """The files, but those called as in `without`, by `mapping`, else by the study.toml among them, else, or for what
    that does not say, by what is proposed."""
    report = Report()
    files = [file for file in told_apart(files_in(paths, folder, report), folder, report) if file.name not in without]
    tomls = [file for file in files if file.suffix.lower() == ".toml"]
    sources = _sources([file for file in files if file not in tomls], report, progress)
    stated = mapping if mapping is not None else _stated(tomls, report)
    if stated and "sources" in stated:
        return _checked(raw_study(stated, sources, report, _key(paths)), progress)
    proposal = proposal_of(sources, edits)
    for sentence in proposal.unclear:
        report.note(sentence)
    if not any(map(of_pasi, proposal.mapping["sources"])):
        for problems in meant(proposal.tables, proposal.columns).values():
            for problem in problems:
                report.add(problem)
    whole = {**proposal.mapping, **(stated or {})}
    return _checked(raw_study(whole, sources, report, _key(paths), proposal.why), progress, proposal)


def _checked(raw: RawStudy, progress: Progress, proposal: Proposal | None = None) -> Intake:
    try:
        progress(0.9, "checking")
        return Intake(checked(raw), raw.report, proposal)
    except StudyError:
        return Intake(None, raw.report, proposal)


def _sources(files: Sequence[Path], report: Report, progress: Progress) -> list[Source]:
    """Every table of every file; a file's share of the progress is that of its size. A file that is no table at all is
    a warning where there are tables beside it."""
    strangers = {file: problem for file in files if (problem := stranger(file))}
    for problem in by_kind(strangers.values()):
        (report.warn if len(strangers) < len(files) else report.add)(problem)
    files = [file for file in files if file not in strangers]
    sources: list[Source] = []
    ends = np.cumsum([0, *(file.stat().st_size + 1 for file in files)])
    for at, file in enumerate(files):
        low, high = (0.9 * ends[at : at + 2] / ends[-1]).tolist()
        report.progress = part(progress, low, high)
        report.progress(0.0, f"reading {file.name}")
        sources += sources_in(file, report)
    return sources


def _as_ours(paths: list[Path], folder: Path, report: Report) -> Path | None:
    """The path that our own readers would take: the only one, or a folder of all of them if one is called like a table
    of ours that makes a study, or is a study.toml that maps no sources."""
    if len(paths) == 1 and not paths[0].is_file():
        return paths[0]
    named = {f"{name}.csv" for name in ENOUGH}
    if len(paths) == 1 and not is_archive(paths[0]) and paths[0].name.lower() not in named - {"pasi.csv"}:
        readable = any(reader.accepts(paths[0]) for reader in READERS)
        return paths[0] if readable and not _foreign(paths) else None if _known(paths[0]) else paths[0]
    files = files_in(paths, folder, report)
    names = {file.name.lower(): file for file in files}
    toml = names.get("study.toml")
    ours = toml or named & names.keys()
    if len(names) < len(files) or not ours or (toml and b"[[sources]]" in toml.read_bytes()):
        return None
    home = folder / _key(paths)
    home.mkdir(exist_ok=True)
    for name, file in names.items():
        called_ours = name == "study.toml" or name.removesuffix(".csv") in TABLES
        (home / (name if called_ours else file.name)).symlink_to(file.absolute())
    return home


def _known(path: Path) -> bool:
    return kind_of(path) is not None


def _foreign(paths: Sequence[Path]) -> bool:
    """Whether a file's head speaks of another system than ours."""
    heads = [_head(path) for path in paths if path.is_file()]
    return any(mark in head.replace(b"\0", b"") for head in heads for mark in MARKS)


def _head(path: Path) -> bytes:
    with path.open("rb") as content:
        return content.read(65_536)


def _stated(tomls: Sequence[Path], report: Report) -> Mapping[str, Any] | None:
    """The mapping of the first study.toml among the files."""
    return check_mapping(tomls[0], report) if tomls else None


def _key(paths: Sequence[Path]) -> str:
    return paths[0].stem if paths else "study"

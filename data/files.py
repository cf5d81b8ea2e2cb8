"""Files as they come, one or many, opened as one study: our own shapes as they are, others by a proposal."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from data.formats.limits import uncrowded
from data.formats.unsupported import by_kind, stranger
from data.intake.build.extract import of_pasi
from data.intake.build.study import raw_study
from data.intake.review.edits import Edits
from data.intake.review.proposal import AS_PROPOSED, Proposal, proposal_of
from data.intake.review.without_pasi import meant
from data.intake.sources import Source, files_in, is_archive, kind_of, sources_in, told_apart
from data.own_format.compare_readings import better, settled
from data.own_format.left_out import faulty, tell, with_all_notes
from data.own_format.named_files import beside, those
from data.own_format.readers import READERS, read, read_folder
from data.own_format.study_toml import check_names
from data.own_format.study_toml_schema import check_mapping, maps_sources
from data.problems import Problem, Report, StudyError
from data.progress import Progress, forward, part, quiet
from data.schema import ENOUGH, TABLES
from data.study import Study
from data.tables.sheet import RawStudy
from data.unforeseen import unforeseen
from data.validation.checks import checked

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
    taken = take_in(paths, mapping, progress, work=work)
    if taken.study is None:
        raise StudyError(taken.report.problems)
    return taken.study


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
        sources = _sources(files_in([Path(path) for path in paths], Path(folder), report), report, progress)
    report.stop()
    return proposal_of(sources)


def _taken(
    paths: list[Path],
    folder: Path,
    mapping: Mapping[str, Any] | None,
    progress: Progress,
    edits: Edits | None,
    *,
    sent: bool,
) -> Intake:
    report = Report(progress=part(progress, 0.0, OWN))
    report.progress(0.0, f"reading {paths[0].name}")
    own = _as_ours(paths, folder, report, sent=sent) if mapping is None and edits is None else None
    ours = own(report) if own else None
    first = _checked(ours, report.progress) if ours else None
    if first and ours and settled(first.study, ours):
        return first
    rest = part(progress, OWN if first else 0.0, 1.0)
    again = partial(_by_proposal, paths, folder, progress=rest, sent=sent)
    second = again(mapping, edits=edits or AS_PROPOSED)
    if not first or not ours:
        return second
    return _all_of(first, second, ours.unread, lambda without: again(None, without=without))


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
    *,
    sent: bool,
) -> Intake:
    """The files, but those called as in `without`, by `mapping`, else by the study.toml among them, else, or for what
    that does not say, by what is proposed."""
    report = Report()
    files = [file for file in told_apart(files_in(paths, folder, report), folder, report) if file.name not in without]
    tomls = [file for file in files if file.suffix.lower() == ".toml"]
    sources = _sources([file for file in files if file not in tomls], report, progress)
    stated = mapping if mapping is not None else _stated(tomls, files, report, folder, sent=sent)
    if stated and "sources" in stated:
        return _checked(raw_study(stated, sources, report, _key(paths)), progress)
    progress(0.9, "looking for what each column is")
    proposal = proposal_of(sources, edits)
    for sentence in proposal.unclear:
        report.note(sentence)
    if not any(map(of_pasi, proposal.mapping["sources"])):
        for problems in meant(proposal.tables, proposal.columns).values():
            for problem in problems:
                report.add(problem)
    whole = {**proposal.mapping, **(stated or {})}
    return _checked(raw_study(whole, sources, report, _key(paths), proposal.why), progress, proposal)


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


def _as_ours(paths: list[Path], folder: Path, report: Report, *, sent: bool) -> Callable[[Report], RawStudy] | None:
    """What our own readers make of the only path; or of all files as if in one folder, if one is called like a table of
    ours that makes a study, or is a study.toml that maps no sources."""
    if len(paths) == 1 and not paths[0].is_file():
        return partial(read, paths[0], beside(paths[0]) if paths[0].is_dir() else those([]))
    named = {f"{name}.csv" for name in ENOUGH}
    if len(paths) == 1 and not is_archive(paths[0]) and paths[0].name.lower() not in named - {"pasi.csv"}:
        readable = any(reader.accepts(paths[0]) for reader in READERS)
        own = not _foreign(paths) if readable else not _known(paths[0])
        return partial(read, paths[0], those(paths) if sent else beside(paths[0].parent)) if own else None
    files = files_in(paths, folder, report)
    names = {file.name.lower(): file for file in files}
    toml = names.get("study.toml")
    ours = toml or named & names.keys()
    if len(names) < len(files) or not ours or (toml and maps_sources(toml)):
        return None
    tables = (f"{name}.csv" for name in TABLES)
    root = toml.absolute().parent if toml and not _is_closed(toml, folder, sent=sent) else None
    return partial(read_folder, Path(_key(paths)), those(files, root, ours=("study.toml", *tables)))


def _is_closed(toml: Path, folder: Path, *, sent: bool) -> bool:
    """Whether a study.toml names nothing but what came with it: it was sent, or lay in a zip, unpacked in `folder`."""
    return sent or toml.absolute().is_relative_to(folder.absolute())


def _known(path: Path) -> bool:
    return kind_of(path) is not None


def _foreign(paths: Sequence[Path]) -> bool:
    """Whether a file's head speaks of another system than ours."""
    heads = [_head(path) for path in paths if path.is_file()]
    return any(mark in head.replace(b"\0", b"") for head in heads for mark in MARKS)


def _head(path: Path) -> bytes:
    with path.open("rb") as content:
        return content.read(65_536)


def _stated(
    tomls: Sequence[Path], files: Sequence[Path], report: Report, folder: Path, *, sent: bool
) -> Mapping[str, Any] | None:
    """The mapping of the first study.toml among the files."""
    about = check_mapping(tomls[0], report) if tomls else None
    if about and _is_closed(tomls[0], folder, sent=sent):
        check_names(about.get("sources", ()), those(files), tomls[0].name, report)
    return about


def _key(paths: Sequence[Path]) -> str:
    return paths[0].stem if paths else "study"

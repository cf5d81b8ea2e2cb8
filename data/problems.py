"""What is wrong with a study's files, in sentences a person can act on, all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from data.progress import Progress, quiet

FEW = 5


@dataclass(frozen=True)
class Problem:
    """One thing to correct. `row` is the number the spreadsheet shows (the header is row 1), None when the problem
    is not in one row; `column` is the file's own name for it; `more` counts further rows with the same problem."""

    file: str
    row: int | None
    column: str | None
    found: str
    expected: str
    advice: str = ""
    more: int = 0

    @property
    def place(self) -> str:
        """Where it is: "pasi.csv, row 5, column 'pasi'"."""
        row = f", row {self.row}" if self.row is not None else ""
        column = f", column '{self.column}'" if self.column is not None else ""
        return f"{self.file}{row}{column}"

    def is_in(self, files: Collection[str]) -> bool:
        """Whether it is in one of these files, or a sheet of it."""
        return file_of(self.file) in files

    def __str__(self) -> str:
        more = f" (and {self.more} more such row{'s' if self.more > 1 else ''})" if self.more else ""
        advice = f" {self.advice}" if self.advice else ""
        return f"{self.place}: found {self.found}, expected {self.expected}{more}.{advice}"


def file_of(place: str) -> str:
    """The file of "lab.xlsx, sheet 'T cells'"."""
    return place.partition(", sheet ")[0]


class StudyError(Exception):
    """A study could not be opened; `problems` has every reason, and the text is the whole report."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(report_text(self.problems))


def report_text(problems: tuple[Problem, ...]) -> str:
    """A count, then one line for each problem, in the order of the files."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    total = sum(1 + problem.more for problem in problems)
    counted = f"{total} problem{'s' if total != 1 else ''} in {len(files)} file{'s' if len(files) != 1 else ''}"
    ordered = sorted(problems, key=lambda problem: files.index(problem.file))
    return "\n".join([f"The study cannot be opened: {counted}.", *(f"  - {problem}" for problem in ordered)])


@dataclass(frozen=True)
class ExcludedRows:
    """Rows of a file that are not used, by their numbers in the spreadsheet, and why."""

    rows: tuple[int, ...]
    reason: str


JOINED = "a further row of a patient, joined with the first"
"""The reason of rows that are set aside in one table, and used all the same."""


@dataclass(frozen=True)
class Account:
    """What became of a file's rows in one table of the study: `rows` were there, `kept` are used."""

    file: str
    table: str
    rows: int
    kept: int
    aside: tuple[ExcludedRows, ...] = ()


@dataclass
class Report:
    """What reading and checking have met so far: problems stop the study; warnings and notes travel with it; accounts
    say what became of every row. `progress` is told how far reading has come."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    progress: Progress = quiet
    _known: set[tuple[str, Problem | str]] = field(default_factory=set, init=False, repr=False, compare=False)

    def branch(self) -> Report:
        """The same so far, which what is met from now on does not change."""
        other = Report([*self.problems], [*self.notes], [*self.warnings], [*self.accounts], self.progress)
        other._known = set(self._known)
        return other

    def forgive(self, which: Callable[[Problem], bool]) -> None:
        """Make warnings of the problems for which that is true."""
        for problem in filter(which, self.problems):
            self.warn(problem)
        self.problems = [problem for problem in self.problems if not which(problem)]

    def add(self, problem: Problem) -> None:
        """Add one problem, once."""
        if self._is_new("problem", problem):
            self.problems.append(problem)

    def warn(self, problem: Problem) -> None:
        """Add one warning, once: worth a look, and no reason to stop."""
        if self._is_new("warning", problem):
            self.warnings.append(problem)

    def note(self, sentence: str) -> None:
        """Add one note, once."""
        if self._is_new("note", sentence):
            self.notes.append(sentence)

    def _is_new(self, kind: str, said: Problem | str) -> bool:
        before = len(self._known)
        self._known.add((kind, said))
        return len(self._known) > before

    def stop(self) -> None:
        """Raise everything, if there is anything."""
        if self.problems:
            raise StudyError(self.problems)


def tell_rows(
    tell: Callable[[Problem], None], file: str, column: str | None, rows: Sequence[int], found: str, expected: str
) -> None:
    """Tell of the first few of these rows of a file, whose cells are set aside; the last one counts the others."""
    for at, row in enumerate(rows[:FEW], start=1):
        more = len(rows) - FEW if at == FEW else 0
        tell(Problem(file, int(row), column, found, expected, "The cell is set aside as missing.", more))


def listed(names: Iterable[str], few: int = FEW) -> str:
    """Names in quotes, the first few and a count: "'a', 'b' and 3 more"."""
    known = [str(name) for name in names]
    shown = ", ".join(f"'{name}'" for name in known[:few])
    return shown + (f" and {len(known) - few} more" if len(known) > few else "")

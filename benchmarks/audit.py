"""What is known of the packages in requirements.lock: vulnerabilities, as pip-audit finds them in the database of PyPI,
and licences, as the installed packages state them.

python benchmarks/audit.py PIP_AUDIT

Exit status 0: nothing found. 1: a known vulnerability, or a licence that is not in `ALLOWED`. 2: nothing was found, but
not every package could be looked up.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).parents[1] / "requirements.lock"
CLEAN, FOUND, UNKNOWN = 0, 1, 2
SECONDS = 120
ALLOWED = frozenset(
    {
        *("0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC"),
        *("MIT", "MIT-0", "MIT-CMU", "MPL-2.0", "PSF-2.0", "Public-Domain", "ZPL-2.1", "Zlib"),
    }
)
"""Licences, by their SPDX names, that ask for no more than their text beside what is passed on; those of MPL-2.0 for
the source of a changed file too. "BSD" is one whose clauses the package does not count."""
SPDX = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Zope Public License": "ZPL-2.1",
}
"""What classifiers and the first line of a licence call them."""
INSTALLED = {"docutils": frozenset({"BSD", "BSD-2-Clause", "Public-Domain"})}
"""Of packages that state a licence for a file which they do not install: docutils' COPYING has the GPL for its Emacs
mode alone, which is in no wheel."""
MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy"
"""How the text of that licence begins, which some files have without its name."""


@dataclass(frozen=True)
class Locked:
    """A package of the lock, with the condition on which it is installed."""

    name: str
    version: str
    wanted: bool


def main(command: list[str]) -> int:
    """Print the table, then what was found; the exit status."""
    packages = locked(LOCK.read_text(encoding="utf-8"))
    known, failed = looked_up(command)
    stated = {one.name: licences(one.name) for one in packages if one.wanted}
    for one in packages:
        print(f"{one.name:28} {one.version:14} {known.get(one.name, 'not looked up'):40} {said(stated.get(one.name))}")
    return verdict(packages, known, stated, failed)


def locked(text: str) -> list[Locked]:
    """The packages of a lock file, in its order."""
    found = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if re.match(r"[A-Za-z]", line)]
    return [
        Locked(one.name.lower(), str(one.specifier).removeprefix("=="), not one.marker or one.marker.evaluate())
        for one in found
    ]


def looked_up(command: list[str]) -> tuple[dict[str, str], str]:
    """Name -> its vulnerabilities, "none known" where the database knows none, of the packages that it knows; and why
    it was not asked, or ""."""
    asked = [
        *command,
        "-r",
        str(LOCK),
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
        "--progress-spinner=off",
    ]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=SECONDS, check=False)
        told = json.loads(done.stdout)["dependencies"]
    except subprocess.TimeoutExpired:
        return {}, f"pip-audit did not end within {SECONDS} s"
    except (OSError, ValueError, LookupError):
        return {}, "pip-audit could not be run, or its database was out of reach"
    found = {one["name"].lower(): one["vulns"] for one in told if "vulns" in one}
    return {name: " ".join(each["id"] for each in some) or "none known" for name, some in found.items()}, ""


def licences(name: str) -> frozenset[str]:
    """The licences of an installed package, by their SPDX names where it says them so; of several, all."""
    if name in INSTALLED:
        return INSTALLED[name]
    try:
        about = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return frozenset()
    stated = next(filter(None, statements(about)), "")
    return frozenset(one for one in re.split(r"\s+(?:AND|OR)\s+|[()]|;\s*", stated) if one)


def statements(about: metadata.Distribution) -> Iterator[str]:
    """What a package says of its licence, the plainest first: an expression, classifiers, a name, its file."""
    yield about.metadata.get("License-Expression") or ""
    kinds = [one.split(" :: ")[-1] for one in about.metadata.get_all("Classifier", []) if one.startswith("License ::")]
    yield "; ".join(SPDX.get(one, one.replace(" ", "-")) for one in kinds)
    yield (about.metadata.get("License") or "").split("\n", maxsplit=1)[0]
    for file in about.files or ():
        if re.fullmatch(r"LICEN[CS]E(\.\w+)?", file.name) and ".dist-info" in str(file):
            text = re.sub(r"\s*\n", "\n", file.read_text(encoding="utf-8")).strip()
            title = text.split("\n", maxsplit=1)[0]
            yield "MIT" if MIT in text.replace("\n", " ") else SPDX.get(title, title)


def said(names: frozenset[str] | None) -> str:
    """Licences as a cell of the table."""
    return "not for this platform" if names is None else " ".join(sorted(names)) or "not stated"


def verdict(packages: list[Locked], known: dict[str, str], stated: dict[str, frozenset[str]], failed: str) -> int:
    """The exit status, after a sentence for each of what was found."""
    vulnerable = [f"{name} ({ids})" for name, ids in known.items() if ids != "none known"]
    others = [f"{name} ({said(names)})" for name, names in stated.items() if not names or not names <= ALLOWED]
    missing = [one.name for one in packages if one.name not in known]
    print()
    print(f"Known vulnerabilities: {', '.join(vulnerable) or 'none'}, of {len(known)} packages that were looked up.")
    if missing:
        why = failed or "the database answered that it knows none of these; a mirror of PyPI often has none"
        print(f"NOT LOOKED UP: {len(missing)} of {len(packages)} packages ({why}). Run it where pypi.org is in reach.")
    print(f"Licences that are not allowed, or not stated: {', '.join(others) or 'none'}.")
    return FOUND if vulnerable or others else UNKNOWN if missing else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

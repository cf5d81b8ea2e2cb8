"""The page's modules as one, put together as the server starts: a browser asks for 72 longer than it reads them.

Names that modules share stand around all of them, so that no module exports one that another does. Every module keeps
its own scope and lines: devtools show the files, by a source map that says line by line where each stood."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join, normpath

IMPORT = re.compile(r'^import\s(?:[^;]*?from )?"(\.[^"]*)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?:(const) |((?:async )?function) |(class) )([\w$]+)", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};$", re.MULTILINE)
NEXT_LINE, NOWHERE = "AACA", ""
"""What a source map says of a line: it is the next of the same file, or of none."""


def joined(files: Mapping[str, bytes], entry: str) -> dict[str, bytes]:
    """`entry` with all that it imports, and its source map: both by their names, beside the files."""
    names = list(_in_order(files, entry, []))
    sources = [files[name].decode() for name in names]
    shared = [found[4] for source in sources for found in EXPORT.finditer(source)]
    text = [f"let {', '.join(shared)};", *map(_scoped, names, sources), f"//# sourceMappingURL={entry}.map", ""]
    counts = [source.count("\n") for source in sources]
    return {entry: "\n".join(text).encode(), f"{entry}.map": json.dumps(_map(entry, names, counts)).encode()}


def _in_order(files: Mapping[str, bytes], name: str, known: list[str]) -> Iterator[str]:
    """The names of modules in the order in which a browser runs them: each after what it imports."""
    known.append(name)
    for place in IMPORT.findall(files[name].decode()):
        other = normpath(join(dirname(name), place))
        if other not in known:
            yield from _in_order(files, other, known)
    yield name


def _scoped(name: str, source: str) -> str:
    """A module as a function that runs at once. Its own functions are shared before anything of it runs, as a browser
    does; what else it exports is a name of all modules."""
    functions = [found[4] for found in EXPORT.finditer(source) if found[2]]
    given = ", ".join(f"${one}" for one in functions)
    taken = " ".join(f"{one} = ${one};" for one in functions)
    body = NOTHING.sub("", EXPORT.sub(_inside, IMPORT.sub(lambda found: "\n" * found[0].count("\n"), source)))
    body = body.replace("import.meta.url", f'new URL("{name}", import.meta.url).href').removesuffix("\n")
    return f"(($share) => {{ $share({', '.join(functions)});\n{body}\n}})(({given}) => {{ {taken} }});"


def _inside(found: re.Match[str]) -> str:
    """The beginning of what was exported: a function stays one, of a name for all modules a value is taken."""
    if found[2]:
        return f"{found[2]} {found[4]}"
    return f"{found[4]} = class {found[4]}" if found[3] else found[4]


def _map(entry: str, names: list[str], counts: list[int]) -> dict[str, object]:
    """A source map (https://tc39.es/ecma426/): of each generated line, the file and line it stood in."""
    lines, before = [NOWHERE], 0
    for index, count in enumerate(counts):
        first = f"A{_digits(1 if index else 0)}{_digits(-before)}A"
        lines += [NOWHERE, first, *[NEXT_LINE] * (count - 1), NOWHERE]
        before = count - 1
    return {"version": 3, "file": entry, "sources": names, "names": [], "mappings": ";".join(lines)}


def _digits(number: int) -> str:
    """A number as base 64 digits of five bits each, the least first, its sign in the first bit."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    rest, digits = (abs(number) << 1) | (number < 0), ""
    while True:
        rest, digit = rest >> 5, rest & 31
        digits += letters[digit | (32 if rest else 0)]
        if not rest:
            return digits

"""A PDF whose objects stand in the order in which they are needed: what writes it draws that order by lot."""

from __future__ import annotations

import re

REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
NAMED = re.compile(
    rb"(/(?:Font|XObject|ExtGState|Pattern|Shading|ColorSpace) <<\n)((?: *+/\w+ (?:\d+ 0 R|\[[^\[\]]*\])\n)+)"
)
"""What a page draws with, by name."""
ENTRY = re.compile(rb"^(\d{10}) \d{5} n", re.MULTILINE)


def stable(pdf: bytes) -> bytes:
    """The same document, its objects numbered anew from the catalog on; a document with a plain table of objects."""
    table = int(pdf[pdf.rindex(b"startxref") :].split()[1])
    offsets = sorted(int(offset) for offset in ENTRY.findall(pdf[table:]))
    parts = [pdf[start:end] for start, end in zip(offsets, [*offsets[1:], table], strict=True)]
    objects = {int(part.split(None, 1)[0]): _sorted(part) for part in parts}
    trailer = pdf[pdf.rindex(b"trailer") : pdf.rindex(b"startxref")]
    order = _needed(objects, trailer)
    numbers = {old: new for new, old in enumerate(order, 1)}
    content, places = pdf[: offsets[0]], []
    for old in order:
        places.append(len(content))
        _, _, rest = objects[old].partition(b" ")
        content += b"%d " % numbers[old] + _renumbered(rest, numbers)
    entries = b"".join(b"%010d 00000 n\r\n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(order) + 1)
    size = re.sub(rb"/Size \d+", b"/Size %d" % (len(order) + 1), _renumbered(trailer, numbers))
    return content + head + entries + size + b"startxref\n%d\n%%%%EOF" % len(content)


def _needed(objects: dict[int, bytes], trailer: bytes) -> list[int]:
    """Numbers of the objects, each after what refers to it first."""
    found: dict[int, None] = {}
    due = _references(trailer)[::-1]
    while due:
        number = due.pop()
        if number in objects and number not in found:
            found[number] = None
            due += _references(objects[number])[::-1]
    return list(found)


def _sorted(part: bytes) -> bytes:
    """An object whose fonts and the like are named in order."""
    at = _dictionary(part)
    by_name = lambda found: found[1] + b"".join(sorted(found[2].splitlines(keepends=True)))  # noqa: E731
    return NAMED.sub(by_name, part[:at]) + part[at:]


def _dictionary(part: bytes) -> int:
    """Where the stream of an object begins, within which nothing is a reference; its end if it has none."""
    at = part.find(b"stream\n")
    return len(part) if at < 0 else at


def _references(part: bytes) -> list[int]:
    return [int(number) for number in REFERENCE.findall(part[: _dictionary(part)])]


def _renumbered(part: bytes, numbers: dict[int, int]) -> bytes:
    at = _dictionary(part)
    return REFERENCE.sub(lambda found: b"%d 0 R" % numbers.get(int(found[1]), 0), part[:at]) + part[at:]

"""Make the font of figures, once, when Reprise is installed: `python -m publishing.figure_files.get_font`.

Arimo (metrics of Arial; SIL Open Font License 1.1) with the signs of the charts from DejaVu Sans (Bitstream Vera
licence), as one family of two weights. npm fetches both from its registry; their checksums stand here."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from publishing.figure_files.fonts import FAMILY, FOLDER, WEIGHTS

CHECKSUMS = MappingProxyType(
    {
        "@fontsource/arimo@5.3.0": (
            "nhxZ2sTVZYX8DJBgLuyX360B5vE4mxqpmjlKTRfucIqfcWRVx9vOYzWBc1IgEX0ist48VMC10PRKbFyH+4QFvQ=="
        ),
        "@fontsource/dejavu-sans@5.3.0": (
            "F/tV+7S31Mo8jtGUhj857XfUzcDCl9JJC8bzMtZ0wcTuOm89dG4FPjAOHOesMfmoChYVQ3eg5fHafdhxFrQIxQ=="
        ),
    }
)
"""Packages with the SHA-512 that npm's registry states."""
PARTS = ("arimo-latin", "arimo-latin-ext", "arimo-greek", "arimo-cyrillic", "dejavu-sans-latin")
"""From the first that has a letter it is taken."""
SIGNS = ((0x2010, 0x214F), (0x2190, 0x22FF), (0x2460, 0x27BF))
"""Code points that are taken of the last: punctuation, arrows, mathematics, shapes and dingbats."""
MADE = 3_800_000_000
"""When the font was made, as far as it says: the same everywhere."""
NO_NPM = "There is no npm here: figures use a font of the system (Debian: apt-get install npm, then make install)."


def main() -> int:
    """0, with the font in place; where it cannot be fetched with a sentence, and figures use a font of the system."""
    if all((FOLDER / f"{weight}.woff2").is_file() for weight in WEIGHTS):
        return 0
    if not shutil.which("npm"):
        print(NO_NPM)
        return 0
    try:
        with TemporaryDirectory() as place:
            found = {package: dict(fetched(package, Path(place))) for package in CHECKSUMS}
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"The font of figures could not be fetched ({error}): they use a font of the system.")
        return 0
    FOLDER.mkdir(exist_ok=True)
    files = {name: content for one in found.values() for name, content in one.items()}
    for weight in WEIGHTS:
        make([files[f"package/files/{part}-{weight}-normal.woff2"] for part in PARTS], weight)
    licences = [one["package/LICENSE"] for one in found.values()]
    (FOLDER / "LICENSES.txt").write_bytes(b"\n\n".join(licences))
    return 0


def fetched(package: str, place: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of a package; ValueError when it is not the one that was looked at."""
    folder = place / package.split("/")[1]
    folder.mkdir()
    subprocess.run(["npm", "pack", package, "--silent"], cwd=folder, check=True, capture_output=True, timeout=120)  # noqa: S603, S607
    [packed] = folder.glob("*.tgz")
    content = packed.read_bytes()
    if base64.b64encode(hashlib.sha512(content).digest()).decode() != CHECKSUMS[package]:
        raise ValueError(f"{package} has another checksum")
    with tarfile.open(fileobj=BytesIO(content)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file:
                yield member.name, file.read()


def make(parts: list[bytes], weight: int) -> None:
    """Write one weight, for browsers (WOFF2) and for the server (TTF)."""
    with TemporaryDirectory() as place:
        paths = [Path(place) / f"{at}.ttf" for at in range(len(parts))]
        known: set[int] = set()
        for path, part in zip(paths, parts, strict=True):
            known |= _prepared(part, path, known, signs_only=path == paths[-1])
        font = Merger().merge([str(path) for path in paths])
    font["head"].created = font["head"].modified = MADE
    font.recalcTimestamp = False
    for record in font["name"].names:
        if record.nameID in {1, 4, 16}:
            record.string = FAMILY
        if record.nameID == 6:
            record.string = f"{FAMILY.replace(' ', '')}-{weight}"
    font.save(FOLDER / f"{weight}.ttf")
    font.flavor = "woff2"
    font.save(FOLDER / f"{weight}.woff2")


def _prepared(part: bytes, path: Path, known: set[int], *, signs_only: bool) -> set[int]:
    """Write the letters of a part that no part before it has; which they are."""
    font = TTFont(BytesIO(part))
    wanted = {sign for sign in font.getBestCmap() if sign not in known}
    if signs_only:
        wanted = {sign for sign in wanted if any(low <= sign <= high for low, high in SIGNS)}
    options = Options(layout_features=["kern"] if not known else [], name_IDs=["*"], hinting=False, notdef_outline=True)
    options.drop_tables += ["FFTM"]  # when a font was last edited
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = None
    font.save(path)
    return wanted


if __name__ == "__main__":
    sys.exit(main())

"""The studies that one server offers."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from data import uploads
from data.access import may_see, reader
from data.alone import in_turn
from data.catalog import BUNDLED, load, studies
from data.uploading.audit import about, opened
from data.uploading.manifest import UnreadableStudyError, lifetime
from data.uploading.upload_folder import NOTES, prepared, work_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.catalog import Root
    from data.study import Study


READING = Lock()
"""Held while an upload is read: two who ask for one that is not remembered would read it twice."""


class UnknownStudyError(KeyError):
    """No study has this key, or has it no longer; the text is a sentence for the reader."""

    def __str__(self) -> str:
        hours = lifetime() / 3600
        ends = "it is not shared with you" if reader() else "when somebody who has its address deletes it"
        after = "" if math.isinf(hours) else f"after {hours:,.4g} hour{'s' if hours != 1 else ''}, or "
        gone = "it was deleted, or " if reader() and not after else "an uploaded study is deleted "
        return f"This server has no such study, or no longer: {gone}{after}{ends}."


class OldStudyError(UnknownStudyError):
    """A kept study cannot be read: it is damaged, or of another version of Reprise."""

    def __str__(self) -> str:
        return str(self.args[0])


@contextmanager
def known_key(key: str) -> Iterator[None]:
    """What `data.uploads` says of a key that it does not know, or of a study that it cannot read, as errors with a
    sentence, in which no key is."""
    about(study=key)
    try:
        yield
    except KeyError:
        raise UnknownStudyError from None
    except UnreadableStudyError as error:
        raise OldStudyError(str(error)) from None


@dataclass(frozen=True)
class Catalog:
    """One study, several files of one, or a folder of studies, at `root`, unpacked in the folder of uploads; and, for
    those who know their keys, the uploads. Every worker rebuilds the same studies from the same keys. `opened`: the one
    study at `root`, if it was read already."""

    root: Root = BUNDLED
    opened: Study | None = None

    @property
    def titles(self) -> dict[str, str]:
        """Key -> what the menu calls it, in the order of the menu, of what who asks may see. Uploads are not listed."""
        return {key: key.replace("-", " ") for key in self._seen()[1]}

    @property
    def first(self) -> Study:
        """The study that a bare address shows."""
        return self.load(next(iter(self._seen()[1])))

    def load(self, key: str) -> Study:
        """A study by key, in its turn; UnknownStudyError if there is none of that name."""
        study = self._read(key)
        opened(key)
        return in_turn(study, uploads.forget)

    def told_first(self) -> list[str]:
        """The keys of what who asks may see, of which the first is now opened: the first page shows it."""
        keys = self._seen()[1]
        opened(keys[0])
        return keys

    def notes_file(self, key: str) -> Path:
        """Where the notes of a study are kept: an upload's beside it, those of a study of this server by its name and
        the place that it is read from, so that no other study of that name shows them. UnknownStudyError as `load`."""
        root, keys = self._seen()
        if key not in keys:
            with known_key(key):
                return uploads.notes_file(key)
        place = studies(root)[key]
        paths = [str(Path(one).resolve()) for one in (place if isinstance(place, tuple) else (place,))]
        home = prepared() / NOTES
        home.mkdir(mode=0o700, exist_ok=True)
        return home / f"{hashlib.sha256(json.dumps([key, *paths]).encode()).hexdigest()[:40]}.json"

    def _read(self, key: str) -> Study:
        root, keys = self._seen()
        if key in keys:
            return replace(self.opened, key=key) if self.opened and root == self.root else load(key, root, work_folder)
        with READING, known_key(key):
            return uploads.load(key)

    def _seen(self) -> tuple[Root, list[str]]:
        """Where the studies are that who asks may see, and their keys; who may see none has the bundled one, which is
        published."""
        keys = [key for key in studies(self.root) if may_see(key)]
        return (self.root, keys) if keys else (BUNDLED, list(studies(BUNDLED)))

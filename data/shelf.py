"""The studies that one server offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.catalog import BUNDLED, load, studies

if TYPE_CHECKING:
    from pathlib import Path

    from data.study import Study


@dataclass(frozen=True)
class Catalog:
    """One study, several files of one, or a folder of studies, at `root`. Every worker rebuilds the same studies from
    the same keys."""

    root: str | Path | tuple[str, ...] = BUNDLED

    @property
    def titles(self) -> dict[str, str]:
        """Key -> what the menu calls it, in the order of the menu."""
        return {key: key.replace("-", " ") for key in studies(self.root)}

    @property
    def first(self) -> Study:
        """The study that a bare address shows."""
        return self.load(next(iter(studies(self.root))))

    def load(self, key: str) -> Study:
        """A study by key; KeyError if there is none of that name."""
        return load(key, self.root)

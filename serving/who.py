"""Who asks: the name that notes and logs go by."""

from __future__ import annotations

from data.who import reader

__all__ = ["reader"]

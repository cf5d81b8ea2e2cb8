"""The handbook: pages of docs/, with what the registries say, as a site."""

from pathlib import Path

SITE = Path(__file__).parents[1] / ".handbook"
"""Where the site is built, and served from."""

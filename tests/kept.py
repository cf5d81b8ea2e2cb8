"""What lies in a folder of uploads, as tests look at it."""

import json

from data.uploading.manifest import MANIFEST


def kept_in(uploads):
    """The folders of kept studies."""
    return sorted(uploads.glob("kept-*"))


def retell(place, **change):
    """Change what a study's manifest says, by hand."""
    said = json.loads((place / MANIFEST).read_text())
    (place / MANIFEST).write_text(json.dumps(said | change))


def expire(uploads):
    """Let the time of every kept study be over."""
    for place in kept_in(uploads):
        retell(place, expires="1970-01-01T00:00:00Z")

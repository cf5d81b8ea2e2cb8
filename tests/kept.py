"""What lies in a folder of uploads, as tests look at it."""

import json

from data.uploads import KEPT_UNTIL


def kept_in(uploads):
    """The folders of kept studies."""
    return sorted(uploads.glob("study-*"))


def expire(uploads):
    """Let the time of every kept study be over."""
    for place in kept_in(uploads):
        (place / KEPT_UNTIL).write_text(json.dumps({"expires": 0}))

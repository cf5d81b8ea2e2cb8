"""What the browser showed when a test failed, as pictures in .screenshots; CI keeps them."""

import re
from pathlib import Path

from playwright.sync_api import Error

FOLDER = Path(__file__).parents[2] / ".screenshots"


def save(browser, test, folder=FOLDER):
    """Saves a picture of each page that is open, named for the test; one that cannot be drawn any more is left out."""
    folder.mkdir(exist_ok=True)
    pages = [page for context in browser.contexts for page in context.pages]
    for number, page in enumerate(pages, start=1):
        name = re.sub(r"[^\w.-]+", "-", f"{test.removeprefix('tests/browser/')}-{number}")[-150:].strip("-")
        try:
            page.screenshot(path=folder / f"{name}.png", timeout=5000)
        except Error:
            continue

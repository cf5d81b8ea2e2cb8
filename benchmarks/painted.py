"""How long a person waits: from the input event's own time to the last frame that changed within the charts."""

import base64
import io
import time
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from playwright.sync_api import CDPSession, Page

QUIET = 0.5
"""Seconds without another frame after which a gesture has ended."""
LONGEST = 30.0
ANSWERED = 180.0
"""Seconds after which a page that is not done has failed: the static page takes a minute of a busy machine at 5,000."""
WIDE = 720
"""Pixels of a frame's width: half of the screen's."""
MOVED, ENOUGH = 16, 5
"""A frame changed where at least so many pixels (the second) differ by more than so many of 255 (the first)."""
ARM = """() => {
    window.pressed = null;
    const note = (event) => { window.pressed = performance.timeOrigin + event.timeStamp; };
    addEventListener("pointerdown", note, {capture: true, once: true});
}"""
DONE = "() => !window.reprise || window.reprise.settled()"
"""The static page draws before it does anything else."""
BOXES = """() => [...document.querySelectorAll("[data-chart], [data-view]")].map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && box.height).map((box) => [box.left, box.top, box.right, box.bottom])"""


@dataclass
class Screen:
    """The frames of a page as the browser shows them: milliseconds since 1970, and the picture."""

    page: Page
    session: CDPSession
    frames: list[tuple[float, str]] = field(default_factory=list)
    last: float = 0.0

    @classmethod
    def of(cls, page: Page) -> "Screen":
        """A screen that is being recorded from now on."""
        screen = cls(page, page.context.new_cdp_session(page))
        screen.session.on("Page.screencastFrame", screen._took)
        screen.session.send("Page.startScreencast", {"format": "jpeg", "quality": 80, "maxWidth": WIDE})
        return screen

    def _took(self, event: dict) -> None:
        self.frames.append((event["metadata"]["timestamp"] * 1000, event["data"]))
        self.last = time.monotonic()
        self.session.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})

    def press(self, x: float, y: float) -> float:
        """Milliseconds from the press of the mouse there to the last changed frame of the charts; NaN: none changed.
        Until the page says that it is done: on a busy machine a server may answer after a second without a frame."""
        self.page.mouse.move(x, y)
        self.still()
        del self.frames[:-1]
        self.page.evaluate(ARM)
        self.page.mouse.down()
        self.page.mouse.up()
        self.page.wait_for_function(DONE, timeout=ANSWERED * 1000)
        self.still()
        return self._changed() - self.page.evaluate("window.pressed")

    def still(self) -> None:
        """Wait until no further frame comes and the page answers at once."""
        start = self.last = time.monotonic()
        while time.monotonic() - self.last < QUIET and time.monotonic() - start < LONGEST:
            self.page.evaluate("() => new Promise(requestAnimationFrame)")
            self.page.wait_for_timeout(20)

    def _changed(self) -> float:
        """When the last frame was shown that differs from the one before within a chart."""
        boxes = np.array(self.page.evaluate(BOXES))
        pictures = [np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))).astype(int) for _, data in self.frames]
        scale = WIDE / self.page.viewport_size["width"]  # type: ignore[index]
        parts = [
            tuple(slice(*side) for side in ((box[1], box[3]), (box[0], box[2]))) for box in (boxes * scale).astype(int)
        ]
        changed = [
            when
            for (when, _), before, after in zip(self.frames[1:], pictures, pictures[1:], strict=False)
            if any((np.abs(after[part] - before[part]).max(2) > MOVED).sum() >= ENOUGH for part in parts)
        ]
        return changed[-1] if changed else float("nan")

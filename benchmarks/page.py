"""What the page costs, in real Chromium, at several cohort sizes. Prints one table; asserts nothing."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

import cohort
import table
from browser.driver import LAPTOP, launched, settled
from browser.serving import GUNICORN, Served, serving

Costs = dict[str, list[float]]

WARM_UPS = 3
RELAPSES = ("EMA", "loss_of_PASI50", "absolute_3", "NPF")
ONE_WORKER = {"WEB_CONCURRENCY": "1"}
WHEN_USABLE = """(() => {
    const look = () => window.reprise?.ready?.()
        ? requestAnimationFrame(() => { window.usableAfter = performance.now(); })
        : setTimeout(look, 4);
    look();
})()"""
HIGHLIGHT = """async (patient) => {
    const limit = performance.now() + 5000;
    window.reprise.timed(() => window.reprise.select({patients: [patient]}));
    while (!window.reprise.lastHighlight) {
        if (performance.now() > limit) throw new Error("no highlight was drawn within 5 s");
        await new Promise(requestAnimationFrame);
    }
    return window.reprise.lastHighlight.ms;
}"""
# The message is delivered after the frame that the move asked for, so whatever that frame drew is in the figure.
ARM_CROSSHAIR = """() => {
    window.crosshairMoved = new Promise((done) => addEventListener("mousemove", (event) => {
        requestAnimationFrame(() => {
            const painted = new MessageChannel();
            painted.port1.onmessage = () => done(performance.now() - event.timeStamp);
            painted.port2.postMessage(0);
        });
    }, {capture: true, once: true}));
}"""
# Null: the page never said that anything was pending, so there was nothing to measure.
CHANGE = """async ([query, until]) => {
    const start = performance.now(), done = () => window.reprise[until]();
    const tick = () => new Promise((next) => setTimeout(next, 1));
    window.reprise.setQuery(query);
    while (done()) {
        if (performance.now() - start > 500) return null;
        await tick();
    }
    while (!done()) {
        if (performance.now() - start > 30000) throw new Error(`not settled: ${JSON.stringify(query)}`);
        await tick();
    }
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
}"""


def main() -> None:
    options = chosen()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launched(playwright)
        costs = {}
        for patients in options.patients:
            study = cohort.write(Path(folder) / str(patients), patients, options.subsets)
            costs[patients] = measured(browser, study, patients, options)
        print(table.drawn(costs))
        print(
            f"\nMedian (90th percentile) of {options.repetitions} after {WARM_UPS} warm-ups; {options.starts} server "
            f"starts; {options.subsets} subsets. Chromium {browser.version}, no GPU; {os.cpu_count()} processors, "
            f"load {os.getloadavg()[1]:.1f} (5 minutes, the benchmark included)."
        )
        browser.close()


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[3, 100, 1000])
    parser.add_argument("--subsets", type=int, default=40)
    parser.add_argument("--repetitions", type=int, default=15)
    parser.add_argument("--starts", type=int, default=5)
    return parser.parse_args()


def measured(browser: Browser, study: Path, patients: int, options: argparse.Namespace) -> Costs:
    """Every cost of one cohort. The server of the last start stays up for the rest."""
    tell(f"{patients} patients: {options.starts} server starts")
    starts = []
    for _ in range(options.starts - 1):
        with serving(study, ONE_WORKER, GUNICORN) as served:
            starts.append(served.seconds * 1000)
    with serving(study, ONE_WORKER, GUNICORN) as served:
        tell(f"{patients} patients: page loads")
        costs = page_loads(browser, served.url, options.repetitions)
        tell(f"{patients} patients: gestures")
        costs |= gestures(browser, served.url, study, options.repetitions)
        return {"server start": [*starts, served.seconds * 1000], **costs, "server memory": [worker_megabytes(served)]}


def page_loads(browser: Browser, url: str, repetitions: int) -> Costs:
    """Milliseconds from navigation to usable, kB received, and milliseconds from the table's tab to its rows, each load
    in a browser with nothing cached."""
    loads = [page_load(browser, url) for _ in range(WARM_UPS + repetitions)]
    usable, kilobytes, tabled = (list(values) for values in zip(*loads[WARM_UPS:], strict=True))
    return {
        "first page after the start": [loads[0][0]],
        "page usable": usable,
        "bytes received": kilobytes,
        "table opened": tabled,
    }


def page_load(browser: Browser, url: str) -> tuple[float, float, float]:
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        received = counted(context.new_cdp_session(page))
        page.add_init_script(WHEN_USABLE)
        page.goto(url)
        page.wait_for_function("() => window.usableAfter", timeout=60_000)
        usable, kilobytes = page.evaluate("window.usableAfter"), sum(received) / 1000
        return usable, kilobytes, page.evaluate(CHANGE, [{"panel": "response"}, "complete"])


def counted(session: CDPSession) -> list[float]:
    """A list that grows by the bytes on the wire of each finished request."""
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    return received


def gestures(browser: Browser, url: str, study: Path, repetitions: int) -> Costs:
    """Milliseconds of each gesture; every repetition differs from the last, so that no cache answers for the page."""
    with browser.new_context(viewport=LAPTOP) as context:
        page = context.new_page()
        page.goto(url)
        settled(page, timeout=60_000)
        ids = patient_ids(study)
        changes = {
            "subset change": lambda turn: {"subsets": subset_pair(study, turn), "subset": subset_pair(study, turn)[0]},
            "window change": lambda turn: {"from_week": -4 - turn, "to_week": 30 + 3 * turn},
            "clock change": lambda turn: {"clock": ("restart", "index")[turn % 2]},
            "rule change": lambda turn: {"relapse": RELAPSES[turn % len(RELAPSES)], "panel": "rates"},
        }
        acts: dict[str, Callable[[int], float | None]] = {
            "click to highlight": lambda turn: page.evaluate(HIGHLIGHT, ids[turn % len(ids)]),
            "crosshair move": lambda turn: crosshair(page, turn),
        } | {name: changing(page, query) for name, query in changes.items()}
        return {name: repeated(act, repetitions) for name, act in acts.items()}


def changing(page: Page, query: Callable[[int], dict[str, object]]) -> Callable[[int], float | None]:
    return lambda turn: page.evaluate(CHANGE, [query(turn), "settled"])


def repeated(act: Callable[[int], float | None], repetitions: int) -> list[float]:
    """Costs of the act after the warm-ups; NaN where the page had nothing to do."""
    turns: Iterator[int] = count()
    costs = [act(next(turns)) for _ in range(WARM_UPS + repetitions)]
    return [np.nan if cost is None else cost for cost in costs[WARM_UPS:]]


def crosshair(page: Page, turn: int) -> float:
    """Milliseconds from a real mouse move over the figure's outcome until its frame was drawn."""
    box = page.locator('[data-view="pasi"]').bounding_box()
    if box is None:
        raise LookupError("the figure has no outcome to move over")
    page.evaluate(ARM_CROSSHAIR)
    page.mouse.move(box["x"] + box["width"] * (0.2 + 0.03 * (turn % 20)), box["y"] + box["height"] / 2)
    return page.evaluate("window.crosshairMoved")


def subset_pair(study: Path, turn: int) -> list[str]:
    names = (study / "immune_subsets.csv").open().readline().strip().split(",")[2:]
    return [names[(2 * turn + 2) % len(names)], names[(2 * turn + 3) % len(names)]]


def patient_ids(study: Path) -> list[str]:
    return [line.split(",")[0] for line in (study / "patients.csv").read_text().splitlines()[1:]]


def worker_megabytes(served: Served) -> float:
    """Resident memory of the one gunicorn worker, after all the work above."""
    (worker,) = psutil.Process(served.process.pid).children()
    return worker.memory_info().rss / 1e6


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()

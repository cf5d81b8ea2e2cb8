"""What the page costs, in real Chromium, at several cohort sizes, beside a static page of the same figures.

Gestures are timed until they are painted. Prints one table; asserts nothing."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

import cohort
import static_page
import table
from browser.driver import LAPTOP, launched
from browser.serving import GUNICORN, Served, serving
from painted import Screen

Costs = dict[str, list[float]]

WARM_UPS = 2
TWO_WORKERS = {"WEB_CONCURRENCY": "2"}
FIRST = {"panel": "correlation"}
CHANGES = {
    "subset change": {"panel": "correlation", "subset": "subset_03", "subsets": ["subset_03", "subset_04"]},
    "window change": {"panel": "correlation", "to_week": 78},
    "clock change": {"panel": "correlation", "clock": "restart"},
}
DO: Mapping[str, Callable[[str, Mapping[str, object]], str]] = {
    "ours": lambda _, query: f"window.reprise.setQuery({json.dumps({**BACK, **query})})",
    "static": lambda name, _: f"draw({json.dumps(name)})",
}
BACK = {"subset": "", "subsets": [], "to_week": None, "clock": "index"}
WHEN_USABLE = """(() => {
    const look = () => !window.usableAfter && window.reprise?.ready?.()
        ? requestAnimationFrame(() => { window.usableAfter = performance.now(); })
        : window.usableAfter || setTimeout(look, 4);
    look();
})()"""
SPOT = """(part) => {
    const chart = document.querySelector('[data-view="correlation"], [data-chart="correlation"]');
    const field = chart.querySelector(".nsewdrag").getBoundingClientRect();
    const inside = ({left, right, top, bottom}) =>
        left > field.left && right < field.right && top > field.top && bottom < field.bottom;
    const ownOrTheirs = ".scatterlayer .point, .layer-ground path[transform]"; // plotly's, and the page's own
    const marks = [...chart.querySelectorAll(ownOrTheirs)].map((one) => one.getBoundingClientRect());
    const gd = chart.querySelector(".js-plotly-plot") || chart, { xaxis, yaxis, meta } = gd._fullLayout;
    const { left, top } = gd.getBoundingClientRect(), drawn = meta?.marks?.find((one) => one.base);
    const placed = (x, at) => {
        const across = left + xaxis._offset + xaxis.d2p(x), down = top + yaxis._offset + yaxis.d2p(drawn.y[at]);
        return { left: across, right: across, width: 0, top: down, bottom: down, height: 0 };
    };
    const spots = (drawn ? [...drawn.x].map(placed) : marks).filter(inside);
    const box = spots[Math.floor(part * spots.length)];
    return box && [box.left + box.width / 2, box.top + box.height / 2];
}"""
"""Where a mark of the scatter stands, of a large cohort one that the page draws over the chart."""
BUTTON = """() => {{
    document.querySelector("#bench")?.remove();
    const style = "position:fixed;left:0;top:0;width:24px;height:24px;z-index:9999";
    const button = Object.assign(document.createElement("button"), {{id: "bench", style, onclick: () => {act}}});
    document.body.append(button);
}}"""
"""A button that does this; as a text of its own, since the page's policy lets no other be evaluated."""
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
        costs, still = {}, {}
        for patients in options.patients:
            study = cohort.write(Path(folder) / str(patients), patients, options.subsets)
            costs[patients], still[patients] = measured(browser, study, patients, options)
            tell(table.drawn({patients: costs[patients]}, still))  # so that what a later size breaks off is not lost
        print(table.drawn(costs, still))
        print(
            f"\nMedian (90th percentile) of {options.repetitions} after {WARM_UPS} warm-ups; {options.starts} server "
            f"starts; {options.subsets} subsets. Chromium {browser.version}, no GPU; {os.cpu_count()} processors, "
            f"load {os.getloadavg()[1]:.1f} (5 minutes, the benchmark included)."
        )
        browser.close()


def chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, nargs="+", default=[3, 100, 1000, 5000])
    parser.add_argument("--subsets", type=int, default=40)
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument("--starts", type=int, default=3)
    return parser.parse_args()


def measured(browser: Browser, study: Path, patients: int, options: argparse.Namespace) -> tuple[Costs, Costs]:
    """Every cost of one cohort, ours and of the static page. The server of the last start stays up for the rest."""
    still = static_page.write(study.parent / f"{patients}.html", study, CHANGES | {"": FIRST})
    tell(f"{patients} patients: {options.starts} server starts")
    starts = []
    for _ in range(options.starts - 1):
        with serving(study, TWO_WORKERS, GUNICORN) as served:
            starts.append(served.seconds * 1000)
    with serving(study, TWO_WORKERS, GUNICORN) as served:
        tell(f"{patients} patients: page loads")
        ours = page_loads(browser, served.url, options.repetitions)
        tell(f"{patients} patients: gestures")
        pages = {"ours": f"{served.url}#panel=correlation", "static": still.as_uri()}
        painted = gestures(browser, pages, options.repetitions)
        ours |= painted["ours"] | {
            "server start": [*starts, served.seconds * 1000],
            "server memory": [megabytes(served)],
        }
    return ours, painted["static"]


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


def gestures(browser: Browser, pages: Mapping[str, str], repetitions: int) -> dict[str, Costs]:
    """Milliseconds until each gesture was painted, on the pages in turn: they share what else the machine does."""
    with browser.new_context(viewport=LAPTOP) as context:
        screens = {name: opened(context.new_page(), url) for name, url in pages.items()}
        found: dict[str, Costs] = {name: defaultdict(list) for name in pages}
        for turn in range(-1, repetitions):
            for name, screen in screens.items():
                screen.page.bring_to_front()
                for gesture, milliseconds in acts(screen, name, turn):
                    found[name][gesture] += [milliseconds] if turn >= 0 else []
        return found


def opened(page: Page, url: str) -> Screen:
    page.add_init_script(WHEN_USABLE)
    start = time.monotonic()
    page.goto(url)
    page.wait_for_function("() => window.usableAfter", timeout=120_000)
    tell(f"    {url.partition(':')[0]}: usable after {time.monotonic() - start:.1f} s")
    return Screen.of(page)


def acts(screen: Screen, name: str, turn: int) -> Iterator[tuple[str, float]]:
    """A click on a mark of the scatter, then each change of the query and the way back from it."""
    spot = screen.page.evaluate(SPOT, (turn * 0.37 + 0.41) % 1)
    if spot:
        yield "click to highlight", screen.press(*spot)
    for change, query in CHANGES.items():
        for gesture, act in ((change, DO[name](change, query)), ("", DO[name]("", FIRST))):
            screen.page.evaluate(BUTTON.format(act=act))
            milliseconds = screen.press(12, 12)
            if gesture:
                yield gesture, milliseconds


def megabytes(served: Served) -> float:
    """Memory of gunicorn and its workers, what they share counted once (PSS)."""
    master = psutil.Process(served.process.pid)
    return sum(process.memory_full_info().pss for process in (master, *master.children())) / 1e6


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    main()

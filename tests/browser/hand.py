"""What a reader does to the page, and what they then see: in the state, in the pixels and in the table."""

from playwright.sync_api import Error, Page

from browser.driver import settled

HELP = "document.getElementById('help').click()"
LINKED = ("pasi", "immune", "swimlanes", "correlation")
TIMES = ("pasi", "immune", "swimlanes")
ROW = "#response-table .ag-row"
VEILED, OPAQUE, CLEAR = 204, 255, 0
"""Alpha of the layer over a dimmed mark (whatever its colour leaves), over a mark that it draws, and where the chart
shows through."""

# Every mark of a chart with its patient, from plotly's own data and axes: nothing here asks the layer.
MARKS = """(name) => {
    const { gd } = window.reprise.views[name], full = gd._fullLayout, found = [];
    const { l, t, w, h } = full._size, panel = (gd.layout.meta.panels || {})[name];
    const own = (panel ? panel.axes : []).map((axis) => full[axis.replace("y", "yaxis")]);
    const top = panel ? Math.min(...own.map((axis) => axis._offset)) : t;
    const bottom = panel ? Math.max(...own.map((axis) => axis._offset + axis._length)) : t + h;
    const inside = ({ x, y }) => x >= l && x <= l + w && y >= top && y <= bottom;
    for (const drawn of gd._fullData) {
        const trace = { ...drawn, ...drawn.meta?.look };
        if (panel && !panel.axes.includes(trace.yaxis || "y")) continue;
        if (!trace.customdata || trace.type === "heatmap" || (trace.meta && (trace.meta.group || trace.meta.rule || trace.meta.alone || trace.meta.count)) || (trace.marker && trace.marker.opacity === 0)) continue;
        const vertical = full[(trace.yaxis || "y").replace("y", "yaxis")], bar = trace.type === "bar";
        trace.customdata.forEach((row, i) => {
            if (!row || row[0] === null || row[1] === null || !Number.isFinite(trace.y[i])) return;
            const units = bar ? trace.base[i] + trace.x[i] / 2 : trace.x[i];
            found.push({
                patient: row[0], week: row[1], row, bar, symbol: bar ? null : [].concat(trace.marker.symbol)[0],
                axis: trace.yaxis || "y", x: full.xaxis._offset + full.xaxis.l2p(units), y: vertical._offset + vertical.l2p(trace.y[i]),
            });
        });
    }
    return found.map((mark) => ({ ...mark, inside: inside(mark) }));
}"""
ALPHAS = f"""(name) => {{
    const canvas = window.reprise.views[name].gd.querySelector("canvas.layer-light"), ratio = window.devicePixelRatio;
    const at = (mark) => canvas.getContext("2d").getImageData(mark.x * ratio, mark.y * ratio, 1, 1).data[3];
    const alpha = (mark) => (at(mark) > {CLEAR} && at(mark) < {OPAQUE} ? {VEILED} : at(mark));
    return ({MARKS})(name).filter((mark) => mark.inside).map((mark) => ({{ ...mark, alpha: alpha(mark) }}));
}}"""
TEXTS = """(name) => {
    const { gd } = window.reprise.views[name], { left, top } = gd.getBoundingClientRect();
    return [...gd.querySelectorAll(`svg.texts text[data-panel="${name}"]`)].map((one) => {
        const box = one.getBoundingClientRect();
        const { kind, of } = one.dataset, faint = Number(one.getAttribute("opacity")) < 1;
        return { text: one.textContent, kind, of, faint, box: [box.left - left, box.top - top, box.right - left, box.bottom - top] };
    });
}"""
PAINTED = """([name, kind]) => {
    const view = window.reprise.views[name], canvas = view && view.gd.querySelector(`canvas.layer-${kind}`);
    if (!canvas) return 0;
    const full = view.gd._fullLayout, panel = (view.gd.layout.meta.panels || {})[name];
    const own = (panel ? panel.axes : []).map((axis) => full[axis.replace("y", "yaxis")]), ratio = window.devicePixelRatio;
    const top = panel ? Math.min(...own.map((axis) => axis._offset)) * ratio : 0;
    const bottom = panel ? Math.max(...own.map((axis) => axis._offset + axis._length)) * ratio : canvas.height;
    const { data } = canvas.getContext("2d").getImageData(0, top, canvas.width, bottom - top);
    let count = 0;
    for (let i = 3; i < data.length; i += 4) count += data[i] > 0;
    return count;
}"""

FOLLOWED = """(width) => innerWidth === width && window.reprise.settled() && Object.values(window.reprise.views).every(
    ({ gd }) => !gd.offsetParent || Math.abs(gd._fullLayout.width - gd.clientWidth) < 1)"""


def opened(page: Page, url: str) -> Page:
    page.goto(url)
    settled(page)
    return page


def came_back(page: Page, url: str) -> bool:
    """Whether a page shows again what its bare address does, with nothing open, stored or under the pointer."""
    if (
        page.is_closed()
        or not page.url.startswith(url)
        or page.locator(".modal, .offcanvas, :fullscreen, #play.shown, .panel-wide, [data-mode=present]").count()
    ):
        return False
    page.bring_to_front()
    if page.locator(".drawer[open]").count():
        page.keyboard.press("Escape")
    if page.locator("dialog[open], details[open]").count():
        return False
    page.mouse.move(0, 0)
    close_drawer(page)
    page.evaluate(
        "() => { localStorage.clear(); document.activeElement.blur(); window.scrollTo({ top: 0, behavior: 'instant' }); location.hash = '#'; }"
    )
    try:
        page.wait_for_function("() => scrollY === 0 && reprise.address() === '#' && reprise.complete()", timeout=10_000)
    except Error:
        return False
    return True


def until(page: Page, condition: str, wanted=None) -> None:
    """Wait until a JavaScript function of `wanted` returns true."""
    page.wait_for_function(condition, arg=wanted, timeout=30_000)


# ---- to do


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window a size, and wait until the charts have theirs: plotly follows in its own time."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    until(page, FOLLOWED, size[0])


def at(page: Page, view: str, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a point of a chart is, both in px."""
    box = page.evaluate("(name) => window.reprise.views[name].gd.getBoundingClientRect().toJSON()", view)
    return box["x"] + x, box["y"] + y


def click_at(page: Page, view: str, x: float, y: float, *, shift: bool = False) -> None:
    if shift:
        page.keyboard.down("Shift")
    page.mouse.click(*at(page, view, x, y))
    if shift:
        page.keyboard.up("Shift")


def click_mark(page: Page, view: str, patient: str, week: float, **how) -> None:
    mark = the_mark(page, view, patient, week)
    click_at(page, view, mark["x"], mark["y"], **how)


def click_between(page: Page, view: str, patient: str, first: float, second: float) -> None:
    """Click a line halfway between two visits."""
    one, other = (the_mark(page, view, patient, week) for week in (first, second))
    click_at(page, view, (one["x"] + other["x"]) / 2, (one["y"] + other["y"]) / 2)


def drag(page: Page, view: str, *points: tuple[float, float]) -> None:
    """Press on the first point of a chart, move through the others, and let go."""
    places = [at(page, view, *point) for point in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def zoom(page: Page, low: float = 0.3, high: float = 0.7, view: str = "pasi") -> list[float]:
    """Drag over a share of a time view; its new range, in axis units."""
    left, top, width, height = page.evaluate("(name) => window.reprise.placeOf(window.reprise.views[name]).area", view)
    middle = top + height / 4  # between two panels' rows there is nothing to drag
    drag(page, view, (left + low * width, middle), (left + high * width, middle))
    until(page, "() => window.reprise.zoom.time !== null")
    settled(page)
    # A hand is slower than the 300 ms within which plotly takes the next press for the second of a double click.
    page.evaluate("(name) => { window.reprise.views[name].gd._mouseDownTime = 0; }", view)
    return x_range(page, view)


def press(page: Page, selector: str) -> None:
    """Click a button, in its menu where it stands in one that is closed."""
    menu = page.locator(f"details:not([open]):has({selector}) > summary")
    if menu.count():
        menu.first.click()
    page.locator(selector).first.click()


def reach(page: Page, field: str) -> None:
    """Open the drawer that holds a control, if it is closed."""
    held = page.evaluate(
        """(field) => { const held = document.querySelector(`[data-control="${field}"]`).closest("dialog:not([open])"); return held && held.id; }""",
        field,
    )
    if held:
        page.locator(f'[data-action="{held.removeprefix("drawer-")}"]').first.click()


def close_drawer(page: Page) -> None:
    """Close the drawer that is open, if one is: it lies over a part of the page."""
    for cross in page.locator(".drawer[open] [data-closes]").all():
        cross.click()


def note(page: Page, view: str) -> str:
    """How a view is computed, as its sheet says it once it is open."""
    if not page.locator("#drawer-method[open]").count():
        page.locator('[data-action="method"]').first.dispatch_event("click")  # wherever it stands: phones show one half
    own = f'[data-note="{view}"] .card-note'
    until(page, "(own) => window.reprise.complete() && document.querySelector(own).textContent", own)
    return " ".join(page.locator(f"{own} p").all_text_contents())


def open_view(page: Page, view: str) -> None:
    """Open a view of the panel: its tab, then its name."""
    close_drawer(page)
    page.locator(f".tab[data-views*='\"{view}\"']").click()
    if page.evaluate("() => window.reprise.query.panel") != view:
        page.locator('[data-control="panel"] select').select_option(view)
    until(page, "(view) => window.reprise.query.panel === view && window.reprise.complete()", view)


DRAWN = """(views) => reprise.settled()
    && ["pasi", "immune", "swimlanes"].filter((one) => reprise.views[one]).join() === views.join()"""
"""Whether these and no other panels of the figure are drawn."""


def on_a_phone(page: Page, part: str) -> None:
    """Choose what a phone shows: a panel of the figure, or the question, `panel`."""
    page.locator(f".in-sight label:has(+ input[value={part}]), .in-sight input[value={part}] + label").click()
    if part != "panel":
        until(page, DRAWN, [part])


def choose(page: Page, field: str, value: str) -> None:
    reach(page, field)
    page.locator(f'[data-control="{field}"] select').select_option(value)
    until(page, "([field, value]) => String(window.reprise.query[field]) === value", [field, value])
    settled(page)


def type_into(page: Page, field: str, value: str) -> None:
    reach(page, field)
    box = page.locator(f'[data-control="{field}"] input')
    box.fill(value)
    box.press("Enter")
    until(page, "([field, value]) => String(window.reprise.query[field] ?? '') === value", [field, value])
    settled(page)


def click_row(page: Page, patient: str) -> None:
    if page.evaluate("() => window.reprise.query.panel") != "response":
        open_view(page, "response")
    page.locator(f"{ROW} .ag-cell[col-id=patient_id]").get_by_text(patient, exact=True).first.click()
    until(page, "(id) => window.reprise.highlighted().ids.has(id)", patient)


def legend(page: Page, name: str):
    """The button of a patient, or of a group in the menu of the search."""
    if page.locator("#find").count():
        page.locator("#find").focus()
    return page.locator("#legend .legend-item").filter(has_text=name)


# ---- to see


def address(page: Page) -> str:
    """The page's address as it is now: `page.url` follows a pushed history entry a moment later."""
    return page.evaluate("location.href")


def marks(page: Page, view: str) -> list[dict]:
    """Every mark of a chart: patient, week, row (its customdata), bar, symbol, axis, x, y in px, inside the plot or not."""
    return page.evaluate(MARKS, view)


def signs(page: Page) -> set[tuple]:
    """(patient, sign with its week) of every milestone that the rail shows."""
    read = "window.reprise.views.pasi.placed.filter(({ kind }) => kind === 'rail').map(({ of, text }) => [of, text])"
    return {tuple(sign) for sign in page.evaluate(read)}


def texts(page: Page, view: str, kind: str = "") -> list[dict]:
    """The texts of a chart's layer: text, kind, of, and their box (left, top, right, bottom; px of the chart)."""
    found = page.evaluate(TEXTS, view)
    return [one for one in found if kind in {"", one["kind"]}]


def the_mark(page: Page, view: str, patient: str, week: float) -> dict:
    return next(mark for mark in marks(page, view) if mark["patient"] == patient and mark["week"] == week)


def alphas(page: Page, view: str) -> list[dict]:
    """`marks` within the plot, each with the alpha of the layer above it."""
    return page.evaluate(ALPHAS, view)


def painted(page: Page, view: str, kind: str = "light") -> int:
    """How many pixels of a layer are not transparent."""
    return page.evaluate(PAINTED, [view, kind])


def lit(page: Page) -> list[str]:
    return page.evaluate("() => [...window.reprise.highlighted().ids].sort()")


def rows(page: Page, name: str = "") -> set[str]:
    """Patients with rows of the response table that carry a class (any row by default), by what their cell says."""
    return set(page.locator(f"{ROW}{name and '.'}{name} .ag-cell[col-id=patient_id]").all_text_contents())


def caption(page: Page, view: str) -> str:
    return page.locator(f'[data-view="{view}"] .caption').inner_text()


def captions(page: Page) -> list[str]:
    return page.locator("[data-view] .caption").all_inner_texts()


def chips(page: Page) -> list[str]:
    return page.locator("#chips .chip").evaluate_all("(chips) => chips.map((chip) => chip.firstChild.textContent)")


def x_range(page: Page, view: str) -> list[float]:
    return page.evaluate("(name) => [...window.reprise.views[name].gd._fullLayout.xaxis.range]", view)


def visits(page: Page) -> set[tuple]:
    """The selected patient-visits: patient, PASI week, sample week."""
    found = page.evaluate("() => [...window.reprise.selection.visits, ...(window.reprise.gestured.visits || [])]")
    return {tuple(visit) for visit in found}


def assert_lit(page: Page, *patients: str, views: tuple[str, ...] = LINKED) -> None:
    """These patients and nobody else are lit: in the state, above every chart, and in the table."""
    assert lit(page) == sorted(patients)
    for view in views:
        assert painted(page, view) > 0, view
        for mark in alphas(page, view):
            if mark["patient"] in patients:
                assert mark["alpha"] == (CLEAR if view == "swimlanes" else OPAQUE), (view, mark)
        dim = {mark["patient"] for mark in alphas(page, view) if mark["alpha"] == VEILED}
        assert dim == {mark["patient"] for mark in alphas(page, view)} - set(patients), view
    assert rows(page, "lit") == set(patients) & rows(page)
    assert rows(page, "dim") == rows(page) - set(patients)


def assert_nobody_lit(page: Page) -> None:
    assert lit(page) == []
    assert [painted(page, view) for view in LINKED] == [0, 0, 0, 0]
    assert rows(page, "lit") == rows(page, "dim") == set()


def unfolded(page):
    """The page with every fold of the mapping page open, and filled."""
    until(
        page,
        """() => {
            const folds = [...document.querySelectorAll("#intake-show details")];
            folds.forEach((fold) => (fold.open = true));
            return folds.every((fold) => fold.lastElementChild.childElementCount);
        }""",
    )
    return page

"""Every patient's lanes: on the page, and of one of another page on the strip above it."""

import pytest

from benchmarks import cohort
from browser.arms import table
from browser.driver import settled
from browser.hand import CLEAR, VEILED, address, alphas, at, choose, click_at, lit, marks, painted, until

EVENTS = [(4, "rash", "severe"), (4, "fever", "mild"), (4, "headache", ""), (4, "zoster", "2"), (12, "cold", "mild")]


def write(folder, patients, *, treated=True):
    """A cohort each of whom had five events, four of them in one week."""
    cohort.write(folder, patients, subsets=2)
    ids = [f"S{number:04d}" for number in range(1, patients + 1)]
    rows = ((patient, *event, "") for patient in ids for event in EVENTS)
    table(folder / "events.csv", "patient_id week event severity note", rows)
    if not treated:
        (folder / "treatments.csv").unlink()
    return folder


@pytest.fixture(scope="module")
def forty(serve, tmp_path_factory):
    """Address of a server with 40 patients: four pages of lanes."""
    return serve(write(tmp_path_factory.mktemp("lanes") / "forty", 40))


@pytest.fixture(scope="module")
def untreated(serve, tmp_path_factory):
    return serve(write(tmp_path_factory.mktemp("lanes") / "untreated", 10, treated=False))


# Each mark of the strip where the layer draws it, with the alpha of its middle; nothing here asks what it draws.
STRIP = """() => {
    const R = window.reprise, view = R.views.swimlanes, { traces, labels } = view.pin, { xaxis, yaxis } = view.gd._fullLayout;
    const canvas = view.gd.querySelector("canvas.layer-light").getContext("2d"), ratio = devicePixelRatio;
    const row = yaxis.l2p(1) - yaxis.l2p(0), high = row * Math.min(1, view.meta.pinned / labels.length);
    return traces.flatMap((trace) => trace.customdata.map((data, i) => {
        const bar = trace.type === "bar", along = bar ? trace.base[i] + trace.x[i] / 2 : trace.x[i];
        const x = xaxis._offset + xaxis.l2p(along), y = yaxis._offset + yaxis.l2p(-view.meta.pinned - 0.5) + high * (trace.y[i] + 0.5);
        const [, , , alpha] = canvas.getImageData(x * ratio, y * ratio, 1, 1).data;
        return { x, y, bar, alpha, treatment: data[2], meta: trace.meta || {}, mode: trace.mode, hatched: bar && trace.marker.pattern && trace.marker.pattern.shape[i] === "/" };
    }));
}"""


def light(page, patient):
    page.evaluate("(id) => window.reprise.select({ patients: [id] })", patient)
    settled(page)


def strip(page):
    until(page, "() => Boolean(window.reprise.views.swimlanes.pin)")
    return page.evaluate(STRIP)


@pytest.mark.slow
def test_the_strip_shows_follow_up_events_courses_and_doses_of_a_patient_of_another_page(back, forty):
    page = back(forty)
    light(page, "S0040")  # she had background therapy, and a biologic before it
    found = strip(page)
    assert [mark["treatment"] for mark in found if mark["meta"].get("event")] == ["S0040"] * 4
    drawn = [mark for mark in found if mark["mode"] != "text" and not mark["hatched"]]
    assert len(drawn) > 8
    assert all(mark["alpha"] > CLEAR for mark in drawn), drawn
    light(page, "S0001")
    until(page, "() => !window.reprise.views.swimlanes.pin")


@pytest.mark.slow
def test_what_stands_on_the_strip_is_what_stands_on_her_page(back, forty):
    page = back(forty)
    light(page, "S0040")
    assert strip(page)
    own = "(at) => at().filter((row) => row[0] === 'S0040').map((row) => JSON.stringify(row.slice(0, 3))).sort()"
    above = page.evaluate(f"({own})(() => window.reprise.views.swimlanes.pin.traces.flatMap((one) => one.customdata))")
    page.evaluate("window.reprise.setQuery({ lane_page: 4 })")
    settled(page)
    chart = (
        "window.reprise.views.swimlanes.gd._fullData.filter((one) => one.customdata).flatMap((one) => one.customdata)"
    )
    assert page.evaluate(f"({own})(() => {chart})") == above


def test_a_click_on_the_strip_lights_the_course_and_on_an_event_its_patient(back, forty):
    page = back(forty)
    light(page, "S0040")
    bar = next(mark for mark in strip(page) if mark["bar"] and mark["treatment"] == "etanercept")
    click_at(page, "swimlanes", bar["x"], bar["y"])
    assert page.evaluate("window.reprise.selection.courses.map((one) => one.treatment)") == ["etanercept"]
    event = next(mark for mark in strip(page) if mark["meta"].get("event"))
    click_at(page, "swimlanes", event["x"], event["y"])
    assert page.evaluate("window.reprise.selection.courses") == []
    assert lit(page) == ["S0040"]


def test_a_mark_of_the_strip_says_what_a_tooltip_would(back, forty):
    page = back(forty)
    light(page, "S0040")
    event = next(mark for mark in strip(page) if mark["meta"].get("event"))
    page.mouse.move(*at(page, "swimlanes", event["x"] + 60, event["y"] + 80))
    until(page, "() => window.reprise.views.swimlanes.cursorAt !== undefined")
    crosshair = painted(page, "swimlanes", "cursor")
    page.mouse.move(*at(page, "swimlanes", event["x"], event["y"]))
    assert painted(page, "swimlanes", "cursor") > crosshair + 1000
    said = page.evaluate(
        "([x, y]) => window.reprise.pinAt(window.reprise.views.swimlanes, x, y).row[3]", [event["x"], event["y"]]
    )
    assert said.startswith("week 4: rash<br>severity: severe")


def test_the_strip_follows_the_window_and_empties_with_the_highlight(back, forty):
    page = back(forty)
    light(page, "S0040")
    before = strip(page)
    page.evaluate("window.reprise.setQuery({ from_week: 0, to_week: 6 })")
    settled(page)
    until(page, "() => Boolean(window.reprise.views.swimlanes.pin)")
    assert len(strip(page)) < len(before)
    page.keyboard.press("Escape")
    until(page, "() => !window.reprise.views.swimlanes.pin")
    assert painted(page, "swimlanes") == 0


def test_a_lit_patient_without_treatments_stands_out_on_her_lanes_and_they_come_into_sight(visit, untreated):
    page = visit(untreated)
    light(page, "S0009")
    seen = alphas(page, "swimlanes")
    assert {mark["alpha"] for mark in seen if mark["patient"] == "S0009"} == {CLEAR}
    assert {mark["alpha"] for mark in seen if mark["patient"] != "S0009"} == {VEILED}
    assert len([mark for mark in marks(page, "swimlanes") if mark["patient"] == "S0009"]) == 4 + 3  # events, follow-up
    until(
        page,
        """() => { const { gd, meta } = window.reprise.views.swimlanes, body = gd.closest(".card-body"), { yaxis } = gd._fullLayout;
        const y = yaxis._offset + yaxis.l2p(meta.lanes.indexOf("S0009"));
        return y > body.scrollTop && y < body.scrollTop + body.clientHeight; }""",
    )


DOSES = [(0, 20, 300), (8, 12, 150), (20, 24, 75)]


@pytest.fixture(scope="module")
def stepped(serve, tmp_path_factory):
    """Address of a server whose patients had a drug in steps, one of them within another."""
    folder = write(tmp_path_factory.mktemp("lanes") / "stepped", 30, treated=False)
    rows = [(f"S{who:04d}", "secukinumab", "biologic", *days, "mg") for who in range(1, 31) for days in DOSES]
    table(folder / "treatments.csv", "patient_id treatment kind start_week end_week dose dose_unit", rows)
    return serve(folder)


def course_at(page, week, lane):
    """What a click lights at a week of a lane, on the page or on the strip."""
    place = """([week, lane]) => {
        const { xaxis, yaxis } = window.reprise.views.swimlanes.gd._fullLayout;
        return [xaxis._offset + xaxis.l2p(week), yaxis._offset + yaxis.l2p(lane)];
    }"""
    click_at(page, "swimlanes", *page.evaluate(place, [week, lane]))
    return page.evaluate("window.reprise.selection.courses.map((one) => [one.patient, one.start])")


@pytest.mark.parametrize(("week", "start"), [(4, 0), (10, 8), (16, 0), (22, 20)])
def test_a_click_on_a_step_of_a_bar_lights_the_course_that_is_seen_there(visit, stepped, week, start):
    page = visit(stepped)
    lane = page.evaluate("window.reprise.views.swimlanes.meta.lanes.lastIndexOf('S0001')")
    assert course_at(page, week, lane) == [["S0001", start]]


@pytest.mark.slow
def test_the_strip_has_a_line_where_the_dose_changes(visit, stepped):
    page = visit(stepped)
    light(page, "S0030")
    bars = [mark for mark in strip(page) if mark["bar"] and mark["treatment"] == "secukinumab"]
    assert [mark["meta"]["steps"] for mark in bars] == [[False, True, True]] * 3
    click_at(page, "swimlanes", bars[1]["x"], bars[1]["y"])
    assert page.evaluate("window.reprise.selection.courses.map((one) => one.start)") == [8]


LABELS = """() => {
    const { gd } = window.reprise.views.swimlanes, traces = gd._fullData.filter((one) => /markers.text/.test(one.mode));
    const wanted = traces.flatMap((one) => one.text.map((text) => text.trim())).filter(Boolean).sort();
    const all = [...gd.querySelectorAll(".scatterlayer .text text")].map((one) => one.textContent.trim()).filter(Boolean);
    return [wanted, all.filter((text) => wanted.includes(text)).sort()];
}"""


@pytest.mark.slow
def test_doses_and_grades_are_still_beside_their_marks_after_a_redraw(back, forty):
    page = back(forty)
    for query in ({"patients": ["S0030", "S0040"]}, {"patients": ["S0007"]}, {"patients": []}, {"lane_page": 2}):
        page.evaluate("(query) => window.reprise.setQuery(query)", query)
        settled(page)
        wanted, shown = page.evaluate(LABELS)
        assert len(wanted) > 2
        assert shown == wanted


@pytest.mark.slow
def test_colour_by_drug_keeps_the_highlight_and_its_link_restores_both(visit, base_url):
    page = visit(base_url)
    light(page, "P2")
    choose(page, "lane_colour", "drug")
    settled(page)
    assert lit(page) == ["P2"]
    colors = """() => window.reprise.views.swimlanes.gd._fullData.filter((one) => one.type === "bar" && !one.meta.followed)
        .flatMap((one) => one.customdata.map((row, i) => [row[2], one.marker.line.color[i]]))"""
    by_drug = page.evaluate(colors)
    assert len({color for _, color in by_drug}) > 3
    assert len({drug for drug, _ in by_drug if drug == "secukinumab"}) == 1
    assert len({color for drug, color in by_drug if drug == "secukinumab"}) == 1
    again = visit(address(page))
    assert again.evaluate("window.reprise.query.lane_colour") == "drug"
    assert lit(again) == ["P2"]
    assert again.evaluate(colors) == by_drug
    seen = alphas(again, "swimlanes")
    assert {mark["alpha"] for mark in seen if mark["patient"] == "P2"} == {CLEAR}

"""Every patient's lanes: the list that scrolls, and the shares of drugs in their place."""

import pytest

from benchmarks import cohort
from browser.arms import table
from browser.driver import settled
from browser.hand import CLEAR, OPAQUE, VEILED, address, alphas, at, choose, click_at, lit, marks, painted, until

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
    """Address of a server with 40 patients: more lanes than fit, and than are drawn at once."""
    return serve(write(tmp_path_factory.mktemp("lanes") / "forty", 40))


@pytest.fixture(scope="module")
def untreated(serve, tmp_path_factory):
    return serve(write(tmp_path_factory.mktemp("lanes") / "untreated", 10, treated=False))


# The lanes in sight: first and last, of whom, and px of the chart above and below them.
SEEN = """() => {
    const { gd, meta } = window.reprise.views.swimlanes, axis = gd._fullLayout[meta.axes[0].replace("y", "yaxis")];
    const [low, high] = axis.range, lanes = meta.lanes.slice(Math.round(high + 0.5), Math.round(low + 0.5));
    return { lanes, middle: axis._offset + axis._length / 2, row: axis._length / (low - high), top: axis._offset };
}"""


def seen(page):
    return page.evaluate(SEEN)


def light(page, patient):
    page.evaluate("(id) => window.reprise.select({ patients: [id] })", patient)
    settled(page)


def wheel(page, turns):
    """Turn the wheel over the lanes."""
    page.mouse.move(*at(page, "swimlanes", 300, seen(page)["middle"]))
    for _ in range(abs(turns)):
        page.mouse.wheel(0, 100 if turns > 0 else -100)


def test_the_wheel_scrolls_the_lanes_and_the_axis_and_the_zoom_stay(visit, forty):
    page = visit(forty)
    before = seen(page)
    home = page.evaluate("window.reprise.charts.time.gd._fullLayout.xaxis.range")
    wheel(page, 5)
    until(page, f"(first) => ({SEEN})().lanes[0] !== first", before["lanes"][0])
    after = seen(page)
    assert len(after["lanes"]) == len(before["lanes"])
    assert after["row"] == pytest.approx(before["row"])
    assert page.evaluate("window.reprise.charts.time.gd._fullLayout.xaxis.range") == home
    assert page.evaluate("scrollY") == 0
    wheel(page, -8)
    until(page, f"(lanes) => ({SEEN})().lanes.join() === lanes", ",".join(before["lanes"]))


def test_keys_scroll_to_the_end_of_the_list_and_turn_it(visit, forty):
    page = visit(forty)
    page.locator('[data-view="swimlanes"]').focus()
    page.keyboard.press("End")
    last = page.evaluate("window.reprise.views.swimlanes.meta.lanes.at(-1)")
    until(page, f"(last) => ({SEEN})().lanes.at(-1) === last", last)
    page.keyboard.press("End")
    until(page, "() => window.reprise.complete() && window.reprise.query.lane_page > 1")
    page.keyboard.press("End")
    until(page, f"() => ({SEEN})().lanes.includes('S0040')")
    assert last in page.evaluate("window.reprise.views.swimlanes.meta.lanes")


def test_the_lanes_of_a_lit_patient_come_into_sight_from_anywhere_in_the_list(visit, forty):
    page = visit(forty)
    for patient in ("S0040", "S0001", "S0020"):
        light(page, patient)
        until(page, f"(id) => window.reprise.complete() && ({SEEN})().lanes.includes(id)", patient)
        assert lit(page) == [patient]
        shown = alphas(page, "swimlanes")
        assert {mark["alpha"] for mark in shown if mark["patient"] == patient} <= {CLEAR, OPAQUE}
        assert {mark["alpha"] for mark in shown if mark["patient"] != patient} == {VEILED}
    page.go_back()
    until(page, "() => window.reprise.highlighted().ids.has('S0001')")


def test_a_click_on_a_lane_that_was_scrolled_to_lights_its_course(visit, forty):
    page = visit(forty)
    light(page, "S0030")
    page.keyboard.press("Escape")
    settled(page)
    bars = [
        mark for mark in marks(page, "swimlanes") if mark["bar"] and mark["inside"] and mark["row"][2] == "etanercept"
    ]
    click_at(page, "swimlanes", bars[0]["x"], bars[0]["y"])
    (course,) = page.evaluate("window.reprise.selection.courses.map((one) => [one.patient, one.treatment, one.start])")
    assert course == [bars[0]["patient"], "etanercept", bars[0]["week"]]


def test_shares_open_the_lanes_and_show_the_courses_of_who_is_lit(visit, forty):
    page = visit(f"{forty}#lanes=share")
    assert painted(page, "swimlanes") == 0
    drug = page.evaluate("window.reprise.views.swimlanes.meta.drugs[0]")
    treated = "(drug) => { const { others, meta } = window.reprise.views.swimlanes, [set] = others; return [...set.of].find(([, all]) => all.some((i) => set.text[i] === drug))[0]; }"
    light(page, page.evaluate(treated, drug))
    assert painted(page, "swimlanes") > 0
    click_at(page, "swimlanes", 200, seen_rows(page)[0])
    until(page, "() => window.reprise.query.lanes === 'patients' && window.reprise.complete()")
    assert page.evaluate("window.reprise.views.swimlanes.meta.lanes.length") > 10


def seen_rows(page):
    """Heights of the rows of drugs, px of the chart."""
    return page.evaluate(
        "() => { const view = window.reprise.views.swimlanes, at = window.reprise.placeOf(view); return view.meta.drugs.map((_, row) => at.y(row)); }"
    )


def test_a_lit_patient_without_treatments_stands_out_on_their_lanes_and_they_come_into_sight(visit, untreated):
    page = visit(untreated)
    light(page, "S0009")
    shown = alphas(page, "swimlanes")
    assert {mark["alpha"] for mark in shown if mark["patient"] == "S0009"} == {CLEAR}
    assert {mark["alpha"] for mark in shown if mark["patient"] != "S0009"} == {VEILED}
    assert len([mark for mark in marks(page, "swimlanes") if mark["patient"] == "S0009"]) == 4 + 3  # events, follow-up
    assert "S0009" in seen(page)["lanes"]


DOSES = [(0, 20, 300), (8, 12, 150), (20, 24, 75)]


@pytest.fixture(scope="module")
def stepped(serve, tmp_path_factory):
    """Address of a server whose patients had a drug in steps, one of them within another."""
    folder = write(tmp_path_factory.mktemp("lanes") / "stepped", 30, treated=False)
    rows = [(f"S{who:04d}", "secukinumab", "biologic", *days, "mg") for who in range(1, 31) for days in DOSES]
    table(folder / "treatments.csv", "patient_id treatment kind start_week end_week dose dose_unit", rows)
    return serve(folder)


def course_at(page, week, lane):
    """What a click lights at a week of a lane, of the list."""
    place = """([week, lane]) => {
        const at = window.reprise.placeOf(window.reprise.views.swimlanes), { xaxis } = window.reprise.charts.time.gd._fullLayout;
        return [xaxis._offset + xaxis.l2p(week), at.y(lane)];
    }"""
    click_at(page, "swimlanes", *page.evaluate(place, [week, lane]))
    return page.evaluate("window.reprise.selection.courses.map((one) => [one.patient, one.start])")


@pytest.mark.parametrize(("week", "start"), [(4, 0), (10, 8), (16, 0), (22, 20)])
def test_a_click_on_a_step_of_a_bar_lights_the_course_that_is_seen_there(visit, stepped, week, start):
    page = visit(stepped)
    lane = page.evaluate("window.reprise.views.swimlanes.meta.lanes.lastIndexOf('S0001')")
    assert course_at(page, week, lane) == [["S0001", start]]


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

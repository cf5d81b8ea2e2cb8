"""A click on anything that is a patient's lights that patient, and nobody else, in every view."""

from browser.driver import settled
from browser.hand import (
    CLEAR,
    OPAQUE,
    PAINTED,
    VEILED,
    alphas,
    assert_lit,
    assert_nobody_lit,
    at,
    chips,
    click_at,
    click_between,
    click_mark,
    click_row,
    legend,
    lit,
    marks,
    painted,
    the_mark,
    until,
)


def test_a_line_is_clicked_midway_between_two_visits(case):
    for patient, first, second in [("P1", 2, 4), ("P2", 2, 4), ("P3", 2.1, 4)]:
        click_between(case, "pasi", patient, first, second)
        assert_lit(case, patient)
        assert chips(case) == [patient]
    click_between(case, "immune", "P2", 9, 15.1)
    assert_lit(case, "P2")


def test_a_press_takes_nothing_away_and_a_click_draws_who_is_lit_before_all_else(case):
    near = the_mark(case, "pasi", "P2", 4)
    case.mouse.move(*at(case, "pasi", near["x"], near["y"]))
    until(case, f"() => ({PAINTED})(['pasi', 'cursor']) > 0 && document.querySelector('.hoverlayer .hovertext')")
    crosshair = painted(case, "pasi", "cursor")
    case.mouse.down()
    assert painted(case, "pasi", "cursor") == crosshair
    assert case.locator(".dragcover").count() == 0
    assert case.locator(".hoverlayer .hovertext").count() > 0
    case.evaluate(
        f"""() => addEventListener("pointerup", () => (window.seen = [
        ({PAINTED})(["pasi", "light"]) > 0, document.querySelectorAll("#chips .chip-lit").length, reprise.settled()]), {{ once: true }})"""
    )
    case.mouse.up()
    assert case.evaluate("window.seen") == [True, 0, False]
    settled(case)
    assert chips(case) == ["P2"]
    assert case.evaluate("location.hash") == "#lit=P2"
    assert_lit(case, "P2")


def test_no_tooltip_names_another_patient_than_a_click_would_light(case):
    told = "(wanted) => [...document.querySelectorAll('[data-chart=time] .hoverlayer text')].map((one) => one.textContent.slice(0, 2)).join() === wanted"
    near = the_mark(case, "pasi", "P2", 0)
    case.mouse.move(*at(case, "pasi", near["x"], near["y"]))
    until(case, told, "P2")
    click_between(case, "pasi", "P1", 0, 1)
    assert_lit(case, "P1")
    until(case, told, "")


def test_a_scatter_point_lights_its_patient(case):
    click_mark(case, "correlation", "P3", alone(case)["week"])
    assert_lit(case, "P3")


def alone(page):
    """A mark of P3 on the scatter that no other mark or line comes near."""
    every = marks(page, "correlation")
    return max((m for m in every if m["patient"] == "P3"), key=lambda m: min(gap(m, o) for o in every if o is not m))


def gap(one, other):
    return abs(one["x"] - other["x"]) + abs(one["y"] - other["y"])


def test_a_table_row_and_a_legend_button_light_their_patient(case):
    click_row(case, "P2")
    assert_lit(case, "P2")
    legend(case, "P3").click()
    assert_lit(case, "P3")
    assert legend(case, "P3").get_attribute("aria-pressed") == "true"
    assert legend(case, "P1").get_attribute("aria-pressed") == "false"


def test_a_lane_label_lights_its_patient(case):
    lane = course(case, "P2", "ixekizumab")
    click_at(case, "swimlanes", 60, lane["y"])
    assert_lit(case, "P2")
    assert chips(case) == ["P2"]


def course(page, patient, treatment, start=None):
    found = [m for m in marks(page, "swimlanes") if (m["patient"], m["row"][2]) == (patient, treatment)]
    return next(m for m in found if start is None or m["week"] == start)


def test_a_bar_lights_its_patient_and_the_visits_within_the_course(case):
    bar = course(case, "P3", "etanercept")  # weeks -18 to 23
    click_at(case, "swimlanes", bar["x"], bar["y"])
    assert lit(case) == ["P3"]
    assert chips(case) == ["P3 etanercept from study week −18"]
    assert_visits_stand_out(case, "P3", lambda week: -18 <= week <= 23)


def test_an_ongoing_course_holds_every_later_visit_and_one_before_all_visits_lights_its_patient(case):
    bar = course(case, "P1", "secukinumab", start=9)
    click_at(case, "swimlanes", bar["x"], bar["y"])
    assert_visits_stand_out(case, "P1", lambda week: week >= 9)
    bar = course(case, "P1", "methotrexate")
    click_at(case, "swimlanes", bar["x"], bar["y"])
    assert lit(case) == ["P1"]
    assert {m["alpha"] for m in alphas(case, "swimlanes") if m["patient"] == "P1"} == {CLEAR}
    assert_visits_stand_out(case, "P1", lambda _: False)


def test_an_infusion_lights_its_patient_and_the_visits_of_its_day(case):
    infusion = course(case, "P2", "UC-MSC", start=1)
    click_at(case, "swimlanes", infusion["x"], infusion["y"])
    assert lit(case) == ["P2"]
    assert chips(case) == ["P2 UC-MSC from study week 1"]
    assert_visits_stand_out(case, "P2", lambda week: week == 1)


def assert_visits_stand_out(page, patient, within):
    """The patient's marks are opaque within the course and quieter outside it; on the scatter only those within are."""
    for view in ("pasi", "immune", "correlation"):
        weeks = {m["week"] for m in alphas(page, view) if m["patient"] == patient and m["alpha"] == OPAQUE}
        everyone = {m["week"] for m in marks(page, view) if m["patient"] == patient}
        # a quiet mark that lies under one that stands out, or under its ring, is opaque too
        assert {week for week in everyone if within(week)} <= weeks, view
        assert weeks < everyone, view
        others = [m["alpha"] for m in alphas(page, view) if m["patient"] != patient]
        assert VEILED in others, view


def test_shift_adds_and_takes_away_and_a_click_without_it_replaces(case):
    click_between(case, "pasi", "P1", 2, 4)
    click_mark(case, "pasi", "P3", 4, shift=True)
    assert_lit(case, "P1", "P3")
    legend(case, "P1").click(modifiers=["Shift"])
    assert_lit(case, "P3")
    click_mark(case, "pasi", "P1", 4)
    assert_lit(case, "P1")


def test_after_clear_the_same_click_works_again(case):
    for clear in ("Escape", "#chips .clear", "#chips .chip-remove"):
        click_between(case, "pasi", "P1", 2, 4)
        assert_lit(case, "P1")
        case.keyboard.press(clear) if clear == "Escape" else case.locator(clear).click()
        until(case, "() => !window.reprise.highlighted().any")
        assert_nobody_lit(case)
    click_between(case, "pasi", "P1", 2, 4)
    assert_lit(case, "P1")


def test_nobody_is_lit_at_first_and_a_click_on_nothing_changes_nothing(case):
    assert_nobody_lit(case)
    legend(case, "P1").click()
    click_at(case, "pasi", 400, 40)
    assert_lit(case, "P1")


def test_an_event_lights_its_patient_and_no_course(case):
    click_mark(case, "swimlanes", "P1", 4)
    assert_lit(case, "P1")
    assert case.evaluate("window.reprise.selection.courses.length") == 0

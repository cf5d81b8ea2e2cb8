"""Marks that lie on one another: tooltip and click name the same patient, say how many there are, and each is reached."""

import pytest

from browser.hand import at, lit, until

TIP = """(name) => [...window.reprise.views[name].gd.querySelectorAll(".hoverlayer .hovertext tspan, .tip div")]
    .map((part) => part.textContent).join(" ")"""
MARK = """([name, id]) => {
    const { R = window.reprise } = {}, view = R.views[name], place = R.placeOf(view);
    const set = [...view.sets, ...(view.others || [])].find((one) => one.markers && !one.event && one.of.has(id));
    const i = set.of.get(id)[1];
    return [place.x(set.x[i]), place.y(set.y[i], set.yaxis)];
}"""
STACKED = ["P1", "P2", "P3"]


@pytest.fixture
def stacked(back, serve, tmp_path_factory):
    """Three patients whose second visits have the same week and values."""
    return back(serve(written(tmp_path_factory.getbasetemp() / "overlap")))


def written(folder):
    last = {"P1": (3, 11), "P2": (9, 9), "P3": (9, 9)}
    rows = {
        "pasi": [(who, week, value) for who in STACKED for week, value in ((0, 20), (4, 5), (8, last[who][0]))],
        "immune_subsets": [
            (who, week, value) for who in STACKED for week, value in ((0, 5), (4, 7), (8, last[who][1]))
        ],
    }
    folder.mkdir(exist_ok=True)
    courses = ["P1,etanercept,biologic,-9,,50,mg", "P1,UC-MSC,cell_therapy,0,0,1,1e6 cells/kg"]
    header = "patient_id,treatment,kind,start_week,end_week,dose,dose_unit"
    (folder / "treatments.csv").write_text("\n".join([header, *courses]) + "\n")
    for table, column in (("pasi", "pasi"), ("immune_subsets", "treg")):
        lines = [f"patient_id,week,{column}", *(",".join(map(str, row)) for row in rows[table])]
        (folder / f"{table}.csv").write_text("\n".join(lines) + "\n")
    return folder


@pytest.mark.parametrize("view", ["pasi", "immune", "correlation"])
def test_tooltip_and_click_name_the_same_of_equal_marks_and_each_is_reached(stacked, view):
    place = at(stacked, view, *stacked.evaluate(MARK, [view, "P1"]))
    stacked.mouse.move(place[0] - 40, place[1] - 40)
    stacked.mouse.move(*place)
    tell(stacked, view, "P1")
    for patient in [*STACKED, "P1"]:
        stacked.mouse.click(*place)
        assert lit(stacked) == [patient]
        tell(stacked, view, patient)


def tell(page, view, patient):
    """Wait until the tooltip names the patient, and who else lies there."""
    more = "3 visits here: P1, P2, P3; click again for the next"
    until(
        page,
        f"([name, id, more]) => [id, more].every((part) => ({TIP})(name).includes(part)) && ({TIP})(name).startsWith(id)",
        [view, patient, more],
    )


def test_a_pointer_that_goes_on_within_a_mark_until_it_is_on_two_is_told_of_both(stacked):
    read = """() => { const view = reprise.views.swimlanes, place = reprise.placeOf(view);
        const drug = (one) => one.data[one.of.get("P1")[0]][2];
        const set = view.sets.find((one) => one.markers && !one.bars && one.of.has("P1") && drug(one) === "UC-MSC");
        const [i] = set.of.get("P1");
        return [place.x(set.x[i]), place.y(set.y[i])]; }"""
    x, y = at(stacked, "swimlanes", *stacked.evaluate(read))
    stacked.mouse.move(x - 6, y)
    until(stacked, f"() => ({TIP})('swimlanes').includes('UC-MSC')")
    stacked.mouse.move(x, y)
    until(stacked, f"() => ({TIP})('swimlanes').includes('2 courses here')")

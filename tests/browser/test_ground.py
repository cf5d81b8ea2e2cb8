"""What the page draws of a figure in plotly's place looks as plotly draws it."""

import pytest

from browser.hand import legend, painted, until

# Every line and mark of the page's own drawing, and of plotly's of the same figure with its looks put back: place, size,
# colours. A line with gaps is several paths there.
BOTH = """async (name) => {
    const { gd } = window.reprise.charts[name], { width, height } = gd._fullLayout, box = document.createElement("div");
    document.body.append(box);
    const data = gd.data.map((trace) => ({ ...trace, ...trace.meta?.look })), kept = gd.data.map(({ meta }) => Boolean(meta?.look));
    await window.Plotly.newPlot(box, data, { ...structuredClone(gd.layout), width, height }, { staticPlot: true });
    const told = (root) => (drawn) => {
        const { left, top, width: wide, height: high } = drawn.getBoundingClientRect(), { left: x, top: y } = root.getBoundingClientRect();
        const { fill, fillOpacity, stroke, strokeOpacity, strokeWidth, strokeDasharray, opacity } = getComputedStyle(drawn.querySelector("path") || drawn);
        const ink = (color, own) => (color === "none" ? color : color + Number(own).toFixed(2));
        const look = [ink(fill, fillOpacity), ink(stroke, strokeOpacity), strokeWidth, strokeDasharray, Number(opacity).toFixed(2)];
        return { at: [left - x, top - y, wide, high].map((px) => Math.round(px * 4) / 4), look: look.join(" ") };
    };
    const ours = [...gd.querySelectorAll("svg.layer-ground g path")].map(told(gd));
    const traces = box._fullData.filter((_, i) => kept[i]).map(({ uid }) => box.querySelector(`.trace${uid}`));
    const lines = (trace) => [...trace.querySelectorAll(".lines")].filter((group) => group.querySelector("path"));
    const theirs = traces.flatMap((trace) => [...lines(trace), ...trace.querySelectorAll("path.point")]).map(told(box));
    box.remove();
    return [ours, theirs];
}"""


def near(one, other):
    return one["look"] == other["look"] and all(abs(a - b) <= 0.5 for a, b in zip(one["at"], other["at"], strict=True))


@pytest.mark.parametrize("chart", ["time", "correlation"])
def test_a_few_patients_marks_and_lines_are_those_of_plotly(case, chart):
    ours, theirs = case.evaluate(BOTH, chart)
    assert len(ours) == len(theirs) > 30
    left = list(ours)
    for wanted in theirs:
        found = next((one for one in left if near(one, wanted)), None)
        assert found, wanted
        left.remove(found)


def test_they_lie_under_whoever_is_highlighted(case):
    legend(case, "P1").click()
    until(case, "() => window.reprise.selection.patients.length === 1")
    assert painted(case, "pasi", "light") > 50
    order = """() => [...window.reprise.charts.time.gd.querySelectorAll(".layer")].map((one) => one.getAttribute("class"))"""
    found = case.evaluate(order)
    assert max(i for i, name in enumerate(found) if "ground" in name) < found.index("layer layer-light")


PATHS = """() => window.reprise.charts.time.gd.querySelectorAll("svg.layer-ground path").length"""


def test_a_crowd_is_on_a_canvas_and_lines_again_for_a_printer(visit, thousand):
    page = visit(f"{thousand}#lines=all")
    until(page, "() => window.reprise.complete()")
    assert painted(page, "pasi", "ground") > 5000
    assert page.evaluate(PATHS) == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(PATHS) > 1000
    assert painted(page, "pasi", "ground") == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(PATHS) == 0

"""Doses that were not given and ends of courses on the lanes: signs of their own, never a treatment."""

from dataclasses import replace

import pytest

from analysis.phases import anchors, course_kind
from analysis.query import default, read
from analysis.response.time_to_event import MEASURES, exposures
from components.views import VIEWS
from data.catalog import open_study
from data.files import take_in
from data.own_format.write_tables import as_files
from figures.visuals import style
from figures_layer.cases import bundled, drawn
from studies import make_study

PASI = "patient_id,week,pasi\n" + "".join(f"{one},{week},{30 - week}\n" for one in "AB" for week in (0, 4, 9, 20))
HEAD = "patient_id,treatment,kind,start_week,end_week,dose,dose_unit,status,end_reason,note\n"
GIVEN = "A,UC-MSC,cell_therapy,0,0,2,1e6,,,\nA,x<b>,biologic,2,6,300,mg,given,Lack of efficacy <i>now</i>,\nB,UC-MSC,cell_therapy,0,0,,,,,\n"
NOT = (
    "A,UC-MSC,cell_therapy,1,1,2,1e6,missed,,fever\nA,x<b>,biologic,9,,150,mg,planned,,\nB,z,biologic,-8,4,,,missed,,\n"
)


def study_of(tmp_path, rows):
    for name, text in {"pasi": PASI, "treatments": HEAD + rows}.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return take_in([tmp_path / f"{name}.csv" for name in ("pasi", "treatments")]).study


def lanes_of(study, **wanted):
    query, complaints = read(study, wanted)
    assert not complaints
    return drawn(study, query, ["swimlanes"])["swimlanes"]


def signs(figure, kind):
    return [trace for trace in figure["data"] if kind in (trace.get("meta") or {})]


def test_a_dose_that_was_not_given_stands_on_its_drugs_lane_and_says_what_it_is(tmp_path):
    figure = lanes_of(study_of(tmp_path, GIVEN + NOT))
    patients, bars = figure["layout"]["meta"]["lanes"], figure["data"][0]
    missed, planned = signs(figure, "dose")
    found = {
        (row[0], row[1], patients[int(y)]): row[3]
        for trace in (missed, planned)
        for row, y in zip(trace["customdata"], trace["y"], strict=True)
    }
    assert found == {
        ("A", 1, "A"): "UC-MSC: missed, not given<br>2 1e6, week 1<br>fever",
        ("A", 9, "A"): "x&lt;b&gt;: planned, not given yet<br>150 mg, week 9",
        ("B", -8, "B"): "z: missed, not given<br>dose not stated, week −8",
    }
    assert [planned["y"][0]] == [y for row, y in zip(bars["customdata"], bars["y"], strict=True) if row[2] == "x<b>"]
    look = style.THEMES["light"]
    assert missed["marker"]["symbol"] == "x"
    assert set(missed["marker"]["color"]) == {look.ink}  # a cross of the bar's own colour would not be seen on it
    assert set(missed["marker"]["line"]["color"]) == {look.card}
    assert (planned["marker"]["symbol"], set(planned["marker"]["color"])) == ("circle", {style.THEMES["light"].card})
    assert not any(trace.get("customdata") for trace in figure["data"] if (trace.get("meta") or {}) == {"event": True})


def test_it_counts_as_no_treatment_anchor_exposure_or_restart(tmp_path):
    (tmp_path / "both").mkdir()
    (tmp_path / "given").mkdir()
    both, given = study_of(tmp_path / "both", GIVEN + NOT), study_of(tmp_path / "given", GIVEN)
    assert anchors(both).equals(anchors(given))
    assert course_kind(both).astype(str).equals(course_kind(given).astype(str))
    assert exposures(both).astype(str).equals(exposures(given).astype(str))
    for measure in MEASURES:
        numbers = [VIEWS["survival"].numbers(one, replace(default(one), measure=measure)) for one in (both, given)]
        assert numbers[0].astype(str).equals(numbers[1].astype(str)), measure
    bars = [lanes_of(one)["data"][0] for one in (both, given)]
    assert [row[:3] for row in bars[0]["customdata"]] == [row[:3] for row in bars[1]["customdata"]]
    assert (
        VIEWS["swimlanes"].caption(both, default(both))
        == f"{VIEWS['swimlanes'].caption(given, default(given))} · 3 doses not given"
    )


def test_a_study_written_and_read_again_has_the_same_signs(tmp_path):
    study = study_of(tmp_path, GIVEN + NOT)
    again = tmp_path / "again"
    again.mkdir()
    for name, parts in as_files(study).items():
        (again / name).write_text("".join(parts))
    told = [[trace["customdata"] for trace in signs(lanes_of(one), "dose")] for one in (study, open_study(again))]
    assert told[0] == told[1]
    assert len(told[0]) == 2


def ended(*reasons, **wanted):
    courses = [("P1", f"d{at}", "biologic", 0, 10 + at) for at, _ in enumerate(reasons)]
    study = make_study({"P1": {0: 20.0, 40: 5.0}}, treatments=courses)
    study = replace(study, treatments=study.treatments.assign(end_reason=list(reasons)))
    return study, lanes_of(study, **wanted)


def test_a_stated_reason_is_a_letter_at_the_end_of_its_bar_with_its_text_on_hover():
    study, figure = ended("inefficacy", "moved <b>away</b>", "", "completed")
    (trace,) = signs(figure, "ended")
    bars = figure["data"][0]
    end = {row[2]: base + x for row, base, x in zip(bars["customdata"], bars["base"], bars["x"], strict=True)}
    found = {row[2]: (text, x) for row, text, x in zip(trace["customdata"], trace["text"], trace["x"], strict=True)}
    assert found == {"d0": ("E", end["d0"]), "d1": ("O", end["d1"]), "d3": ("C", end["d3"])}
    said = {row[2]: row[7] for row in trace["customdata"]}
    assert said["d1"].endswith("week 11<br>ended: moved &lt;b&gt;away&lt;/b&gt;")
    assert (
        VIEWS["swimlanes"].note(study, default(study)).text
        == "Ended for: E lack of effect, C completed as planned, O another reason."
    )


def test_a_change_of_dose_is_no_end_but_says_its_reason():
    doses = [("P1", "etanercept", "biologic", start, end, dose, "mg") for start, end, dose in ((0, 8, 25), (8, 16, 50))]
    study = make_study({"P1": {0: 20.0, 40: 5.0}}, treatments=doses)
    study = replace(study, treatments=study.treatments.assign(end_reason=["another dose", "inefficacy"]))
    (trace,) = signs(figure := lanes_of(study), "ended")
    assert trace["text"] == ["E"]
    assert {row[7].split("<br>")[-1] for row in figure["data"][0]["customdata"]} == {
        "ended: another dose",
        "ended: inefficacy",
    }
    assert VIEWS["swimlanes"].note(study, default(study)).text == "Ended for: E lack of effect."


def test_an_end_outside_the_window_has_no_sign():
    _, figure = ended("inefficacy", "completed", to_week=10.5)
    (trace,) = signs(figure, "ended")
    assert trace["text"] == ["E"]


def test_the_key_names_no_sign_that_the_study_lacks(tmp_path):
    assert VIEWS["swimlanes"].note(bundled(), default(bundled())).text == ""
    assert not signs(lanes_of(bundled()), "dose")
    study = study_of(tmp_path, GIVEN + NOT.splitlines()[0] + "\n")
    assert VIEWS["swimlanes"].note(study, default(study)).text == "✕ dose missed. Ended for: E lack of effect."


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_of_drugs_are_one_for_each_drug_the_most_used_first_and_grey_for_the_rest(theme):
    used = {f"d{at}": 12 - at for at in range(10)}
    courses = [
        (f"P{who}", drug, "biologic", at, at + 2) for at, (drug, many) in enumerate(used.items()) for who in range(many)
    ]
    study = make_study({f"P{who}": {0: 9.0, 30: 2.0} for who in range(12)}, treatments=courses)
    series = style.THEMES[theme].drugs
    expected = dict(zip(used, [*series[:7], *[series[7]] * 3], strict=True))
    for kept in ([], ["P0", "P2"]):
        figure = lanes_of(study, lane_colour="drug", theme=theme, patients=kept)
        bars = figure["data"][0]
        drawn_in = {
            (row[2], color) for row, color in zip(bars["customdata"], bars["marker"]["line"]["color"], strict=True)
        }
        assert drawn_in == {(drug, expected[drug]) for drug, _ in drawn_in}
    assert "grey: 3 further drugs" in VIEWS["swimlanes"].note(study, replace(default(study), lane_colour="drug")).text

"""What a page is told of sent files: every kind of question goes through JSON, with its choices."""

import json

import pytest

from data.intake.review.edits import KINDS, edits_of
from data.uploading.sent_files import read_sent
from data_layer.clinic_files import DRUGS, SKIN, TUBES

PASI = "Patient,Week,PASI\nP1,0,20\nP1,4,10\nP2,0,15\nP2,8,5\n"
SETS = {
    "a clinic's": {"skin": SKIN, "drugs": DRUGS, "flow": TUBES},
    "courses with a pause": {
        "pasi": PASI,
        "therapy": "Patient,Treatment,Start week,End week\nP1,Adalimumab,0,4\nP1,pause,4,8\nP2,washout,0,2\n",
    },
    "an infusion that only a header names": {"pasi": PASI, "inf": "Patient,1st infusion date\nP1,2024-01-03\n"},
    "times without a unit, and a table of nothing known": {
        "skin": "Patient,Time,PASI\nP1,0,20\nP1,4,10\n",
        "freezer": "Box,Shelf\na,1\nb,2\n",
    },
    "tubes without a week": {"pasi": PASI, "flow": ",CD4 | Freq. of Parent\nA1 P1.fcs,45\nA2 P2.fcs,46\n"},
    "measures by code": {
        "adqs": "USUBJID,PARAMCD,PARAM,AVISIT,AVAL,ADY\nS-1,XPASI,Skin score,Week 4,5,29\nS-1,XPASI,Skin score,Baseline,9,1\n"
    },
    "pairs without a row": {
        "lab": "Patient,Week,Subset,Value\nP1,0,Treg,0.5\nP1,0,NK,0.7\nP2,0,Treg,0.4\nP2,8,Treg,0.4\nP2,8,NK,0.8\n"
    },
    "shares of nothing that is said": {"flow": ",P1_W0.fcs,P1_W4.fcs\nCD3+,61,62\nCD8+,25,26\n"},
    "ids of one person": {"skin": PASI, "lab": "Patient,Week,Treg %\nP-1,0,5\nP-2,0,6\nP-1,4,7\n"},
}


@pytest.fixture
def read(tmp_path):
    def sent(files, edits=None):
        for name, content in files.items():
            (tmp_path / f"{name}.csv").write_text(content)
        paths = [tmp_path / f"{name}.csv" for name in files]
        return read_sent(paths, edits, lambda *_: None, None)

    return sent


def test_every_kind_of_question_is_told_as_json(read, tmp_path):
    told = [json.loads(json.dumps(read(files))) for files in SETS.values()]
    questions = [one for each in told if each["proposal"] for one in each["proposal"]["questions"]]
    assert {one["kind"] for one in questions} == KINDS.keys() - {"roles", "outcomes"}
    assert next(one["choices"] for one in questions if one["kind"] == "pauses").keys() == {"pause", "course"}


def test_a_score_of_the_studys_own_is_asked_for_its_range_as_json(read):
    edits = edits_of({"roles": [["skin.csv", "", "Lesions", "score"]]})
    told = json.loads(json.dumps(read({"skin": "Patient,Week,Lesions\nP1,0,3\n"}, edits)))
    asked = [one for one in told["proposal"]["questions"] if one["kind"] == "outcomes"]
    assert [one["key"][3] for one in asked] == ["label", "range", "better"]
    assert asked[2]["choices"] == {"lower": "lower is better", "higher": "higher is better"}

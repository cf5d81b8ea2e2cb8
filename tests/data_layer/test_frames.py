"""A column may be called what python calls its own: `self` is a covariate, a subset or nothing, as any other name."""

import pytest

from data.csv_export import csv_text
from data.files import take_in
from data.own_format.write_tables import as_files

FILES = {
    "a covariate of ours": {"pasi": "patient_id,week,pasi\nP1,0,20\n", "patients": "patient_id,group,self\nP1,a,yes\n"},
    "a covariate of a clinic's": {"skin": "Patient,Date,PASI,self\nP1,2024-01-01,20,m\nP2,2024-01-01,3,f\n"},
    "a subset of ours": {"immune_subsets": "patient_id,week,self,NK\nP1,0,3,4\n"},
    "a column of nothing known": {"skin": "Patient,Week,PASI,self\nP1,0,20,x\nP1,4,3,y\nP1,8,−3,y\n"},
    "one of a REDCap export": {
        "redcap": "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,self,pasi,visit_date\n"
        "1,week_0_arm_1,,,=1+1,20,2024-01-01\n1,week_0_arm_1,drugs,1,'=2,,\n"
    },
}


@pytest.mark.parametrize("files", FILES.values(), ids=FILES)
def test_a_column_called_self_is_one_like_others(tmp_path, files):
    for name, content in files.items():
        (tmp_path / f"{name}.csv").write_text(content)
    taken = take_in([tmp_path])
    assert taken.study is not None
    assert "".join("".join(parts) for parts in as_files(taken.study).values())
    assert csv_text(taken.study.patients)

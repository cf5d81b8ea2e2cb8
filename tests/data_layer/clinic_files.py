"""Files as a clinic and a flow lab export them, made up by the tests."""

import io

import openpyxl

REDCAP = """record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,first_name,dob,sex,arm,demographics_complete,visit_date,pasi_total,dlqi_score,visit_complete,drug_name,drug_start,drug_stop,dose_mg,medication_complete
1,baseline_arm_1,,,Anna,1970-01-02,1,A,2,2021-03-01,22.4,20,2,,,,,
1,baseline_arm_1,medication,1,,,,,,,,,,adalimumab,2020-01-01,2020-12-01,40,2
1,baseline_arm_1,medication,2,,,,,,,,,,UC-MSC,2021-03-01,2021-03-01,2.5,2
1,week_4_arm_1,,,,,,,,2021-03-29,3.1,4,2,,,,,
1,week_12_arm_1,,,,,,,,2021-05-24,12.0,,2,,,,,
2,baseline_arm_1,,,Bea,1980-05-02,2,B,2,2021-04-05,18.0,15,2,,,,,
2,baseline_arm_1,medication,1,,,,,,,,,,UC-MSC,2021-04-06,2021-04-06,2.1,2
2,baseline_arm_1,medication,2,,,,,,,,,,methotrexate,2021-04-06,2020-04-06,15,2
2,week_4_arm_1,,,,,,,,2021-05-04,LTFU,3,2,,,,,
"""
DICTIONARY = """"Variable / Field Name","Form Name","Field Type","Field Label","Choices, Calculations, OR Slider Labels","Identifier?"
record_id,demographics,text,Record,,
first_name,demographics,text,First name,,y
sex,demographics,radio,Sex,"1, Female | 2, Male",
"""
SKIN = """Patient No;Born;Sex;Arm;Smoker;BMI;Site;Visit date;Visit;PASI;DLQI;CRP;Remarks
1;01/02/70;1;1;yes;27,5;Leeds;03/04/21;Baseline;22,4;20;5;a long visit
1;01/02/70;1;1;yes;27,5;Leeds;01/05/21;Visit 3;9,1;8;4;
1;01/02/70;1;1;yes;27,5;Leeds;05/06/21;Follow-up;3,2;2;3;better
2;04/05/80;2;2;no;31,0;Leeds;04/05/21;Baseline;18,0;15;9;
2;04/05/80;2;2;no;31,0;Leeds;06/06/21;Visit 3;7,5;6;8;
3;07/08/90;2;1;no;24,2;York;02/05/21;Baseline;15,5;12;2;
3;07/08/90;2;1;no;24,2;York;03/06/21;Visit 3;2,0;1;2;
"""
"""One row a visit: dates that may be read in three orders, codes without words, covariates, what identifies."""
DRUGS = """Patient No,Drug,Start date,Stop date,Dose (mg)
1,adalimumab,01/02/21,03/03/21,40
1,secukinumab,03/04/21,,300
2,secukinumab,04/05/21,,300
3,secukinumab,02/05/21,02/05/21,150
"""
TUBES = """,Lymphocytes/CD4+ | Freq. of Parent (%),Lymphocytes/CD4+/CD25hiCD127lo | Freq. of Parent (%)
Tube_P-01_Base_1.fcs,45.1,5.2
Tube_P-01_V3_2.fcs,44.0,7.9
Tube_P-02_Base_3.fcs,50.2,4.1
Tube_P-02_V3_4.fcs,51.3,5.0
Tube_KM_Base_5.fcs,40,6
Tube_KM_V3_6.fcs,41,7
"""
"""Tubes whose names tell a visit, and initials for the third patient."""
GATES = ("Lymphocytes/CD3+/CD4+", "Lymphocytes/CD3+/CD4+/CD25hiCD127lo")
HEADER = (
    "",
    f"{GATES[0]} | Freq. of Parent (%)",
    f"{GATES[1]} | Freq. of Parent (%)",
    f"{GATES[1]} | Count",
    f"{GATES[0]} | Count",
    f"{GATES[0]} | Median (FITC-A)",
)
FLOWJO = "\r\n".join(
    (
        ",".join(HEADER) + ",",
        "Specimen_001_P01_W00_001.fcs,45.1,5.2,520,10000,812,",
        "Specimen_001_P01_W04_002.fcs,44.0,7.9,790,10000,790,",
        "Specimen_001_P02_W00_003.fcs,50.2,4.1,410,10000,n/a,",
        "Specimen_001_P02_W04_004.fcs,51.3,<0.2,12,10000,700,",
        "Specimen_001_P02_W09_005.fcs,,,,,,",
        "Compensation Controls_FITC.fcs,,,,,,",
        "Mean,47.7,5.73,433,10000,767,",
        "SD,3.64,1.96,323,0,59.4,",
    )
)


def save_book(place, sheets):
    """A workbook of these sheets (name -> rows) at a path, or into a file that is open for bytes."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(place)


def workbook(rows):
    """A workbook in our own shape, of three sheets with so many rows each."""
    book = openpyxl.Workbook(write_only=True)
    for name, columns in {"pasi": ("pasi",), "immune_subsets": ("treg", "nk"), "events": ("event",)}.items():
        page = book.create_sheet(name)
        page.append(("patient_id", "week", *columns))
        for row in range(rows):
            page.append((f"P{row % 40}", row // 40, *(1.5 for _ in columns)))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()

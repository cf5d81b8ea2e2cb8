"""Tables of gates in the shapes that FlowJo's tree, FACSDiva, flowWorkspace and others write: each is read, or asked."""

import pytest

from data.files import open_files, take_in
from data.row_report import as_text
from data.tables.long_cells import LONGEST
from data_layer.clinic_files import save_book

PASI = "patient_id,week,pasi\nP01,0,20\nP01,4,10\nP02,0,15\nP02,4,5\n"
VISITS = [["P01", 0], ["P01", 4], ["P02", 0], ["P02", 4]]
TUBES = [f"{patient}_W{week}.fcs" for patient, week in VISITS]


@pytest.fixture
def files(tmp_path):
    def write(flow, pasi=PASI, name="flow.csv"):
        (tmp_path / "pasi.csv").write_text(pasi)
        (tmp_path / name).write_text(flow, encoding="utf-8")
        return [tmp_path / "pasi.csv", tmp_path / name]

    return write


def rows(head, *lines):
    """A table with these lines for each tube, `{}` being its name."""
    return "\n".join([head, *(line.replace("{}", tube) for tube in TUBES for line in lines)])


def samples(study, *further):
    return study.immune_subsets[["subset", "value", *further]].drop_duplicates().to_numpy().tolist()


def defined(study, what):
    return dict(study.subset_definitions[["subset", what]].to_numpy().tolist())


@pytest.mark.parametrize(
    "lines",
    [
        (",{},,1000", "> ,{}/Lymph,60.0,600", "> > ,{}/Lymph/CD4,45.0,270"),
        (",{},,1000", "> ,Lymph,60.0,600", "> > ,CD4,45.0,270"),
        (",{},,1000", "> ,{}/Lymph,60.0,600", "> > ,{}/Lymph/CD4,45.0,270", "> > ,{}/Lymph/CD4 | Median (FITC-A),81,270"),
    ],
    ids=["paths", "names by their depth", "a further statistic"],
)  # fmt: skip
def test_flowjos_tree_is_read_with_counts_of_parents(files, lines):
    study = open_files(files(rows("Depth,Name,Statistic,#Cells", *lines)))
    gates = [one for one in samples(study, "count", "parent_count") if "Median" not in one[0]]
    assert gates == [["Lymph", 60, 600, 1000], ["Lymph/CD4", 45, 270, 600]]
    assert defined(study, "unit")["Lymph/CD4"] == "% of parent"
    assert sorted(map(list, study.immune_subsets[["patient_id", "week"]].drop_duplicates().to_numpy())) == VISITS


def test_a_tree_so_deep_that_its_paths_are_no_names_is_set_aside_aloud(files):
    deep = [f"{'> ' * depth},g{depth}{'x' * 90},50.0,500" for depth in range(1, 30)]
    taken = take_in(files(rows("Depth,Name,Statistic,#Cells", ",{},,1000", *deep, "> ,CD4,60.0,600")))
    subsets = taken.study.immune_subsets["subset"].unique()
    assert ("CD4" in subsets, len(subsets), max(map(len, subsets)) <= LONGEST) == (True, 6, True)
    assert "set aside: a gate whose path has more than 500 characters" in as_text(taken.report)


@pytest.mark.parametrize(
    ("share", "unit"), [("27.0", "% of total"), ("45.0", "% of parent"), ("13.3", "unit not stated")]
)
def test_what_a_share_is_of_is_what_the_counts_say(files, share, unit):
    lines = (
        ",{},,1000",
        "> ,{}/Lymph,60.0,600",
        f"> > ,{{}}/Lymph/CD4,{share},270",
        f"> > ,{{}}/Lymph/CD8,{share},270",
    )
    study = open_files(files(rows("Depth,Name,Statistic,#Cells", *lines)))
    assert defined(study, "unit")["Lymph/CD4"] == unit
    assert ["Lymph/CD4", float(share)] in samples(study)


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (
            "name,Population,Parent,Count,ParentCount",
            ("{},CD3+,root,500,1000", "{},Treg,CD3+,25,500", "{},root,,1000,"),
        ),
        ("Sample,Gate,Count,Parent count", ("{},/CD3+,500,1000", "{},/CD3+/Treg,25,500")),
        ("file_name,population,parent,count,parent_count", ("{},CD3+,,500,1000", "{},Treg,CD3+,25,500")),
    ],
)
def test_counts_with_those_of_their_parents_are_percentages(files, head, lines):
    study = open_files(files(rows(head, *lines)))
    treg = next(name for name in defined(study, "unit") if "Treg" in name)
    assert samples(study, "count", "parent_count") == [["CD3+", 50, 500, 1000], [treg, 5, 25, 500]]
    assert defined(study, "parent")[treg] == "CD3+"
    assert "root" not in defined(study, "unit")


def test_a_population_under_two_parents_is_two_subsets(files):
    head = "name,Population,Parent,Count,ParentCount"
    study = open_files(
        files(rows(head, "{},CD4,root,500,1000", "{},CD8,root,200,1000", "{},CM,CD4,50,500", "{},CM,CD8,8,200"))
    )
    assert samples(study)[2:] == [["CD4/CM", 10], ["CD8/CM", 4]]


def test_a_parent_without_events_gives_no_value(files):
    study = open_files(files(rows("name,Population,Count,ParentCount", "{},CD3+,500,1000", "{},Treg,0,0")))
    assert study.immune_subsets.loc[study.immune_subsets["subset"] == "Treg", "value"].isna().all()


@pytest.mark.parametrize(
    ("tubes", "head"),
    [
        ([f"Specimen_001,{tube.removesuffix('.fcs')}" for tube in TUBES], "Specimen Name,Tube Name"),
        ([f"{patient},Week {week}" for patient, week in VISITS], "Specimen Name,Tube Name"),
        ([f"{patient},W{week}" for patient, week in VISITS], "Specimen,Tube"),
    ],
    ids=["in the tube's name", "specimens are patients", "short headers"],
)
def test_facsdivas_columns_are_gates_with_a_denominator(files, tubes, head):
    gates = "All Events #Events,Lymph %Parent,Lymph #Events,Treg %Total"
    flow = "\n".join([f"{head},{gates}", *(f"{tube},1000,60.5,605,1.5" for tube in tubes)])
    study = open_files(files(flow))
    assert samples(study) == [["Lymph", 60.5], ["Treg", 1.5]]
    assert defined(study, "unit") == {"Lymph": "% of parent", "Treg": "% of total"}
    assert sorted(map(list, study.immune_subsets[["patient_id", "week"]].drop_duplicates().to_numpy())) == VISITS


def test_a_visit_with_a_share_of_a_parent_stays_a_visit(tmp_path):
    (tmp_path / "visits.csv").write_text("Patient,Week,PASI,Treg %Parent\nP01,0,20,5.1\nP01,4,10,6.2\n")
    study = open_files([tmp_path / "visits.csv"])
    assert study.pasi["pasi"].tolist() == [20, 10]
    assert study.immune_subsets["value"].tolist() == [5.1, 6.2]


def test_columns_that_are_tubes_are_turned_into_rows(files, tmp_path):
    table = [["", *TUBES], ["CD3+", 61, 62, 55, 57], ["Treg", 5.1, 6.2, 4.5, 4.7], ["root", 100, 100, 100, 100]]
    paths = files("\n".join(",".join(map(str, line)) for line in table))
    study = open_files(paths)
    assert study.immune_subsets["value"].tolist()[:4] == [61, 5.1, 62, 6.2]
    assert defined(study, "unit") == {"CD3+": "unit not stated", "Treg": "unit not stated"}
    taken = take_in(paths)
    assert any("its columns are tubes" in note for note in taken.report.notes)
    assert any("shares of the parent or of all cells" in note for note in taken.report.notes)
    save_book(tmp_path / "flow.xlsx", {"Export": table})
    assert open_files([paths[0], tmp_path / "flow.xlsx"]).immune_subsets["value"].tolist()[:2] == [61, 5.1]


@pytest.mark.parametrize(
    "flow",
    [
        "," + ",".join(TUBES) + "\nCD3+,61,62,55,57\nCD3+,1,2,3,4\n",
        "Gate,Total,P01_W0.fcs\nCD3+,61,62\nTreg,1,2\n",
    ],
    ids=["a population twice", "a column that is no tube"],
)
def test_what_cannot_be_turned_is_asked(files, flow):
    taken = take_in(files(flow))
    assert taken.study is None or taken.study.immune_subsets.empty
    assert any(question.kind == "unused" for question in taken.proposal.questions)


def test_what_is_proposed_reads_the_next_export_as_it_is(files):
    paths = files(rows("Depth,Name,Statistic,#Cells", ",{},,1000", "> ,{}/CD4,60.0,600", "> > ,{}/CD4/Treg,5.0,30"))
    first = take_in(paths)
    again = take_in(paths, first.proposal.mapping)
    assert again.study.immune_subsets.equals(first.study.immune_subsets)
    assert defined(first.study, "phenotype")["CD4/Treg"] == "CD4+, CD25hi, CD127lo, FoxP3+"

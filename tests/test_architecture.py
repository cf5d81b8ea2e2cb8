"""The house has one direction, one place for ids, nothing from elsewhere, and nothing that two workers could disagree on."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from urllib.parse import urlsplit

from components import ids

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "analysis", "figures", "publishing", "components", "callbacks", "handbook", "serving")
"""From left to right: a file imports from its own room and from those to its left."""
DATA_ROOMS = (
    "data/tables", "data/privacy", "data/validation", "data/formats",
    "data/intake/columns", "data/intake", "data/intake/layouts", "data/intake/build", "data/intake/review",
    "data/own_format",
)  # fmt: skip
"""The same within data/. Behind all of them stand its front doors, which are the other files of data/ itself, and data/uploading/."""
GROUND = {
    "__init__",
    "csv_export",
    "deadline",
    "drugs",
    "frames",
    "problems",
    "progress",
    "schema",
    "settings",
    "study",
    "unforeseen",
}
"""The files of data/ itself that all its rooms may import, and that import nothing of data/ but each other."""
ANALYSIS_ROOMS = (
    "analysis/response", "analysis/correlation", "analysis/immune", "analysis/comparisons", "analysis/report",
)  # fmt: skip
"""The same within analysis/. None imports from its doors."""
FIGURE_ROOMS = ("figures/visuals", "figures/treatments", "figures")
"""The same within figures/, whose own files are the views."""
DOORS = ("analysis/query.py", "analysis/caution.py", "analysis/finding.py", "analysis/patient_course.py")
"""What is asked, and what is said of it in sentences: of these files of analysis/, each may import the rooms and the doors before it."""
ENTRY = {"plotly": "figures", "dash": "components"}
"""The first room that may import a library and its relatives."""
FILES = [*(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))), ROOT / "app.py"]
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in FILES}
SCRIPTS = sorted((ROOT / "assets").rglob("*.mjs"))
ASSETS = [*SCRIPTS, *sorted((ROOT / "assets").glob("*.css"))]
PAGE = [*(path for path in FILES if path.relative_to(ROOT).parts[0] in {"components", "callbacks"}), ROOT / "app.py"]
QUOTED = {"www.w3.org", "doi.org"}
"""Hosts that are named, not asked: a namespace and a citation."""


def name(path):
    return path.relative_to(ROOT).as_posix()


@cache
def text(path):
    return path.read_text(encoding="utf-8")


@cache
def nodes(path):
    return list(ast.walk(ast.parse(text(path))))


def holding(pattern, paths):
    """Names of the files in which this stands."""
    return [name(path) for path in paths if re.search(pattern, text(path))]


def imported(path):
    """Every module that a file imports, at the top, in a function or for its types."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield node.module


def place(path):
    """Position of a file's room; app.py stands behind all of them."""
    room = path.relative_to(ROOT).parts[0]
    return ROOMS.index(room) if room in ROOMS else len(ROOMS)


def test_a_file_imports_only_from_its_own_room_and_those_to_its_left():
    for path in FILES:
        for module in imported(path):
            assert may_import(path, module), (name(path), module)


def may_import(path, module):
    first = module.split(".")[0]
    libraries = [place(path) >= ROOMS.index(room) for library, room in ENTRY.items() if first.split("_")[0] == library]
    left = first not in ROOMS or ROOMS.index(first) <= place(path)
    return first not in {"app", "tests", "benchmarks", "importlib", "studies"} and left and all(libraries)


def test_a_file_of_data_imports_only_from_its_own_room_of_data_and_those_to_its_left():
    for path in (ROOT / "data").rglob("*.py"):
        for other in files_imported(path):
            assert floor(other) <= floor(path), (name(path), name(other))


def floor(path):
    """Position of a file of data/ among its rooms: before all of them is the ground, behind them are the front doors."""
    if path.parent == ROOT / "data":
        return -1 if path.stem in GROUND else len(DATA_ROOMS)
    around = [room for room in DATA_ROOMS if ROOT / room in path.parents]
    return DATA_ROOMS.index(max(around, key=len)) if around else len(DATA_ROOMS)


def test_a_room_of_analysis_imports_only_from_those_to_its_left_and_from_what_all_share():
    for path in (ROOT / "analysis").rglob("*.py"):
        for other in files_imported(path):
            assert name(other) not in doors_closed_to(path), (name(path), name(other))
            assert name(path) in DOORS or storey(other) <= storey(path), (name(path), name(other))


def doors_closed_to(path):
    return DOORS[DOORS.index(name(path)) :] if name(path) in DOORS else DOORS


def test_what_views_share_imports_no_view():
    for path in (ROOT / "figures").rglob("*.py"):
        rooms = [
            FIGURE_ROOMS.index(name(other.parent))
            for other in files_imported(path)
            if name(other).startswith("figures/")
        ]
        assert all(room <= FIGURE_ROOMS.index(name(path.parent)) for room in rooms), name(path)


def test_figures_are_plain_dictionaries_and_plotly_is_known_at_one_place():
    known = [
        name(path)
        for path in (ROOT / "figures").rglob("*.py")
        if any("plotly" in ast.unparse(node) for node in nodes(path) if isinstance(node, ast.Import | ast.ImportFrom))
    ]
    assert known == ["figures/__init__.py"]


def storey(path):
    """Position of a file of analysis/ among its rooms; before all of them is what they share, and what is not analysis/."""
    room = path.parent.relative_to(ROOT).as_posix()
    return ANALYSIS_ROOMS.index(room) if room in ANALYSIS_ROOMS else -1


def files_imported(path):
    """The files of ours that a file imports, each as a module or for what it defines."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (MODULES[alias.name] for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            modules = {MODULES.get(f"{node.module}.{alias.name}", MODULES.get(node.module)) for alias in node.names}
            yield from modules - {None}


def test_no_files_import_each_other_in_a_circle():
    imports = {path: set(files_imported(path)) for path in FILES}
    assert sum(map(len, imports.values())) > len(FILES)
    TopologicalSorter(imports).prepare()


def test_rooms_are_those_of_their_tests_and_none_is_crowded():
    for top, known in (("data", DATA_ROOMS), ("analysis", ANALYSIS_ROOMS)):
        rooms, tested = folders(ROOT / top), folders(ROOT / f"tests/{top}_layer")
        assert tested - {"across"} <= rooms
        assert {f"{top}/{room}" for room in rooms} >= {*known}
        inside = [ROOT / top / room for room in rooms] + [ROOT / f"tests/{top}_layer" / room for room in tested]
        for folder in inside:
            assert len([path for path in folder.iterdir() if path.is_file()]) <= 20, name(folder)


def folders(top):
    """Every folder below this one that holds Python, and itself, as seen from it."""
    return {path.parent.relative_to(top).as_posix() for path in top.rglob("*.py")}


def test_a_test_file_stands_where_its_module_does_or_among_those_across():
    tests = [path for room in ROOMS for path in (ROOT / f"tests/{room}_layer").rglob("test_*.py")]
    assert len(tests) > 100
    for path in tests:
        assert any(place.exists() for place in counterparts(path)), (
            f"{name(path)} mirrors no file: see docs/architecture.md"
        )


def counterparts(path):
    """What a test file may be of: the module or room of its name at its place; or of several, in the folder `across` of its layer."""
    layer, *rooms = path.relative_to(ROOT / "tests").parts[:-1]
    there = ROOT.joinpath(layer.removesuffix("_layer"), *rooms)
    of_room = [there] if path.stem == f"test_{there.name}" else []
    return [there.parent] if rooms == ["across"] else [there / path.name.removeprefix("test_"), *of_room]


def test_nothing_is_imported_behind_the_tests_back():
    hidden = {"__import__", "import_module", "eval", "exec"}
    assert [name(path) for path in FILES if any(called(node) in hidden for node in calls(path))] == []


def calls(path):
    return [node for node in nodes(path) if isinstance(node, ast.Call)]


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", None))


def test_ids_are_spelt_only_in_ids_py():
    for path in PAGE:
        given = [node.value for node in nodes(path) if isinstance(node, ast.keyword) and node.arg == "id"]
        wired = [node.args[0] for node in calls(path) if called(node) in {"Input", "Output", "State"} and node.args]
        spelt = [value.lineno for value in given + wired if is_spelt(value)]
        assert path.name == "ids.py" or spelt == [], name(path)


def is_spelt(value):
    return isinstance(value, ast.Constant | ast.Dict | ast.JoinedStr)


def test_every_id_is_spelt_once():
    values = [value for key, value in vars(ids).items() if key.isupper()]
    assert len(values) == len(set(values))


def test_the_browsers_files_know_no_id_that_python_does_not():
    known = {value for key, value in vars(ids).items() if key.isupper() and isinstance(value, str)} | {
        "drawer-",
        "intake-",
    }
    for path in ASSETS:
        used = set(re.findall(r"""setProps\(["'](\w[\w-]*)["']""", text(path)))
        if path.suffix == ".mjs":
            used |= set(re.findall(r"""(?:\$|queryAll|querySelector(?:All)?)\(["'`]#([a-z][\w-]*)""", text(path)))
        assert used <= known, (path.name, used - known)


def test_no_callback_may_write_what_another_writes_and_no_wrong_id_is_silent():
    assert holding("allow_duplicate|suppress_callback_exceptions", FILES) == []


def test_nothing_is_assigned_to_a_module_after_its_import():
    for path in FILES:
        assert not [node for node in nodes(path) if isinstance(node, ast.Global)], name(path)
        names = {
            alias.asname or alias.name
            for node in nodes(path)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        targets = [target for node in nodes(path) if isinstance(node, ast.Assign) for target in node.targets]
        owners = {getattr(target.value, "id", None) for target in targets if isinstance(target, ast.Attribute)}
        lowered = {"style", "ids", "tables", "clock", "marks", "words", "scales", "queries"}
        assert not names & owners & lowered, name(path)


def test_nothing_is_fetched_from_another_host():
    paths = [*PAGE, *ASSETS, *(ROOT / "figures").rglob("*.py")]
    for path in paths:
        hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[\w.-]+", text(path))}
        assert hosts <= QUOTED, (name(path), hosts)
    assert holding(r"""@import|url\(\s*["']?//|["']//\w+\.\w|dbc\.themes""", paths) == []


def test_the_browsers_files_never_turn_data_into_code_or_markup():
    markup = r"\beval\(|new Function|[iI]nnerHTML|outerHTML|insertAdjacentHTML|document\.write"
    assert holding(markup, ASSETS) == []


def test_no_two_modules_of_the_browser_export_the_same_name_and_no_line_is_long():
    exported = re.compile(r"^export (?:async )?(?:function|const|class) (\S+?)[ (=]", re.MULTILINE)
    names = [found for path in SCRIPTS for found in exported.findall(text(path))]
    assert sorted(set(names)) == sorted(names)
    assert len(names) > 100
    assert [path.name for path in SCRIPTS if any(len(line) > 120 for line in text(path).splitlines())] == []


def test_nothing_of_the_browser_is_on_the_window_but_what_dash_and_tests_look_for():
    given = {found for path in SCRIPTS for found in re.findall(r"^window\.(\w+) = ", text(path), re.MULTILINE)}
    assert given == {"dash_clientside", "reprise", "dashAgGridFunctions", "fetch"}


def test_the_page_never_turns_data_into_markup():
    assert holding("dangerously|Markdown|<script", PAGE) == []


def test_a_decorated_callback_is_at_most_three_lines():
    for path in (ROOT / "callbacks").rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and any(called_by(d) == "callback" for d in node.decorator_list):
                assert node.end_lineno - node.body[0].lineno + 1 <= 3, (name(path), node.name)


def test_a_function_is_at_most_forty_lines_long():
    every = [(path, node) for path in FILES for node in nodes(path) if isinstance(node, ast.FunctionDef)]
    assert len(every) > 1000
    assert [(name(path), node.name) for path, node in every if node.end_lineno - node.lineno >= 40] == []


def test_the_formatter_is_held_off_only_behind_a_bracket_of_several_lines():
    """Where it would spread over a line each what belongs together in one: rows of a table, the parts of a trace."""
    for path in FILES:
        for line in text(path).splitlines():
            closed = sum(map(line.count, ")]}")) - sum(map(line.count, "([{"))
            assert "fmt: off" not in line, name(path)
            assert "fmt: skip" not in line or closed > 0, (name(path), line)


def called_by(decorator):
    return called(decorator) if isinstance(decorator, ast.Call) else None


def test_no_init_file_under_tests_shadows_a_room():
    assert list((ROOT / "tests").rglob("__init__.py")) == []

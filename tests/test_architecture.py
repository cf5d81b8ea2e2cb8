"""The house has one direction, one place for ids, nothing from elsewhere, and nothing that two workers could disagree on."""

import ast
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from components import ids

ROOT = Path(__file__).parents[1]
ROOMS = ("data", "analysis", "figures", "components", "callbacks", "serving")
"""From left to right: a file imports from its own room and from those to its left."""
ENTRY = {"plotly": "figures", "dash": "components"}
"""The first room that may import a library and its relatives."""
FILES = [*(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))), ROOT / "app.py"]
ASSETS = [*sorted((ROOT / "assets").glob("*.js")), *sorted((ROOT / "assets").glob("*.css"))]
PAGE = [*(path for path in FILES if path.parts[-2] in {"components", "callbacks"}), ROOT / "app.py"]
QUOTED = {"www.w3.org", "doi.org"}
"""Hosts that are named, not asked: a namespace and a citation."""


def name(path):
    return path.relative_to(ROOT).as_posix()


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """Every module that a file imports, at the top, in a function or for its types."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield node.module


def place(path):
    """Position of a file's room; app.py stands behind all of them."""
    room = path.relative_to(ROOT).parts[0]
    return ROOMS.index(room) if room in ROOMS else len(ROOMS)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_imports_only_from_its_own_room_and_those_to_its_left(path):
    for module in imported(path):
        first = module.split(".")[0]
        assert first != "app"
        assert first not in {"tests", "benchmarks", "importlib", "studies"}
        if first in ROOMS:
            assert ROOMS.index(first) <= place(path), module
        for library, room in ENTRY.items():
            if first.split("_")[0] == library:
                assert place(path) >= ROOMS.index(room), module


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_imported_behind_the_tests_back(path):
    assert calls(path, {"__import__", "import_module", "eval", "exec"}) == []


def calls(path, names):
    """Calls of functions of these names."""
    found = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    return [node for node in found if called(node) in names]


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", None))


@pytest.mark.parametrize("path", [path for path in PAGE if path.name != "ids.py"], ids=name)
def test_ids_are_spelt_only_in_ids_py(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword) and node.arg == "id":
            assert not is_spelt(node.value), node.value.lineno
        if isinstance(node, ast.Call) and called(node) in {"Input", "Output", "State"}:
            assert not any(is_spelt(argument) for argument in node.args[:1]), node.lineno


def is_spelt(value):
    return isinstance(value, ast.Constant | ast.Dict | ast.JoinedStr)


def test_every_id_is_spelt_once():
    values = [value for key, value in vars(ids).items() if key.isupper()]
    assert len(values) == len(set(values))


def test_the_browsers_files_know_no_id_that_python_does_not():
    known = {value for key, value in vars(ids).items() if key.isupper() and isinstance(value, str)}
    for path in ASSETS:
        text = path.read_text(encoding="utf-8")
        used = set(re.findall(r"""set_props\(["'](\w[\w-]*)["']""", text))
        if path.suffix == ".js":
            used |= set(re.findall(r"""(?:\$|all|querySelector(?:All)?)\(["'`]#([a-z][\w-]*)""", text))
        assert used <= known, (path.name, used - known)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_no_callback_may_write_what_another_writes_and_no_wrong_id_is_silent(path):
    text = path.read_text(encoding="utf-8")
    assert "allow_duplicate" not in text
    assert "suppress_callback_exceptions" not in text


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_is_assigned_to_a_module_after_its_import(path):
    parts = list(ast.walk(tree(path)))
    assert not [node for node in parts if isinstance(node, ast.Global)]
    modules = {alias.asname or alias.name for node in parts if isinstance(node, ast.ImportFrom) for alias in node.names}
    targets = [
        t for node in parts if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Attribute)
    ]
    lowered = modules & {"style", "ids", "tables", "clock", "marks", "words", "scales", "queries"}
    assert not [target for target in targets if getattr(target.value, "id", None) in lowered]


@pytest.mark.parametrize("path", [*PAGE, *ASSETS, *(ROOT / "figures").glob("*.py")], ids=name)
def test_nothing_is_fetched_from_another_host(path):
    text = path.read_text(encoding="utf-8")
    hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[\w.-]+", text)}
    assert hosts <= QUOTED, hosts
    assert not re.search(r"""@import|url\(\s*["']?//|["']//\w+\.\w""", text)
    assert "dbc.themes" not in text


@pytest.mark.parametrize("path", ASSETS, ids=name)
def test_the_browsers_files_never_turn_data_into_code_or_markup(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text)


def test_no_two_files_of_the_browser_define_the_same_function():
    defined = [
        found
        for path in ASSETS
        for found in re.findall(
            r"\bR\.(\w+) = (?:async )?(?:function|\(.*\) =>|\w+ =>)", path.read_text(encoding="utf-8")
        )
    ]
    assert sorted(set(defined)) == sorted(defined)
    assert len(defined) > 20


@pytest.mark.parametrize("path", PAGE, ids=name)
def test_the_page_never_turns_data_into_markup(path):
    assert not re.search(r"dangerously|Markdown|<script", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "callbacks").glob("*.py")), ids=name)
def test_a_decorated_callback_is_at_most_three_lines(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and any(called_by(d) == "callback" for d in node.decorator_list):
            assert node.end_lineno - node.body[0].lineno + 1 <= 3, node.name


def called_by(decorator):
    return called(decorator) if isinstance(decorator, ast.Call) else None


def test_no_init_file_under_tests_shadows_a_room():
    assert list((ROOT / "tests").rglob("__init__.py")) == []

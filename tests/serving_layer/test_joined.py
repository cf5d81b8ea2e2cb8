"""The page's modules as one: every line in its place, nothing left that a single module may not hold."""

import json
import re

import pytest

from serving import assets
from serving.joined import joined

FILES = {
    "entry.mjs": b'// Entry.\nimport "./room/one.mjs";\nimport {\n  two,\n} from "./room/two.mjs";\n\ntwo();\n',
    "room/one.mjs": b'import { two } from "./two.mjs";\nconst own = 1;\nexport const one = () => own + two();\n',
    "room/two.mjs": b'import { one } from "./one.mjs";\nconst own = 2;\nexport function two() {\n  return own || one();\n}\n'
    b"export class Pen {\n}\nconst here = import.meta.url;\n",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def numbers(segment):
    """What a segment of a source map says, decoded."""
    found, value, shift = [], 0, 0
    for letter in segment:
        digit = LETTERS.index(letter)
        value |= (digit & 31) << shift
        shift += 5
        if not digit & 32:
            found.append(-(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    return found


def places(made, entry):
    """(generated line, file, its line) of every line that stood in a file."""
    table, file, line = json.loads(made[f"{entry}.map"]), 0, 0
    for text, segment in zip(made[entry].decode().split("\n"), table["mappings"].split(";"), strict=False):
        if segment:
            _, of_file, of_line, _ = numbers(segment)
            file, line = file + of_file, line + of_line
            yield text, table["sources"][file], line


def test_each_module_comes_after_what_it_imports_in_a_scope_of_its_own():
    text = joined(FILES, "entry.mjs")["entry.mjs"].decode()
    assert text.startswith("let two, Pen, one;\n")
    assert text.index("own = 2") < text.index("own = 1") < text.index("// Entry.")
    for part in (
        "\none = () => own + two();",
        "\nPen = class Pen {",
        "(($share) => { $share(two);",
        "})(($two) => { two = $two; });",
        'const here = new URL("room/two.mjs", import.meta.url).href;',
    ):
        assert part in text


@pytest.mark.parametrize("files", [FILES, {}], ids=["small", "ours"])
def test_every_line_is_found_where_it_stood(files):
    entry = "entry.mjs" if files else assets.ENTRY
    files = files or {
        path.relative_to(assets.OURS).as_posix(): path.read_bytes() for path in assets.OURS.rglob("*.mjs")
    }
    found = list(places(joined(files, entry), entry))
    for made, name, line in found:
        stood = files[name].decode().split("\n")[line]
        end = re.sub(r"^export (?:const |(?=class|async|function))?", "", stood).replace("import.meta.url", "")
        assert made == "" or re.sub(r'new URL\(".*?", import\.meta\.url\)\.href', "", made).endswith(end), (name, line)
    assert len(found) == sum(files[name].count(b"\n") for name in {name for _, name, _ in found})


def test_nothing_is_imported_or_exported_and_no_name_is_shared_twice():
    text = assets.files()[assets.ENTRY].decode()
    assert not re.findall(r"^(?:import|export)\b.*", text, re.MULTILINE)
    shared = re.findall(r"[\w$]+", text.partition("\n")[0])[1:]
    assert len(shared) == len(set(shared)) > 200

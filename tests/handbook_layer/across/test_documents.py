"""What README, CONTRIBUTING and docs/ tell to type works, what they show is read, and their links lead to files and headings."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from data.own_format.study_toml_schema import check_mapping
from data.problems import Report
from data.settings import SETTINGS
from handbook.sections import filled

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted((ROOT / "docs").glob("*.md"))
MACHINE = "it changes the machine that it is run on, which a test must not"
NOT_RUN = {
    **dict.fromkeys(
        [
            "apt-get",
            "cd",
            "chmod",
            "chown",
            "cp",
            "docker",
            "echo",
            "env",
            "git",
            "install",
            "ln",
            "mkdir",
            "mv",
            "nginx",
            "openssl",
            "python3",
            "redis-cli",
            "rm",
            "runuser",
            "sudo",
            "systemctl",
            "tar",
            "useradd",
            "usermod",
        ],
        MACHINE,
    ),
    "curl": "it asks a server that is not there",
    "gunicorn": "it serves until it is ended: tests/test_two_workers.py runs it",
}
"""Programs that are not run, and why; `make` is told to say what it would do. Of Python, a module is looked for, and run
where it is among `RUN`: others serve, or change what is kept."""
RUN = {"serving.users"}
OTHERS = {
    "nginx": "nginx is not asked: the proxy of docs/samples/nginx.conf is, by tests/serving_layer",
    "text": "a table",
    "": "a directive of the site",
}
"""Kinds of blocks that are not run, and why."""


def tokens(path):
    return MarkdownIt().enable("table").parse(filled(path.read_text(encoding="utf-8")))


def blocks(path):
    """Each code block of a page: its kind, and what stands in it."""
    for token in tokens(path):
        if token.type in {"fence", "code_block"}:
            yield (token.info.strip() if token.type == "fence" else kind(token.content)), token.content


def kind(content):
    """What a block is that does not say it."""
    if content.startswith("{"):
        return "json"
    if content.startswith("location"):
        return "nginx"
    try:
        tomllib.loads(content)
    except tomllib.TOMLDecodeError:
        return "sh"
    return "toml"


def commands(content):
    """The commands of a shell block, as words; assignments of variables are none."""
    for line in content.replace("\\\n", " ").splitlines():
        rest = shlex.split(line, comments=True)
        for words in re.split(r"\n(?:&&|\|\|?|;)\n", "\n".join(rest)):
            yield from command(words.split("\n"))


def command(words):
    while words and (words[0] == "export" or re.match(r"[A-Z_]+=", words[0])):
        name = words.pop(0).partition("=")[0]
        assert name == "export" or name in SETTINGS, name
    return [words] if words and words[0] else []


def every(what):
    return [
        pytest.param(path, content, id=f"{path.name}-{at}")
        for path in PAGES
        for at, (name, content) in enumerate(blocks(path))
        if name == what
    ]


def test_every_block_is_of_a_kind_that_is_run_or_says_why_not():
    kinds = {name.partition("{")[0] for path in PAGES for name, _ in blocks(path)}
    assert kinds == {"sh", "python", "toml", "json", *OTHERS}


@pytest.mark.process
@pytest.mark.parametrize(("path", "content"), every("sh"))
def test_a_command_is_run(path, content, tmp_path):
    run(["bash", "-n"], input=content)
    found = list(commands(content))
    assert found
    own = {"AUTH_USERS": str(tmp_path / "users"), "SECRET_FILE": str(tmp_path / "key")}
    for program, *words in found:
        if program == "make":
            run(["make", "--dry-run", *words])
        elif Path(program).name == "python":
            assert words[0] == "-m"
            assert find_spec(words[1]), words
            if words[1] in RUN:
                run([sys.executable, *words], env=os.environ | own, input="a long password\n")
        else:
            assert Path(program).name in NOT_RUN, f"{program}: say why it is not run"


def run(command, **how):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **how)
    assert done.returncode == 0, (command, done.stderr)


def test_a_module_that_a_sentence_names_is_there():
    told = [word for path in PAGES for word in re.findall(r"`python -m ([\w.]+)", path.read_text(encoding="utf-8"))]
    assert len(set(told)) > 4
    assert [name for name in told if not find_spec(name)] == []


def test_a_target_that_a_sentence_names_is_there():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {word for path in PAGES for word in re.findall(r"`make ([a-z-]+)", path.read_text(encoding="utf-8"))}
    assert len(named) > 8
    assert [name for name in named if not re.search(rf"^{name}:", text, re.MULTILINE)] == []


@pytest.mark.parametrize(("path", "content"), every("json"))
def test_a_line_of_a_log_is_json(path, content):
    assert json.loads(content)


@pytest.mark.parametrize(("path", "content"), every("toml"))
def test_toml_is_read_and_a_study_toml_is_one(path, content, tmp_path):
    assert tomllib.loads(content)
    if path.name == "study_toml.md":
        place, report = tmp_path / "study.toml", Report()
        place.write_text(content, encoding="utf-8")
        assert check_mapping(place, report), [str(one) for one in report.problems]


@pytest.mark.process
@pytest.mark.parametrize(("path", "content"), every("python"))
def test_python_is_run(path, content):
    """That of CONTRIBUTING.md makes one view, which tests/components_layer/test_views.py draws."""
    if "def " in content:
        run([sys.executable, "-c", content])
    else:
        assert path.name == "CONTRIBUTING.md"
        compile(content, "block", "eval")


def test_every_link_leads_to_a_file_and_a_heading():
    followed = 0
    for path in PAGES:
        for link in links(path):
            if link.startswith(("https://", "mailto:")):
                continue
            target, _, place = link.partition("#")
            file = (path.parent / target).resolve() if target else path
            assert file.exists(), (path.name, link)
            assert not place or place in headings(file), (path.name, link)
            followed += 1
    assert followed > 40


def links(path):
    for token in tokens(path):
        for child in token.children or ():
            yield from (str(child.attrGet(name)) for name in ("href", "src") if child.attrGet(name))


def headings(path):
    """The places of a page's headings, as hosts of repositories name them."""
    text = path.read_text(encoding="utf-8")
    return {
        re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-")
        for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }


def test_the_readme_is_short():
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    assert [line for line in lines if len(line) > 170] == []

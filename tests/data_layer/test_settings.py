"""Every variable of the environment is in one registry, documented, and refused in a sentence when it cannot be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.settings import SETTINGS, setting, wrong_settings

ROOT = Path(__file__).parents[2]
WRONG = {
    "PORT": ["99999", "-1", "http", "80.5", "1" * 5000],
    "HOST": ["127.0.0.1:8050", "a b", "http://x"],
    "URL_PREFIX": ['a"<', "..", "a/../b", "a b", "a?b"],
    "WEB_CONCURRENCY": ["0", "two"],
    "ALLOWED_HOSTS": ["*", "https://reprise.example", "a:80"],
    "AUTH": ["yes", "NONE"],
    "AUTH_PROXY_HEADER": ["X_Remote_User", "a:b", "Host", "X-Proxy-Secret", "User-Agent"],
    "AUTH_PROXY_ADDRESSES": ["proxy.example", "10.0.0.1/8", "unix", "0.0.0.0/0", "::/0"],
    "UPLOAD_HOURS": ["-1", "0", "nan", "inf", "abc"],
    "REDIS_URL": ["localhost:6379", "http://localhost", "redis://", "redis://a:b@c:1@d"],
    "QUEUE_WORKERS": ["0", "many"],
    "MAX_READERS": ["0", "x", "1.5"],
    "MAX_FILE_MB": ["nan", "-5", "1e300"],
}


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", list(SETTINGS))
def test_a_default_is_possible_and_an_empty_variable_is_none(name, monkeypatch):
    usual = setting(name)
    monkeypatch.setenv(name, "")
    assert setting(name) == usual


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_value_that_cannot_be_is_one_sentence_with_what_is_expected(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    (sentence,) = wrong_settings()
    assert sentence.startswith(f"{name} (")
    assert SETTINGS[name].kind.expected in sentence
    assert len(sentence) < 300
    with pytest.raises(ValueError, match=name):
        setting(name)


def test_all_wrong_values_are_told_at_once(monkeypatch):
    for name, values in WRONG.items():
        monkeypatch.setenv(name, values[0])
    assert [sentence.split()[0] for sentence in wrong_settings()] == [name for name in SETTINGS if name in WRONG]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("URL_PREFIX", "a/b", "/a/b/"),
        ("URL_PREFIX", "/", "/"),
        ("ALLOWED_HOSTS", "Reprise.example, .b.example,10.0.0.1,::1", ("reprise.example", ".b.example", "10.0.0.1", "::1")),
        ("AUTH", "proxy", "proxy"),
        ("MAX_UPLOAD_MB", "0.5", 0.5),
        ("HOST", "::", "::"),
    ],
)  # fmt: skip
def test_a_value_is_of_its_kind(name, text, value, monkeypatch):
    monkeypatch.setenv(name, text)
    assert setting(name) == value


def test_gunicorns_master_need_not_load_pandas_for_it():
    code = "import sys, data.settings; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=os.environ, check=False).returncode == 0
